"""Which findings a run shows: by rule, by severity."""

import difflib
from collections.abc import Iterable

import msgspec

from antiphon.intake.linting import LintedMessage, Remark
from antiphon.model.errors import Refused
from antiphon.model.findings import SEVERITY_ORDER, Severity
from antiphon.rules import AckCode, list_rules

NEAR_LIMIT = 3
"""Names offered where the one given is none."""

CODES = frozenset(
    {
        *(code.value for code in AckCode),
        "ArchiveUnsafe",
        "BatchIncomplete",
        "FileTooLarge",
        "FolderTooDeep",
        "FolderTooLarge",
        "LinkInDelivery",
        "ManifestInvalid",
        "MessageTooLarge",
        "SpecialFileInDelivery",
        "TooManyFiles",
        "Unreadable",
        "UnreadableFileName",
    }
)
"""What a finding may be called that is no rule's: the codes of what could not be read."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Rules to show (None: all), rules not to show, and the least severity that is shown."""

    selected: frozenset[str] | None = None
    ignored: frozenset[str] = frozenset()
    least: Severity = Severity.NOTE

    def shows(self, remark: Remark) -> bool:
        """Tell whether a remark is shown."""
        rule = remark.finding.rule
        is_wanted = self.selected is None or rule in self.selected
        return is_wanted and rule not in self.ignored and is_at_least(remark.finding.severity, self.least)

    def keep(self, message: LintedMessage) -> LintedMessage:
        """Return the message with the remarks that are shown."""
        return msgspec.structs.replace(message, remarks=tuple(filter(self.shows, message.remarks)))


def make_selection(select: Iterable[str], ignore: Iterable[str], least: Severity) -> Selection:
    """Return the selection that these words make: ids, letters of a group ("D"), or a start with a star ("T1*").

    Words may be several with commas between, in any case. Raises: Refused for a word that means no rule, with what may
    have been meant.
    """
    selected = _read_words(select)
    return Selection(selected=selected or None, ignored=_read_words(ignore), least=least)


def is_at_least(severity: Severity, least: Severity) -> bool:
    """Tell whether a severity is as bad as another, or worse."""
    return SEVERITY_ORDER[severity] <= SEVERITY_ORDER[least]


def _read_words(given: Iterable[str]) -> frozenset[str]:
    known = [*(rule.id for rule in list_rules()), *sorted(CODES)]
    words = (word.strip() for text in given for word in text.split(",") if word.strip())
    return frozenset(name for word in words for name in _find_names(word, known))


def _find_names(word: str, known: list[str]) -> list[str]:
    wanted = word.casefold()
    exact = [name for name in known if name.casefold() == wanted]
    start = wanted.removesuffix("*") if wanted.endswith("*") or (wanted.isalpha() and len(wanted) == 1) else ""
    alike = [name for name in known if start and name.casefold().startswith(start) and name not in CODES]
    if exact or alike:
        return exact or alike
    near = difflib.get_close_matches(wanted, [name.casefold() for name in known], n=NEAR_LIMIT, cutoff=0.5)
    offered = ", ".join(name for name in known if name.casefold() in near)
    said = f"did you mean {offered}?" if offered else "`antiphon rules` lists them all"
    raise Refused("UnknownRule", f"there is no rule {word!r}; {said}")
