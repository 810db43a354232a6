"""ZIP, read as a stranger's: one directory at the end that accounts for every byte before it, and nothing else.

The standard library reads what it can; this refuses what two readers could read differently. The directory must lie
right before its end record, every entry must start with a local header that agrees with the directory, and no two
entries may share bytes (a few kilobytes of shared bytes expand to petabytes). Source: APPNOTE 6.3.10.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from antiphon.intake.archive_entries import START_BYTES, ArchiveEntry, ArchiveLimits
from antiphon.model.errors import Refused

CHUNK_BYTES = 1024 * 1024
"""How much of an entry is in memory at a time."""

DIRECTORY_BYTES_PER_ENTRY = 512
"""Bytes of directory read per entry that is allowed: 46 and a long name."""

_END = struct.Struct("<4s4H2IH")
_END_64_LOCATOR = struct.Struct("<4sIQI")
_END_64 = struct.Struct("<4sQ2H2I4Q")
_LISTED = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_STORED, _DEFLATED = 0, 8
_ENCRYPTED = 0x2041
"""Flags 0, 6 and 13: encrypted in one way or another."""
_UTF_8 = 0x800
_UNICODE_PATH = 0x7075
"""Extra field with the name in UTF-8, and the sum of the other name, which tells whether it is still its."""
_KIND_MASK, _FOLDER, _FILE, _LINK = 0o170000, 0o040000, 0o100000, 0o120000
_UNIX = 3
_BY_64 = 0xFFFFFFFF


class _Listed(NamedTuple):
    """One line of the directory. ``data_start``: where its bytes begin, after its local header."""

    entry: ArchiveEntry
    raw_name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    header_start: int
    data_start: int


def list_zip(source: BinaryIO, archive: str, limits: ArchiveLimits) -> tuple[_Listed, ...]:
    """Return the entries of a ZIP in the order of its directory, each with its first bytes. Nothing is written.

    Raises: Refused (the sender's fault) for a ZIP that is damaged, encrypted, ambiguous, or has links or devices.
    """
    start, size = _find_directory(source, archive, limits)
    source.seek(start)
    directory = source.read(size)
    if directory.count(b"PK\x01\x02") > limits.entries:
        raise Refused("ArchiveTooLarge", f"{archive}: more than {limits.entries} entries; split the delivery")
    listed = [_add_start(source, archive, line) for line in _read_directory(directory, archive)]
    _require_own_bytes(listed, start, archive)
    return tuple(listed)


def read_zip_entry(source: BinaryIO, archive: str, listed: _Listed) -> Iterator[bytes]:
    """Yield the bytes of an entry, never more than it claims to be. Raises: Refused where they are others."""
    total, crc = 0, 0
    for chunk in _inflate(source, archive, listed):
        total += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if total > listed.entry.size_bytes:
            raise _damaged(archive, f"{listed.entry.name[:100]!a} is longer than it says")
        yield chunk
    if total != listed.entry.size_bytes or crc != listed.crc:
        raise _damaged(archive, f"{listed.entry.name[:100]!a} is not what was packed")


def _find_directory(source: BinaryIO, archive: str, limits: ArchiveLimits) -> tuple[int, int]:
    """Return where the directory starts and how many bytes it has."""
    length = source.seek(0, 2)
    tail_start = max(0, length - _END.size - 0xFFFF)
    source.seek(tail_start)
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise _damaged(archive, "its end is missing; was it sent whole?")
    _, disk, first_disk, _, count, size, start, comment_bytes = _END.unpack_from(tail, at)
    end = tail_start + at
    if at + _END.size + comment_bytes != len(tail) or disk or first_disk:
        raise _damaged(archive, "it has several parts, or something after its end")
    if _BY_64 in (size, start) or count == 0xFFFF:
        end, size, start = _find_directory_64(source, archive, end)
    if start + size != end:
        raise _damaged(archive, "its directory is not where it says")
    if size > limits.entries * DIRECTORY_BYTES_PER_ENTRY:
        raise Refused("ArchiveTooLarge", f"{archive}: more than {limits.entries} entries; split the delivery")
    return start, size


def _find_directory_64(source: BinaryIO, archive: str, end: int) -> tuple[int, int, int]:
    located = end - _END_64_LOCATOR.size
    if located < 0:
        raise _damaged(archive, "its end is missing; was it sent whole?")
    source.seek(located)
    mark, _, at, disks = _END_64_LOCATOR.unpack(source.read(_END_64_LOCATOR.size))
    if mark != b"PK\x06\x07" or disks > 1 or at + _END_64.size != located:
        raise _damaged(archive, "its end does not fit together")
    source.seek(at)
    mark, *_, size, start = _END_64.unpack(source.read(_END_64.size))
    if mark != b"PK\x06\x06":
        raise _damaged(archive, "its end does not fit together")
    return at, size, start


def _read_directory(directory: bytes, archive: str) -> Iterator[_Listed]:
    at = 0
    while at < len(directory):
        if len(directory) - at < _LISTED.size or directory[at : at + 4] != b"PK\x01\x02":
            raise _damaged(archive, "its directory cannot be read")
        fields = _LISTED.unpack_from(directory, at)
        made_by, flags, method, crc, packed, size = fields[1], fields[3], fields[4], *fields[7:10]
        name_bytes, extra_bytes, comment_bytes, _, _, attributes, start = fields[10:]
        at += _LISTED.size
        raw_name = directory[at : at + name_bytes]
        extra = directory[at + name_bytes : at + name_bytes + extra_bytes]
        at += name_bytes + extra_bytes + comment_bytes
        name = _decode_name(raw_name, flags, extra, archive)
        size, packed, start = _widen((size, packed, start), extra, archive)
        _require_plain(name, flags, method, (made_by >> 8, attributes >> 16), archive)
        entry = ArchiveEntry(name=name, size_bytes=size, is_folder=name.endswith("/"))
        if entry.is_folder and size:
            raise _damaged(archive, f"the folder {name[:100]!a} has content")
        yield _Listed(entry, raw_name, flags, method, crc, packed, start, 0)


def _decode_name(raw: bytes, flags: int, extra: bytes, archive: str) -> str:
    """Return the name of an entry: as UTF-8, from its extra field, or in the code page of old.

    Many tools write UTF-8 without the flag that says so; in the old code page it would hardly be legible.
    """
    second = _find_extra(extra, _UNICODE_PATH) or b""
    is_current = second[:1] == b"\x01" and second[1:5] == zlib.crc32(raw).to_bytes(4, "little")
    if is_current and raw.isascii() and second[5:] != raw:
        raise Refused("ArchiveUnsafe", f"{archive}: the entry {raw[:100]!a} has two names; pack the delivery anew")
    try:
        return (second[5:] if is_current else raw).decode()
    except UnicodeDecodeError as error:
        if not is_current and not flags & _UTF_8:
            return raw.decode("cp437")
        raise Refused(
            "UnreadableFileName", f"{archive}: the entry {raw[:100]!a} is not named in UTF-8; rename the file"
        ) from error


def _widen(sizes: tuple[int, int, int], extra: bytes, archive: str) -> tuple[int, int, int]:
    """Return unpacked size, packed size and offset with the ZIP64 values where the short fields are full."""
    wide = _find_extra(extra, 0x0001) or b""
    found: list[int] = []
    for value in sizes:
        if value == _BY_64:
            if len(wide) < 8:
                raise _damaged(archive, "a size is missing")
            value, wide = int.from_bytes(wide[:8], "little"), wide[8:]
        found.append(value)
    return found[0], found[1], found[2]


def _find_extra(extra: bytes, wanted: int) -> bytes | None:
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<2H", extra, at)
        if kind == wanted:
            return extra[at + 4 : at + 4 + size]
        at += 4 + size
    return None


def _require_plain(name: str, flags: int, method: int, made: tuple[int, int], archive: str) -> None:
    shown = ascii(name[:100])
    if flags & _ENCRYPTED:
        raise Refused("ArchiveEncrypted", f"{archive}: the entry {shown} is encrypted; pack it without a password")
    if method not in (_STORED, _DEFLATED):
        raise _damaged(archive, f"{shown} is packed by method {method}; pack it by Deflate")
    system, mode = made
    kind = mode & _KIND_MASK if system == _UNIX else 0
    if kind == _LINK:
        raise Refused("LinkInDelivery", f"{archive}: {shown} is a symbolic link; deliver the file itself")
    if kind not in (0, _FOLDER if name.endswith("/") else _FILE):
        raise Refused("SpecialFileInDelivery", f"{archive}: {shown} is not what its name says; deliver files only")


def _add_start(source: BinaryIO, archive: str, listed: _Listed) -> _Listed:
    """Return the line with the place and the first bytes of its data, once its local header agrees with it."""
    source.seek(listed.header_start)
    header = source.read(_LOCAL.size)
    shown = ascii(listed.entry.name[:100])
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise _damaged(archive, f"{shown} is not where the directory says")
    _, _, flags, method, _, _, _, _, _, name_bytes, extra_bytes = _LOCAL.unpack(header)
    if source.read(name_bytes) != listed.raw_name or method != listed.method or (flags ^ listed.flags) & _ENCRYPTED:
        raise Refused("ArchiveUnsafe", f"{archive}: {shown} is described in two ways; pack the delivery anew")
    placed = listed._replace(data_start=listed.header_start + _LOCAL.size + name_bytes + extra_bytes)
    start = b""
    for chunk in _inflate(source, archive, placed, START_BYTES):
        start += chunk
        if len(start) >= START_BYTES:
            break
    return placed._replace(
        entry=ArchiveEntry(
            name=placed.entry.name,
            size_bytes=placed.entry.size_bytes,
            is_folder=placed.entry.is_folder,
            start=start[:START_BYTES],
        )
    )


def _inflate(source: BinaryIO, archive: str, listed: _Listed, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    source.seek(listed.data_start)
    left = listed.packed_bytes
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while left > 0 and (packed := source.read(min(chunk_bytes, left))):
            left -= len(packed)
            if listed.method == _STORED:
                yield packed
                continue
            while packed and not unpacker.eof:
                yield unpacker.decompress(packed, chunk_bytes)
                packed = unpacker.unconsumed_tail
        if listed.method == _DEFLATED and (rest := unpacker.flush()):
            yield rest
    except zlib.error as error:
        raise _damaged(archive, f"{listed.entry.name[:100]!a} does not unpack: {error}") from error


def _require_own_bytes(listed: list[_Listed], directory_start: int, archive: str) -> None:
    """Refuse entries that share bytes, or reach into the directory."""
    end = 0
    for line in sorted(listed, key=lambda one: one.header_start):
        if line.header_start < end or line.data_start + line.packed_bytes > directory_start:
            raise Refused("ArchiveUnsafe", f"{archive}: entries overlap at {line.entry.name[:100]!a}; pack it anew")
        end = line.data_start + line.packed_bytes


def _damaged(archive: str, what: str) -> Refused:
    return Refused("ArchiveUnreadable", f"{archive}: {what}; pack it anew as ZIP or TAR")
