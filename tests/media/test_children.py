"""The arm's length: what a child can do, what its end means, and who its parent is."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from antiphon.media import ChildLost, children
from antiphon.media.children import Nursery
from antiphon.media.jobs import AudioJob, DecodedAudio, Outcome, Refusal
from antiphon.media.limits import CPU_BASE_S, CPU_MAX_S, MIB, Limits, audio_limits
from antiphon.model.errors import Transient
from tests.media.recordings import write_recording

ROOMY = audio_limits(10 * MIB)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    started = Nursery()
    yield started
    started.close()


def run(nursery: Nursery, path: Path, target: Path, limits: Limits = ROOMY) -> Outcome:
    with path.open("rb") as source, target.open("wb") as written:
        return nursery.run(AudioJob(limits=limits), source.fileno(), written.fileno())


def find_child(nursery: Nursery) -> int:
    """Return the process id of the nursery's only child, as soon as it has one."""
    pid = nursery._process.pid
    while not (found := Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        assert nursery.is_alive
    return int(found[0])


@contextmanager
def waiting_job(nursery: Nursery, target: Path, limits: Limits = ROOMY) -> Iterator[list[Outcome | Transient]]:
    """Run a job that waits for input that never comes; what came of it is in the list after the block."""
    ended: list[Outcome | Transient] = []
    source, never = os.pipe()

    def wait() -> None:
        with target.open("wb") as written:
            try:
                ended.append(nursery.run(AudioJob(limits=limits), source, written.fileno()))
            except Transient as error:
                ended.append(error)

    waiter = threading.Thread(target=wait)
    waiter.start()
    try:
        yield ended
        waiter.join()
    finally:
        os.close(never)
        os.close(source)
        waiter.join()


def test_a_file_that_takes_too_much_cpu_is_refused(nursery: Nursery, tmp_path: Path) -> None:
    path = write_recording(tmp_path / "long.wav", codec="pcm_s16le", seconds=400, rate_hz=8000, layout="mono")
    outcome = run(nursery, path, tmp_path / "out", msgspec.structs.replace(ROOMY, cpu_s=1))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "ResourceCorrupt"
    assert "more than 1 s of CPU" in outcome.got


def test_a_file_that_takes_too_much_memory_is_refused(nursery: Nursery, tmp_path: Path) -> None:
    path = tmp_path / "picture.flac"
    # A picture of 16 MB is legal; a child with no memory to spare cannot hold it.
    path.write_bytes(b"fLaC\x06\xff\xff\xff" + bytes(16 * MIB))
    used = int(Path(f"/proc/{nursery._process.pid}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    assert used < ROOMY.memory_bytes / 2, "the nursery itself must leave a child half of its memory"
    outcome = run(nursery, path, tmp_path / "out", msgspec.structs.replace(ROOMY, memory_bytes=used + 4 * MIB))
    assert isinstance(outcome, Refusal)
    assert outcome.code == "ResourceCorrupt"


def test_a_file_that_makes_too_much_output_is_refused(nursery: Nursery, tmp_path: Path) -> None:
    path = write_recording(tmp_path / "song.flac", seconds=5)
    outcome = run(nursery, path, tmp_path / "out", msgspec.structs.replace(ROOMY, written_bytes=10_000))
    assert isinstance(outcome, Refusal)
    assert "more than 10000 bytes of output" in outcome.got
    assert (tmp_path / "out").stat().st_size <= 10_000


@pytest.mark.parametrize("fault", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL])
def test_a_decoder_that_crashes_refuses_the_file_and_the_next_one_is_decoded(
    nursery: Nursery, tmp_path: Path, fault: signal.Signals
) -> None:
    with waiting_job(nursery, tmp_path / "out") as ended:
        os.kill(find_child(nursery), fault)
    assert isinstance(ended[0], Refusal)
    assert ended[0].code == "ResourceCorrupt"
    assert fault.name in ended[0].got
    assert isinstance(run(nursery, write_recording(tmp_path / "a.flac"), tmp_path / "out"), DecodedAudio)


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_somebody_killed_says_nothing_about_the_file(
    nursery: Nursery, tmp_path: Path, kill: signal.Signals
) -> None:
    with waiting_job(nursery, tmp_path / "out") as ended:
        os.kill(find_child(nursery), kill)
    assert isinstance(ended[0], ChildLost)
    assert kill.name in str(ended[0])


def test_a_child_that_gets_no_time_is_killed_and_says_nothing_about_the_file(nursery: Nursery, tmp_path: Path) -> None:
    with waiting_job(nursery, tmp_path / "out", msgspec.structs.replace(ROOMY, wall_s=0.3)) as ended:
        child = find_child(nursery)
    assert isinstance(ended[0], ChildLost)
    assert "0.3 s" in str(ended[0])
    while Path(f"/proc/{child}").exists():
        pass  # until the nursery has buried it; the suite's time limit is the assertion


def test_a_nursery_that_is_lost_is_replaced_by_the_next_job(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "song.flac")
    for _ in range(2):
        with path.open("rb") as source, (tmp_path / "out").open("wb") as target:
            outcome = children.run_in_child(AudioJob(limits=ROOMY), source.fileno(), target.fileno())
        assert isinstance(outcome, DecodedAudio)
        assert children._nursery is not None
        children._nursery._process.kill()


def test_children_end_with_the_service(tmp_path: Path) -> None:
    service = Nursery()
    with waiting_job(service, tmp_path / "out") as ended:
        child = find_child(service)
        service.close()
    assert isinstance(ended[0], ChildLost)
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text()


def test_no_secret_of_the_service_is_in_its_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_SIGNING_KEY", "correct horse battery staple")
    started = Nursery()
    try:
        pid = started._process.pid
        while b"nursery" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            assert started.is_alive
        assert Path(f"/proc/{pid}/environ").read_bytes() == b"LC_ALL=C.UTF-8\0"
    finally:
        started.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only a service that runs as root has privileges to drop")
def test_children_of_root_are_nobody(nursery: Nursery, tmp_path: Path) -> None:
    with waiting_job(nursery, tmp_path / "out"):
        child = find_child(nursery)
        status = Path(f"/proc/{child}/status").read_text()
        os.kill(child, signal.SIGKILL)
    assert "Uid:\t65534\t65534\t65534\t65534" in status
    assert "CapEff:\t0000000000000000" in status


def test_a_confined_process_opens_neither_a_file_nor_a_socket() -> None:
    script = """
import socket, sys
from antiphon.media.confinement import confine
from antiphon.media.limits import COVER_LIMITS
confine(COVER_LIMITS)
for attempt in (lambda: open("/etc/passwd"), lambda: open("/tmp/x", "w"), socket.socket, socket.socketpair):
    try:
        attempt()
    except OSError as error:
        print(error.errno)
"""
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert outcome.stdout.split() == ["24"] * 4


def test_the_service_itself_never_loads_a_decoder() -> None:
    script = "import sys, antiphon.media; print(sorted({'av', 'PIL', 'numpy'} & set(sys.modules)))"
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == "[]"


@pytest.mark.parametrize(("size_mib", "cpu_s"), [(0, CPU_BASE_S), (10, 50), (100_000, CPU_MAX_S)])
def test_cpu_grows_with_the_file_up_to_a_limit(size_mib: int, cpu_s: int) -> None:
    assert audio_limits(size_mib * MIB).cpu_s == cpu_s


def test_a_service_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    script = "from antiphon.media.children import Nursery; print(Nursery()._process.pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        nursery = Path(f"/proc/{int(service.stdout.readline())}")
        service.kill()
    while (nursery / "cmdline").exists() and (nursery / "cmdline").read_bytes():
        pass  # the suite's time limit is the assertion
