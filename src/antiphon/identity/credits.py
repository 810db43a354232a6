"""Display artists of releases and recordings in the order they are shown."""

from antiphon.identity.layout import list_track_places
from antiphon.model.claims import Credit
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement


def display_artists(holder: Release | Resource) -> tuple[Credit, ...]:
    """Return the artists a release or recording is shown by, by sequence, each name once; empty: none is given.

    Where a message names no artist as a party, its display name stands for one.
    """
    given = sorted(
        holder.display_artists, key=lambda credit: float("inf") if credit.sequence is None else credit.sequence
    )
    named: dict[str, Credit] = {}
    for credit in given:
        named.setdefault(credit.name, credit)
    named.pop("", None)
    if named:
        return tuple(named.values())
    return tuple(Credit(name=name.value) for name in holder.display_artist_names[:1] if name.value)


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
