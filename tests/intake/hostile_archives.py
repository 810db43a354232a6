"""Archives nobody should unpack: what each is, by name, the code it is refused with, and its bytes."""

import gzip
import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

MESSAGE = b"<NewReleaseMessage/>"


class Hostile(NamedTuple):
    name: str
    code: str
    make: Callable[[], bytes]


def a_zip(*files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of these files, names as they are."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as packed:
        for name, data in files:
            packed.writestr(name, data)
    return held.getvalue()


def a_tar(*files: tuple[str | tarfile.TarInfo, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a TAR of these files, names as they are."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=form) as packed:
        for name, data in files:
            info = tarfile.TarInfo(name) if isinstance(name, str) else name
            if info.isreg():
                info.size = len(data)
            packed.addfile(info, io.BytesIO(data))
    return held.getvalue()


def a_zip_entry(name: str, *, mode: int = 0o100644, system: int = 3) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = system
    info.external_attr = mode << 16
    return info


def a_second_name(name: str, second: str) -> zipfile.ZipInfo:
    """Return an entry with another name in its extra field, as tools of before UTF-8 write it."""
    info = a_zip_entry(name)
    said = struct.pack("<BI", 1, zlib.crc32(name.encode())) + second.encode()
    info.extra = struct.pack("<2H", 0x7075, len(said)) + said
    return info


def a_tar_entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def changed_bytes(data: bytes, old: bytes, new: bytes, *, times: int = -1) -> bytes:
    """Return the bytes with a patch of the same length that must have hit."""
    assert old in data
    assert len(old) == len(new)
    return data.replace(old, new, times)


def with_checksum(header: bytes) -> bytes:
    """Return a TAR header with the sum that fits it."""
    blank = header[:148] + b" " * 8 + header[156:]
    return blank[:148] + b"%06o\0 " % sum(blank) + blank[156:]


def a_raw_tar(name: bytes, kind: bytes, data: bytes = b"", *, size: bytes | None = None) -> bytes:
    """Return a header and its data as a TAR has them, with the size field as given."""
    field = size if size is not None else b"%011o\0" % len(data)
    header = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + field.ljust(12, b"\0") + b"00000000000\0"
    header += b" " * 8 + kind + bytes(100) + b"ustar\x0000" + bytes(247)
    return with_checksum(header) + data + bytes(-len(data) % 512)


UNSAFE_NAMES = {
    "dot-dot": "../R1.xml",
    "dot-dot inside": "R1/../../R1.xml",
    "dot-dot to itself": "R1/../R1/R1.xml",
    "absolute": "/tmp/R1.xml",
    "two slashes first": "//server/R1.xml",
    "drive": "C:/R1.xml",
    "drive without slash": "C:R1.xml",
    "backslash": "..\\R1.xml",
    "backslash inside": "R1\\R1.xml",
    "percent encoded dot-dot": "%2e%2e/R1.xml",
    "percent encoded twice": "%252e%252e/R1.xml",
    "full-width dots and slash": "\uff0e\uff0e\uff0fR1.xml",
    "one dot leader": "\u2024\u2024/R1.xml",
    "address": "file:///etc/passwd",
    "empty part": "R1//R1.xml",
    "overlong": "R1/" + "a" * 300 + ".xml",
    "overlong path": "/".join(["a" * 200] * 6) + ".xml",
}

UNSEEN_NAMES = {
    "right-to-left": "R1/\u202elmx.1R",
    "isolate": "R1/\u2066R1.xml",
    "zero width space": "R1/R\u200b1.xml",
    "byte order mark": "\ufeffR1/R1.xml",
    "private use": "R1/\ue000.xml",
}


def hostile_zips() -> Iterator[Hostile]:
    """Yield ZIPs, each hostile in one way."""
    for name, path in UNSAFE_NAMES.items():
        yield Hostile(f"zip, {name}", "ArchiveUnsafe", partial(a_zip, (path, MESSAGE)))
    for name, path in UNSEEN_NAMES.items():
        yield Hostile(f"zip, {name}", "UnreadableFileName", partial(a_zip, (path, MESSAGE)))
    yield Hostile(
        "zip, NUL in a name",
        "ArchiveUnsafe",
        lambda: changed_bytes(a_zip(("R1/R1_xml", MESSAGE)), b"R1_xml", b"R1\x00xml"),
    )
    yield Hostile("zip, twice", "ArchiveUnsafe", lambda: _twice("R1/R1.xml", "R1/R1.xml"))
    yield Hostile("zip, case alone", "ArchiveUnsafe", lambda: _twice("R1/R1.xml", "r1/r1.XML"))
    yield Hostile("zip, composed and not", "ArchiveUnsafe", lambda: _twice("R1/\xe9.xml", "R1/e\u0301.xml"))
    yield Hostile("zip, file and folder", "ArchiveUnsafe", lambda: a_zip(("R1", b"x"), ("R1/", b"")))
    yield Hostile("zip, file in a file", "ArchiveUnsafe", lambda: a_zip(("R1", b"x"), ("R1/R1.xml", MESSAGE)))
    yield Hostile(
        "zip, link", "LinkInDelivery", lambda: a_zip((a_zip_entry("R1/R1.xml", mode=0o120777), b"/etc/passwd"))
    )
    for kind, mode in {"device": 0o020644, "block device": 0o060644, "pipe": 0o010644, "socket": 0o140644}.items():
        yield Hostile(
            f"zip, {kind}",
            "SpecialFileInDelivery",
            partial(a_zip, (a_zip_entry("R1/R1.xml", mode=mode), b"")),
        )
    for suffix in ("zip", "tar.gz", "7z"):
        yield Hostile(f"zip in zip, .{suffix}", "NestedArchive", partial(a_zip, (f"R1/more.{suffix}", b"x")))
    yield Hostile(
        "zip in zip, disguised",
        "NestedArchive",
        lambda: a_zip(("R1/R1.xml", MESSAGE), ("R1/cover.jpg", a_zip(("a", b"b")))),
    )
    yield Hostile("tar in zip, disguised", "NestedArchive", lambda: a_zip(("R1/cover.jpg", a_tar(("a", b"b")))))
    yield Hostile("zip, encrypted", "ArchiveEncrypted", _encrypted)
    yield Hostile("zip, ratio", "ArchiveTooLarge", lambda: a_zip(("R1/R1.xml", bytes(3_000_000))))
    yield Hostile(
        "zip, ratio of many", "ArchiveTooLarge", lambda: a_zip(*((f"R1/{n}.xml", bytes(60_000)) for n in range(50)))
    )
    yield Hostile("zip, claims 16 exabytes", "ArchiveTooLarge", _enormous)
    yield Hostile("zip, a million entries", "ArchiveTooLarge", _a_million)
    yield Hostile("zip, more entries than it says", "ArchiveTooLarge", _understated)
    yield Hostile("zip, overlapping", "ArchiveUnsafe", _overlapping)
    yield Hostile("zip, two names for one entry", "ArchiveUnsafe", _two_faced)
    yield Hostile(
        "zip, a second name", "ArchiveUnsafe", lambda: a_zip((a_second_name("R1/R1.xml", "R1/R2.xml"), MESSAGE))
    )
    yield Hostile(
        "zip, an unsafe second name", "ArchiveUnsafe", lambda: a_zip((a_second_name("R1/é", "../x"), MESSAGE))
    )
    yield Hostile("zip, longer than it says", "ArchiveUnreadable", _longer)
    yield Hostile("zip, wrong sum", "ArchiveUnreadable", _wrong_sum)
    yield Hostile("zip, unknown method", "ArchiveUnreadable", _lzma)
    yield Hostile("zip, cut off", "ArchiveUnreadable", lambda: a_zip(("R1/R1.xml", MESSAGE))[:-30])
    yield Hostile("zip, something before it", "ArchiveUnreadable", lambda: b"PK\x03\x04" + a_zip(("R1.xml", MESSAGE)))
    yield Hostile("zip, something after it", "ArchiveUnreadable", lambda: a_zip(("R1.xml", MESSAGE)) + b"more")
    yield Hostile("zip, empty", "ArchiveUnreadable", a_zip)
    yield Hostile("zip, deep", "FolderTooDeep", lambda: a_zip(("a/" * 11 + "R1.xml", MESSAGE)))


def hostile_tars() -> Iterator[Hostile]:
    """Yield TARs, plain and gzipped, each hostile in one way."""
    for name, path in UNSAFE_NAMES.items():
        if name not in ("address", "drive without slash"):
            yield Hostile(f"tar, {name}", "ArchiveUnsafe", partial(a_tar, (path, MESSAGE)))
    yield Hostile("tar, right-to-left", "UnreadableFileName", lambda: a_tar(("R1/\u202elmx.1R", MESSAGE)))
    yield Hostile(
        "tar, not UTF-8", "UnreadableFileName", lambda: a_raw_tar(b"R1/\xe9.xml", b"0", MESSAGE) + bytes(1024)
    )
    yield Hostile("tar, twice", "ArchiveUnsafe", lambda: a_tar(("R1/R1.xml", MESSAGE), ("R1/R1.xml", b"other")))
    yield Hostile("tar, case alone", "ArchiveUnsafe", lambda: a_tar(("R1/R1.xml", MESSAGE), ("R1/r1.xml", b"other")))
    yield Hostile(
        "tar, link", "LinkInDelivery", lambda: a_tar((a_tar_entry("R1/R1.xml", tarfile.SYMTYPE, "/etc/passwd"), b""))
    )
    yield Hostile(
        "tar, hard link", "LinkInDelivery", lambda: a_tar((a_tar_entry("R1/a", tarfile.LNKTYPE, "../../x"), b""))
    )
    yield Hostile(
        "tar, folder that is a link, then a file in it",
        "LinkInDelivery",
        lambda: a_tar((a_tar_entry("R1", tarfile.SYMTYPE, "/tmp"), b""), ("R1/R1.xml", MESSAGE)),
    )
    for kind, mark in {"device": tarfile.CHRTYPE, "block device": tarfile.BLKTYPE, "pipe": tarfile.FIFOTYPE}.items():
        yield Hostile(f"tar, {kind}", "SpecialFileInDelivery", partial(a_tar, (a_tar_entry("R1/a", mark), b"")))
    yield Hostile(
        "tar, sparse",
        "SpecialFileInDelivery",
        lambda: a_raw_tar(b"R1/a", b"S") + bytes(1024),
    )
    yield Hostile("tar, unknown kind", "SpecialFileInDelivery", lambda: a_raw_tar(b"R1/a", b"Z") + bytes(1024))
    yield Hostile("tar in tar", "NestedArchive", lambda: a_tar(("R1/cover.jpg", a_tar(("a", b"b")))))
    yield Hostile("tar, deep", "FolderTooDeep", lambda: a_tar(("a/" * 11 + "R1.xml", MESSAGE)))
    yield Hostile(
        "tar, a name for every entry",
        "ArchiveUnsafe",
        lambda: a_raw_tar(b"g", b"g", b"16 path=../../x\n") + a_tar(("R1.xml", MESSAGE)),
    )
    yield Hostile(
        "tar, an extended header of 8 GiB",
        "ArchiveUnsafe",
        lambda: a_raw_tar(b"x", b"x", size=b"77777777777\0") + bytes(1024),
    )
    yield Hostile("tar, a name of 8 GiB", "ArchiveUnsafe", lambda: a_raw_tar(b"L", b"L", size=b"77777777777\0"))
    yield Hostile(
        "tar, nothing but extended headers", "ArchiveUnsafe", lambda: a_raw_tar(b"x", b"x", b"9 a=bcdef\n"[:9]) * 100
    )
    yield Hostile(
        "tar, a size below zero",
        "ArchiveUnreadable",
        lambda: a_raw_tar(b"R1/a", b"0", size=b"\xff" * 12) + bytes(1024),
    )
    yield Hostile(
        "tar, claims 16 exabytes",
        "ArchiveTooLarge",
        lambda: a_raw_tar(b"R1/a", b"0", size=b"\x80\0\0\0" + b"\xff" * 8) + bytes(1024),
    )
    yield Hostile("tar, cut off", "ArchiveUnreadable", lambda: a_tar(("R1/R1.xml", bytes(9000)))[:4000])
    yield Hostile("tar, without its end", "ArchiveUnreadable", lambda: a_raw_tar(b"R1.xml", b"0", MESSAGE))
    yield Hostile(
        "tar, entries after its end", "ArchiveUnsafe", lambda: a_tar(("R1.xml", MESSAGE)) + a_tar(("R2.xml", MESSAGE))
    )
    yield Hostile(
        "tar, a damaged header", "ArchiveUnreadable", lambda: a_tar(("R1", b""), ("R2", b""))[:513] + b"x" * 999
    )
    yield Hostile("tar.gz, ratio", "ArchiveTooLarge", lambda: gzip.compress(a_tar(("R1/R1.xml", bytes(3_000_000)))))
    yield Hostile("tar.gz, a million entries", "ArchiveTooLarge", _a_million_in_tar)
    yield Hostile("tar.gz, cut off", "ArchiveUnreadable", lambda: gzip.compress(a_tar(("R1.xml", MESSAGE)))[:-20])
    yield Hostile("tar.gz, wrong sum", "ArchiveUnreadable", lambda: _flipped(gzip.compress(a_tar(("R1.xml", MESSAGE)))))
    yield Hostile("gz of a message", "ArchiveUnreadable", lambda: gzip.compress(MESSAGE * 100))
    yield Hostile("7z", "ArchiveUnreadable", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(100))
    yield Hostile("RAR", "ArchiveUnreadable", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(100))


def _twice(first: str, second: str) -> bytes:
    """Return a ZIP whose second name takes the length of the first, patched in: the library warns of duplicates."""
    held = a_zip((first, MESSAGE), ("\x01" * len(second.encode()), b"other"))
    return changed_bytes(held, b"\x01" * len(second.encode()), second.encode())


def _directory_start(data: bytes) -> int:
    return int(struct.unpack_from("<I", data, data.rfind(b"PK\x05\x06") + 16)[0])


def _patched(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def _encrypted() -> bytes:
    data = a_zip(("R1/R1.xml", MESSAGE))
    return _patched(_patched(data, 6, b"\x01\x00"), _directory_start(data) + 8, b"\x01\x00")


def _enormous() -> bytes:
    extra = struct.pack("<2HQ", 1, 8, 2**64 - 1)
    info = a_zip_entry("R1/R1.xml")
    info.extra = struct.pack("<2HQ", 0x9999, 8, 0)
    data = a_zip((info, MESSAGE))
    start = _directory_start(data)
    at = data.rfind(struct.pack("<2H", 0x9999, 8))
    return _patched(_patched(data, at, extra), start + 24, b"\xff" * 4)


def _a_million() -> bytes:
    line = struct.pack("<4s6H3I5H2I", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = line * 1_000_000
    end_64 = struct.pack("<4sQ2H2I4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, len(directory), 0)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(directory), 1)
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    # Starts like a ZIP with a file: otherwise nobody would take it for one.
    head = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    end_64 = end_64[:-8] + struct.pack("<Q", len(head))
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, len(head) + len(directory), 1)
    return head + directory + end_64 + locator + end


def _understated() -> bytes:
    data = a_zip(*((f"R1/{n}.xml", b"") for n in range(60)))
    at = data.rfind(b"PK\x05\x06")
    return _patched(data, at + 8, struct.pack("<2H", 1, 1))


def _overlapping() -> bytes:
    data = a_zip(("R1/a.xml", MESSAGE), ("R1/b.xml", MESSAGE))
    start = _directory_start(data)
    second = data.index(b"PK\x01\x02", start + 4)
    # The second entry is the bytes of the first, under the name of the first as its local header has it.
    patched = _patched(data, second + 42, struct.pack("<I", 0))
    return _patched(patched, second + 46, b"R1/a.xml")


def _two_faced() -> bytes:
    data = a_zip(("R1/a.xml", MESSAGE))
    return _patched(data, _directory_start(data) + 46, b"R1/b.xml")


def _longer() -> bytes:
    data = a_zip(("R1/R1.xml", MESSAGE * 50))
    return _patched(data, _directory_start(data) + 24, struct.pack("<I", 10))


def _wrong_sum() -> bytes:
    data = a_zip(("R1/R1.xml", MESSAGE))
    return _patched(data, _directory_start(data) + 16, struct.pack("<I", zlib.crc32(b"other")))


def _lzma() -> bytes:
    return a_zip(("R1/R1.xml", MESSAGE), method=zipfile.ZIP_LZMA)


def _a_million_in_tar() -> bytes:
    return gzip.compress(a_raw_tar(b"a", b"5") * 5_000 + bytes(1024), 1)


def _flipped(data: bytes) -> bytes:
    return data[:-8] + bytes([data[-8] ^ 1]) + data[-7:]
