"""A publisher as a process: what it holds is held after it was killed, and goes on by a command."""

import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from antiphon.model.delivery import Stage
from antiphon.publication.holding import hold_publication, resume_publication
from antiphon.record import reading
from antiphon.record.publication_holds import find_hold
from tests.publication.test_holds import announced, release, silent
from tests.publication.test_publisher import House
from tests.system.installation import antiphon, running, wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

WITHIN_S = 60.0
STRICT = ("--gate", "fall_share=0.4", "--gate", "fall_documents=2", "--gate", "fall_tracks=2")
SIGNED = ("--by", "Ana", "--reason", "as agreed")


@pytest.fixture
def house(tmp_path: Path, migrated: Path) -> Iterator[House]:
    shutil.copy(migrated, tmp_path / "record.db")
    house = House(tmp_path, f"sqlite:///{tmp_path / 'record.db'}")
    house.publisher.close()
    yield house
    house.close()


def is_held(house: House) -> bool:
    with reading(house.engine) as conn:
        return find_hold(conn) is not None


def test_a_held_version_outlives_a_killed_publisher_which_waits_until_it_is_accepted(
    house: House, tmp_path: Path
) -> None:
    data = ("--data", str(tmp_path))
    for number in (1, 2, 3):
        house.commit(release(number, 1), number)
    with running("publisher", *data, *STRICT, output=tmp_path / "first.log") as publisher:
        wait_until(lambda: house.stages("d3")[-1] is Stage.LIVE, within_s=WITHIN_S, what="the first is live")
        hold_publication(house.engine, by="ana", reason="so that both are in one version", now=datetime.now(UTC))
        lost = [house.commit(silent(number, 2), 10 + number) for number in (1, 2)]
        resume_publication(house.engine, house.blobs, by="ana", reason="both are there", now=datetime.now(UTC))
        wait_until(lambda: is_held(house), within_s=WITHIN_S, what="the fall is held")
        publisher.send_signal(signal.SIGKILL)
        publisher.wait()
    before = announced(house)
    with running("publisher", *data, *STRICT, output=tmp_path / "second.log") as publisher:
        wait_until(
            lambda: b"version_held" in (tmp_path / "second.log").read_bytes(), within_s=WITHIN_S, what="it tells again"
        )
        status = antiphon("publication", "status", *data)
        assert (status.returncode, announced(house)) == (1, before)
        assert "tracks playable in any market: 6 with version" in status.stdout
        accepted = antiphon("publication", "resume", "--accept", *SIGNED, *data)
        assert accepted.returncode == 0, accepted.stderr
        wait_until(
            lambda: all(house.stages(delivery)[-1] is Stage.LIVE for delivery in lost),
            within_s=WITHIN_S,
            what="what was accepted is live",
        )
        assert publisher.poll() is None, "it was never restarted"
    house.follower.poll(datetime.now(UTC))
    assert announced(house) == before + 1
