"""Look the rules up: the list of them, or one with its example."""

import difflib

import click
import msgspec

from antiphon.cli.printing import SEVERITY_COLOURS, print_finding
from antiphon.cli.rule_examples import PlayedMessage, play_failing, play_passing
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.rules import Confidence, Need, Rule, find_rule, list_rules
from antiphon.rules.example_book import EXAMPLES

DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}

NEAR_LIMIT = 5
"""Ids offered where the one asked for is none: more would be the list."""


class RuleRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as JSON: what people and programs need to know of it. ``fails`` and ``passes``: of one rule alone."""

    id: str
    title: str
    severity: Severity
    confidence: Confidence
    may_be_switched_off: bool
    asked_of: Need
    source: str
    fix: str
    acknowledged_as: str
    why: str
    fails: PlayedMessage | msgspec.UnsetType = msgspec.UNSET
    passes: PlayedMessage | msgspec.UnsetType = msgspec.UNSET


@click.command()
@click.argument("rule_id", metavar="[ID]", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="For people, or JSON.",
)
def rules(rule_id: str | None, form: str) -> None:
    """List every rule a delivery is checked by, or show one rule with an example that fails and one that passes."""
    chosen = list_rules() if rule_id is None else (_require_rule(rule_id),)
    if form == "json":
        records = [_record(rule) for rule in chosen] if rule_id is None else _add_example(_record(chosen[0]))
        click.echo(msgspec.json.format(msgspec.json.encode(records), indent=2))
    elif rule_id is None:
        for rule in chosen:
            click.echo(
                f"{rule.id:<4} {click.style(f'{rule.severity:<6}', SEVERITY_COLOURS[rule.severity])} {rule.title}"
            )
    else:
        _print_rule(chosen[0])


def _require_rule(rule_id: str) -> Rule:
    """Return the rule of an id, in any case. Raises: Refused, with what may have been meant."""
    rule = find_rule(rule_id.strip().upper())
    if rule is None:
        near = _find_near(rule_id.strip())
        said = f"did you mean {', '.join(near)}?" if near else "`antiphon rules` lists them all"
        raise Refused("UnknownRule", f"there is no rule {rule_id!r}; {said}")
    return rule


def _find_near(text: str) -> list[str]:
    """Return ids like a text, else those of its letter or with it in their titles; at most a few."""
    known = {rule.id: rule.title.casefold() for rule in list_rules()}
    close = difflib.get_close_matches(text.upper(), known, n=NEAR_LIMIT, cutoff=0.6)
    is_id = text[1:].isdigit()
    return (
        close
        or [
            id_
            for id_, title in known.items()
            if (is_id and id_[0] == text[0].upper()) or (not is_id and text.casefold() in title)
        ][:NEAR_LIMIT]
    )


def _record(rule: Rule) -> RuleRecord:
    return RuleRecord(
        id=rule.id,
        title=rule.title,
        severity=rule.severity,
        confidence=rule.confidence,
        may_be_switched_off=rule.confidence.may_be_switched_off,
        asked_of=rule.need,
        source=rule.source,
        fix=rule.fix,
        acknowledged_as=rule.ack_code.value,
        why=rule.why,
    )


def _add_example(record: RuleRecord) -> RuleRecord:
    example = EXAMPLES[record.id]
    return msgspec.structs.replace(record, fails=play_failing(example), passes=play_passing(example))


def _print_rule(rule: Rule) -> None:
    click.echo(f"{click.style(rule.id, bold=True)}: {rule.title}")
    if rule.why:
        click.echo(f"\n{rule.why}")
    switch = "may be switched off" if rule.confidence.may_be_switched_off else "cannot be switched off"
    click.echo(f"\n  severity         {click.style(rule.severity, SEVERITY_COLOURS[rule.severity])}")
    click.echo(f"  what to do       {rule.fix}")
    click.echo(f"  source           {rule.source} ({rule.confidence.words}); {switch} for a provider")
    click.echo(f"  asked of         {rule.need.words}")
    click.echo(f"  acknowledged as  {rule.ack_code}")
    example = EXAMPLES[rule.id]
    _print_played(rule, "Fails", play_failing(example))
    _print_played(rule, "Passes", play_passing(example))


def _print_played(rule: Rule, heading: str, played: PlayedMessage) -> None:
    click.echo(f"\n{click.style(heading, bold=True)}{f', given that {played.words}' if played.words else ''}")
    for line in played.diff or ("(the good message as it is)",):
        click.secho(f"  {line}", fg=DIFF_COLOURS.get(line[:1]))
    for finding in played.findings:
        if finding.rule == rule.id:
            print_finding(finding)
