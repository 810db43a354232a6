"""``antiphon deliver``: what may be handed in."""

import shutil
from pathlib import Path

import pytest

from tests.intake.deliveries import a_small_statement, write_batch
from tests.intake.hostile_archives import a_zip
from tests.system.installation import antiphon

pytestmark = pytest.mark.process


def test_an_archive_is_delivered_as_the_folder_it_holds_and_an_unsafe_one_is_refused(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "data"))
    assert antiphon("provider", "add", "north", "--name", "North", *data).returncode == 0
    batch = write_batch(tmp_path / "sent", "20260105090000000", a_small_statement())
    archive = shutil.make_archive(str(tmp_path / "batch"), "gztar", batch.parent, batch.name)
    unsafe = tmp_path / "unsafe.zip"
    unsafe.write_bytes(a_zip(("../R1.xml", b"x")))

    accepted = antiphon("deliver", archive, "--provider", "north", *data)
    again = antiphon("deliver", str(batch), "--provider", "north", *data)
    unmarked = write_batch(tmp_path / "sent", "20260106090000000", *map(a_small_statement, (2, 3)), marker=None)
    both = antiphon("deliver", shutil.make_archive(str(unmarked), "zip", unmarked), "--provider", "north", *data)
    refused = antiphon("deliver", str(unsafe), "--provider", "north", *data)

    assert accepted.stdout.startswith("accepted  ")
    assert again.stdout == accepted.stdout.replace("accepted  ", "already delivered  ")
    assert both.stdout.count("accepted  ") == 2
    assert refused.returncode == 2
    assert "outside of its folder" in refused.stderr
    assert list((tmp_path / "data" / "scratch").iterdir()) == []
