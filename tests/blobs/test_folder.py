"""What only the folder has to see to itself: durability, leftovers, full disks."""

import errno
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.blobs import BlobMissing, FolderBlobs, StoreFull, StoreUnavailable
from antiphon.blobs.folder import LEFTOVER_AGE_S
from antiphon.blobs.names import blob_key

CONTENT = b"a song " * 1000


def files_below(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("call", ["fsync", "fchmod"])
@pytest.mark.parametrize(
    ("number", "family"), [(errno.ENOSPC, StoreFull), (errno.EDQUOT, StoreFull), (errno.EIO, StoreUnavailable)]
)
def test_a_full_or_failing_disk_is_said_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, family: type[Exception]
) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put_named("overlay", b"before")

    def fail(*_arguments: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(family, match=str(tmp_path)):
            blobs.put(CONTENT)
        with pytest.raises(family):
            blobs.put_named("overlay", b"after")
    assert files_below(tmp_path) == ["overlay"]
    assert blobs.get_named("overlay") == b"before"
    assert blobs.get(blobs.put(CONTENT)) == CONTENT


def test_a_disk_that_fills_in_the_middle_of_a_file_leaves_nothing(tmp_path: Path) -> None:
    # The limit on file size fails a write half way exactly as a full disk does, and needs no disk of its own.
    script = (
        "import sys; from pathlib import Path; from antiphon.blobs import FolderBlobs, StoreFull\n"
        "try: FolderBlobs(Path(sys.argv[1])).put(b'x' * 500_000)\n"
        "except StoreFull as error: print('full:', error)\n"
    )

    def limit_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    outcome = subprocess.run(
        [sys.executable, "-B", "-c", script, str(tmp_path / "store")],
        preexec_fn=limit_files,
        capture_output=True,
        text=True,
        check=True,
    )
    assert outcome.stdout.startswith("full:")
    assert files_below(tmp_path) == []


def test_the_file_and_then_its_directory_are_fsynced_before_put_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs, other = FolderBlobs(tmp_path), FolderBlobs(tmp_path)
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, os.replace

    def record_fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_relative_to(tmp_path):
            steps.append(f"fsync {(*path.relative_to(tmp_path).parts, '.')[0]}")
        real_fsync(descriptor)

    def record_replace(source: str, target: str) -> None:
        if Path(target).is_relative_to(tmp_path):  # a thread that another test left may move files of its own
            steps.append("rename")
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "replace", record_replace)
    blobs.put(CONTENT)
    assert steps == ["fsync .", "fsync sha256", "fsync tmp", "rename", "fsync sha256"], (
        "a new directory is durable before its content"
    )
    steps.clear()
    blobs.put(CONTENT)
    assert steps == ["fsync sha256"], "a second writer must not answer before the first one's name is durable"
    steps.clear()
    blobs.put_named("versions/00000001", b"{}")
    assert steps == ["fsync .", "fsync tmp", "rename", "fsync versions"]
    steps.clear()
    blobs.put_named("versions/00000002", b"{}")
    assert steps == ["fsync tmp", "rename", "fsync versions"]
    steps.clear()
    other.put_named("versions/00000003", b"{}")
    assert steps == ["fsync .", "fsync tmp", "rename", "fsync versions"], (
        "a directory may be another process's that has not come to its fsync"
    )


def test_old_leftovers_are_swept_at_open_and_fresh_ones_are_left_alone(tmp_path: Path) -> None:
    FolderBlobs(tmp_path)
    old, fresh = tmp_path / "tmp" / "old", tmp_path / "tmp" / "fresh"
    old.write_bytes(b"half a")
    fresh.write_bytes(b"half a")
    age = fresh.stat().st_mtime - LEFTOVER_AGE_S - 60
    os.utime(old, (age, age))
    FolderBlobs(tmp_path)
    assert files_below(tmp_path) == ["tmp/fresh"]


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(StoreUnavailable, match="taken"):
        FolderBlobs(tmp_path / "taken" / "store")


def test_a_removed_file_is_missing(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blob = blobs.put(CONTENT)
    (tmp_path / blob_key(blob)).unlink()
    with pytest.raises(BlobMissing, match=str(tmp_path)):
        blobs.get(blob)


def test_blobs_lie_in_folders_by_their_first_digits_and_two_processes_share_them(tmp_path: Path) -> None:
    one, other = FolderBlobs(tmp_path), FolderBlobs(tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "tmp"], "a store that is only opened makes no folders"
    blob = one.put(CONTENT)
    assert files_below(tmp_path) == [f"sha256/{blob[:2]}/{blob[2:]}"]
    assert other.get(blob) == CONTENT
    assert other.local_path(blob) == tmp_path / "sha256" / blob[:2] / blob[2:]


def test_a_folder_that_went_away_is_no_store_in_which_nothing_is(tmp_path: Path) -> None:
    root = tmp_path / "mounted"
    blobs = FolderBlobs(root)
    blob = blobs.put(b"x")
    root.rename(tmp_path / "away")
    for is_mount_point_left in (False, True):
        if is_mount_point_left:
            root.mkdir()
        for ask in (
            lambda: blobs.get_named("overlay"),
            lambda: blobs.get(blob),
            lambda: blobs.size(blob),
            lambda: blobs.stamp(blob),
        ):
            with pytest.raises(StoreUnavailable):
                ask()
