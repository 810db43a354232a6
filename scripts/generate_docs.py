"""Write the generated pages of ``docs/``: ``make docs``. A test fails when one is out of date."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from antiphon.rules import list_rules
from antiphon.rules.rule_table import render_rule_table
from antiphon.telemetry.reference import describe_telemetry
from scripts.reference.commands import describe_commands
from scripts.reference.errors import describe_errors
from scripts.reference.quality import describe_quality
from scripts.reference.routes import describe_routes
from scripts.reference.rules import describe_rule
from scripts.reference.settings import describe_settings

DOCS = Path(__file__).resolve().parent.parent / "docs"

PAGES: dict[str, Callable[[], str]] = {
    "cli.md": describe_commands,
    "errors.md": describe_errors,
    "http.md": describe_routes,
    "metrics.md": describe_telemetry,
    "quality.md": describe_quality,
    "rules.md": render_rule_table,
    "settings.md": describe_settings,
    **{f"rules/{rule.id}.md": partial(describe_rule, rule) for rule in list_rules()},
}
"""Each page's path below ``docs/``, and what writes it."""


def main() -> int:
    """Write every page that is out of date, and name it; return the exit code."""
    for name, describe in PAGES.items():
        page, text = DOCS / name, describe()
        if not page.exists() or page.read_text() != text:
            page.parent.mkdir(exist_ok=True)
            page.write_text(text)
            print(f"written: docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
