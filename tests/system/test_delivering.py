"""A laptop and an installation far away: a delivery goes up in pieces, survives being killed, and is explained."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from antiphon.access import make_signing_key
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import DPID, PROVIDER
from tests.system.installation import antiphon, clean_environment, find_port, is_answering, running, wait_until

pytestmark = pytest.mark.process

BOOKLET_BYTES = 100 * 1024**2
"""A dozen pieces: long enough to be killed in the middle of."""


class Far(msgspec.Struct, frozen=True):
    """An installation far away, and the credentials of one who delivers to it."""

    url: str
    data: Path
    environment: dict[str, str]

    def deliver(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return antiphon("deliver", *arguments, "--to", self.url, environment=self.environment)


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    folder = tmp_path_factory.mktemp("far")
    data, port = folder / "data", find_port()
    added = antiphon("provider", "add", PROVIDER, "--name", "Paper Lantern", "--dpid", DPID, "--data", str(data))
    assert added.returncode == 0, added.stderr
    client = antiphon("client", "add", "laptop", "--role", "provider", "--provider", PROVIDER, "--data", str(data))
    _, client_id, _, secret = client.stdout.split()
    key = {"ANTIPHON_SIGNING_KEY": make_signing_key()}
    web = ("web", "--port", str(port), "--data", str(data))
    with (
        running("follower", "--data", str(data), output=folder / "follower.txt"),
        running("publisher", "--data", str(data), output=folder / "publisher.txt"),
        running("worker", "--data", str(data), output=folder / "worker.txt"),
        running(*web, output=folder / "web.txt", environment=key),
    ):
        wait_until(lambda: is_answering(port), within_s=90, what="the installation answers")
        credentials = {"ANTIPHON_CLIENT_ID": client_id, "ANTIPHON_CLIENT_SECRET": secret}
        yield Far(f"http://127.0.0.1:{port}", data, credentials)


def test_a_delivery_that_is_killed_half_way_goes_on_and_comes_in_once(far: Far, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path, a_small_statement(1))
    with (folder / "resources" / "booklet.pdf").open("wb") as booklet:
        booklet.truncate(BOOKLET_BYTES)
    sending = subprocess.Popen(
        [sys.executable, "-m", "antiphon", "deliver", str(folder), "--to", far.url],
        env=clean_environment(far.environment),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    assert sending.stderr is not None
    begun = [next(line for line in sending.stderr if "booklet.pdf" in line and not line.strip().startswith("0%"))]
    sending.kill()
    sending.communicate()
    again = far.deliver(str(folder), "--follow")
    assert again.returncode == 0, again.stderr
    assert begun[0].split()[0] != "0%"
    resumed = [line for line in again.stderr.splitlines() if "booklet.pdf" in line]
    assert not resumed[0].strip().startswith("0%"), "what had come is not sent again"
    (receipt, outcome) = (line.split() for line in again.stdout.splitlines() if line.split()[0] in ("accepted", "live"))
    assert (receipt[0], outcome[0]) == ("accepted", "live")
    assert far.deliver(str(folder)).stdout.split()[:2] == ["already", "delivered"]


def test_a_broken_delivery_is_explained_with_the_ids_that_everybody_sees(far: Far, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path, a_small_statement(2))
    (folder / "resources" / "02.flac").unlink()
    told = far.deliver(str(folder), "--follow")
    assert told.returncode == 1
    delivery_id = told.stdout.split()[1]
    shown = msgspec.json.decode(antiphon("delivery", delivery_id, "--json", "--data", str(far.data)).stdout)
    assert shown["stage"] == "rejected"
    assert [finding["id"] for finding in shown["findings"]] == [
        line.split()[-1] for line in told.stdout.splitlines() if "= finding:" in line
    ]


def test_wrong_credentials_and_addresses_are_refused_in_words(far: Far, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path, a_small_statement(3))
    assert "needs ANTIPHON_CLIENT_ID" in antiphon("deliver", str(folder), "--to", far.url).stderr
    wrong = far.environment | {"ANTIPHON_CLIENT_SECRET": "guessed"}
    refused = antiphon("deliver", str(folder), "--to", far.url, environment=wrong)
    assert (refused.returncode, "check id and secret" in refused.stderr) == (2, True)
    assert antiphon("deliver", str(folder), "--to", "ftp://x", environment=far.environment).returncode == 2
