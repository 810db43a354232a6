"""The goalie at a browser: what is held is found, decided about with two clicks, and followed as it goes on."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import msgspec
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from antiphon.access import make_signing_key
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.record import writing
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.record.releases import commit_statement
from tests.system.installation import antiphon, find_port, is_answering, running, wait_until

pytestmark = pytest.mark.process

OTHER_DPID = "PADPIDA20260417021"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


class Desk(msgspec.Struct, frozen=True):
    """An installation whose one provider sends messages that somebody else has signed, and the goalie's sign-in."""

    port: int
    data: Path
    client_id: str
    secret: str

    def hold(self, number: int, root: Path) -> str:
        """Deliver something that comes to be held; return its id."""
        folder = write_delivery(root, a_small_statement(number), seed=number)
        accepted = antiphon("deliver", str(folder), "--provider", "other", "--data", str(self.data))
        delivery = accepted.stdout.split()[1]
        wait_until(
            lambda: delivery in antiphon("held", "--data", str(self.data)).stdout, within_s=60, what="it is held"
        )
        return delivery


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    data, port = folder / "data", find_port()
    antiphon("provider", "add", "other", "--name", "Other", "--dpid", OTHER_DPID, "--data", str(data))
    made = antiphon("client", "add", "goalie", "--role", "operator", "--data", str(data)).stdout.split()
    key = {"ANTIPHON_SIGNING_KEY": make_signing_key()}
    web = ("web", "--port", str(port), "--data", str(data))
    with (
        running("publisher", "--data", str(data), output=folder / "publisher.txt"),
        running("worker", "--data", str(data), output=folder / "worker.txt"),
        running(*web, output=folder / "web.txt", environment=key),
    ):
        wait_until(lambda: is_answering(port), within_s=90, what="the console answers")
        yield Desk(port, data, made[1], made[3])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed: run scripts/system test as root")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])


@pytest.fixture(scope="module")
def trended(desk: Desk) -> str:
    """Have releases of a month, half of them without a label; return the title of one."""
    engine, today = open_installation(desk.data).engine, read_clock()
    with writing(engine) as conn:
        for number in range(1, 9):
            statement = a_small_statement(100 + number)
            bare = changed(statement.releases[0], labels=()) if number % 2 else statement.releases[0]
            came_at = today - timedelta(days=32 - 4 * number)
            told = changed(statement, releases=(bare, *statement.releases[1:]))
            commit_statement(conn, told, came_at, provider="other")
    engine.dispose()
    return "Harbour Lights"


def open_page(browser: Browser, desk: Desk, *, has_script: bool = True) -> tuple[Page, list[str]]:
    """Return a page that is signed in, and what goes wrong in it."""
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{desk.port}",
        http_credentials={"username": desk.client_id, "password": desk.secret},
        java_script_enabled=has_script,
    )
    page, faults = context.new_page(), list[str]()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    return page, faults


def test_a_hold_is_cleared_at_the_console_and_its_way_is_shown_as_it_happens(
    desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    delivery = desk.hold(1, tmp_path)
    page, faults = open_page(browser, desk)
    page.goto("/console/held")
    page.locator(f'a[href="/console/deliveries/{delivery}"]').click()
    expect(page.get_by_text("SenderNotAuthorised").first).to_be_visible()
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        widths = page.locator("main > *").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
        assert max(widths) <= size["width"], "nothing leaves the page"
    clear = page.locator('form[action$="/clear"]')
    clear.get_by_label("Why").fill("agreed by phone")
    clear.get_by_role("button").click()
    expect(page.locator("[data-stage]")).to_have_text("live", timeout=60_000)
    expect(page.locator(".timeline li").last).to_contain_text("live")
    expect(page.locator(".timeline")).to_contain_text("agreed by phone")
    expect(page.locator("form")).to_have_count(0)
    assert faults == []
    page.context.close()


def test_a_hold_is_rejected_at_the_console_without_a_script(desk: Desk, browser: Browser, tmp_path: Path) -> None:
    delivery = desk.hold(2, tmp_path)
    page, _ = open_page(browser, desk, has_script=False)
    page.goto(f"/console/deliveries/{delivery}")
    reject = page.locator('form[action$="/reject"]')
    reject.get_by_role("button").click()
    expect(page).to_have_url(f"http://127.0.0.1:{desk.port}/console/deliveries/{delivery}")
    expect(page.locator("[data-stage]")).to_have_text("held")  # no reason, no decision
    reject.get_by_label("Why").fill("not theirs")
    reject.get_by_role("button").click()
    expect(page.locator("[data-stage]")).to_have_text("rejected")
    expect(page.locator(".timeline")).to_contain_text("not theirs")
    page.goto("/console/held")
    expect(page.locator(f'a[href="/console/deliveries/{delivery}"]')).to_have_count(0)
    page.context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_quality_of_data_is_drawn_without_a_script_at_any_width(
    desk: Desk, browser: Browser, trended: str, size: ViewportSize, scheme: Literal["light", "dark"]
) -> None:
    page, faults = open_page(browser, desk, has_script=False)
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    page.goto("/console/quality")
    drawn = page.get_by_role("img", name="Score of each day from")
    expect(drawn).to_be_visible()
    box, line = drawn.bounding_box(), drawn.locator(".line").bounding_box()
    assert box is not None
    assert line is not None
    assert line["width"] == pytest.approx(box["width"], abs=4), "the line goes from one end to the other"
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], "the page scrolls sideways"
    page.get_by_role("link", name=trended).first.click()
    expect(page.get_by_role("heading", name=trended)).to_be_visible()
    expect(page.get_by_text("no front cover")).to_be_visible()
    assert faults == []
