"""What is wrong or doubtful in a delivery, said so that its sender can mend it."""

import hashlib
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a finding weighs, from worst to least.

    ``FATAL`` ends the delivery, ``HOLD`` waits for a goalie, ``WARN`` and ``NOTE`` let it pass.
    """

    FATAL = "fatal"
    HOLD = "hold"
    WARN = "warn"
    NOTE = "note"

    @property
    def stops(self) -> bool:
        """Tell whether a finding of this severity keeps a delivery from going on."""
        return self in (Severity.FATAL, Severity.HOLD)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where in a delivery: a file, a line of it (1-based, 0 = unknown) and the element path."""

    file: str = ""
    line: int = 0
    path: str = ""

    def __str__(self) -> str:
        where = f"{self.file or 'message'}:{self.line}" if self.line else self.file or "message"
        return f"{where} ({self.path})" if self.path else where


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One breach of one rule at one place.

    ``rule`` is a rule id of ``delivery-rules`` ("I1") or an error code; both are stable API.
    ``message`` says the fault in one sentence; empty where got and expected say it all.
    """

    rule: str
    severity: Severity
    place: Place = Place()
    got: str = ""
    expected: str = ""
    fix: str = ""
    message: str = ""

    @property
    def id(self) -> str:
        """What the finding is called on every surface: 12 hex digits that follow from rule, place and what was found.

        Two looks at the same delivery give it the same id, whatever the words or the weight it is told with.
        """
        place = (self.place.file, str(self.place.line), self.place.path)
        said = "\0".join((self.rule, *place, self.got, self.expected))
        return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:FINDING_ID_LENGTH]


FINDING_ID_LENGTH = 12
"""Hex digits of a finding's id: 48 bits tell the findings of a delivery apart, and are still read out on the phone."""

SEVERITY_ORDER = {severity: rank for rank, severity in enumerate(Severity)}


def sort_findings(findings: list[Finding]) -> tuple[Finding, ...]:
    """Return the findings, worst first, then by place and rule: the order every surface shows."""
    return tuple(
        sorted(
            findings,
            key=lambda f: (SEVERITY_ORDER[f.severity], f.place.file, f.place.line, f.rule, f.got),
        )
    )
