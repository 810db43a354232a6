"""A whole installation whose record is on PostgreSQL: delivered by command, live on the node."""

from pathlib import Path

import pytest

from antiphon.access import make_signing_key
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import DPID, PROVIDER
from tests.postgresql import drop_database, make_database
from tests.system.installation import START_WITHIN_S, antiphon, find_port, is_ready, running, wait_until

pytestmark = pytest.mark.process


def test_a_record_on_postgresql_serves_the_whole_way_from_delivered_to_live(tmp_path: Path, postgresql: str) -> None:
    port, data = find_port(), ("--data", str(tmp_path / "data"))
    environment = {
        "ANTIPHON_SIGNING_KEY": make_signing_key(),
        "ANTIPHON_RECORD_URL": make_database(postgresql, "system"),
    }
    folder = write_delivery(tmp_path / "sent", a_small_statement(tracks=1))
    added = antiphon("provider", "add", PROVIDER, "--name", "Lantern", "--dpid", DPID, *data, environment=environment)
    assert added.returncode == 0, added.stderr
    with running("serve", *data, "--port", str(port), output=tmp_path / "log.txt", environment=environment):
        told = antiphon("deliver", str(folder), "--provider", PROVIDER, *data, environment=environment)
        assert told.returncode == 0, told.stdout + told.stderr
        wait_until(
            lambda: "live" in antiphon("deliveries", *data, environment=environment).stdout,
            within_s=START_WITHIN_S,
            what="the delivery is live",
        )
        wait_until(lambda: is_ready(port), within_s=START_WITHIN_S, what="the node is ready")
    assert not (tmp_path / "data" / "record.db").exists()
    drop_database(postgresql, "system")
