"""Exports: the manifests by which a node offers the whole public catalogue as files, a set of them per version.

``exports/<version>`` names the files by their hashes. It is replaced where an export of the same version is made again.
"""

from datetime import datetime

import msgspec

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.version import MAX_VERSION

EXPORT_FOLDER = "exports"
EXPORT_TYPE = "application/vnd.apache.parquet"

EXPORTS_KEPT = 7
"""exports; a week of daily ones. Each is a whole catalogue: some 100 MB for a million tracks."""

_FORM = "export/1"


class ExportColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a file: its name, its type in the words of DuckDB, and what it says."""

    name: str
    type: str
    says: str


class ExportFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an export. ``blob`` is where its bytes are, and their SHA-256."""

    name: str
    says: str
    blob: str
    size_bytes: int
    rows: int
    columns: tuple[ExportColumn, ...]


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """The public catalogue of one version as files. ``overlay`` is the sequence of the denials that were left out.

    ``announced_at`` is the version's, ``made_at`` the export's; both ISO 8601, UTC.
    """

    version: int
    announced_at: str
    made_at: str
    overlay: int
    files: tuple[ExportFile, ...]


class _StoredExport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: str
    export: Export


def export_name(version: int) -> str:
    """Return the name of a version's export. Raises: Broken (our fault) for a number outside 1 to ``MAX_VERSION``."""
    if not 1 <= version <= MAX_VERSION:
        raise Broken(f"version {version} is outside 1 to {MAX_VERSION}")
    return f"{EXPORT_FOLDER}/{version:08d}"


def put_export(blobs: BlobStore, export: Export) -> None:
    """Store the manifest of an export whose files are stored: from now on nodes offer it."""
    blobs.put_named(export_name(export.version), msgspec.json.encode(_StoredExport(form=_FORM, export=export)))


def load_export(blobs: BlobStore, version: int) -> Export | None:
    """Return the export of a version; None: there is none. Raises: Broken where its manifest is damaged."""
    data = blobs.get_named(export_name(version))
    if data is None:
        return None
    try:
        stored = msgspec.json.decode(data, type=_StoredExport)
        datetime.fromisoformat(stored.export.made_at)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise Broken(f"{export_name(version)} of {len(data)} bytes is not readable: {error}") from error
    if stored.form != _FORM or stored.export.version != version:
        raise Broken(f"{export_name(version)} has the form {stored.form!r} and version {stored.export.version}")
    return stored.export


def list_exports(blobs: BlobStore) -> tuple[int, ...]:
    """Return the versions of which there is an export, the newest first."""
    tails = (name.rpartition("/")[2] for name in blobs.list_names(EXPORT_FOLDER))
    return tuple(sorted((int(tail) for tail in tails if tail.isascii() and tail.isdigit()), reverse=True))


def delete_export(blobs: BlobStore, version: int) -> None:
    """Take an export away, if it is there: its name, then those of its files that no other export has too.

    A node that is sending such a file breaks off.
    """
    export = load_export(blobs, version)
    if export is None:
        return
    blobs.delete_named(export_name(version))
    others = (load_export(blobs, other) for other in list_exports(blobs))
    shared = {file.blob for other in others if other is not None for file in other.files}
    for file in export.files:
        if file.blob not in shared:
            blobs.delete(file.blob)


def delete_exports(blobs: BlobStore) -> int:
    """Take every export away and return how many there were: something that may be in any of them was erased."""
    versions = list_exports(blobs)
    for version in versions:
        delete_export(blobs, version)
    return len(versions)
