"""What a rule is: a function that yields breaches, and what people need to know about it.

``@rule(...)`` makes a ``Rule`` of the function below it and registers nothing: the list of all rules is written out in
``rule_book``, so importing a module changes nothing and the order is ours.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from antiphon.model.deals import Deal
from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence


class Confidence(StrEnum):
    """Where a rule's authority comes from, as its source gives it."""

    PLATFORM = "O"
    """A platform's own page."""
    STANDARD = "S"
    """A standards body."""
    DISTRIBUTOR = "D"
    """A distributor's reading of what platforms demand."""
    THIRD_PARTY = "T"
    INFERRED = "I"
    """Our inference."""

    @property
    def may_be_switched_off(self) -> bool:
        """Tell whether a provider's policy may drop a rule of this confidence altogether."""
        return self in (Confidence.DISTRIBUTOR, Confidence.THIRD_PARTY, Confidence.INFERRED)

    @property
    def words(self) -> str:
        """Return whose word a rule of this confidence is."""
        return {
            Confidence.PLATFORM: "a platform's own page",
            Confidence.STANDARD: "a standards body",
            Confidence.DISTRIBUTOR: "a distributor's reading of what platforms demand",
            Confidence.THIRD_PARTY: "a third party",
            Confidence.INFERRED: "our inference",
        }[self]


class Need(StrEnum):
    """What must be known before a rule can be asked."""

    STATEMENT = "statement"
    FILES = "files"
    HASHES = "hashes"
    MEDIA = "media"

    @property
    def words(self) -> str:
        """Return what a rule of this need is asked of."""
        return {
            Need.STATEMENT: "the message",
            Need.FILES: "the message with its files",
            Need.HASHES: "the message with the hashes of its files",
            Need.MEDIA: "decoded media",
        }[self]


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """One breach of the rule that yields it. ``severity`` and ``fix`` replace the rule's own where given."""

    line: int = 0
    path: str = ""
    got: str
    expected: str
    message: str = ""
    fix: str = ""
    severity: Severity | None = None


Check = Callable[[Evidence], Iterable[Breach]]


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. ``id`` is stable API and is never reused; ``fix`` tells the sender what to do.

    ``why`` tells in a sentence or two what goes wrong where the rule is broken; empty: the title says it.
    ``stops_takedown``: the rule holds also where a message only takes a known release down; the others may not stop it.
    """

    id: str
    title: str
    severity: Severity
    source: str
    confidence: Confidence
    fix: str
    ack_code: AckCode
    need: Need
    applies_to_purge: bool
    stops_takedown: bool
    why: str
    check: Check


def rule(
    id_: str,
    title: str,
    *,
    severity: Severity,
    source: str,
    confidence: Confidence,
    fix: str,
    ack_code: AckCode,
    need: Need = Need.STATEMENT,
    applies_to_purge: bool = False,
    stops_takedown: bool = False,
    why: str = "",
) -> Callable[[Check], Rule]:
    """Return a decorator that makes the function below it a ``Rule``."""

    def make_rule(check: Check) -> Rule:
        return Rule(
            id=id_,
            title=title,
            severity=severity,
            source=source,
            confidence=confidence,
            fix=fix,
            ack_code=ack_code,
            need=need,
            applies_to_purge=applies_to_purge,
            stops_takedown=stops_takedown,
            why=why,
            check=check,
        )

    return make_rule


def breach_at(
    place: Resource | Release | Deal,
    *,
    got: str,
    expected: str,
    line: int = 0,
    message: str = "",
    fix: str = "",
    severity: Severity | None = None,
) -> Breach:
    """Return a breach at an element of the message; ``line``: of a part of it, where that is known better."""
    return Breach(
        line=line or place.line,
        path=place.path,
        got=got,
        expected=expected,
        message=message,
        fix=fix,
        severity=severity,
    )
