"""``antiphon node``: a machine with no record, no publisher and no database; it says how it is."""

from pathlib import Path

import pytest

from antiphon.access import make_signing_key
from antiphon.blobs import FolderBlobs, open_blobs
from antiphon.replica import pin_node
from antiphon.segments import version_name
from tests.replica.publishing import Publisher, a_track
from tests.system.installation import START_WITHIN_S, ask, find_port, is_answering, is_ready, running, wait_until

pytestmark = pytest.mark.process


def test_a_node_says_that_it_is_ready_what_it_is_pinned_to_and_what_keeps_it_from_following(tmp_path: Path) -> None:
    blobs, port = FolderBlobs(tmp_path / "store"), find_port()
    elsewhere = open_blobs("memory://")
    publisher = Publisher(elsewhere)
    environment = {"ANTIPHON_SIGNING_KEY": make_signing_key(), "ANTIPHON_BLOBS_URL": str(tmp_path / "store")}
    command = ("node", "--data", str(tmp_path / "data"), "--port", str(port))
    with running(*command, output=tmp_path / "output", environment=environment):
        wait_until(lambda: is_answering(port), within_s=START_WITHIN_S, what="the node answers")
        got = ask(port, "/ops/ready")
        assert (got.status, got.json()["status"]) == (503, "not ready")
        segment = publisher.announce([a_track("t1", "one")])
        blobs.put_named(version_name(1), elsewhere.get_named(version_name(1)) or b"")  # and its segment is nowhere
        wait_until(lambda: segment in ask(port, "/ops/ready").json()["node"]["trouble"], within_s=30, what="trouble")
        pin_node(tmp_path / "data" / "node", 1)
        blobs.put(elsewhere.get(segment))
        wait_until(lambda: is_ready(port), within_s=30, what="ready")
        blobs.put(elsewhere.get(publisher.announce([a_track("t1", "two")])))
        blobs.put_named(version_name(2), elsewhere.get_named(version_name(2)) or b"")
        told = ask(port, "/ops/ready").json()
        assert (told["checks"], told["node"]["version"], told["node"]["pin"]) == ({"node": "ready"}, 1, 1)
        wait_until(
            lambda: b"antiphon_node_pin{" in ask(port, "/ops/metrics").body, within_s=30, what="metrics handed over"
        )
        assert ask(port, "/ops/ready", method="HEAD").body == b""
        assert ask(port, "/ops/else").status == 404
        assert ask(port, "/v1/tracks/t1").status == 401
