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
    named: dict[str, Credit] = {}
    for element in sorted(naming_elements(holder), key=_rank):
        credit = element if isinstance(element, Credit) else Credit(name=element.value)
        named.setdefault(credit.name, credit)
    named.pop("", None)
    return tuple(named.values())


def naming_elements(holder: Release | Resource) -> tuple[Credit | ScopedText, ...]:
    """Return the elements that ``display_artists`` goes by: every credit with a name, else the first display name."""
    return tuple(credit for credit in holder.display_artists if credit.name) or holder.display_artist_names[:1]


def _rank(element: Credit | ScopedText) -> float:
    sequence = element.sequence if isinstance(element, Credit) else None
    return float("inf") if sequence is None else sequence


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
