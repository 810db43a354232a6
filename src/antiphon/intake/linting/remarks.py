"""Remarks: findings with their places in a text, and with the edits that mend them."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from antiphon.intake.linting.markup import Markup
from antiphon.intake.linting.mending import list_repairs
from antiphon.intake.linting.source import Edit, Region, SourceText, apply_edits
from antiphon.intake.linting.spotting import scope_of, spot_finding
from antiphon.model.findings import SEVERITY_ORDER, Finding, Severity

UNREAD_CODES = frozenset({"NewReleaseMessageInvalid", "ErnMissing"})
"""Codes of messages that could not be read: their text may not even be XML."""

_Key = tuple[str, str, str]


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its place to the character, and the edits after which it is gone.

    ``region`` None: it is about the message as a whole. ``hint``: what else may help to mend it.
    """

    finding: Finding
    region: Region | None = None
    edits: tuple[Edit, ...] = ()
    hint: str = ""


def order_of(remark: Remark) -> tuple[int, int, int, str]:
    """Return what remarks are shown by: worst first, then as they stand in the text."""
    line, column = (remark.region.line, remark.region.column) if remark.region else (remark.finding.place.line, 0)
    return SEVERITY_ORDER[remark.finding.severity], line, column, remark.finding.rule


def spot_findings(findings: Iterable[Finding], source: SourceText, markup: Markup | None) -> tuple[Remark, ...]:
    """Return a remark for each finding, with its place. ``markup`` None: the message could not be read."""
    return tuple(
        Remark(
            finding=finding,
            region=_misread_region(finding, source) or spot_finding(finding, source, markup),
            hint=_hint_encoding(finding, source),
        )
        for finding in findings
    )


def _misread_region(finding: Finding, source: SourceText) -> Region | None:
    if source.misread_at is None or finding.rule not in UNREAD_CODES:
        return None
    at = next((at for at, character in enumerate(source.text) if "\udc80" <= character <= "\udcff"), None)
    return source.region(at, at + 1) if at is not None else None


def _hint_encoding(finding: Finding, source: SourceText) -> str:
    """Return what helps most people whose message is no UTF-8."""
    if source.misread_at is None or finding.rule not in UNREAD_CODES or source.encoding != "utf-8":
        return ""
    byte = next((ord(c) - 0xDC00 for c in source.text if "\udc80" <= c <= "\udcff"), 0)
    meant = bytes([byte]).decode("cp1252", errors="replace")
    return (
        f"byte {byte:02X} is no UTF-8; it is {meant!r} in Windows-1252: save the file as UTF-8, or declare its encoding"
    )


def offer_edits(
    remarks: tuple[Remark, ...], source: SourceText, markup: Markup, find: Callable[[bytes], tuple[Finding, ...]]
) -> tuple[Remark, ...]:
    """Return the remarks with the edits that mend them. ``find``: asks the rules of another text of the message.

    What edits mend is found by making those of one kind after the other and asking the rules again, so no rule need
    know of them. Edits of a kind that would bring a fatal finding are not offered; a lighter one was there before,
    hidden by the spelling.
    """
    repairs = list_repairs(markup)
    before = [remark.finding for remark in remarks]
    made: list[Edit] = []
    gone: Counter[_Key] = Counter()
    by_rule: dict[str, list[Edit]] = {}
    for kind in dict.fromkeys(repair.kind for repair in repairs):
        edits = [repair.edit for repair in repairs if repair.kind == kind]
        data = source.encode(apply_edits(source.text, (*made, *edits)))
        after = find(data) if data is not None else None
        if after is not None and not _count_fatal(after) - _count_fatal(before):
            made += edits
            earlier, gone = gone, Counter(map(_key, before)) - Counter(map(_key, after))
            for rule in {key[0] for key in gone - earlier}:
                by_rule[rule] = sorted([*by_rule.get(rule, ()), *edits])
    return tuple(
        _with_edits(remark, by_rule[remark.finding.rule], source, markup) if gone[_key(remark.finding)] else remark
        for remark in remarks
    )


def _with_edits(remark: Remark, edits: list[Edit], source: SourceText, markup: Markup) -> Remark:
    """Return the remark with those of its rule's edits that mend it.

    They are in its element and replace the very text it is about, wherever that stands in there: a title is written
    three times. A name is told at who it is credited on, and stands where the party is described.
    """
    scope = scope_of(remark.finding, source, markup)
    if scope is None:
        return remark
    inside = edits[bisect_left(edits, Edit(scope.start, 0, "")) : bisect_left(edits, Edit(scope.end, 0, ""))]
    if remark.region:
        said = source.excerpt(remark.region)
        inside = [edit for edit in inside if source.text[edit.start : edit.end].strip() == said] or inside
    if not inside:
        inside = [e for e in edits if repr(source.text[e.start : e.end].strip()) in remark.finding.got]
    return msgspec.structs.replace(remark, edits=tuple(inside))


def _count_fatal(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    """Return how often each rule is broken fatally at each place. The same finding in other words is no new one."""
    return Counter((f.rule, f.place.path) for f in findings if f.severity is Severity.FATAL)


def _key(finding: Finding) -> _Key:
    return finding.rule, finding.place.path, finding.got
