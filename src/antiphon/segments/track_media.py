"""The body of a TRACK_MEDIA document: what a stream grant needs beside the rights."""

import msgspec

from antiphon.model.errors import Broken
from antiphon.model.media import Rendition


class TrackMedia(msgspec.Struct, frozen=True, kw_only=True):
    """The renditions of a track, best for players first as ``media`` lists them; none: it cannot be played.

    ``rank``: its place among the tracks of its recording, when one of them is to stand in: ``model.stand_ins``.
    """

    track_id: str
    recording_id: str
    duration_ms: int
    renditions: tuple[Rendition, ...] = ()
    rank: str = ""


def decode_track_media(body: bytes) -> TrackMedia:
    """Return the media of a track from its document's body. Raises: Broken for anything else."""
    try:
        return msgspec.json.decode(body, type=TrackMedia)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"track media of {len(body)} bytes is not readable: {error}; publish the track again") from error
