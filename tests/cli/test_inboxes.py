"""The inboxes' process: what is watched for whom, and that it takes in, answers and ends when told to."""

import threading
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from antiphon.cli import inboxes
from antiphon.cli.inboxes import inbox, run_inboxes
from antiphon.cli.installation import Installation as Opened
from antiphon.cli.options import WatchedPlace, read_watched
from antiphon.cli.processes import plan_installation
from antiphon.formats.ern import read_acknowledgement
from antiphon.intake.shelves import open_shelf
from antiphon.model.errors import Refused
from antiphon.settings import Web, find_places
from antiphon.telemetry import Metrics
from tests.intake.deliveries import a_small_statement, write_batch
from tests.intake.installation import DEADLINE_S, PROVIDER, installed
from tests.system.installation import wait_until


def _read(*texts: str) -> tuple[WatchedPlace, ...]:
    return read_watched(click.Context(inbox), inbox.params[0], texts)


@pytest.mark.parametrize("text", ["", "north", "=/srv/north", "north=", "north=,semaphore"])
def test_a_place_without_a_provider_or_a_location_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="expected PROVIDER="):
        _read(text)


def test_a_place_is_watched_for_one_provider(tmp_path: Path) -> None:
    with pytest.raises(click.BadParameter, match="one provider"):
        _read(f"north={tmp_path}", f"south={tmp_path}")


def test_nothing_to_watch_is_refused() -> None:
    result = CliRunner().invoke(inbox, [])
    assert isinstance(result.exception, Refused)
    assert result.exception.code == "NoInbox"


@pytest.mark.parametrize("location", ["/no/such/folder", "ftp://host/north", "s3://key:secret@bucket/north"])
def test_a_location_that_cannot_be_watched_is_refused_without_its_secrets(location: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        open_shelf(location, tmp_path)
    assert caught.value.code == "NoInbox"
    assert "secret" not in str(caught.value)


def test_what_is_watched_is_handed_to_its_process_as_it_was_said() -> None:
    watched = _read("north=/srv/north", "south=s3://bucket/south,semaphore")
    (plan,) = [plan for plan in plan_installation(Web(), watched) if plan.name == "inbox"]
    assert plan.arguments == ("inbox", "--inbox", "north=/srv/north", "--inbox", "south=s3://bucket/south,semaphore")
    assert _read(*plan.arguments[2::2]) == watched


def test_without_inboxes_there_is_no_process_for_them() -> None:
    assert "inbox" not in [plan.name for plan in plan_installation(Web())]


def test_it_takes_in_and_answers_and_ends_when_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inboxes, "LOOK_EVERY_S", 0.05)
    with installed(tmp_path / "site") as site:
        write_batch(site.inbox, "20260105090000000", a_small_statement(), marker=b"<broken")
        write_batch(site.inbox, "20260106090000000", a_small_statement())
        opened = Opened(find_places(tmp_path / "site", {}), site.engine, site.blobs)
        opened.places.scratch.mkdir()
        stop = threading.Event()
        places = [WatchedPlace(provider=PROVIDER, location=str(site.inbox))]
        process = threading.Thread(target=run_inboxes, args=(opened, places, stop, Metrics()))
        process.start()
        answers = site.inbox / "acknowledgements"
        try:
            with site.worker():
                wait_until(lambda: len(list(answers.glob("*.xml"))) == 2, within_s=DEADLINE_S, what="two answers")
        finally:
            stop.set()
            process.join(DEADLINE_S)
        assert not process.is_alive()
        codes = {read_acknowledgement(path.read_bytes())[0].statuses[0].code for path in answers.iterdir()}
        assert codes == {"FileOK", "UserDefined"}


def test_what_ends_one_of_them_ends_all(tmp_path: Path) -> None:
    with installed(tmp_path / "site") as site:
        site.inbox.mkdir()
        opened = Opened(find_places(tmp_path / "site", {}), site.engine, site.blobs)
        places = [WatchedPlace(provider=PROVIDER, location=str(at)) for at in (site.inbox, tmp_path / "nowhere")]
        with pytest.raises(Refused, match="nowhere"):
            run_inboxes(opened, places, threading.Event(), Metrics())
