"""The table of rules for people: ``python -m antiphon.rules.rule_table`` writes what ``docs/rules.md`` holds."""

import sys

from antiphon.rules.registry import Need, Rule
from antiphon.rules.rule_book import list_rules

_HEAD = """\
# Rules

What a delivery is checked for; each rule's own page has an example that fails and one that passes, and so does
`antiphon rules T8` in a terminal. This page is written by `python -m antiphon.rules.rule_table`; a test keeps it so.

A finding of severity `fatal` ends a delivery, `hold` waits for a person, `warn` and `note` let it pass. The severity
here is the default; a breach may weigh less where the rule says so, and a provider's policy may change it.
Confidence: O a platform's own page, S a standards body, D a distributor's reading, T a third party, I our inference.
Rules of D, T and I may be switched off by policy. Asked of: the message alone, the message with its files (or their
hashes), or decoded media.

| rule | what it demands | severity | what to do | asked of | confidence | source | acknowledged as |
|---|---|---|---|---|---|---|---|
"""

_ASKED_OF = {Need.STATEMENT: "message", Need.FILES: "files", Need.HASHES: "hashes", Need.MEDIA: "media"}


def render_rule_table() -> str:
    """Return ``docs/rules.md``: one row per rule, by id."""
    return _HEAD + "".join(map(_render_row, list_rules()))


def _render_row(rule: Rule) -> str:
    cells = (
        f"[{rule.id}](rules/{rule.id}.md)",
        rule.title,
        rule.severity.value,
        rule.fix,
        _ASKED_OF[rule.need],
        rule.confidence.value,
        rule.source,
        rule.ack_code.value,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


if __name__ == "__main__":
    sys.stdout.write(render_rule_table())
