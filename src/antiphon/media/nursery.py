"""The process that decoding children are born from: ``python -I -m antiphon.media.nursery``, with a socket as stdin.

It exists because importing the decoders takes longer than decoding a short track. It imports them once, never opens a
delivered file itself, and forks a child for each job: 3 ms instead of 180. It starts with an empty environment, so no
secret of the service is in it to leak, and it ends, with its children, when the service does.

Over the socket come a length, a job and descriptors: where to answer, the source, and the target if it has one. The
answer is made of the frames of ``jobs``; its last, the exit status, is the nursery's word and not the child's.
"""

import contextlib
import fcntl
import os
import selectors
import signal
import socket
import wave
from io import BytesIO
from typing import NoReturn

import av
import msgspec
from PIL import Image

from antiphon.media.confinement import confine, drop_privileges
from antiphon.media.cover_encoder import FORMATS, SRGB, encode_covers
from antiphon.media.jobs import (
    CORRUPT,
    DECODABLE,
    FRAME,
    LENGTH,
    OUTCOME,
    PROCESS_ID,
    SEND_AGAIN,
    STATUS,
    AudioJob,
    CoverJob,
    Job,
    Outcome,
    Refusal,
    UnusableFile,
)
from antiphon.media.transcoder import transcode


def main() -> None:
    """Serve jobs until the socket's other end closes."""
    control = socket.socket(fileno=os.dup(0))
    warm_up()
    drop_privileges()
    wakeup, waker = socket.socketpair()
    for end in (wakeup, waker):
        end.settimeout(0)  # neither a signal nor its reader may ever wait
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(wakeup, selectors.EVENT_READ)
        _serve(selector, control, wakeup)
    # The children it has just killed would still be told of, to a socket that is closing: noise on stderr.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)


def _serve(selector: selectors.BaseSelector, control: socket.socket, wakeup: socket.socket) -> None:
    answers: dict[int, int] = {}
    while True:
        for key, _ in selector.select():
            if key.fileobj is wakeup:
                with contextlib.suppress(BlockingIOError):
                    wakeup.recv(4096)
                _report_ended(answers)
            elif not _start(control, answers):
                for child in answers:
                    os.kill(child, signal.SIGKILL)
                return


def _start(control: socket.socket, answers: dict[int, int]) -> bool:
    """Fork a child for the next job and enter it in ``answers``; False: there will be no further jobs."""
    head, descriptors, _, _ = socket.recv_fds(control, LENGTH.size, 3)
    if len(head) < LENGTH.size:
        return False
    (length,) = LENGTH.unpack(head)
    payload = control.recv(length, socket.MSG_WAITALL)
    child = os.fork()
    if child == 0:
        _live(payload, descriptors)
    answers[child], *files = descriptors
    for descriptor in files:
        os.close(descriptor)
    return True


def _report_ended(answers: dict[int, int]) -> None:
    """Close the answer of every child that has ended with its exit status."""
    for child in list(answers):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            answer = answers.pop(child)
            with contextlib.suppress(BrokenPipeError):
                os.write(answer, FRAME.pack(STATUS, os.waitstatus_to_exitcode(status)))
            os.close(answer)


def _live(payload: bytes, descriptors: list[int]) -> NoReturn:
    """Be the child: do the job confined, answer, end. Never returns to the nursery's loop."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        job = msgspec.msgpack.decode(payload, type=Job)
        answer, *files = _keep_only(descriptors)
        os.write(answer, FRAME.pack(PROCESS_ID, os.getpid()))
        confine(job.limits)
        outcome = msgspec.msgpack.encode(run_job(job, *files))
        with open(answer, "wb") as answering:
            answering.write(FRAME.pack(OUTCOME, len(outcome)) + outcome)
        status = 0
    finally:
        os._exit(status)


def _keep_only(descriptors: list[int]) -> list[int]:
    """Close every descriptor but these, put nothing at stdin, stdout and stderr, and return them renumbered."""
    null = os.open(os.devnull, os.O_RDWR)
    wanted = [null, null, null, *descriptors]
    # First out of the way of one another, then to their places.
    aside = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, len(wanted)) for descriptor in wanted]
    kept = [os.dup2(descriptor, place) for place, descriptor in enumerate(aside)]
    os.closerange(len(kept), os.sysconf("SC_OPEN_MAX"))
    return kept[3:]


def run_job(job: Job, source: int, target: int = -1) -> Outcome:
    """Return what came of the job. The boundary where whatever a decoder raises becomes a refusal of the file."""
    try:
        with open(source, "rb") as readable:
            match job:
                case AudioJob():
                    with open(target, "wb") as writable:
                        return transcode(readable, writable)
                case CoverJob(sizes_px=sizes_px):
                    return encode_covers(readable, sizes_px)
    except UnusableFile as error:
        return error.refusal
    except MemoryError:
        return _refuse(f"a file that takes more than {job.limits.memory_bytes} bytes of memory to decode")
    except Exception as error:  # noqa: BLE001 - decoders raise what they like; the child is theirs
        return _refuse(f"{type(error).__name__}: {str(error)[:200]}")


def _refuse(got: str) -> Refusal:
    return Refusal(code=CORRUPT, got=got, expected=DECODABLE, fix=SEND_AGAIN)


def warm_up() -> None:
    """Decode and encode a moment of silence and a white square, so that children inherit every table and module.

    They have to: a child may open no file, a module's least of all.
    """
    silence = BytesIO()
    with wave.open(silence, "wb") as sound:
        sound.setparams((2, 2, 44_100, 0, "NONE", ""))
        sound.writeframes(bytes(44_100))
    silence.seek(0)
    transcode(silence, BytesIO())
    Image.init()
    for form in FORMATS:
        square = BytesIO()
        Image.new("RGB", (8, 8), "white").save(square, form, icc_profile=SRGB)
        encode_covers(square, (4,))
    with contextlib.suppress(av.FFmpegError):
        av.open(BytesIO(b"no audio"))


if __name__ == "__main__":
    main()
