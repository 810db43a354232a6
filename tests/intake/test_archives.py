"""Archives: what is refused before anything is unpacked, and what comes out of the ones that are not."""

import contextlib
import gzip
import os
import random
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.intake import archives
from antiphon.intake.archive_entries import ArchiveLimits
from antiphon.intake.archives import is_archive, open_archive, open_delivery
from antiphon.intake.batches import find_batches
from antiphon.model.errors import Refused, Transient
from tests.intake.deliveries import a_small_statement, write_batch, write_delivery
from tests.intake.hostile_archives import (
    MESSAGE,
    Hostile,
    a_second_name,
    a_tar,
    a_tar_entry,
    a_zip,
    changed_bytes,
    hostile_tars,
    hostile_zips,
)

SMALL = ArchiveLimits(entries=50, expanded_bytes=2_000_000, free_expansion_bytes=100_000, ratio=20)
"""Limits that small bombs break. Every limit is tried; the real ones differ in size alone."""

HOSTILE = [*hostile_zips(), *hostile_tars()]


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "scratch"
    folder.mkdir()
    yield folder
    assert list(folder.iterdir()) == []


def test_there_are_sixty_hostile_archives() -> None:
    assert len({one.name for one in HOSTILE}) == len(HOSTILE) >= 60


@pytest.mark.parametrize("hostile", HOSTILE, ids=[one.name for one in HOSTILE])
def test_a_hostile_archive_is_refused_with_a_code_and_nothing_outside_is_touched(
    hostile: Hostile, scratch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "delivery.bin"
    archive.write_bytes(hostile.make())
    written: list[int] = []
    write_entry = archives._write_entry

    def watch(*arguments: object) -> None:
        write_entry(*arguments)  # type: ignore[arg-type]
        written.append(1)

    monkeypatch.setattr(archives, "_write_entry", watch)
    assert is_archive(archive)
    with pytest.raises(Refused) as refused, open_archive(archive, scratch, SMALL):
        pass
    assert refused.value.code == hostile.code, str(refused.value)
    assert str(refused.value).startswith("delivery.bin: ")
    assert str(refused.value).isprintable()
    assert written == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["delivery.bin", "scratch"]


def test_a_link_to_an_archive_is_not_followed(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "real.zip").write_bytes(a_zip(("R1/R1.xml", MESSAGE)))
    (tmp_path / "link.zip").symlink_to(tmp_path / "real.zip")
    assert not is_archive(tmp_path / "link.zip")
    with pytest.raises(Refused, match="link"), open_archive(tmp_path / "link.zip", scratch):
        pass


def test_a_full_disk_is_nobodys_fault(tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "R1.zip").write_bytes(a_zip(("R1/R1.xml", MESSAGE)))
    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(Transient, match="1000000 are free"), open_archive(tmp_path / "R1.zip", scratch):
        pass


@pytest.mark.parametrize("pack", ["zip", "tar", "gztar"])
def test_a_packed_batch_is_read_as_the_folder_is(pack: str, tmp_path: Path, scratch: Path) -> None:
    batch = write_batch(tmp_path / "sent", "20260105090000000", a_small_statement(1), a_small_statement(2))
    archive = Path(shutil.make_archive(str(tmp_path / "delivery"), pack, batch.parent, batch.name))
    with open_archive(archive, scratch) as folder:
        assert files_in(folder) == files_in(batch)
        (read,) = find_batches(folder)
        assert read.name == batch.name
        assert [one.name for one in read.folders] == [one.name for one in find_batches(batch)[0].folders]


@pytest.mark.parametrize("pack", ["zip", "tar", "gztar"])
def test_a_batch_packed_without_its_folder_is_named_by_the_archive(pack: str, tmp_path: Path, scratch: Path) -> None:
    batch = write_batch(tmp_path / "sent", "20260105090000000", a_small_statement(1), a_small_statement(2))
    archive = Path(shutil.make_archive(str(tmp_path / batch.name), pack, batch))
    with open_archive(archive, scratch) as folder:
        assert find_batches(folder)[0].name == batch.name


def test_archives_of_the_systems_own_tools_are_read(tmp_path: Path, scratch: Path) -> None:
    short = write_delivery(tmp_path / "short", a_small_statement())
    long = write_delivery(tmp_path / "long", a_small_statement())
    for n in range(3):
        (long / "resources" / ("long" * 30 + f" Ünïcødé {n}.txt")).write_bytes(b"x")
    for form, source in {"gnu": long, "pax": long, "ustar": short, "v7": short}.items():
        archive = tmp_path / f"{form}.tar.gz"
        arguments = ["tar", f"--format={form}", "-czf", str(archive), "-C", str(source.parent), f"./{source.name}"]
        subprocess.run(arguments, check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
        with open_archive(archive, scratch) as unpacked:
            assert files_in(unpacked) == files_in(source)


def test_noise_of_desktops_is_left_in_the_archive(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "R1.zip").write_bytes(
        a_zip(("R1/R1.xml", MESSAGE), ("R1/.DS_Store", b"x"), ("__MACOSX/R1/._R1.xml", b"x"), ("R1/Thumbs.db", b"x"))
    )
    with open_archive(tmp_path / "R1.zip", scratch) as folder:
        assert folder.name == "R1"
        assert files_in(folder) == {"R1.xml": MESSAGE}


def test_a_stored_and_a_streamed_zip_are_read(tmp_path: Path, scratch: Path) -> None:
    with zipfile.ZipFile(tmp_path / "R1.zip", "w") as packed:
        packed.writestr("R1/R1.xml", MESSAGE)
        with packed.open("R1/big.bin", "w", force_zip64=True) as entry:
            entry.write(bytes(range(256)) * 20_000)
    with open_archive(tmp_path / "R1.zip", scratch) as folder:
        assert files_in(folder)["big.bin"] == bytes(range(256)) * 20_000


def test_names_are_read_however_they_are_written(tmp_path: Path, scratch: Path) -> None:
    named = a_zip((a_second_name("R1/Zaz\u00e9.xml", "R1/Zażółć.xml"), MESSAGE), ("R1/\u6f22.txt", b"x"))
    old = changed_bytes(a_zip(("R1/R1.xml", MESSAGE), ("R1/caf#", b"x")), b"caf#", b"caf\x82")
    for data, names in ((named, {"Zażółć.xml", "漢.txt"}), (old, {"R1.xml", "café"})):
        (tmp_path / "R1.zip").write_bytes(data)
        with open_archive(tmp_path / "R1.zip", scratch) as folder:
            assert files_in(folder).keys() == names


def test_silence_may_pack_well(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "R1.zip").write_bytes(a_zip(("R1/R1.xml", MESSAGE), ("R1/01.wav", bytes(12_000_000))))
    with open_archive(tmp_path / "R1.zip", scratch) as folder:
        assert len(files_in(folder)["01.wav"]) == 12_000_000


def test_a_folder_and_a_message_are_not_unpacked(tmp_path: Path) -> None:
    message = tmp_path / "R1.xml"
    message.write_bytes(MESSAGE)
    for path in (tmp_path, message, tmp_path / "missing"):
        with open_delivery(path) as found:
            assert found == path


def test_what_was_unpacked_is_gone_when_the_block_ends_in_an_error(tmp_path: Path, scratch: Path) -> None:
    (tmp_path / "R1.tar").write_bytes(a_tar((a_tar_entry("R1", tarfile.DIRTYPE), b""), ("R1/R1.xml", MESSAGE)))
    with pytest.raises(ZeroDivisionError), open_archive(tmp_path / "R1.tar", scratch):
        raise ZeroDivisionError


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_has_stays(tmp_path: Path) -> None:
    child = subprocess.Popen(["true"])
    child.wait()
    (tmp_path / f"unpack-{child.pid}-abc").mkdir()
    (tmp_path / f"unpack-{os.getppid()}-abc").mkdir()
    (tmp_path / "R1.zip").write_bytes(a_zip(("R1/R1.xml", MESSAGE)))
    with open_archive(tmp_path / "R1.zip", tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [f"unpack-{os.getppid()}-abc"]


@pytest.mark.parametrize("count", [300, pytest.param(20_000, marks=[pytest.mark.fuzz, pytest.mark.timeout(1_800)])])
def test_no_damage_gets_anything_but_a_folder_or_a_refusal(count: int, tmp_path: Path, scratch: Path) -> None:
    seed = 6
    print(f"seed {seed}")
    rng = random.Random(seed)
    files = (("R1/R1.xml", MESSAGE * 20), ("R1/resources/01.flac", rng.randbytes(3_000)), ("R1/" + "long" * 40, b"x"))
    plain = a_tar(*files)
    originals = [a_zip(*files), plain, gzip.compress(plain)]
    archive = tmp_path / "R1.bin"
    for _ in range(count):
        archive.write_bytes(damaged(rng.choice(originals), rng))
        if is_archive(archive):
            with contextlib.suppress(Refused), open_archive(archive, scratch, SMALL) as folder:
                assert sum(map(len, files_in(folder).values())) < SMALL.expanded_bytes
        assert list(scratch.iterdir()) == []


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return bytes with a few changed, taken out, or repeated."""
    changed = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(changed))
        match rng.randrange(4):
            case 0:
                changed[at] = rng.randrange(256)
            case 1:
                changed[at : at + 4] = rng.choice([b"\xff" * 4, bytes(4), b"PK\x01\x02", b"PK\x05\x06", b"7777"])
            case 2:
                del changed[at : at + rng.randint(1, 600)]
            case _:
                start = rng.randrange(len(changed))
                changed[at:at] = changed[start : start + rng.randint(1, 600)]
        changed = changed or bytearray(b"\0")
    return bytes(changed)
