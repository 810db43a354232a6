"""The examples of the rules are true: what each says that fails is found, and what it says that passes is not."""

from importlib.resources import files

import pytest

from antiphon.formats.ern import read_message
from antiphon.model.errors import Broken
from antiphon.model.findings import Finding
from antiphon.rules import check_media, check_statement, list_rules
from antiphon.rules.example import BASE, Edit, Given, apply_edits
from antiphon.rules.example_book import EXAMPLES

AWAITED = frozenset({rule.id for rule in list_rules()} - EXAMPLES.keys())  # until every room has written its own


def find_all(base: str, edits: tuple[Edit, ...], given: Given) -> list[Finding]:
    text = apply_edits((files("antiphon.rules.examples") / base).read_text(), edits)
    statement = read_message(text.encode(), file="message.xml")
    return [
        *check_statement(statement, given.context, given.policy),
        *(check_media(statement, given.media, given.context, given.policy) if given.media else ()),
    ]


def test_the_good_message_has_no_findings_whatever() -> None:
    assert find_all(BASE, (), Given()) == []


def test_an_edit_that_fits_nowhere_or_twice_is_our_own_fault() -> None:
    for old in ("no such text", "Harbour Light"):
        with pytest.raises(Broken):
            find_all(BASE, (Edit(old, ""),), Given())


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert {rule.id for rule in list_rules()} - AWAITED == EXAMPLES.keys()


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_example_that_fails_is_found_by_its_rule(rule: str) -> None:
    example = EXAMPLES[rule]
    found = find_all(example.base, example.fails, example.fails_given)
    assert rule in {finding.rule for finding in found}


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_example_that_passes_is_not_found_by_its_rule(rule: str) -> None:
    example = EXAMPLES[rule]
    found = find_all(example.base, example.passes, example.passes_given)
    assert [finding for finding in found if finding.rule == rule] == []
