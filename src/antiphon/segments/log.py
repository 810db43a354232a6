"""The log as a store holds it: what was announced, and the segments that belong to it, checked as a chain."""

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.segment import read_parent
from antiphon.segments.version import VersionRecord, decode_version, version_name


def load_version(blobs: BlobStore, number: int) -> VersionRecord | None:
    """Return the version announced under a number; None: none was, or it is no longer kept.

    Raises: Broken where the store holds something else under its name.
    """
    data = blobs.get_named(version_name(number))
    if data is None:
        return None
    version = decode_version(data)
    if version.version != number:
        raise Broken(f"{version_name(number)} holds version {version.version}")
    return version


def load_segment(blobs: BlobStore, version: VersionRecord) -> bytes:
    """Return the bytes of a version's segment, for ``iter_segment``: whole, and following what the version says.

    Raises: Broken where it is missing or damaged (BlobMissing, BlobCorrupt), or follows another segment.
    """
    data = blobs.get(version.segment)
    parent = read_parent(data)
    if parent != version.parent:
        raise Broken(
            f"version {version.version} follows segment {version.parent or 'none'}; its own segment follows "
            f"{parent or 'none'}: one of them is another log's"
        )
    return data


def list_versions(blobs: BlobStore) -> tuple[int, ...]:
    """Return the numbers of the versions the store still keeps, in order."""
    return _numbers(blobs.list_names("versions"))


def list_snapshots(blobs: BlobStore) -> tuple[int, ...]:
    """Return the versions of which the store keeps a snapshot, in order."""
    return _numbers(blobs.list_names("snapshots"))


def _numbers(names: tuple[str, ...]) -> tuple[int, ...]:
    """Return what names are numbered with; a name that is no number is somebody else's, and left alone."""
    tails = (name.rpartition("/")[2] for name in names)
    return tuple(sorted(int(tail) for tail in tails if tail.isascii() and tail.isdigit()))
