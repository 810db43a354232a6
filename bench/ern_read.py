"""A message read and checked, against lxml only parsing it.

Ours is bytes to statement to findings: ``read_message`` and every rule that needs no media. The reference is
``lxml.etree.fromstring`` on the same bytes, which builds a tree and understands nothing. Two messages are our own, an
album of 250 tracks in each version we write; where the reference samples lie beside the checkout, every one above 50 KB
is measured too. Each message is its own line, since their shapes differ: none may cost 30 times the parse, and their
median 15 times.
"""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from antiphon.demo.message import audio_path
from antiphon.formats.ern import read_message, write_what_fits
from antiphon.model.errors import Rejected
from antiphon.rules import CheckContext, check_statement
from bench.releases import describe_release, invent_hashes, plan_release
from bench.results import Result

MEDIAN_BAR, WORST_BAR = 15, 30
ROUNDS = 7
TRACKS = 250
SMALLEST_SAMPLE_BYTES = 50_000
SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples" / "ern"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def measure() -> list[Result]:
    """Return milliseconds per message, ours against the parser's."""
    results = [measure_message(name, data, files) for name, data, files in list_messages()]
    return [*results, summarise(results)]


def summarise(results: list[Result]) -> Result:
    """Return the median message: how many times the parse each costs, as its samples."""
    return Result(
        name="ern_read: the median message",
        against="lxml parsing the same",
        unit="times",
        ours=tuple(result.ratio or 0.0 for result in results),
        bar=MEDIAN_BAR,
        higher_is_better=False,
    )


def list_messages() -> Iterator[tuple[str, bytes, dict[str, int] | None]]:
    """Yield messages with a name and the files that came with them; None: nobody knows."""
    for version in ("4.3.2", "3.8.2"):
        release = plan_release(1, TRACKS, duration_ms=180_000, version=version)
        statement = describe_release(release, invent_hashes(release))
        files = {audio_path(track): 20_000_000 for track in release.tracks}
        yield f"{TRACKS} tracks, {version}", write_what_fits(statement, version).data, files
    for path in sorted(SAMPLES.glob("*.xml")):
        if path.stat().st_size > SMALLEST_SAMPLE_BYTES and is_readable(path.read_bytes()):
            yield path.stem, path.read_bytes(), None


def is_readable(data: bytes) -> bool:
    """Tell whether a sample is a message at all: some are there to be refused."""
    try:
        read_message(data)
    except Rejected:
        return False
    return True


def measure_message(name: str, data: bytes, files: dict[str, int] | None) -> Result:
    """Time both on one message, in turns."""
    context = CheckContext(now=NOW, files=files)
    repeats = max(1, 1_000_000 // len(data))
    ours, parsed = [], []
    for _ in range(ROUNDS):
        ours.append(time_ms(lambda: check_statement(read_message(data), context), repeats))
        parsed.append(time_ms(lambda: etree.fromstring(data), 4 * repeats))
    return Result(
        name=f"ern_read: {name}",
        against=f"lxml parsing the same {len(data) // 1000} KB",
        unit="ms",
        ours=tuple(ours),
        reference=tuple(parsed),
        bar=WORST_BAR,
        higher_is_better=False,
    )


def time_ms(work: Callable[[], object], repeats: int) -> float:
    """Return the milliseconds that work took each time."""
    started_s = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - started_s) * 1000 / repeats
