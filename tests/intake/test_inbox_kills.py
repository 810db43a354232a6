"""An inbox that is killed at any instant takes everything, nothing twice, and answers each message once."""

import contextlib
import random
import subprocess

import pytest

from antiphon.formats.ern import read_acknowledgement
from antiphon.model.delivery import Stage
from tests.intake.deliveries import a_small_statement, an_icpn, write_xml
from tests.intake.effects import ask_column
from tests.intake.installation import DEADLINE_S, Installation
from tests.intake.processes import started
from tests.system.installation import wait_until

pytestmark = pytest.mark.process

BATCHES = 12

KILLS = [4, pytest.param(60, marks=[pytest.mark.fault, pytest.mark.timeout(1_800)])]
"""The ordinary suite kills a few times; fault injection often."""


def put_batches(site: Installation) -> None:
    """Put batches of one message each into the inbox, complete."""
    for number in range(1, BATCHES + 1):
        batch = site.inbox / f"202601{number:02}090000000"
        folder = batch / an_icpn(number)
        folder.mkdir(parents=True)
        write_xml(folder, a_small_statement(number, tracks=1))
        (batch / f"BatchComplete_{batch.name}.xml").touch()


def list_taken(site: Installation) -> set[str]:
    """Return the units the inbox has noted as taken."""
    return {str(unit) for unit in ask_column(site.engine, "SELECT unit FROM taken_units")}


@pytest.mark.parametrize("kills", KILLS)
def test_what_lies_in_an_inbox_arrives_once_and_is_answered_once(site: Installation, kills: int) -> None:
    seed = 20260107
    print(f"seed {seed}")
    instants = random.Random(seed)
    put_batches(site)
    answers = site.inbox / "acknowledgements"
    with site.worker():
        for _ in range(kills):
            with started("inbox", site) as process, contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(instants.uniform(0.0, 0.4))
                pytest.fail("the inbox ended by itself")
        with started("inbox", site):
            wait_until(
                lambda: len(list(answers.glob("ACK_*.xml"))) == BATCHES, within_s=DEADLINE_S, what="all are answered"
            )
            # A unit accepted just before a kill is answered at once, and noted as taken when it is looked at again.
            wait_until(lambda: len(list_taken(site)) == BATCHES, within_s=DEADLINE_S, what="all are taken")
    ids = ask_column(site.engine, "SELECT id FROM deliveries")
    assert len(ids) == BATCHES
    assert {site.stages(delivery_id)[-1] for delivery_id in ids} == {Stage.COMMITTED}
    assert len(list_taken(site)) == BATCHES
    told = [read_acknowledgement(path.read_bytes())[0] for path in answers.iterdir()]
    assert {answer.answered_message_id for answer in told} == {f"M-{number}" for number in range(1, BATCHES + 1)}
    assert {status.code for answer in told for status in answer.statuses} == {"FileOK"}
    assert len(told) == BATCHES
