"""Jobs done in children: the service's side of the nursery.

A child's end is a verdict only if it is the file's doing. A fault in a decoder, or a limit, refuses the file for good;
a child that somebody killed, or that got no time on a busy machine, says nothing about the file and is ``Transient``.
"""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading

import msgspec

from antiphon.media.jobs import CORRUPT, DECODABLE, FRAME, LENGTH, OUTCOME, PROCESS_ID, STATUS, Job, Outcome, Refusal
from antiphon.media.limits import OUTCOME_BYTES_MAX
from antiphon.model.errors import Broken, Transient

CLOSING_S = 5
"""Seconds a nursery may take to end once told to; it only has to kill its children."""

_KILLED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)


class ChildLost(Transient):
    """A child did not get to its end, for no reason that lies in the file."""


class NurseryLost(ChildLost):
    """The nursery itself is gone; the next job starts another."""


def run_in_child(job: Job, *files: int) -> Outcome:
    """Return what a confined child makes of the job, whose open files are the source and, for audio, the target.

    Safe to call from any thread; children run beside each other. Raises: ChildLost (Transient), Broken.
    """
    nursery = _current_nursery()
    try:
        return nursery.run(job, *files)
    except NurseryLost:
        nursery.close()
        return _current_nursery().run(job, *files)


class Nursery:
    """A running nursery process. ``close`` ends it and every child in it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "antiphon.media.nursery"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8"},
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the service, which then ends this in order
            )
        self._control = ours
        self._sending = threading.Lock()
        self._owner = os.getpid()

    @property
    def is_alive(self) -> bool:
        """Tell whether jobs can be sent from this process."""
        return self._owner == os.getpid() and self._process.poll() is None

    def close(self) -> None:
        """End the process and its children, and wait for it."""
        self._control.close()
        if self._owner == os.getpid():
            try:
                self._process.wait(CLOSING_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def run(self, job: Job, *files: int) -> Outcome:
        """Return the job's outcome. Raises: NurseryLost, ChildLost, Broken."""
        ours, theirs = socket.socketpair()
        with ours:
            ours.settimeout(job.limits.wall_s)
            with theirs:
                self._send(msgspec.msgpack.encode(job), [theirs.fileno(), *files])
            return _read_outcome(ours, job)

    def _send(self, payload: bytes, descriptors: list[int]) -> None:
        try:
            with self._sending:
                socket.send_fds(self._control, [LENGTH.pack(len(payload)) + payload], descriptors)
        except OSError as error:
            raise NurseryLost(f"the media nursery is gone ({error}); try again") from error


def _read_outcome(answer: socket.socket, job: Job) -> Outcome:
    received = bytearray()
    try:
        while chunk := answer.recv(1 << 16):
            received += chunk
            if len(received) > OUTCOME_BYTES_MAX:
                _kill_child(received)
                return _refuse(f"an answer of more than {OUTCOME_BYTES_MAX} bytes from its decoder")
    except TimeoutError as error:
        _kill_child(received)
        raise ChildLost(
            f"a media child had not ended after {job.limits.wall_s} s, without using its {job.limits.cpu_s} s of CPU; "
            "the machine is too busy or its disk hangs; try again"
        ) from error
    _, outcome, status = _split_answer(received)
    if status is None:
        raise NurseryLost("the media nursery ended before its child did; try again")
    if status > 0 or (status == 0 and not outcome):
        raise Broken(f"a media child ended with status {status} before it came to its file; see the service's stderr")
    if status in _KILLED_FROM_OUTSIDE:
        raise ChildLost(f"a media child was killed by {signal.Signals(-status).name}; try again")
    return msgspec.msgpack.decode(outcome, type=Outcome) if status == 0 else _refuse(_describe_end(status, job))


def _split_answer(received: bytearray) -> tuple[int | None, bytes, int | None]:
    """Return the child's process id, its outcome and its exit status, as far as they have come."""
    process_id, outcome, status = None, b"", None
    at = 0
    while at + FRAME.size <= len(received):
        mark, number = FRAME.unpack_from(received, at)
        at += FRAME.size
        if mark == PROCESS_ID:
            process_id = number
        elif mark == OUTCOME:
            outcome = bytes(received[at : at + number])
            at += number
        elif mark == STATUS:
            status = number
    return process_id, outcome, status


def _describe_end(status: int, job: Job) -> str:
    if status == -signal.SIGXCPU:
        return f"a file that takes more than {job.limits.cpu_s} s of CPU to decode"
    if status == -signal.SIGXFSZ:
        return f"a file that makes more than {job.limits.written_bytes} bytes of output"
    return f"a file that makes its decoder crash ({signal.Signals(-status).name})"


def _refuse(got: str) -> Refusal:
    return Refusal(code=CORRUPT, got=got, expected=DECODABLE, fix="encode the file again and deliver that")


def _kill_child(received: bytearray) -> None:
    """Kill the child that began this answer. It cannot be another by now: the nursery has not reported its end."""
    process_id, _, status = _split_answer(received)
    if process_id is not None and status is None:
        os.kill(process_id, signal.SIGKILL)


_nursery: Nursery | None = None
_choosing = threading.Lock()


def _current_nursery() -> Nursery:
    """Return this process's nursery, started with the first job."""
    global _nursery  # noqa: PLW0603 - a process has one nursery as it has one heap
    with _choosing:
        if _nursery is None:
            atexit.register(close_nursery)
        elif not _nursery.is_alive:
            _nursery.close()
            _nursery = None
        _nursery = _nursery or Nursery()
        return _nursery


def close_nursery() -> None:
    """End this process's nursery, if it has one; a job after that starts another."""
    if _nursery is not None:
        _nursery.close()
