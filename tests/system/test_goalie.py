"""A delivery that is held, from the shell: what the goalie sees, and what their word does."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.intake.deliveries import a_small_statement, write_delivery
from tests.system.installation import antiphon, running, wait_until

pytestmark = pytest.mark.process

OTHER_DPID = "PADPIDA20260417021"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return an installation whose one provider sends messages that somebody else has signed."""
    folder = tmp_path_factory.mktemp("goalie")
    data = folder / "data"
    added = antiphon("provider", "add", "other", "--name", "Other", "--dpid", OTHER_DPID, "--data", str(data))
    assert added.returncode == 0, added.stderr
    with (
        running("publisher", "--data", str(data), output=folder / "publisher.txt"),
        running("worker", "--data", str(data), output=folder / "worker.txt"),
    ):
        yield data


def held(data: Path, number: int, root: Path) -> str:
    """Deliver something that comes to be held; return its id."""
    folder = write_delivery(root, a_small_statement(number), seed=number)
    accepted = antiphon("deliver", str(folder), "--provider", "other", "--data", str(data))
    assert accepted.returncode == 0, accepted.stderr
    delivery = accepted.stdout.split()[1]
    wait_until(lambda: stage_of(data, delivery) == "held", within_s=60, what="the delivery is held")
    return delivery


def stage_of(data: Path, delivery: str) -> str:
    report = msgspec.json.decode(antiphon("delivery", delivery, "--json", "--data", str(data)).stdout)
    return str(report["stage"])


def test_a_message_signed_by_somebody_else_is_held_and_goes_on_when_it_is_cleared(data: Path, tmp_path: Path) -> None:
    delivery = held(data, 1, tmp_path)
    shown = antiphon("delivery", delivery, "--data", str(data)).stdout
    assert "hold SenderNotAuthorised" in shown
    assert OTHER_DPID in shown
    cleared = antiphon("clear", delivery, "--by", "ann", "--reason", "agreed by phone", "--data", str(data))
    assert cleared.returncode == 0, cleared.stderr
    wait_until(lambda: stage_of(data, delivery) == "live", within_s=60, what="the delivery is live")
    assert "hold cleared by ann: agreed by phone" in antiphon("delivery", delivery, "--data", str(data)).stdout


def test_a_held_delivery_ends_when_it_is_rejected_and_neither_word_is_taken_twice(data: Path, tmp_path: Path) -> None:
    delivery = held(data, 2, tmp_path)
    decided = ("--by", "ann", "--reason", "not theirs", "--data", str(data))
    assert antiphon("reject", delivery, *decided).returncode == 0
    assert stage_of(data, delivery) == "rejected"
    for word in ("clear", "reject"):
        refused = antiphon(word, delivery, *decided)
        assert refused.returncode == 2
        assert "only a held one" in refused.stderr
