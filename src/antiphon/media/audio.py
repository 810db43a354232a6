"""From a delivered audio file to its facts and the forms it is served in."""

import tempfile
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.media.children import run_in_child
from antiphon.media.jobs import AudioJob, DecodedAudio
from antiphon.media.limits import AUDIO_FILE_BYTES_MAX, audio_limits
from antiphon.media.verdicts import check_file_size, expect_outcome
from antiphon.model.findings import Place
from antiphon.model.media import Rendition, RenditionProfile, ResourceMedia


def render_audio(path: Path, blobs: BlobStore, scratch: Path, *, file: str = "") -> ResourceMedia:
    """Return the facts of an audio file and its renditions, stored: Opus always, and FLAC where that was delivered.

    The whole file is decoded, in a child; the same file always gives the same blobs. ``scratch`` is a folder for work
    in progress; ``file`` is what the provider calls the file, for the message of a refusal (default: its name).
    Raises: Rejected with ResourceCorrupt or ResourceNotMeetingSpecifications (the provider's fault); Transient for a
    lost child or a full disk.
    """
    place = Place(file=file or path.name)
    with path.open("rb") as source, tempfile.NamedTemporaryFile(dir=scratch, suffix=".opus") as target:
        size_bytes = check_file_size(source, AUDIO_FILE_BYTES_MAX, place)
        outcome = run_in_child(AudioJob(limits=audio_limits(size_bytes)), source.fileno(), target.fileno())
        decoded = expect_outcome(outcome, DecodedAudio, place)
        opus = blobs.put_file(Path(target.name))
    original = blobs.put_file(path)
    renditions = [_describe(RenditionProfile.OPUS, "audio/ogg; codecs=opus", opus, blobs, decoded)]
    if decoded.is_native_flac:
        renditions.append(_describe(RenditionProfile.FLAC, "audio/flac", original, blobs, decoded))
    return ResourceMedia(source=original, audio=decoded.facts, renditions=tuple(renditions))


def _describe(
    profile: RenditionProfile, media_type: str, blob: str, blobs: BlobStore, decoded: DecodedAudio
) -> Rendition:
    size_bytes, duration_ms = blobs.size(blob), decoded.facts.duration_ms
    return Rendition(
        profile=profile,
        blob=blob,
        media_type=media_type,
        size_bytes=size_bytes,
        duration_ms=duration_ms,
        bitrate_bps=round(size_bytes * 8000 / max(duration_ms, 1)),
    )
