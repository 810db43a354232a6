"""What the lists of artists show of an album: where that stays the same, a changed album changes no artist.

Worked example. The name of a guest is mended on one track of a compilation by forty artists. The compilation's card,
and who may play it where, are what they were: forty lists of albums stay as they are, and nodes hear of one album.
"""

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.entities import Album, Track


def listed_form(album: Album) -> Album:
    """Return an album without what no list of albums shows: albums of equal form are listed alike.

    Names and titles of tracks are left out, and which deal grants what; who is credited stays, since a denial of them
    may deny the album.
    """
    rights: dict[int, tuple[Interval, ...]] = {}
    for track in album.tracks:
        if id(track.intervals) not in rights:
            rights[id(track.intervals)] = tuple(
                msgspec.structs.replace(interval, deal_line=0, deal_path="") for interval in track.intervals
            )
    tracks = tuple(_blank_track(track, rights[id(track.intervals)]) for track in album.tracks)
    return msgspec.structs.replace(album, delivery_id="", label="", upc="", copyrights=(), tracks=tracks)


def _blank_track(track: Track, intervals: tuple[Interval, ...]) -> Track:
    return Track(
        id=track.id,
        album_id=track.album_id,
        recording_id=track.recording_id,
        title="",
        artists=tuple(msgspec.structs.replace(credit, name="") for credit in track.artists),
        disc_number=0,
        track_number=0,
        duration_ms=0,
        intervals=intervals if track.renditions else (),
    )
