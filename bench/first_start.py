"""A stranger's first minutes: clone, ``make run``, music in a browser; and the second start.

This checkout is cloned into an empty folder, so what is not committed does not count. The first time runs from the
clone to the moment a track's position advances in Chromium, with nothing kept from earlier: a new environment, every
download anew (private caches of pip and uv), every piece composed, delivered and published. Then it is stopped, and the
second time runs from ``make run`` to the same moment. There is no reference but the clock, and one run of each: the
first depends on the network and downloads some 300 MB.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bench.results import Result
from bench.servers import find_port

FIRST_START_S = 180
SECOND_START_S = 20
"""Source: what a first impression may take."""

GIVE_UP_S = 600.0
STOP_WITHIN_S = 30.0
POLL_S = 0.05
READY_LINE = "Ctrl-C stops it"
CHECKOUT = Path(__file__).resolve().parents[1]


def measure() -> list[Result]:
    """Return the seconds until music plays, the first time and the second."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is not installed: run scripts/system bench as root, or install Debian's chromium")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        try:
            first_s = time_first_start(Path(temporary), browser.new_page())
            second_s = time_start(Path(temporary), browser.new_page())
        finally:
            browser.close()
    return [
        report("first_start", first_s, FIRST_START_S, "clone, make run, downloads included, until a track plays"),
        report("second_start", second_s, SECOND_START_S, "make run again until a track plays"),
    ]


def report(name: str, seconds: float, limit_s: float, note: str) -> Result:
    """Return one start against its limit."""
    return Result(
        name=name,
        against="the clock, one run",
        unit="s",
        ours=(seconds,),
        bar=limit_s,
        higher_is_better=False,
        note=note,
    )


def time_first_start(folder: Path, page: Page) -> float:
    """Clone the checkout and start it; return the seconds until music plays."""
    started_s = time.monotonic()
    command = ["git", "clone", "--quiet", "--no-local", str(CHECKOUT), str(folder / "checkout")]
    subprocess.run(command, check=True)
    cloned_s = time.monotonic() - started_s
    return cloned_s + time_start(folder, page)


def time_start(folder: Path, page: Page) -> float:
    """Start the demo of the clone; return the seconds until music plays. It is stopped before this returns."""
    started_s = time.monotonic()
    port = find_port()
    with run_demo(folder, port):
        play_track(page, port)
        return time.monotonic() - started_s


@contextlib.contextmanager
def run_demo(folder: Path, port: int) -> Iterator[None]:
    """Type ``make run`` and wait until the demo prints its address; press Ctrl-C when the block ends."""
    printed = folder / f"{port}.txt"
    command = ["make", "-C", str(folder / "checkout"), "run", f"PORT={port}", f"DATA={folder / 'data'}"]
    with printed.open("wb") as output:
        process = subprocess.Popen(
            command, env=make_environment(folder), stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        deadline_s = time.monotonic() + GIVE_UP_S
        while READY_LINE not in printed.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > deadline_s:
                sys.exit(f"make run came to nothing:\n{printed.read_text(errors='replace')[-2000:]}")
            time.sleep(POLL_S)
        yield
    finally:
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_WITHIN_S)
        process.kill()
        process.wait()


def make_environment(folder: Path) -> Mapping[str, str]:
    """Return this environment as a stranger has it: no environment of ours, no settings of ours, empty caches."""
    ours = str(CHECKOUT / ".venv")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("ANTIPHON_", "MAKE", "MFLAGS")) and name not in ("VIRTUAL_ENV", "PYTHONPATH")
    }
    path = os.pathsep.join(part for part in kept.get("PATH", "").split(os.pathsep) if not part.startswith(ours))
    caches = {name: str(folder / name.lower()) for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR")}
    return {**kept, **caches, "PATH": path}


def play_track(page: Page, port: int) -> None:
    """Open the player, play the first track of the first release there is, and return when its position advances."""
    page.goto(f"http://127.0.0.1:{port}/")
    page.locator("#view a").first.click()
    page.get_by_role("button", name="Play", exact=True).first.click()
    expect(page.locator("#position")).to_have_text(re.compile("0:0[1-9]"), timeout=30_000)
    page.close()
