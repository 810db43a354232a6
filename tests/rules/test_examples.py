"""The examples of the rules are true: what each says that fails is found, and what it says that passes is not."""

import pytest

from antiphon.cli.rule_examples import play_failing, play_passing
from antiphon.model.errors import Broken
from antiphon.rules import list_rules
from antiphon.rules.example import Edit, Example
from antiphon.rules.example_book import EXAMPLES


def test_the_good_message_has_no_findings_whatever() -> None:
    assert play_passing(Example()).findings == ()


def test_an_edit_that_fits_nowhere_or_twice_is_our_own_fault() -> None:
    for old in ("no such text", "Harbour Light"):
        with pytest.raises(Broken):
            play_failing(Example(fails=(Edit(old, ""),)))


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert {rule.id for rule in list_rules()} == EXAMPLES.keys()


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_example_that_fails_is_found_by_its_rule(rule: str) -> None:
    assert rule in {finding.rule for finding in play_failing(EXAMPLES[rule]).findings}


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_the_example_that_passes_is_not_found_by_its_rule(rule: str) -> None:
    assert [finding for finding in play_passing(EXAMPLES[rule]).findings if finding.rule == rule] == []
