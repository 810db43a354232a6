"""The pages of rules, one each: what it demands, why, and its example as it comes out when it is played."""

from antiphon.cli.rule_examples import PlayedMessage, play_failing, play_passing
from antiphon.model.findings import Finding
from antiphon.rules import Rule
from antiphon.rules.example_book import EXAMPLES

_LINK = "[the good message](../../src/antiphon/rules/examples/{base})"


def describe_rule(rule: Rule) -> str:
    """Return the page of one rule, ``docs/rules/ID.md``."""
    switch = "yes" if rule.confidence.may_be_switched_off else "no: it may weigh less, down to a note"
    facts = (
        f"- **Severity** {rule.severity}",
        f"- **What to do** {rule.fix}",
        f"- **Source** {rule.source} ({rule.confidence.words})",
        f"- **May be switched off for a provider** {switch}",
        f"- **Asked of** {rule.need.words}",
        f"- **Acknowledged as** `{rule.ack_code}`",
    )
    parts = [
        f"# {rule.id}: {rule.title}",
        *([rule.why] if rule.why else []),
        "\n".join(facts),
        *_describe_example(rule),
        "[All rules](../rules.md). Made by `make docs`.",
    ]
    return "\n\n".join(parts) + "\n"


def _describe_example(rule: Rule) -> list[str]:
    example = EXAMPLES[rule.id]
    link = _LINK.format(base=example.base)
    fails, passes = play_failing(example), play_passing(example)
    return [
        "## Fails",
        *_describe_change(fails, link),
        *(_describe_finding(finding) for finding in fails.findings if finding.rule == rule.id),
        "## Passes",
        *_describe_change(passes, link),
    ]


def _describe_change(played: PlayedMessage, link: str) -> list[str]:
    diff = "\n".join(["```diff", *(line.rstrip() for line in played.diff), "```"])
    shown = [f"In {link}:", diff] if played.diff else [f"As it is, {link}."]
    return [*([f"Given that {played.words}."] if played.words else []), *shown]


def _describe_finding(finding: Finding) -> str:
    said = [
        f"{finding.place}: {finding.severity} {finding.rule}",
        *([finding.message] if finding.message else []),
        f"got:      {finding.got}",
        f"expected: {finding.expected}",
        f"fix:      {finding.fix}",
    ]
    return "\n".join(["```text", *said, "```"])
