"""Display artists of releases and recordings in the order they are shown."""

from antiphon.identity.layout import list_track_places
from antiphon.model.claims import Credit, ScopedText
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement


def display_artists(holder: Release | Resource) -> tuple[Credit, ...]:
    """Return the artists a release or recording is shown by, by sequence, each name once; empty: none is given.

    Where a message names no artist as a party, its display name stands for one.
    """
    return tuple(credit for credit, _ in display_elements(holder))


def display_elements(holder: Release | Resource) -> tuple[tuple[Credit, Credit | ScopedText], ...]:
    """Return the artists of ``display_artists``, in that order, each with the element that gives it."""
    named: dict[str, tuple[Credit, Credit | ScopedText]] = {}
    for element in naming_elements(holder):
        credit = element if isinstance(element, Credit) else Credit(name=element.value)
        named.setdefault(credit.name, (credit, element))
    named.pop("", None)
    return tuple(named.values())


def naming_elements(holder: Release | Resource) -> tuple[Credit | ScopedText, ...]:
    """Return all that says who the artists are, by sequence: every credit with a name, else the first display name."""
    named = [credit for credit in holder.display_artists if credit.name]
    return tuple(sorted(named, key=_rank)) or holder.display_artist_names[:1]


def _rank(credit: Credit) -> float:
    return float("inf") if credit.sequence is None else credit.sequence


def list_credits(statement: Statement) -> tuple[Credit, ...]:
    """Return the display artists of the main release and of the recordings on it, in that order, with repetitions."""
    release = statement.main_release
    resources = {resource.reference: resource for resource in statement.resources}
    on_tracks = (
        credit
        for place in list_track_places(statement)
        for credit in display_artists(resources[place.resource_reference])
    )
    return (*(display_artists(release) if release is not None else ()), *on_tracks)
