"""Exports made: the whole public catalogue of a version as Parquet files in the store, for whoever wants it all.

The state of a version is read from the log, document by document in the order of keys; each becomes a row of JSON in a
scratch file of its table, and DuckDB makes Parquet of those. Memory is bounded whatever the size of the catalogue: by
what reading a state holds, the distinct sets of rights, and ``MEMORY_MIB`` for DuckDB. Scratch takes some 1.2 GB for a
million tracks.

An export tells what may be told to everybody: what is public in the documents, and no blob that plays. What the overlay
denies when it is made has no rights in it there. Erasing a release deletes every export made before; one that would
still hold an erased release is refused.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import BinaryIO, Self

import duckdb
import msgspec

from antiphon.blobs import BlobStore
from antiphon.model.availability import Interval
from antiphon.model.errors import Refused
from antiphon.model.territories import TERRITORIES
from antiphon.publication.export_rows import SOURCES, Row, external_id_rows
from antiphon.publication.export_tables import EXTERNAL_IDS, RIGHTS, TABLES, Table
from antiphon.segments import NO_DENIALS, OVERLAY_NAME, DocumentKind, DocumentView, Overlay, decode_overlay
from antiphon.segments.entry import Entry
from antiphon.segments.export import (
    EXPORTS_KEPT,
    Export,
    ExportColumn,
    ExportFile,
    delete_export,
    list_exports,
    load_export,
    put_export,
)
from antiphon.segments.overlay import Denied
from antiphon.segments.rights_reading import read_rights
from antiphon.segments.state import list_bases, open_state

MEMORY_MIB = 512
"""MiB DuckDB may hold; row groups of ten columns take less, and what does not fit it writes to scratch."""

THREADS = 2
"""of DuckDB: an export is in no hurry, and the machine has others to serve."""

_SETS_KEPT = 65_536
"""Distinct sets of rights whose ids are remembered: a catalogue has thousands. A forgotten one is named alike again."""

_RIGHTS_ID_CHARACTERS = 22
"""hexadecimal digits of SHA-256: 88 bits, so that no two sets of any catalogue are alike by chance."""

FindErased = Callable[[], frozenset[str]]
"""What gives the ids of the albums that were decided to be erased."""

_ENTITY_KINDS = frozenset({DocumentKind.ALBUM, DocumentKind.TRACK, DocumentKind.SHOW, DocumentKind.EPISODE}) | {
    DocumentKind.AUDIOBOOK,
    DocumentKind.CHAPTER,
}
"""Documents whose first rights are those of the entity."""


def build_export(
    blobs: BlobStore, scratch: Path, now: datetime, find_erased: FindErased, *, kept: int = EXPORTS_KEPT
) -> Export:
    """Store an export of the newest version and return it; the oldest over ``kept`` are taken away.

    One of the same version and the same denials that is there already is returned as it is. ``find_erased`` gives the
    albums that were decided to be erased. Raises: Refused where the version still has one of those, where another was
    erased meanwhile, or nothing was published yet; Broken where the log is damaged.
    """
    overlay, erased = _read_overlay(blobs), find_erased()
    with open_state(blobs, scratch, list_bases(blobs)[0]) as state:
        if state.trouble is not None:
            raise state.trouble
        version = state.version
        if version.version == 0:
            raise Refused("NothingPublished", "no version was announced yet: there is nothing to export")
        known = load_export(blobs, version.version)
        if known is not None and known.overlay == overlay.sequence:
            return known
        denied = overlay.denied_at(int(now.timestamp()))
        with _Tables(scratch, denied) as tables:
            for entry in state:
                if entry.key[0] == DocumentKind.ALBUM and entry.key[1:].decode() in erased:
                    raise Refused(
                        "ErasureUnpublished",
                        f"version {version.version} still has album {entry.key[1:].decode()}, which is to be erased; "
                        "export again when the publisher has announced that it is gone",
                    )
                tables.add(entry)
            files = tables.store(blobs)
    export = Export(
        version=version.version,
        announced_at=version.announced_at,
        made_at=now.isoformat(timespec="seconds"),
        overlay=overlay.sequence,
        files=files,
    )
    put_export(blobs, export)
    if find_erased() != erased:
        # An erasure takes away the exports it finds: whoever comes second, it or we, takes this one away.
        delete_export(blobs, export.version)
        raise Refused("ErasureUnpublished", "a release was erased while the export was made; export again")
    for old in list_exports(blobs)[kept:]:
        delete_export(blobs, old)
    return export


def _read_overlay(blobs: BlobStore) -> Overlay:
    data = blobs.get_named(OVERLAY_NAME)
    return NO_DENIALS if data is None else decode_overlay(data)


class _Tables:
    """The rows of an export while it is made: a scratch file of JSON per table. They go when the context ends."""

    def __init__(self, scratch: Path, denied: Denied) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = TemporaryDirectory(prefix="export-", dir=scratch)
        self._denied = denied
        self._files: dict[str, BinaryIO] = {
            table.name: self._path(table, "json").open("wb", buffering=1 << 20) for table in TABLES
        }
        self._rows = dict.fromkeys(self._files, 0)
        self._rights: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            file.close()
        self._folder.cleanup()

    def add(self, entry: Entry) -> None:
        """Add the rows of an entry; one that is not public has none."""
        source = SOURCES.get(entry.key[0])
        if source is None or entry.document is None:
            return
        entity_id = entry.key[1:].decode()
        rights_id = self._add_rights(entry.document) if entry.key[0] in _ENTITY_KINDS else None
        self._write(source.table, source.read_row(DocumentView(entry.document), entity_id, rights_id))
        if entry.search is not None:
            for row in external_id_rows(entry.search.kind.value, entity_id, entry.search.ids):
                self._write(EXTERNAL_IDS, row)

    def store(self, blobs: BlobStore) -> tuple[ExportFile, ...]:
        """Make a Parquet file of each table, store it, and return what there is."""
        for file in self._files.values():
            file.close()
        settings: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": f"{MEMORY_MIB}MiB",
            "threads": THREADS,
            "temp_directory": str(Path(self._folder.name) / "spill"),
            "preserve_insertion_order": True,
        }
        with duckdb.connect(config=settings) as database:
            return tuple(self._store_table(database, table, blobs) for table in TABLES)

    def _store_table(self, database: duckdb.DuckDBPyConnection, table: Table, blobs: BlobStore) -> ExportFile:
        target = self._path(table, "parquet")
        columns = ", ".join(f"'{column.name}': '{column.type}'" for column in table.columns)
        rows = f"read_json('{self._path(table, 'json')}', format = 'newline_delimited', columns = {{{columns}}})"
        database.execute(f"COPY (FROM {rows}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        stored = ExportFile(
            name=f"{table.name}.parquet",
            says=table.says,
            blob=blobs.put_file(target),
            size_bytes=target.stat().st_size,
            rows=self._rows[table.name],
            columns=tuple(ExportColumn(name=c.name, type=c.type, says=c.says) for c in table.columns),
        )
        target.unlink()
        self._path(table, "json").unlink()
        return stored

    def _add_rights(self, document: bytes) -> str | None:
        """Return the id of what a document grants, less what is denied; its rows are added where it is a new one."""
        rights = read_rights(document)
        intervals = rights.intervals
        named = [subject.encode() for subject in rights.subjects if subject.encode() in self._denied.ids]
        if named:
            bits = 0
            for subject in named:
                bits |= self._denied.bits[subject]
            intervals = _subtract(intervals, bits)
        if not intervals:
            return None
        rights_id = _name_rights(intervals)
        if rights_id not in self._rights:
            self._rights.add(rights_id)
            for interval in intervals:
                self._write(RIGHTS, _rights_row(rights_id, interval))
        return rights_id

    def _write(self, table: Table, row: Row) -> None:
        line = {column.name: value for column, value in zip(table.columns, row, strict=True)}
        self._files[table.name].write(msgspec.json.encode(line) + b"\n")
        self._rows[table.name] += 1

    def _path(self, table: Table, ending: str) -> Path:
        return Path(self._folder.name) / f"{table.name}.{ending}"


@lru_cache(_SETS_KEPT)
def _subtract(intervals: tuple[Interval, ...], bits: int) -> tuple[Interval, ...]:
    """Return intervals without some territories; what is left of none is left out."""
    left = (msgspec.structs.replace(one, territories=one.territories & ~bits) for one in intervals)
    return tuple(one for one in left if one.territories)


@lru_cache(_SETS_KEPT)
def _name_rights(intervals: tuple[Interval, ...]) -> str:
    rows = msgspec.json.encode([_rights_row("", interval) for interval in intervals])
    return hashlib.sha256(rows).hexdigest()[:_RIGHTS_ID_CHARACTERS]


def _rights_row(rights_id: str, interval: Interval) -> Row:
    markets = sorted(code for index, code in enumerate(TERRITORIES) if interval.territories >> index & 1)
    return (
        rights_id,
        interval.tier.value,
        interval.use.value,
        _write_instant(interval.starts_at),
        _write_instant(interval.ends_at),
        markets,
    )


def _write_instant(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
