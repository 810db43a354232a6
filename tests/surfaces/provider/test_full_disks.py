"""F5: the disk of the staging folder, of the record and of the store is full in turn: a tmpfs, filled to its last byte.

Senders are told 507 or 503, nothing is there by half, and all goes on where it stopped once there is room.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs, StoreFull
from antiphon.model.delivery import Stage
from antiphon.publication.publisher import Publisher
from antiphon.record import reading
from antiphon.record.publications import announced_head
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.effects import ask
from tests.intake.installation import now
from tests.surfaces.provider.dockside import Dockside, open_dockside

pytestmark = [pytest.mark.process, pytest.mark.fault]

DISK_BYTES = 12 * 1024 * 1024
"""Room for a record, its log and a small delivery."""

PIECE_BYTES = 64 * 1024


@contextlib.contextmanager
def mounted(folder: Path) -> Iterator[None]:
    """Have a small disk of its own under a folder while the block runs."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount a small disk to fill")
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip(f"this machine lets nobody mount a small disk: {made.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Have no byte left on a folder's disk while the block runs."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    yield
    filler.unlink()


def whole_delivery(root: Path) -> dict[str, bytes]:
    """Return the files of a delivery by their paths."""
    folder = write_delivery(root / "sent", a_small_statement(tracks=1))
    return {
        f"{folder.name}/{path.relative_to(folder)}": path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def require_whole_blobs(dock: Dockside) -> None:
    """Check by their hashes that no object has the name of a whole one and is not."""
    for path in dock.data.parent.rglob("blobs/sha256/??/*"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.parent.name + path.name


def count_deliveries(dock: Dockside) -> int:
    return len(ask(dock.site.engine, "SELECT id FROM deliveries"))


def upload_all(dock: Dockside, files: dict[str, bytes]) -> list[str]:
    return [dock.upload(path, data) for path, data in files.items()]


def require_live_way_on(dock: Dockside, upload_ids: list[str]) -> None:
    """Check that the delivery is accepted now, worked on and committed."""
    answer = dock.complete(*upload_ids)
    assert answer.status_code in (200, 201, 202), answer.text
    with dock.site.worker():
        (delivery,) = (row[0] for row in ask(dock.site.engine, "SELECT id FROM deliveries"))
        assert dock.site.wait_for_end(delivery) == [Stage.COMMITTED]
    require_whole_blobs(dock)


def test_a_full_staging_folder_keeps_what_came_and_the_sender_goes_on(tmp_path: Path) -> None:
    with mounted(tmp_path / "data" / "uploads"), open_dockside(tmp_path) as dock:
        files = whole_delivery(tmp_path)
        path, data = max(files.items(), key=lambda item: len(item[1]))
        address = dock.announce(path, len(data))
        with filled(tmp_path / "data" / "uploads"):
            assert dock.send(address, data).status_code in (507, 503)
            assert count_deliveries(dock) == 0
        here = dock.measure(address)
        assert dock.send(address, data[here:], here).status_code == 204
        others = upload_all(dock, {name: content for name, content in files.items() if name != path})
        require_live_way_on(dock, [address.rpartition("/")[2], *others])


def test_a_full_record_accepts_nothing_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTIPHON_RECORD_URL", f"sqlite:///{tmp_path / 'disk' / 'record.db'}")
    with mounted(tmp_path / "disk"), open_dockside(tmp_path) as dock:
        uploads = upload_all(dock, whole_delivery(tmp_path))
        with filled(tmp_path / "disk"):
            assert dock.complete(*uploads).status_code in (507, 503)
        assert count_deliveries(dock) == 0
        require_whole_blobs(dock)
        require_live_way_on(dock, uploads)


def test_a_full_store_takes_nothing_by_half_and_publishing_waits_for_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTIPHON_BLOBS_URL", str(tmp_path / "disk" / "blobs"))
    with mounted(tmp_path / "disk"), open_dockside(tmp_path) as dock:
        uploads = upload_all(dock, whole_delivery(tmp_path))
        with filled(tmp_path / "disk"):
            assert dock.complete(*uploads).status_code == 507
        assert count_deliveries(dock) == 0
        require_live_way_on(dock, uploads)
        publisher = Publisher(dock.site.engine, FolderBlobs(tmp_path / "disk" / "blobs"))
        with filled(tmp_path / "disk"):
            with pytest.raises(StoreFull):
                publisher.publish(now())
            versions = list((tmp_path / "disk" / "blobs").rglob("versions/0*"))
            with reading(dock.site.engine) as conn:
                assert announced_head(conn) is None or versions == []
        publisher.recover(now())
        with reading(dock.site.engine) as conn:
            is_announced = announced_head(conn) is not None
        assert publisher.publish(now()) is not None or is_announced
        assert list((tmp_path / "disk" / "blobs").rglob("versions/0*")) != []
