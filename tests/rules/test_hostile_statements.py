"""Whatever a statement says, rules answer with findings: none raises, and none answers at length."""

import random
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from antiphon.model.statement import Statement
from antiphon.rules import check_statement
from antiphon.rules.checking import EXCERPT_LENGTH_LIMIT
from tests.builders import a_deal, a_statement, changed, some_deals
from tests.rules.checks import a_context, find

MUTATIONS = 12
"""Changes of one statement: enough to break several rules at once, and few enough to leave something to check."""

TEXTS = (
    "",
    " ",
    "\x00\n\u202e",
    "\ud800",
    "0" * 5_000,
    "(" * 3_000,
    "a & b, c feat. d " * 300,
    "@@..//--",
    "Worldwide",
    "UserDefined",
    "9999-99-99T99:99:99Z",
    "PT-1S",
    "İıßſ",
    "カラオケ feat. 歌",
    "((karaoke) [originally performed by) in the style of",
    "-1",
)
NUMBERS = (0, -1, 1, 10**30)


def change_something(value: Any, random_: random.Random) -> Any:
    """Return a value with one thing in it changed: something else, nothing, twice, or in another order."""
    changes: list[Any] = [value]
    match value:
        case msgspec.Struct():
            name = random_.choice(value.__struct_fields__)
            changes = [changed(value, **{name: change_something(getattr(value, name), random_)})]
        case tuple() if value and random_.random() < 0.7:
            at = random_.randrange(len(value))
            changes = [(*value[:at], change_something(value[at], random_), *value[at + 1 :])]
        case tuple():
            changes = [(), value * 2, value[::-1]]
        case bool():
            changes = [not value]
        case int() | float():
            changes = list(NUMBERS)
        case str() if type(value) is str:
            changes = list(TEXTS)
    return random_.choice(changes)


def hostile_statements(seed: int) -> Iterator[Statement]:
    random_ = random.Random(seed)
    for _ in range(10):
        statement: Statement = a_statement(random_.choice((0, 1, 2, 5)))
        for _ in range(MUTATIONS):
            statement = change_something(statement, random_)
        # The version is never a sender's text: the reader takes it from a list.
        yield changed(statement, format=changed(statement.format, version="3.8.2"))


@pytest.mark.parametrize("seed", range(30))
def test_no_rule_raises_whatever_a_statement_says(seed: int) -> None:
    for statement in hostile_statements(seed):
        for files in (None, {"resources/01.flac": 0}):
            for finding in check_statement(statement, a_context(files=files)):
                assert finding.got.isprintable()
                assert len(finding.got) <= EXCERPT_LENGTH_LIMIT + 3


@pytest.mark.parametrize("text", [text for text in TEXTS if len(text) > 1_000])
def test_no_rule_takes_long_over_a_long_text(text: str) -> None:
    """A pattern that takes the square of a title's length would stop an intake for minutes."""
    good = a_statement(release_deals=(some_deals(a_deal()),))
    encoded = msgspec.json.encode(good).replace(b"The Tidemarks", text.encode()).replace(b"Harbour", text.encode())
    statement = msgspec.json.decode(encoded, type=Statement)
    started_s = time.perf_counter()
    assert find(statement)
    assert time.perf_counter() - started_s < 2
