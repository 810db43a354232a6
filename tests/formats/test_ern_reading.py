"""What the ERN reader makes of messages it accepts: our fixtures with their facts, and forms that must not matter."""

import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree

from antiphon.formats.ern import read_message
from antiphon.formats.ern.values import format_duration, parse_duration_ms, parse_moment
from antiphon.formats.ern.versions import dotted_version
from antiphon.model.periods import MomentKind
from antiphon.model.statement import count_elements
from tests.formats.corpus import ACCEPTED

SEED = 20260118


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_an_accepted_message_says_the_facts_beside_it(path: Path) -> None:
    facts = json.loads(path.with_suffix(".facts.json").read_text(encoding="utf-8"))
    statement = json.loads(msgspec.json.encode(read_message(path.read_bytes())))
    assert {name: as_told(find_fact(statement, name), told) for name, told in facts.items()} == facts


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_the_order_of_elements_does_not_change_what_is_counted(path: Path) -> None:
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(remove_comments=True, encoding=encoding_of(path)))
    chance = random.Random(SEED)
    for element in list(root.iter()):
        children = list(element)
        chance.shuffle(children)
        element[:] = children
    shuffled = read_message(etree.tostring(root))
    original = read_message(path.read_bytes())
    assert count_elements(shuffled) == count_elements(original)
    assert [release.reference for release in shuffled.releases if release.is_main] == [
        release.reference for release in original.releases if release.is_main
    ]


@pytest.mark.parametrize(
    ("text", "duration_ms"),
    [
        ("PT4M39S", 279_000),
        ("PT0H4M39S", 279_000),
        ("PT199S", 199_000),
        ("PT30M", 1_800_000),
        ("PT1.5S", 1_500),
        ("PT1.2345S", 1_234),
        ("PT1.S", 1_000),
        ("P0Y0M0DT0H3M1S", 181_000),
        ("P1DT1S", 86_401_000),
        ("PT0S", 0),
        ("", None),
        ("P", None),
        ("PT", None),
        ("P1Y", None),
        ("4:39", None),
        ("PT-5S", None),
    ],
)
def test_a_duration_is_read_in_each_form_senders_use(text: str, duration_ms: int | None) -> None:
    assert parse_duration_ms(text) == duration_ms


@pytest.mark.parametrize("duration_ms", [0, 1, 999, 1_000, 59_999, 60_000, 3_599_999, 3_600_000, 90_061_001])
def test_a_written_duration_reads_as_the_same(duration_ms: int) -> None:
    assert parse_duration_ms(format_duration(duration_ms)) == duration_ms


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-12-01", MomentKind.DATE),
        ("2026", MomentKind.DATE),
        ("soon", MomentKind.DATE),
        ("2026-12-01T00:00:00", MomentKind.LOCAL),
        ("2026-12-01T00:00:00.250", MomentKind.LOCAL),
        ("2026-12-01T00:00:00Z", MomentKind.INSTANT),
        ("2026-12-01T00:00:00+01:00", MomentKind.INSTANT),
        ("2026-12-01T00:00:00-05:00", MomentKind.INSTANT),
    ],
)
def test_a_moment_keeps_its_text_and_what_it_leaves_open(text: str, kind: MomentKind) -> None:
    moment = parse_moment(text)
    assert moment is not None
    assert (moment.text, moment.kind) == (text, kind)


@pytest.mark.parametrize(
    ("digits", "version"),
    [("38", "3.8"), ("382", "3.8.2"), ("41", "4.1"), ("432", "4.3.2"), ("312", "3.1.2"), ("37D2", "3.7D2")],
)
def test_a_namespace_tells_the_version(digits: str, version: str) -> None:
    assert dotted_version(digits) == version


def find_fact(statement: Any, name: str) -> Any:
    """Return the value a dotted name leads to; a "#" at its end counts."""
    for step in name.split("."):
        if step == "#":
            return len(statement)
        statement = statement[int(step)] if isinstance(statement, list) else statement[step]
    return statement


def as_told(fact: Any, told: Any) -> Any:
    """Return a fact less the members that the facts do not speak of."""
    if isinstance(told, dict):
        return {name: as_told(fact[name], inner) for name, inner in told.items()}
    if isinstance(told, list) and len(told) == len(fact):
        return [as_told(one, inner) for one, inner in zip(fact, told, strict=True)]
    return fact


def encoding_of(path: Path) -> str | None:
    """Return the encoding the parser must be told where the declaration is wrong."""
    return "utf-8" if path.name.startswith("utf8_declared") else None
