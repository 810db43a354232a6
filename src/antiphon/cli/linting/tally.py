"""What a run comes to: how many messages, how many findings of which weight, and what can be mended."""

from collections import Counter
from collections.abc import Iterator

from antiphon.cli.linting.selection import is_at_least
from antiphon.intake.linting import LintedMessage
from antiphon.model.findings import Severity


class Tally:
    """The sums of a run. ``hidden``: findings that the options leave out; ``mended``: those the run itself mended."""

    def __init__(self) -> None:
        self.messages = 0
        self.severities: Counter[Severity] = Counter()
        self.rules: Counter[str] = Counter()
        self.mendable = 0
        self.hidden = 0
        self.mended = 0

    def add(self, found: LintedMessage, shown: LintedMessage) -> None:
        """Count a message: what was found in it, and what of that is shown."""
        self.messages += found.check is not None or not found.remarks
        self.hidden += len(found.remarks) - len(shown.remarks)
        self.rules.update(remark.finding.rule for remark in shown.remarks)
        self.severities.update(remark.finding.severity for remark in shown.remarks)
        self.mendable += sum(bool(remark.edits) for remark in shown.remarks)

    def has_any(self, least: Severity) -> bool:
        """Tell whether anything as bad as ``least`` is shown."""
        return any(count and is_at_least(severity, least) for severity, count in self.severities.items())

    def counted(self) -> Iterator[tuple[Severity, int]]:
        """Yield the severities that were found, worst first, with their counts."""
        return ((severity, self.severities[severity]) for severity in Severity if self.severities[severity])
