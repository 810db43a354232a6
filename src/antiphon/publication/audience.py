"""Who may play what, as documents carry it: intervals, and the ids by which a denial may name what they cover."""

from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

import msgspec

from antiphon.model.availability import Interval, Use
from antiphon.model.entities import Album, Track
from antiphon.model.remembering import remembering
from antiphon.segments import Rights

_SETS_KEPT = 1024
"""Sets of intervals kept per process: the tracks of a release share a few."""


class Audience(msgspec.Struct, frozen=True, kw_only=True):
    """The rights of an album and of each of its tracks, in their order."""

    album: Rights
    tracks: tuple[Rights, ...]


def find_audience(album: Album) -> Audience:
    """Return who may play an album and its tracks.

    A track without renditions has no intervals: nobody can play it, whatever was granted. A denial may name a track,
    its recording, its album, its provider, or an artist credited on either.

    An album is available where and when one of its tracks is. Its subjects are those that all its playable tracks
    share, so that a denial of any of them denies the album (on a single, the track; on an album by one artist, the
    artist), and a denial of one track among others does not.
    """
    tracks = tuple(_track_rights(album, track) for track in album.tracks)
    return Audience(album=unite_rights(album.id, tracks), tracks=tracks)


def unite_rights(whole_id: str, parts: Sequence[Rights]) -> Rights:
    """Return who may play a whole, such as an album, by the rights of its parts; see ``find_audience``."""
    playable = [rights for rights in parts if rights.intervals]
    distinct = list({id(rights.intervals): rights.intervals for rights in playable}.values())
    intervals = distinct[0] if len(distinct) == 1 else unite_deals(tuple(i for own in distinct for i in own))
    shared = set.intersection(*(set(rights.subjects) for rights in playable)) if playable else set()
    subjects = [subject for subject in (playable[0].subjects if playable else ()) if subject in shared]
    return Rights(intervals=intervals, subjects=tuple(dict.fromkeys((whole_id, *subjects))))


@lru_cache(_SETS_KEPT)
def unite_deals(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return intervals with the same coverage that name no deals: one per tier, use and span, in a fixed order."""
    united: dict[tuple[object, ...], Interval] = {}
    for interval in intervals:
        span = (interval.tier, interval.use, interval.starts_at, interval.ends_at)
        bits = interval.territories | (united[span].territories if span in united else 0)
        united[span] = msgspec.structs.replace(interval, territories=bits, deal_line=0, deal_path="")
    return tuple(united.values())


@remembering(_SETS_KEPT)
def markets_ever_granted(intervals: tuple[Interval, ...]) -> int:
    """Return the territories in which streaming is granted to anybody at any time, as a bitset."""
    bits = 0
    for interval in intervals:
        if interval.use is Use.STREAM:
            bits |= interval.territories
    return bits


@lru_cache(_SETS_KEPT)
def provider_subject(provider: str) -> str:
    """Return the name by which a denial names everything of a provider: ASCII without a blank, and no entity's id."""
    return f"provider:{quote(provider, safe='')}"


def _track_rights(album: Album, track: Track) -> Rights:
    artists = [credit.artist_id for credit in (*track.artists, *album.artists)]
    subjects = (track.id, track.recording_id, album.id, provider_subject(album.provider), *artists)
    intervals = track.intervals if track.renditions else ()
    return Rights(intervals=intervals, subjects=tuple(dict.fromkeys(subjects)))
