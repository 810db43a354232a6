"""The four families of errors. Whoever catches one knows whose fault it is and what to do next.

``Rejected``   the input is wrong and will stay wrong: report it to who sent it.
``Refused``    the caller may not, or the state conflicts: tell the caller.
``Transient``  it may work later: try again within a budget.
``Broken``     our own invariant failed: stop this unit of work and alert.
"""

from antiphon.model.findings import Finding, Place, Severity


class AntiphonError(Exception):
    """Root of everything this code base raises on purpose."""


class Rejected(AntiphonError):
    """The input cannot be used, whoever tries again. Final; the provider's fault.

    ``code`` is stable API. ``place`` says where, ``got``/``expected`` what, ``fix`` the next step.
    """

    def __init__(self, code: str, *, got: str, expected: str, fix: str, place: Place | None = None) -> None:
        self.code = code
        self.got = got
        self.expected = expected
        self.fix = fix
        self.place = place or Place()
        super().__init__(f"{code} at {self.place}: got {got}; expected {expected}; {fix}")

    def as_finding(self) -> Finding:
        """Return the refusal as the one fatal finding of its delivery."""
        return Finding(
            rule=self.code,
            severity=Severity.FATAL,
            place=self.place,
            got=self.got,
            expected=self.expected,
            fix=self.fix,
        )


class Refused(AntiphonError):
    """The caller may not do this, or the present state forbids it. The caller's fault."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


class Transient(AntiphonError):
    """Something outside did not answer as it should: worth another try within a budget. Nobody's fault."""


class Broken(AntiphonError):
    """One of our own invariants does not hold. Our fault: stop the unit of work and alert."""
