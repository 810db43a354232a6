"""The main job as a stranger meets it: one command, then music in a real browser that entered as a delivery."""

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from antiphon.access import load_signing_keys
from antiphon.blobs import open_blobs
from antiphon.demo.repertoire import plan_repertoire
from antiphon.demo.session import DemoState
from antiphon.replica import Replica
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from tests.system.installation import Answer, antiphon, ask, children_of, find_port, is_ready, running, wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

COMPOSED_AND_LIVE_WITHIN_S = 240.0
WITHHELD = "Eleven Steps Down"
NEXT_WEEK = "Continue? 9, 8, 7"


class Demo(msgspec.Struct, frozen=True):
    """A demo that runs: where it listens, what it printed, where its data and its batches are."""

    port: int
    data: Path
    batches: Path
    printed: Path

    @property
    def state(self) -> DemoState:
        return msgspec.json.decode((self.data / "demo.json").read_bytes(), type=DemoState)

    def token(self) -> str:
        found = re.search(r"Bearer ([\w.-]+)", self.printed.read_text())
        assert found is not None
        return found[1]

    def get(self, path: str, token: str = "") -> Answer:
        return ask(self.port, path, headers={"Authorization": f"Bearer {token or self.token()}"})

    def find_track(self, title: str) -> dict[str, Any]:
        query = re.sub(r"\W+", "+", title)
        found = self.get(f"/v1/search?q={query}&type=track&limit=50").json()["tracks"]["items"]
        track: dict[str, Any] = next(track for track in found if track["name"] == title)
        return track


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    one = Demo(find_port(), folder / "data", folder / "batches", folder / "printed.txt")
    arguments = ("demo", "--data", str(one.data), "--port", str(one.port), "--deliveries", str(one.batches))
    with running(*arguments, output=one.printed) as process:
        wait_until(
            lambda: "Ctrl-C stops it" in one.printed.read_text() or process.poll() is not None,
            within_s=COMPOSED_AND_LIVE_WITHIN_S,
            what="the demo is live",
        )
        assert process.poll() is None, one.printed.read_text()
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed: run scripts/system test as root")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        yield playwright.chromium.launch(executable_path=chromium, args=arguments)


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(base_url=f"http://127.0.0.1:{demo.port}", locale="en-US")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    yield page
    context.close()
    assert faults == []


def test_every_release_of_the_plan_is_live_without_a_fault(demo: Demo) -> None:
    listed = antiphon("deliveries", "--json", "--data", str(demo.data))
    stages = [line["stage"] for line in msgspec.json.decode(listed.stdout)]
    assert stages == ["live"] * len(plan_repertoire().releases)
    for delivery in msgspec.json.decode(listed.stdout):
        report = msgspec.json.decode(antiphon("delivery", delivery["id"], "--json", "--data", str(demo.data)).stdout)
        assert [entry["stage"] for entry in report["timeline"]] == [
            "accepted", "read", "checked", "rendered", "committed", "live",
        ]  # fmt: skip
        assert {finding["severity"] for finding in report["findings"]} <= {"warn", "note"}


def test_both_labels_mean_one_artist_where_both_send_its_isni(demo: Demo) -> None:
    track = demo.find_track("Low Tide, Slow Clock")
    albums = demo.get(f"/v1/artists/{track['artists'][0]['id']}/albums?market=US").json()["items"]
    assert {album["name"]: album["album_group"] for album in albums} == {
        "Rooms Facing the Sea": "album",
        "Warm Hands, Quiet Machines": "appears_on",
    }


def test_the_line_to_paste_works_when_it_is_pasted(demo: Demo) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    line = next(line for line in demo.printed.read_text().splitlines() if line.startswith("curl "))
    printed = subprocess.run(["sh", "-c", line], capture_output=True, check=True).stdout
    assert [item["name"] for item in msgspec.json.decode(printed)["tracks"]["items"]] == ["Low Tide, Slow Clock"] * 2
    assert shlex.split(line)[0] == "curl"


@pytest.mark.browser
def test_a_listener_browses_and_hears_a_track(demo: Demo, page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Rooms Facing the Sea").click()
    page.get_by_role("button", name="Play", exact=True).first.click()
    expect(page.locator("#position")).to_have_text(re.compile("0:0[2-9]"), timeout=30_000)
    assert page.locator("#now-title").inner_text() == "Salt on the Sill"
    assert page.locator(".track.current .title").inner_text() == "Salt on the Sill"


@pytest.mark.browser
def test_a_listener_searches_and_plays_what_was_found_without_loss(demo: Demo, page: Page) -> None:
    page.goto("/")
    page.get_by_role("searchbox").fill("polygon lul")
    page.locator(".track .title", has_text="Polygon Lullaby").wait_for()
    page.get_by_role("button", name="Play Polygon Lullaby").click()
    page.get_by_label("Quality of the stream").select_option("flac")
    expect(page.locator("#position")).to_have_text(re.compile("0:0[2-9]"), timeout=30_000)


@pytest.mark.browser
def test_a_listener_is_told_why_a_track_does_not_play_where_they_are(demo: Demo, page: Page) -> None:
    page.goto("/")
    page.get_by_label("Market: where you listen from").select_option("SE")
    page.get_by_role("link", name="Rooms Facing the Sea").click()
    page.get_by_role("button", name="Why not?").click()
    assert "none covers SE" in page.get_by_role("dialog").inner_text()
    assert page.locator(".track.unplayable").count() == 1


@pytest.mark.browser
def test_an_operator_sees_a_deliverys_timeline_and_findings(demo: Demo, browser: Browser) -> None:
    state = demo.state
    credentials = {"username": state.operator, "password": state.operator_secret}
    context = browser.new_context(base_url=f"http://127.0.0.1:{demo.port}", http_credentials=credentials)  # type: ignore[arg-type]  # a TypedDict
    page = context.new_page()
    page.goto("/console")
    page.locator("tbody a").first.click()
    assert page.locator(".timeline strong").all_inner_texts() == [
        "accepted", "read", "checked", "rendered", "committed", "live",
    ]  # fmt: skip
    assert "after it was accepted" in page.locator(".lead").inner_text()
    context.close()


def test_the_console_wants_a_client_and_shows_nothing_to_others(demo: Demo) -> None:
    nobody = ask(demo.port, "/console")
    assert nobody.status == 401
    assert nobody.headers["www-authenticate"].startswith("Basic")
    assert demo.get("/console").status == 403, "an app without a role"


def test_a_withheld_track_is_not_playable_there_and_explain_names_the_deal_and_its_line(demo: Demo) -> None:
    track = demo.find_track(WITHHELD)
    assert "SE" not in track["available_markets"]
    assert demo.get(f"/v1/tracks/{track['id']}?market=NO").json()["is_playable"] is True
    in_sweden = demo.get(f"/v1/tracks/{track['id']}?market=SE").json()
    assert (in_sweden["is_playable"], in_sweden["restrictions"]) == (False, {"reason": "market"})
    assert demo.get(f"/v1/tracks/{track['id']}/stream?market=SE").status == 403

    public = demo.get(f"/v1/explain?track={track['id']}&market=SE").json()
    assert public["reason"] == "not_in_market"
    assert "deal" not in public

    told = antiphon("explain", track["id"], "--market", "SE", "--json", "--data", str(demo.data))
    deal = msgspec.json.decode(told.stdout)["deal"]
    message = next(demo.batches.rglob(deal["message"]))
    lines = message.read_text().splitlines()
    assert lines[deal["line"] - 1].strip() == "<Deal>"
    deal_text = "\n".join(lines[deal["line"] - 1 :]).partition("</Deal>")[0]
    assert "<ExcludedTerritoryCode>SE</ExcludedTerritoryCode>" in deal_text
    assert "OnDemandStream" in deal_text


@pytest.mark.parametrize(
    ("market", "zone"), [("SE", "Europe/Stockholm"), ("US", "America/New_York"), ("NZ", "Pacific/Auckland")]
)
def test_next_weeks_track_becomes_playable_at_local_midnight_with_nothing_published(
    demo: Demo, market: str, zone: str
) -> None:
    track = demo.find_track(NEXT_WEEK)
    first_day = datetime.fromisoformat(demo.state.first_day)
    midnight = (first_day + timedelta(days=7)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    keys = load_signing_keys(demo.state.signing_key)
    replica = Replica(demo.data / "node")
    read_path = ReadPath(replica, open_blobs(str(demo.data / "blobs")), keys, ReadSettings(public_url="http://test"))

    def is_playable(now: datetime) -> tuple[bool, str]:
        from antiphon.access import issue_access_token, make_client

        client, _ = make_client("test")
        token = issue_access_token(keys, client, now)
        headers = {"authorization": f"Bearer {token}"}
        request = Request(
            method="GET", path=f"/v1/tracks/{track['id']}", query_string=f"market={market}", headers=headers
        )
        response = read_path.answer(request, now.timestamp())
        assert isinstance(response.body, bytes)
        version = dict(response.headers)["x-catalogue-version"]
        return msgspec.json.decode(response.body)["is_playable"], version

    before, version_before = is_playable(midnight - timedelta(seconds=1))
    after, version_after = is_playable(midnight)
    replica.close()
    assert (before, after) == (False, True)
    assert version_before == version_after


def test_a_takedown_reaches_the_node_and_can_be_undone(demo: Demo) -> None:
    track = demo.find_track("Bicycle Boss Battle")
    assert demo.get(f"/v1/tracks/{track['id']}/stream?market=DE").status == 200
    made = antiphon("takedown", "track", track["id"], "--reason", "test", "--data", str(demo.data))
    assert made.returncode == 0, made.stderr
    wait_until(
        lambda: demo.get(f"/v1/tracks/{track['id']}/stream?market=DE").status == 403,
        within_s=10,
        what="the node denies the track",
    )
    undo = re.search(r"undo (\w+)", made.stdout)
    assert undo is not None
    antiphon("undo", undo[1], "--data", str(demo.data))
    wait_until(
        lambda: demo.get(f"/v1/tracks/{track['id']}/stream?market=DE").status == 200,
        within_s=10,
        what="the node grants the track again",
    )


def test_operations_say_that_it_is_ready_and_what_it_has_counted(demo: Demo) -> None:
    assert ask(demo.port, "/ops/health").json() == {"status": "alive"}
    assert is_ready(demo.port)
    metrics = ask(demo.port, "/ops/metrics").body.decode()
    assert "antiphon_reads_total{" in metrics
    wait_until(
        lambda: (
            'antiphon_deliveries_total{process="publisher",stage="live"} 6.0'
            in ask(demo.port, "/ops/metrics").body.decode()
        ),
        within_s=15,
        what="the publisher has handed its counts over",
    )
    health = antiphon("doctor", "--data", str(demo.data), environment={"ANTIPHON_SIGNING_KEY": demo.state.signing_key})
    assert health.returncode == 0, health.stdout


def test_no_token_stands_in_any_log(demo: Demo) -> None:
    track = demo.find_track("Salt on the Sill")
    grant = demo.get(f"/v1/tracks/{track['id']}/stream?market=US").json()
    address = grant["url"].partition(str(demo.port))[2]
    assert ask(demo.port, address).status == 200
    log = (demo.data / "demo.log").read_text()
    assert address.rsplit("/", 1)[1][:40] not in log
    assert demo.token()[:40] not in log


def test_a_second_start_delivers_nothing_anew_and_ctrl_c_leaves_no_process(demo: Demo, tmp_path: Path) -> None:
    # A copy, since the running demo owns its folder.
    data = tmp_path / "data"
    shutil.copytree(demo.data, data, ignore=shutil.ignore_patterns("*.sock", "*.new"))
    port = find_port()
    with running("demo", "--data", str(data), "--port", str(port), output=tmp_path / "out.txt") as process:
        wait_until(
            lambda: "Ctrl-C stops it" in (tmp_path / "out.txt").read_text(), within_s=60, what="it is ready again"
        )
        children = children_of(process.pid)
        assert len(children) >= 4
        process.send_signal(2)
        assert process.wait(20) == 0
    assert not set(children) & set(children_of(1)), "a process outlived its supervisor"
    stages = msgspec.json.decode(antiphon("deliveries", "--json", "--data", str(data)).stdout)
    assert len(stages) == len(plan_repertoire().releases)
