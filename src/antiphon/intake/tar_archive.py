"""TAR, plain or gzipped, read as a stream: headers of 512 bytes, files and folders only, within the limits.

A TAR has no directory, so it is read twice: once to list it, once to take it out. The second time must give what the
first one saw. Memory stays flat whatever a header claims. Source: POSIX.1-2017 pax, ustar; GNU long names.
"""

import gzip
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from antiphon.intake.archive_entries import START_BYTES, ArchiveEntry, ArchiveLimits, require_bounded_size
from antiphon.model.errors import Refused

BLOCK_BYTES = 512
"""Everything in a TAR is a multiple of it."""

CHUNK_BYTES = 1024 * 1024
"""How much of an entry is in memory at a time."""

MAX_RECORD_BYTES = 64 * 1024
"""Bytes of one extended header: a name and some times."""

MAX_RECORDS_PER_ENTRY = 8
"""Extended headers before one entry: a name, a link name and times are three."""

MAX_PADDING_BYTES = 1024 * 1024
"""Bytes of nothing after the end. Tape blocks of 10 KiB are usual, 1 MiB is the largest in use."""

_ZEROS = bytes(BLOCK_BYTES)
_FILES = {b"0", b"\0", b"7"}
_FOLDER, _PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK = b"5", b"x", b"g", b"L", b"K"
_LINKS = {b"1", b"2"}


class TarItem(NamedTuple):
    """One entry, and what gives its bytes: to be read before the next item is asked for, or not at all."""

    entry: ArchiveEntry
    chunks: Iterator[bytes]


def open_tar(source: BinaryIO, *, is_gzipped: bool) -> BinaryIO:
    """Return the plain TAR stream of a file."""
    source.seek(0)
    return gzip.GzipFile(fileobj=source, mode="rb") if is_gzipped else source  # type: ignore[return-value]


def list_tar(source: BinaryIO, archive: str, packed_bytes: int, limits: ArchiveLimits) -> Iterator[ArchiveEntry]:
    """Yield the entries of a TAR, each with its first bytes. Nothing is written.

    Raises: Refused (the sender's fault) for a TAR that is cut off, damaged, too large, or has links or devices.
    """
    expanded = 0
    for item in read_tar(source, archive):
        # Before anything is read over: a gigabyte of zeros costs time, a petabyte all of it.
        expanded += item.entry.size_bytes + BLOCK_BYTES
        require_bounded_size(archive, item.entry.size_bytes, expanded, packed_bytes, limits)
        start = next(item.chunks, b"")[:START_BYTES]
        yield ArchiveEntry(
            name=item.entry.name, size_bytes=item.entry.size_bytes, is_folder=item.entry.is_folder, start=start
        )


def read_tar(source: BinaryIO, archive: str) -> Iterator[TarItem]:
    """Yield the entries of a TAR in order. What of an item is not read is read over. Raises: as ``list_tar``."""
    records: dict[str, str] = {}
    record_count = 0
    while (block := _read_exactly(source, BLOCK_BYTES, archive)) != _ZEROS:
        _require_checksum(block, archive)
        kind = block[156:157]
        size = _read_number(block[124:136], archive)
        if kind in (_PAX, _PAX_GLOBAL, _LONG_NAME, _LONG_LINK):
            record_count += 1
            if size > MAX_RECORD_BYTES or record_count > MAX_RECORDS_PER_ENTRY:
                raise Refused("ArchiveUnsafe", f"{archive}: too much of extended headers; pack it anew")
            content = _read_exactly(source, _padded(size), archive)[:size]
            found = _read_record(kind, content, archive)
            if kind == _PAX_GLOBAL and found.keys() & {"path", "size", "linkpath"}:
                raise Refused("ArchiveUnsafe", f"{archive}: one header names every entry; pack it anew")
            records.update(found if kind != _PAX_GLOBAL else {})
            continue
        entry = _describe(block, kind, size, records, archive)
        records, record_count = {}, 0
        chunks = _read_chunks(source, entry.size_bytes, archive)
        yield TarItem(entry, chunks)
        for _ in chunks:
            pass
    _require_end(source, archive)


def _describe(block: bytes, kind: bytes, size: int, records: dict[str, str], archive: str) -> ArchiveEntry:
    name = records["path"] if "path" in records else _read_name(block, archive)
    shown = ascii(name[:100])
    if kind in _LINKS:
        raise Refused("LinkInDelivery", f"{archive}: {shown} is a link; deliver the file itself")
    if any(key.startswith("GNU.sparse") for key in records) or kind not in (*_FILES, _FOLDER):
        raise Refused("SpecialFileInDelivery", f"{archive}: {shown} is neither a file nor a folder; deliver files only")
    if "size" in records:
        if not records["size"].isascii() or not records["size"].isdigit() or len(records["size"]) > 20:
            raise _damaged(archive, f"{shown} has no readable size")
        size = int(records["size"])
    is_folder = kind == _FOLDER or name.endswith("/")
    if is_folder and size:
        raise _damaged(archive, f"the folder {shown} has content")
    return ArchiveEntry(name=name, size_bytes=size, is_folder=is_folder)


def _read_name(block: bytes, archive: str) -> str:
    name = block[:100].split(b"\0")[0]
    prefix = block[345:500].split(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return _decode(prefix + b"/" + name if prefix else name, archive)


def _read_record(kind: bytes, content: bytes, archive: str) -> dict[str, str]:
    """Return what an extended header says of the next entry. Only what we act upon is kept."""
    if kind == _LONG_NAME:
        return {"path": _decode(content.split(b"\0")[0], archive)}
    if kind == _LONG_LINK:
        return {}
    found: dict[str, str] = {}
    at = 0
    while at < len(content) and content[at : at + 1] != b"\0":
        length_text = content[at : at + 8].split(b" ")[0]
        length = int(length_text) if length_text.isdigit() else 0
        line = content[at + len(length_text) + 1 : at + length]
        key, separator, value = line.removesuffix(b"\n").partition(b"=")
        if length <= len(length_text) or at + length > len(content) or not separator:
            raise _damaged(archive, "an extended header cannot be read")
        if key in (b"path", b"size", b"linkpath") or key.startswith(b"GNU.sparse"):
            found[key.decode("ascii", "replace")] = _decode(value, archive)
        at += length
    return found


def _decode(raw: bytes, archive: str) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Refused(
            "UnreadableFileName", f"{archive}: the entry {raw[:100]!a} is not named in UTF-8; rename the file"
        ) from error


def _read_number(field: bytes, archive: str) -> int:
    """Return a size: octal digits, or base 256 where it is 8 GiB or more."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    text = field.strip(b" \0")
    if not text:
        return 0
    if text.strip(b"01234567"):
        raise _damaged(archive, "a size cannot be read")
    return int(text, 8)


def _require_checksum(block: bytes, archive: str) -> None:
    declared = block[148:156].strip(b" \0")
    computed = sum(block[:148]) + 8 * ord(" ") + sum(block[156:])
    if declared.strip(b"01234567") or not declared or int(declared, 8) != computed:
        raise _damaged(archive, "it is no TAR, or a header is damaged")


def _read_chunks(source: BinaryIO, size: int, archive: str) -> Iterator[bytes]:
    left = size
    while left:
        chunk = _read(source, min(CHUNK_BYTES, left), archive)
        if not chunk:
            raise _damaged(archive, "it is cut off; was it sent whole?")
        left -= len(chunk)
        yield chunk
    _read_exactly(source, _padded(size) - size, archive)


def _require_end(source: BinaryIO, archive: str) -> None:
    """Refuse anything but padding after the end: another reader would find entries there."""
    left = MAX_PADDING_BYTES
    while chunk := _read(source, min(CHUNK_BYTES, left), archive):
        left -= len(chunk)
        if chunk.strip(b"\0") or left <= 0:
            raise Refused("ArchiveUnsafe", f"{archive}: there is something after its end; pack it anew")


def _read_exactly(source: BinaryIO, count: int, archive: str) -> bytes:
    data = b""
    while len(data) < count and (more := _read(source, count - len(data), archive)):
        data += more
    if len(data) < count:
        raise _damaged(archive, "it is cut off; was it sent whole?")
    return data


def _read(source: BinaryIO, count: int, archive: str) -> bytes:
    try:
        return source.read(count)
    except (EOFError, OSError, zlib.error) as error:
        raise _damaged(archive, f"it is cut off or damaged ({error})") from error


def _padded(size: int) -> int:
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES


def _damaged(archive: str, what: str) -> Refused:
    return Refused("ArchiveUnreadable", f"{archive}: {what}; pack it anew as ZIP or TAR")
