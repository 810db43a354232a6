"""A provider follows a delivery: in a terminal, over HTTP and live, and reads the same everywhere."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from antiphon.cli.deliveries import delivery
from antiphon.cli.delivering import deliver
from antiphon.cli.lint import lint
from antiphon.model.delivery import Stage, TimelineEntry
from antiphon.record import writing
from antiphon.record.timeline import append_timeline
from antiphon.surfaces.provider import events
from tests.builders import changed
from tests.docs.house import NOBODY, STRANGER
from tests.intake.deliveries import a_small_statement, write_batch, write_delivery
from tests.intake.installation import PROVIDER, installed
from tests.surfaces.provider.dockside import DELIVERIES, Dockside
from tests.surfaces.provider.test_uploads import zip_folder


def write_broken_batch(root: Path) -> Path:
    """Write a batch of a release with a missing and a damaged file, one of an unknown sender, and a good one."""
    statements = [a_small_statement(number) for number in (1, 2, 3)]
    stranger = changed(statements[1].header.sender, dpid="PADPIDA2007040502I")
    statements[1] = changed(statements[1], header=changed(statements[1].header, sender=stranger))
    batch = write_batch(root, "20260105090000000", *statements)
    first = sorted(path for path in batch.iterdir() if path.is_dir())[0]
    (first / "resources" / "02.flac").unlink()
    (first / "resources" / "01.flac").write_bytes(b"no audio")
    return batch


def run_terminal(command: Any, *arguments: str) -> str:
    outcome = CliRunner().invoke(command, list(arguments), catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def read_events(dock: Dockside, delivery_id: str, after: int = 0) -> list[dict[str, Any]]:
    """Return the stages a stream tells, each with its id, until it ends."""
    answer = dock.ask("GET", f"{DELIVERIES}/{delivery_id}/events", headers={"last-event-id": str(after)})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    told = []
    for block in answer.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines.get("event") == "stage":
            told.append({"id": int(lines["id"]), **json.loads(lines["data"])})
    return told


def test_a_broken_batch_has_the_same_findings_with_the_same_ids_in_the_terminal_and_over_http(
    dock: Dockside, tmp_path: Path
) -> None:
    batch = write_broken_batch(tmp_path / "out")
    by_http = dock.ask("POST", DELIVERIES, content=zip_folder(batch), headers={"content-type": "application/zip"})
    assert by_http.status_code == 201, by_http.text
    ids = [one["id"] for one in by_http.json()["deliveries"]]
    with dock.site.worker():
        dock.site.wait_for_end(*ids)
    over_http = {one: dock.ask("GET", f"{DELIVERIES}/{one}").json()["findings"] for one in ids}

    said = run_terminal(deliver, str(batch), "--provider", PROVIDER, "--data", str(dock.data))
    assert [line.split()[:2] for line in said.splitlines()] == [["already", "delivered"]] * 3
    for one in ids:
        shown = json.loads(run_terminal(delivery, one, "--json", "--data", str(dock.data)))["findings"]
        assert shown == over_http[one]
        printed = run_terminal(delivery, one, "--data", str(dock.data))
        assert [line.split()[-1] for line in printed.splitlines() if "= finding:" in line] == [f["id"] for f in shown]
    assert sum(bool(found) for found in over_http.values()) >= 2
    assert all(len({finding["id"] for finding in found}) == len(found) for found in over_http.values())


def test_what_lint_says_at_home_has_the_ids_it_has_here(dock: Dockside, tmp_path: Path) -> None:
    batch = write_broken_batch(tmp_path / "out")
    outcome = CliRunner().invoke(lint, [str(batch), "--format", "json"], catch_exceptions=False)
    assert outcome.exit_code == 1
    at_home = {finding["id"] for one in json.loads(outcome.stdout)["messages"] for finding in one["findings"]}
    ids = dock.site.deliver(batch)
    here = {finding.id: finding.rule for one in ids for finding in dock.site.findings(one)}
    assert {here[one] for one in at_home & here.keys()} >= {"D7"}
    assert not at_home - here.keys(), "what lint says, we say"


def test_the_same_batch_has_the_same_ids_in_another_installation(dock: Dockside, tmp_path: Path) -> None:
    batch = write_broken_batch(tmp_path / "out")
    found = []
    with installed(tmp_path / "away") as away:
        for site in (dock.site, away):
            ids = site.deliver(batch)
            found.append([(one, sorted(finding.id for finding in site.findings(one))) for one in ids])
    assert found[0] == found[1]
    assert any(ids for _, ids in found[0])


def test_a_stream_tells_every_stage_once_and_goes_on_behind_the_last_that_was_seen(
    dock: Dockside, tmp_path: Path
) -> None:
    (delivery_id,) = dock.site.deliver(write_delivery(tmp_path / "out", a_small_statement(1)))
    live = TimelineEntry(stage=Stage.LIVE, at="2026-01-05T09:00:00.000000Z", detail='version 1\n\ndata: "forged"')
    with writing(dock.site.engine) as connection:
        append_timeline(connection, delivery_id, live)
    told = read_events(dock, delivery_id)
    assert [event["stage"] for event in told] == [stage.value for stage in dock.site.stages(delivery_id)]
    assert [event["id"] for event in told] == list(range(1, len(told) + 1))
    assert told[-1]["detail"] == live.detail
    assert read_events(dock, delivery_id, after=3) == told[3:]
    path = f"{DELIVERIES}/{delivery_id}/events"
    assert dock.ask("GET", path, headers={"last-event-id": str(len(told))}).status_code == 204
    assert dock.ask("HEAD", path).status_code == 200
    assert dock.ask("GET", path, STRANGER).status_code == 404
    assert dock.ask("GET", path, NOBODY).status_code == 401


def test_a_stream_follows_a_delivery_while_it_moves(
    dock: Dockside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", events.POLL_S)
    stranger = changed(a_small_statement(1).header, sender=changed(a_small_statement(1).header.sender, dpid=""))
    folder = write_delivery(tmp_path / "out", changed(a_small_statement(1), header=stranger))
    (receipt,) = dock.site.accept(folder)
    with dock.site.worker():
        told = read_events(dock, receipt.delivery_id)
    assert [event["stage"] for event in told] == ["accepted", "read", "held"]
    assert [event["is_final"] for event in told] == [False, False, True]


def test_no_more_streams_are_opened_than_a_process_can_serve(
    dock: Dockside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (receipt,) = dock.site.accept(write_delivery(tmp_path / "out", a_small_statement(1)))
    monkeypatch.setattr(events, "STREAMS_MAX", 0)
    answer = dock.ask("GET", f"{DELIVERIES}/{receipt.delivery_id}/events")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
