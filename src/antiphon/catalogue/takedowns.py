"""What decisions take away from what deals grant. Nothing here can add a right."""

from collections.abc import Iterable

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.decisions import Decision
from antiphon.model.entities import ArtistCredit, EntityKind, Track
from antiphon.model.territories import parse_territory
from antiphon.rights import WORLD, bitset_of


def subjects_of(track: Track, album_artists: Iterable[ArtistCredit]) -> frozenset[tuple[EntityKind, str]]:
    """Return what a track may be taken down by: itself, its recording, its album, and everybody credited on either."""
    artists = {credit.artist_id for credit in (*track.artists, *album_artists)}
    return frozenset(
        {
            (EntityKind.TRACK, track.id),
            (EntityKind.RECORDING, track.recording_id),
            (EntityKind.ALBUM, track.album_id),
            *((EntityKind.ARTIST, artist) for artist in artists),
        }
    )


def takedowns_of(subjects: frozenset[tuple[EntityKind, str]], decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the takedowns in force that name one of the subjects, in the order given."""
    return tuple(
        decision
        for decision in decisions
        if decision.is_in_force and (decision.target_kind, decision.target_id) in subjects
    )


def denied_territories(takedowns: Iterable[Decision]) -> int:
    """Return the territories some takedowns name, as a bitset. Raises: UnknownTerritory for a code that is none."""
    bits = 0
    for decision in takedowns:
        named = bitset_of(parse_territory(code) for code in decision.territories)
        bits |= named if decision.territories else WORLD
    return bits


def subtract_territories(intervals: Iterable[Interval], denied: int) -> tuple[Interval, ...]:
    """Return the intervals less some territories; what then covers none is left out."""
    kept = (msgspec.structs.replace(i, territories=i.territories & ~denied) for i in intervals)
    return tuple(interval for interval in kept if interval.territories)
