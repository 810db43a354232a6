"""What takedowns and geoblocks take away from what deals grant, and when. Nothing here can add a right.

A denial holds from the instant it was decided until it ends, so what was playable before it still says so when asked
about then. One that was undone never was.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import ceil

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.decisions import Decision, Geoblock, Takedown, TargetKind
from antiphon.model.entities import ArtistCredit, Track
from antiphon.model.territories import parse_territory
from antiphon.rights import WORLD, bitset_of

Subjects = frozenset[tuple[TargetKind, str]]


def is_denial(decision: Decision) -> bool:
    """Tell whether a decision takes something away that deals may grant."""
    return isinstance(decision.effect, Takedown | Geoblock)


def subjects_of(track: Track) -> Subjects:
    """Return what denies a track when it is denied: itself, its recording, its album, and everybody credited on it."""
    artists = ((TargetKind.ARTIST, credit.artist_id) for credit in track.artists)
    own = ((TargetKind.TRACK, track.id), (TargetKind.RECORDING, track.recording_id), (TargetKind.ALBUM, track.album_id))
    return frozenset((*own, *artists))


def album_subjects_of(album_artists: Iterable[ArtistCredit], provider: str) -> Subjects:
    """Return what denies all tracks of an album besides: everybody credited on it, and its provider."""
    artists = ((TargetKind.ARTIST, credit.artist_id) for credit in album_artists)
    return frozenset(((TargetKind.PROVIDER, provider), *artists))


def denials_of(subjects: Subjects, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return the denials that name one of the subjects and were not undone, ended ones too, in the order given."""
    return tuple(
        decision
        for decision in decisions
        if is_denial(decision) and not decision.is_undone and (decision.target_kind, decision.target_id) in subjects
    )


def subtract_denials(intervals: Iterable[Interval], denials: Iterable[Decision]) -> tuple[Interval, ...]:
    """Return the intervals less what denials take away; what is then never or nowhere is left out.

    Raises: UnknownTerritory for a code that is none.
    """
    kept = tuple(intervals)
    for denial in denials:
        bits, starts_at, ends_at = denied_territories(denial), *denied_span(denial)
        kept = tuple(part for interval in kept for part in _subtract(interval, bits, starts_at, ends_at))
    return kept


def denied_territories(denial: Decision) -> int:
    """Return the territories a denial names, as a bitset: all of them where it names none."""
    return bitset_of(parse_territory(code) for code in denial.territories) if denial.territories else WORLD


def denied_span(denial: Decision) -> tuple[int, int | None]:
    """Return from when until when a denial holds, in seconds since the epoch; None: without an end.

    Fractions of a second round outwards: what is denied at any instant of a second is denied for all of it.
    """
    ends_at = ceil(datetime.fromisoformat(denial.until).timestamp()) if denial.until else None
    return int(datetime.fromisoformat(denial.decided_at).timestamp()), ends_at


def _subtract(interval: Interval, bits: int, starts_at: int, ends_at: int | None) -> Iterator[Interval]:
    """Yield the parts of an interval outside some territories in [starts_at, ends_at), none of them empty."""
    begins, stops = interval.starts_at, interval.ends_at
    is_apart = (stops is not None and stops <= starts_at) or (
        ends_at is not None and begins is not None and ends_at <= begins
    )
    if is_apart or not interval.territories & bits:
        yield interval
        return
    if elsewhere := interval.territories & ~bits:
        yield msgspec.structs.replace(interval, territories=elsewhere)
    here = interval.territories & bits
    if begins is None or begins < starts_at:
        yield msgspec.structs.replace(interval, territories=here, ends_at=starts_at)
    if ends_at is not None and (stops is None or ends_at < stops):
        yield msgspec.structs.replace(interval, territories=here, starts_at=ends_at)
