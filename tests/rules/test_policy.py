"""A provider's policy: what cannot be agreed is refused, terms change on their day, and JSON keeps it all."""

import re
from datetime import UTC, date, datetime

import msgspec
import pytest

from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.rules import MomentForm, Policy, Terms, list_rules, require_valid_policy
from antiphon.rules.rule_table import EXAMPLE_POLICY, render_rule_table

SPRING = date(2026, 4, 1)
OLD = Terms(effective_from=date(2026, 1, 1), versions=("3.8", "4.3"))
NEW = Terms(effective_from=SPRING, versions=("4.3",), takes_purges=False)


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (Policy(severities={"T99": Severity.WARN}), "UnknownRule"),
        (Policy(off=frozenset({"X1"})), "UnknownRule"),
        (Policy(off=frozenset({"D7"})), "RuleNotSwitchable"),
        (Policy(terms=(Terms(versions=("ern/43",)),)), "InvalidTerms"),
        (Policy(terms=(Terms(update_lead_days=-1),)), "InvalidTerms"),
        (Policy(terms=(NEW, Terms(effective_from=SPRING))), "InvalidTerms"),
    ],
)
def test_what_cannot_be_agreed_is_refused(policy: Policy, code: str) -> None:
    with pytest.raises(Refused) as refused:
        require_valid_policy(policy)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ['{"severities": {"T8": "loud"}}', '{"terms": [{"version": ["4.3"]}]}'])
def test_json_with_words_that_mean_nothing_is_no_policy(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Policy)


def test_terms_hold_from_their_day_until_others_replace_them() -> None:
    policy = Policy(terms=(NEW, OLD))
    assert policy.terms_at(datetime(2025, 12, 31, 23, tzinfo=UTC)) == Terms()
    assert policy.terms_at(datetime(2026, 3, 31, 23, tzinfo=UTC)) == OLD
    assert policy.terms_at(datetime(2026, 4, 1, tzinfo=UTC)) == NEW
    assert policy.terms_after(datetime(2026, 3, 31, tzinfo=UTC)) == NEW
    assert policy.terms_after(datetime(2026, 4, 1, tzinfo=UTC)) is None


def test_a_version_stands_for_its_minor_ones_and_for_no_other() -> None:
    assert NEW.takes_version("4.3.2")
    assert not NEW.takes_version("4.2")
    assert Terms().takes_version("3.4")


def test_a_policy_written_and_read_is_the_same() -> None:
    policy = Policy(
        severities={"T8": Severity.NOTE, "D12": Severity.WARN},
        off=frozenset({"T1", "C3", "R5"}),
        terms=(OLD, Terms(effective_from=SPRING, moment_form=MomentForm.LOCAL, is_in_production=False)),
    )
    assert msgspec.json.decode(msgspec.json.encode(policy), type=Policy) == policy


def test_the_documented_policy_is_one_and_every_term_is_documented() -> None:
    page = render_rule_table()
    require_valid_policy(EXAMPLE_POLICY)
    assert msgspec.json.decode(page.partition("```json\n")[2].partition("```")[0], type=Policy) == EXAMPLE_POLICY
    terms = set(Terms.__struct_fields__) - {"effective_from"}
    assert terms == set(re.findall(r"^\| `(\w+)` \|", page, re.M))


def test_every_rule_is_on_the_page_of_rules() -> None:
    assert set(re.findall(r"^\| \[(\w+)\]", render_rule_table(), re.M)) == {rule.id for rule in list_rules()}
