"""A child that reads hostile files under seal: from then on, opening a file or a socket is the end of it.

Run as ``python -m tests.formats.sealed_reading ENTRY_POINT FILE...``; prints a JSON list with the outcome of each file.
The seal is a system-call filter of the kernel, so that what C code does counts too. Source: seccomp(2).
"""

import ctypes
import json
import os
import platform
import re
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

from antiphon.formats.ern import read_acknowledgement, read_manifest, read_message
from antiphon.model.errors import Rejected

ENTRY_POINTS: dict[str, Callable[[bytes], object]] = {
    "message": read_message,
    "manifest": read_manifest,
    "acknowledgement": read_acknowledgement,
    "open": lambda _: Path("/dev/null").read_bytes(),
}
"""What takes bytes of strangers; "open" proves that the seal holds."""

FORBIDDEN = {
    "x86_64": {"open": 2, "openat": 257, "openat2": 437, "creat": 85, "socket": 41, "connect": 42, "execve": 59},
    "aarch64": {"openat": 56, "openat2": 437, "socket": 198, "connect": 203, "execve": 221},
}
"""System calls that no parser needs, by machine. Source: the kernel's syscall tables."""

_LOAD_NUMBER = (0x20, 0, 0, 0)
_JUMP_IF_EQUAL = 0x15
_RETURN = 0x06
_KILL_PROCESS = 0x8000_0000
_ALLOW = 0x7FFF_0000
_SET_NO_NEW_PRIVILEGES = 38
_SET_SECCOMP = 22
_FILTER_MODE = 2


def seal() -> None:
    """Forbid this process the calls above for good."""
    program = [_LOAD_NUMBER]
    for number in FORBIDDEN[platform.machine()].values():
        program += [(_JUMP_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _KILL_PROCESS)]
    program.append((_RETURN, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    for option, value, argument in ((_SET_NO_NEW_PRIVILEGES, 1, None), (_SET_SECCOMP, _FILTER_MODE, header)):
        if libc.prctl(option, ctypes.c_ulong(value), argument, 0, 0):
            raise OSError(ctypes.get_errno(), "the seal was not put on")


def read_sealed(entry_point: str, paths: list[str]) -> list[dict[str, object]]:
    """Return how each file fared: the code it was refused with ("" if it was not), and the seconds that took."""
    files = [(path, Path(path).read_bytes()) for path in paths]
    read = ENTRY_POINTS[entry_point]
    if entry_point != "open":
        for _, data in files:
            try_reading(read, data)  # What Python itself loads for an encoding, it loads now.
    seal()
    outcomes: list[dict[str, object]] = []
    for path, data in files:
        started_s = time.perf_counter()
        code = try_reading(read, data)
        outcomes.append({"file": path, "code": code, "elapsed_s": time.perf_counter() - started_s})
    return outcomes


def try_reading(read: Callable[[bytes], object], data: bytes) -> str:
    """Return the code of the refusal; "" where the bytes were read."""
    try:
        read(data)
    except Rejected as refusal:
        return refusal.code
    return ""


if __name__ == "__main__":
    # Opened before the seal. What the kernel says of resource use would count the process that started this one too.
    status = os.open("/proc/self/status", os.O_RDONLY)
    report = read_sealed(sys.argv[1], sys.argv[2:])
    peak_kib = int(re.findall(rb"VmHWM:\s*(\d+)", os.pread(status, 1 << 16, 0))[0])
    sys.stdout.write(json.dumps({"peak_kib": peak_kib, "outcomes": report}))
