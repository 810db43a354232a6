"""Control of publication as it is typed: what is held, and the ways on and back."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from antiphon.cli.commands import tree
from antiphon.cli.doctor import examine_publication
from antiphon.model.decisions import TargetKind
from antiphon.model.errors import Refused
from antiphon.publication.publisher import Publisher
from antiphon.replica.pin import read_pin
from antiphon.segments.export import list_exports
from antiphon.segments.overlay import OVERLAY_NAME, Denial, Overlay, encode_overlay
from antiphon.settings import find_places
from tests.publication.test_holds import STRICT, announced, lose_two, playable, release
from tests.publication.test_publisher import House

SIGNED = ("--by", "Ana", "--reason", "as agreed")


@pytest.fixture
def data(tmp_path: Path, migrated: Path) -> Path:
    """Return the folder of an installation where commands find it."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(migrated, folder / "record.db")
    return folder


@pytest.fixture
def house(data: Path) -> Iterator[House]:
    """Return a house in that folder, with three releases that are published and followed."""
    house = House(data, f"sqlite:///{data / 'record.db'}", STRICT)
    house.publisher.recover(datetime.now(UTC))
    for number in (1, 2, 3):
        house.commit(release(number, 1), number)
    house.catch_up()
    yield house
    house.close()


def run(data: Path, *arguments: str) -> Result:
    """Return what comes of a command, whatever its exit code."""
    return CliRunner().invoke(tree, ["publication", *arguments, "--data", str(data)], catch_exceptions=False)


def say(data: Path, *arguments: str) -> str:
    """Return what a command says that must succeed."""
    answer = run(data, *arguments)
    assert answer.exit_code == 0, answer.output
    return answer.output


def diagnose(data: Path) -> tuple[str, str]:
    diagnosis = examine_publication(find_places(data, {}))
    return diagnosis.said, diagnosis.fix


def test_what_cannot_be_done_is_refused_in_words(house: House, data: Path) -> None:
    for arguments, said in (
        (("resume", *SIGNED), "not held"),
        (("rollback", "99", *SIGNED), "no version 99"),
        (("diff", "1", "99"), "no version 99"),
        (("diff", "2", "1") if announced(house) > 1 else ("diff", "1", "1"), "older version first"),
        (("recover", *SIGNED), "not older"),
        (("drop-denial", "d1", *SIGNED), "denies nothing"),
    ):
        with pytest.raises(Refused, match=said):
            run(data, *arguments)
    assert run(data, "hold", "--by", "Ana").exit_code == 2, "no reason"
    assert run(data, "rollback", "0", *SIGNED).exit_code == 2


def test_a_held_version_is_shown_with_its_difference_and_accepted(house: House, data: Path) -> None:
    assert "0 wait of" in say(data, "status")
    assert diagnose(data)[1] == ""
    lose_two(house)
    status = run(data, "status")
    assert status.exit_code == 1
    assert "tracks playable in any market: 6 with version" in status.output
    assert "resume --accept" in status.output
    assert diagnose(data)[1] == "antiphon publication status"
    assert "HOLDS" in say(data, "history")
    assert "is announced as it was held" in say(data, "resume", "--accept", *SIGNED)
    assert "accepted by Ana" in say(data, "history")
    house.catch_up()
    assert (playable(house), run(data, "status").exit_code) == (2, 0)


def test_publication_is_held_and_resumed_by_hand(house: House, data: Path) -> None:
    assert "wait" in say(data, "hold", *SIGNED)
    with pytest.raises(Refused, match="held by Ana"):
        run(data, "hold", *SIGNED)
    assert "as agreed" in run(data, "status").output
    assert "makes version" in say(data, "resume", *SIGNED)


def test_two_versions_are_compared_and_the_older_one_comes_back(house: House, data: Path) -> None:
    good = announced(house)
    house.commit(release(1, 2, "Wrong Name"), 11)
    house.catch_up()
    counted = say(data, "diff", str(good), str(good + 1))
    listed = say(data, "diff", str(good), str(good + 1), "--list")
    assert "TRACK" in counted
    assert listed.count("\n") > counted.count("\n")
    assert f"as they were at {good}" in say(data, "rollback", str(good), *SIGNED)
    assert "serve the same" in say(data, "diff", str(good), str(good + 2))
    assert run(data, "status").exit_code == 1
    assert "added" in say(data, "diff", "0", str(good))


def test_a_node_is_pinned_and_let_go(house: House, data: Path) -> None:
    assert "serves version 1" in say(data, "pin", "1")
    assert read_pin(find_places(data, {}).node) == 1
    say(data, "unpin")
    assert read_pin(find_places(data, {}).node) is None


def test_an_older_record_is_recovered_and_a_denial_of_nobody_is_dropped_by_name(house: House, data: Path) -> None:
    house.engine.dispose()
    shutil.copy(data / "record.db", data / "backup.db")
    house.commit(release(4, 1), 4)
    house.catch_up()
    house.engine.dispose()
    for left in data.glob("record.db*"):
        left.unlink()
    (data / "backup.db").rename(data / "record.db")
    assert diagnose(data)[1] == "antiphon publication recover"
    assert "older than the store" in run(data, "status").output
    said = say(data, "recover", *SIGNED)
    assert "withdrawn that it does not know" in said
    unknown = Denial(decision_id="killed", kind=TargetKind.TRACK, entity_id="t" * 22)
    house.blobs.put_named(OVERLAY_NAME, encode_overlay(Overlay(sequence=9, written_at="", denials=(unknown,))))
    assert "drop-denial killed" in run(data, "status").output
    assert diagnose(data)[1] == "antiphon publication status"
    assert "may be played again" in say(data, "drop-denial", "killed", *SIGNED)
    assert run(data, "status").exit_code == 0


def test_a_snapshot_of_the_newest_version_is_stored(house: House, data: Path) -> None:
    assert f"version {announced(house)}" in say(data, "snapshot")
    assert Publisher(house.engine, house.blobs).publish(datetime.now(UTC)) is None


def test_the_newest_version_is_exported_for_whoever_downloads_it(house: House, data: Path) -> None:
    said = say(data, "export")
    assert f"version {announced(house)}" in said
    assert re.search(r"^tracks.parquet +[1-9][0-9]* rows", said, re.M), said
    assert list_exports(house.blobs) == (announced(house),)
    house.commit(release(4, 1), 4)
    house.catch_up()
    say(data, "export", "--keep", "1")
    assert list_exports(house.blobs) == (announced(house),)
