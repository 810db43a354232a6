"""From a delivered cover to its facts and the sizes it is served in."""

from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.media.children import run_in_child
from antiphon.media.jobs import CoverJob, DecodedCover
from antiphon.media.limits import COVER_FILE_BYTES_MAX, COVER_LIMITS
from antiphon.media.verdicts import check_file_size, expect_outcome
from antiphon.model.findings import Place
from antiphon.model.media import CoverSize, ResourceMedia

COVER_SIZES_PX = (640, 300, 64)
"""Longest sides in pixels: the three sizes clients of catalogue APIs expect of a cover."""


def render_cover(path: Path, blobs: BlobStore, *, file: str = "") -> ResourceMedia:
    """Return the facts of an image and its covers, stored: progressive sRGB JPEGs, upright, largest first.

    An image is fitted into each size, its proportions kept, and never enlarged, so a small one gives fewer covers.
    ``file`` is what the provider calls the file, for the message of a refusal (default: its name).
    Raises: Rejected with ResourceCorrupt or ResourceNotMeetingSpecifications (the provider's fault); Transient for a
    lost child or a full disk.
    """
    place = Place(file=file or path.name)
    with path.open("rb") as source:
        check_file_size(source, COVER_FILE_BYTES_MAX, place)
        outcome = run_in_child(CoverJob(limits=COVER_LIMITS, sizes_px=COVER_SIZES_PX), source.fileno())
    decoded = expect_outcome(outcome, DecodedCover, place)
    covers = tuple(
        CoverSize(blob=blobs.put(cover.data), width_px=cover.width_px, height_px=cover.height_px)
        for cover in decoded.covers
    )
    return ResourceMedia(source=blobs.put_file(path), image=decoded.facts, covers=covers)
