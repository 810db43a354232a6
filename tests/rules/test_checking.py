"""Asking all rules: order, limits, policies, and the list of rules itself."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import antiphon.rules
from antiphon.model.claims import HashSum, ScopedText
from antiphon.model.errors import Refused
from antiphon.model.findings import SEVERITY_ORDER, Severity
from antiphon.rules import RULES, Policy, Rule, check_statement, declared_algorithms, find_rule, list_rules
from antiphon.rules.checking import FINDINGS_PER_RULE_LIMIT
from antiphon.rules.declared_hashes import DeclaredHash, read_declared_hash
from antiphon.rules.rule_table import render_rule_table
from tests.builders import a_cover, a_deal, a_file, a_recording, a_release, a_statement, changed, some_deals
from tests.rules.checks import a_context, find

BROKEN = changed(
    a_statement(release_deals=(some_deals(a_deal(territories=("UK",), models=())),)),
    resources=(a_recording(1, ids=(), titles=()), a_recording(2), a_cover()),
)


def rule_objects() -> Iterator[Rule]:
    for module in iter_modules(antiphon.rules.__path__):
        if module.name.endswith("_rules"):
            found = vars(import_module(f"antiphon.rules.{module.name}")).values()
            yield from (value for value in found if isinstance(value, Rule))


def test_a_policy_that_names_no_rule_is_refused() -> None:
    with pytest.raises(Refused, match="'Q1'"):
        check_statement(a_statement(), a_context(), Policy(severities={"Q1": Severity.NOTE}))


def test_a_policy_cannot_switch_off_what_a_standard_demands() -> None:
    with pytest.raises(Refused, match="I1") as refusal:
        check_statement(a_statement(), a_context(), Policy(off=frozenset({"I1", "T8"})))
    assert refusal.value.code == "RuleNotSwitchable"


def test_a_policy_switches_off_and_weighs_otherwise() -> None:
    policy = Policy(severities={"M3": Severity.NOTE, "P7": Severity.HOLD}, off=frozenset({"L2"}))
    severities = {f.rule: f.severity for f in check_statement(BROKEN, a_context(), policy)}
    assert severities["M3"] is Severity.NOTE
    assert severities["P7"] is Severity.HOLD
    assert "L2" not in severities


def test_findings_come_worst_first_and_always_in_the_same_order() -> None:
    findings = find(BROKEN)
    ranks = [SEVERITY_ORDER[finding.severity] for finding in findings]
    assert ranks == sorted(ranks)
    assert [finding.rule for finding in findings] == ["M3", "P8", "I1", "P7"]
    assert find(BROKEN) == findings


def test_a_fault_made_hundreds_of_times_is_told_a_hundred_times_and_counted() -> None:
    deals = tuple(a_deal(territories=("QX",), line=line) for line in range(1, FINDINGS_PER_RULE_LIMIT + 51))
    findings = find(a_statement(release_deals=(some_deals(*deals),)), "P7")
    assert len(findings) == FINDINGS_PER_RULE_LIMIT + 1
    assert any(finding.got == "50 more of these" for finding in findings)


def test_a_finding_quotes_no_megabyte_and_no_control_characters() -> None:
    long = a_release(2, titles=(ScopedText(value="\x1b[31mred\u202e @handle " + "a-" * 500_000),))
    (finding,) = find(a_statement(releases=(long, *a_statement().releases[1:])), "T11")
    assert len(finding.got) < 600
    assert finding.got.isprintable()


def test_the_rule_book_holds_every_rule_once_under_its_own_id() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids) >= 30
    assert {rule.id for rule in rule_objects()} == set(ids)
    assert find_rule("I1") in RULES
    assert find_rule("ErnMissing") is None


def test_rules_are_listed_by_letter_and_number() -> None:
    ids = [rule.id for rule in list_rules()]
    assert ids.index("D7") < ids.index("D12") < ids.index("I1")


def test_every_rule_says_what_people_need_to_know() -> None:
    for rule in RULES:
        assert rule.title[0].isupper(), rule.id
        assert not rule.title.endswith("."), rule.id
        assert len(rule.fix) > 10, rule.id
        assert rule.source, rule.id


def test_the_documented_table_of_rules_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "rules.md"
    assert page.read_text(encoding="utf-8") == render_rule_table(), (
        "write it anew: python -m antiphon.rules.rule_table > docs/rules.md"
    )


MD5 = "0cc175b9c0f1b6a831c399e269772661"


@pytest.mark.parametrize(
    ("algorithm", "value", "expected"),
    [
        ("MD5", MD5.upper(), ("md5", MD5)),
        ("", MD5, ("md5", MD5)),
        ("MD5", "DMF1ucDxtqgxw5niaXcmYQ==", ("md5", MD5)),
        ("SHA-256", "ab" * 32, ("sha256", "ab" * 32)),
        ("SHA2", "ab" * 32, ("sha256", "ab" * 32)),
        ("SHA1", "ab" * 20, ("sha1", "ab" * 20)),
        ("CRC32", "cbf43926", None),
        ("MD5", "ab" * 20, None),
        ("MD5", "", None),
        ("MD5", "ünlesbar", None),
    ],
)
def test_declared_hashes_are_read_in_the_forms_senders_use(
    algorithm: str, value: str, expected: tuple[str, str] | None
) -> None:
    declared = read_declared_hash(HashSum(algorithm=algorithm, value=value))
    assert declared == (DeclaredHash(*expected) if expected else None)


def test_a_message_says_which_algorithms_its_files_must_be_hashed_with() -> None:
    file = a_file("resources/01.flac", hash_sum=HashSum(algorithm="SHA-1", value="ab" * 20))
    statement = a_statement(resources=(a_recording(1, files=(file,)), a_recording(2), a_cover()))
    assert declared_algorithms(statement) == {"sha1"}
    matching = {"resources/01.flac": {"sha1": "AB" * 20}}
    assert find(statement, "A8", hashes=matching) == []
    assert find(statement, "A8", hashes=None) == []
