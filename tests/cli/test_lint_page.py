"""The linter's page in a real browser: on a phone, on a wide screen, and with parts of it hidden."""

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.cli.linting import BROKEN, GOOD, run_lint, write_file

pytestmark = [pytest.mark.browser]

PHONE = (390, 844)
WIDE = (1440, 900)


def test_the_page_fits_every_screen_and_hides_what_is_switched_off(tmp_path: Path) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed: run scripts/system test as root")
    long = BROKEN.replace("Harbour Light No. 1", f"Harbour  Light {'x' * 5_000}", 1).replace(
        "QZANT2600102", "QZ-ANT2600102"
    )
    write_file(tmp_path, long, "R1.xml")
    write_file(tmp_path, GOOD.replace("QZANT2600101", "QZ-ANT2600101"), f"{'a-long-name-' * 15}.xml")
    run_lint(tmp_path, "--format", "html", "--output", tmp_path / "report.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto((tmp_path / "report.html").as_uri())
        for width, height in (PHONE, WIDE):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") == width
        require_filters(page)
        assert said == []
        browser.close()


def require_filters(page: Page) -> None:
    cards = page.locator(".card:visible")
    everything = cards.count()
    fatal = page.locator(".card.fatal").count()
    assert 0 < fatal < everything
    page.locator("label.fatal").click()
    expect(cards).to_have_count(everything - fatal)
    page.get_by_role("searchbox").fill("i1 qzant2600101")
    expect(cards).to_have_count(1)
    expect(page.locator(".message:visible")).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    page.locator("label.fatal").click()
    expect(cards).to_have_count(everything)
