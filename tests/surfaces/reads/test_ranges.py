"""Byte ranges are answered as RFC 9110 says (S6)."""

import random

import pytest

from antiphon.surfaces.reads.ranges import UNSATISFIABLE, Span, Unsatisfiable, parse_range

SEED = 9110


@pytest.mark.parametrize("header", ["bytes=1000-", "bytes=1000-1001", "bytes=-0", "bytes=-000", f"bytes={'9' * 5000}-"])
def test_a_range_behind_the_end_is_unsatisfiable(header: str) -> None:
    assert parse_range(header, 1000) is UNSATISFIABLE


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-4",
        "bytes=a-b",
        "bytes=0x1-2",
        "bytes=+1-2",
        "bytes=1.0-2",
        "bytes=١-٢",
        "bytes = 0-1",
        "bytes=0 - 1",
        "items=0-1",
        "bytes=0-1\r\nx: y",
    ],
)
def test_what_is_no_byte_range_is_ignored(header: str | None) -> None:
    assert parse_range(header, 1000) is None


@pytest.mark.parametrize("header", ["bytes=0-0,-1", "bytes=0-1,2-3", "bytes=2000-,0-1", "bytes=0-,0-,0-,0-"])
def test_several_ranges_get_the_whole(header: str) -> None:
    assert parse_range(header, 1000) is None


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=-1", "bytes=0-0"])
def test_nothing_has_no_ranges(header: str) -> None:
    assert parse_range(header, 0) is None


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", Span(0, 1)),
        ("bytes=0-499", Span(0, 500)),
        ("bytes=500-", Span(500, 1000)),
        ("bytes=-500", Span(500, 1000)),
        ("bytes=-5000", Span(0, 1000)),
        ("bytes=999-", Span(999, 1000)),
        ("bytes=900-5000", Span(900, 1000)),
        (f"bytes=0-{'9' * 5000}", Span(0, 1000)),
        (f"bytes=-{'9' * 5000}", Span(0, 1000)),
        ("bytes=" + "0" * 5000 + "7-8", Span(7, 9)),
        ("BYTES=0-1", Span(0, 2)),
        ("bytes= 0-1 ", Span(0, 2)),
        ("bytes=,0-1,", Span(0, 2)),
    ],
)
def test_a_range_names_its_bytes(header: str, span: Span) -> None:
    assert parse_range(header, 1000) == span


def test_every_generated_range_is_the_slice_python_takes() -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    for _ in range(2000):
        size = chance.choice((1, 2, 10, 1000, 65536, chance.randrange(1, 10**9)))
        first, last = sorted(chance.randrange(0, 2 * size) for _ in range(2))
        header, expected = chance.choice(
            (
                (f"bytes={first}-{last}", slice(first, last + 1)),
                (f"bytes={first}-", slice(first, None)),
                (f"bytes=-{last}", slice(-last, None) if last else slice(size, None)),
            )
        )
        start, stop, _ = expected.indices(size)
        wanted: Span | Unsatisfiable = Span(start, stop) if start < stop else UNSATISFIABLE
        assert parse_range(header, size) == wanted, (header, size)
