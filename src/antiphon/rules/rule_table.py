"""The index of rules for people: ``python -m antiphon.rules.rule_table`` writes what ``docs/rules.md`` holds."""

import sys
from datetime import date

import msgspec

from antiphon.model.findings import Severity
from antiphon.rules.policy import MomentForm, Policy, Terms
from antiphon.rules.registry import Need, Rule
from antiphon.rules.rule_book import list_rules

_HEAD = """\
# Rules

What a delivery is checked for. Each rule has a page that says why, with an example that fails and one that passes;
`antiphon rules T8` shows the same in a terminal, and `antiphon rules --format json` gives all of them to programs. This
page is written by `python -m antiphon.rules.rule_table`; a test keeps it so.

A finding of severity `fatal` ends a delivery, `hold` waits for a person, `warn` and `note` let it pass. The severity
here is the default: a breach may weigh less where the rule says so, and a provider's policy may change it. Rules that
no standard and no platform backs may be switched off (confidence D, T, I: a distributor's reading, a third party, our
inference; O is a platform's own page, S a standards body).

A rule is asked of the message alone, of the message with its files (or their hashes), or of decoded media. What needs
files, a batch, an earlier message or the catalogue is silent where there is none, as in `antiphon lint` on a laptop.
"""

_SUBJECTS = {
    "M": "What any message must have",
    "D": "Packaging, ordering, lifecycle",
    "I": "Identifiers",
    "T": "Titles and versions",
    "R": "Artists and credits",
    "P": "Type, dates, deals, territories",
    "L": "Advisory, language, genre, rights lines, special content",
    "A": "Audio",
    "C": "Artwork",
}
"""The subject of each letter, in the order a message is looked at."""

_COLUMNS = """\
| rule | what it demands | severity | what to do | asked of | confidence |
|---|---|---|---|---|---|
"""

_POLICIES = """
## Policies

What is agreed with a provider is a policy: severities and switched-off rules by id, and terms, each from a day (UTC) on
until later ones replace it as a whole. Whatever is left out is as usual. For example:

```json
{example}
```

| term | usually | what it means |
|---|---|---|
"""

_TERMS = {
    "versions": ("all that are read", "D2: the ERN versions that are taken, each with its minor ones"),
    "takes_purges": ("yes", "D13: whether a PurgeReleaseMessage is acted on"),
    "moment_form": ("any", "P6: whether deals' times are `local` or an `instant`"),
    "new_release_lead_days": ("5", "D15: business days from delivery to start"),
    "update_lead_days": ("2", "D15: the same for a release that is known"),
    "pitching_lead_days": ("7", "P13: days that editors need"),
    "extra_updates_per_day": ("5000", "D16: updates of known releases in a day (UTC)"),
    "is_in_production": ("yes", "D19: whether live messages are taken, and not only tests"),
}
"""What each term means: its usual value, and the rule that measures by it."""

EXAMPLE_POLICY = Policy(
    severities={"P2": Severity.NOTE},
    off=frozenset({"T12"}),
    terms=(
        Terms(effective_from=date(2026, 1, 1), versions=("3.8", "4.1", "4.2", "4.3"), moment_form=MomentForm.LOCAL),
        Terms(effective_from=date(2026, 4, 1), versions=("4.3",), moment_form=MomentForm.LOCAL, takes_purges=False),
    ),
)
"""A policy that shows most of what one may say."""

_ASKED_OF = {Need.STATEMENT: "message", Need.FILES: "files", Need.HASHES: "hashes", Need.MEDIA: "media"}


def render_rule_table() -> str:
    """Return ``docs/rules.md``: one row per rule by subject, and what may be agreed with a provider."""
    rules = list_rules()
    parts = [_HEAD]
    for letter, subject in _SUBJECTS.items():
        rows = "".join(_render_row(rule) for rule in rules if rule.id[0] == letter)
        parts.append(f"\n## {subject}\n\n{_COLUMNS}{rows}")
    return "".join([*parts, _render_policies()])


def _render_row(rule: Rule) -> str:
    cells = (
        f"[{rule.id}](rules/{rule.id}.md)",
        rule.title,
        rule.severity.value,
        rule.fix,
        _ASKED_OF[rule.need],
        rule.confidence.value,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _render_policies() -> str:
    example = msgspec.to_builtins(EXAMPLE_POLICY)
    usual = msgspec.to_builtins(Terms())
    example["terms"] = [
        {name: value for name, value in terms.items() if value != usual[name]} for terms in example["terms"]
    ]
    text = msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
    rows = (f"| `{name}` | {value} | {words} |\n" for name, (value, words) in _TERMS.items())
    return _POLICIES.format(example=text) + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(render_rule_table())
