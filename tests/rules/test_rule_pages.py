"""``antiphon rules``: the list, one rule with its example, and what is said where there is no such rule."""

import json

import pytest
from click.testing import CliRunner, Result

from antiphon.cli.rules import rules
from antiphon.model.errors import Refused
from antiphon.rules import list_rules


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(rules, arguments)


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("T99", "did you mean T"),
        ("DD12", "did you mean D12"),
        ("barcode", "lists them all"),
        ("isrc", "did you mean I"),
    ],
)
def test_a_rule_that_is_none_is_refused_with_what_may_have_been_meant(asked: str, offered: str) -> None:
    refused = ask(asked).exception
    assert isinstance(refused, Refused)
    assert offered in str(refused)


def test_all_rules_are_listed_one_a_line() -> None:
    lines = ask().output.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in list_rules()]


def test_a_rule_shows_the_line_that_breaks_it_and_what_is_found() -> None:
    shown = ask("m5").output
    assert "+      <Duration>11:20</Duration>" in shown
    assert "warn M5" in shown
    assert shown.index("Fails") < shown.index("Passes")


def test_rules_come_as_json_too() -> None:
    listed = json.loads(ask("--format", "json").output)
    assert [rule["id"] for rule in listed] == [rule.id for rule in list_rules()]
    assert "fails" not in listed[0]
    one = json.loads(ask("D7", "--format", "json").output)
    assert one["acknowledged_as"] == "ResourceMissing"
    assert one["may_be_switched_off"] is False
    assert "D7" in {finding["rule"] for finding in one["fails"]["findings"]}
    assert "D7" not in {finding["rule"] for finding in one["passes"]["findings"]}
