"""Who may play what, as documents carry it: intervals, and the ids by which a denial may name what they cover."""

from antiphon.model.availability import Interval, Use
from antiphon.model.entities import Album, Track
from antiphon.segments import Rights


def track_rights(album: Album, track: Track) -> Rights:
    """Return the rights of a track. One without renditions has no intervals: nobody can play it, whatever was granted.

    A denial may name the track, its recording, its album, or an artist credited on either.
    """
    artists = [credit.artist_id for credit in (*track.artists, *album.artists)]
    subjects = (track.id, track.recording_id, album.id, *artists)
    return Rights(
        intervals=_unite_deals(track.intervals) if track.renditions else (), subjects=tuple(dict.fromkeys(subjects))
    )


def album_rights(album: Album) -> Rights:
    """Return the rights of an album: it is available where and when one of its tracks is.

    Its subjects are those that all its playable tracks share, so that a denial of any of them denies the album (on
    a single, the track; on an album by one artist, the artist), and a denial of one track among others does not.
    """
    tracks = [rights for rights in (track_rights(album, track) for track in album.tracks) if rights.intervals]
    shared = [subject for subject in tracks[0].subjects if all(subject in t.subjects for t in tracks)] if tracks else []
    intervals = dict.fromkeys(interval for rights in tracks for interval in rights.intervals)
    return Rights(intervals=_unite_deals(tuple(intervals)), subjects=tuple(dict.fromkeys((album.id, *shared))))


def markets_ever_granted(intervals: tuple[Interval, ...]) -> int:
    """Return the territories in which streaming is granted to anybody at any time, as a bitset."""
    bits = 0
    for interval in intervals:
        if interval.use is Use.STREAM:
            bits |= interval.territories
    return bits


def _unite_deals(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    """Return intervals with the same coverage that name no deals: one per tier, use and span, in a fixed order."""
    united: dict[Interval, int] = {}
    for interval in intervals:
        bare = Interval(
            tier=interval.tier,
            use=interval.use,
            territories=0,
            starts_at=interval.starts_at,
            ends_at=interval.ends_at,
        )
        united[bare] = united.get(bare, 0) | interval.territories
    return tuple(
        Interval(tier=bare.tier, use=bare.use, territories=bits, starts_at=bare.starts_at, ends_at=bare.ends_at)
        for bare, bits in united.items()
    )
