"""Rules about what was agreed with a provider: versions, purges, tests, and how much it sends."""

from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.statement import MessageKind
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import version_numbers
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, rule

OLDEST_MAINTAINED = (3, 8)
"""The oldest ERN version read with its own words; older ones are read as if they were this one. Source: formats 1."""


@rule(
    "D2",
    "The message is of an ERN version that is taken",
    severity=Severity.FATAL,
    source="PS-ERN4; formats 1",
    confidence=Confidence.PLATFORM,
    fix="move to ERN 4.3.2; platforms refuse old versions one after the other",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="Which versions are taken is agreed, and changes on a date: who has not moved by then cannot deliver.",
)
def is_of_version_in_use(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a version that is not taken; a warning for one that will not be, or is of no use any more."""
    version = evidence.statement.format.version
    terms, later = evidence.terms, evidence.policy.terms_after(evidence.context.now)
    if evidence.statement.format.name != "ern":
        return
    numbers = version_numbers(version)
    if not terms.takes_version(version):
        yield Breach(
            got=f"ERN {version}",
            expected=f"ERN {' or '.join(terms.versions)}, as agreed with this provider",
            message=f"ERN {version} is not taken from this provider.",
        )
    elif later and not later.takes_version(version):
        expected = f"ERN {' or '.join(later.versions)} from {later.effective_from} on"
        yield Breach(
            got=f"ERN {version}",
            expected=expected,
            message=f"ERN {version} will soon not be taken any more.",
            severity=Severity.WARN,
        )
    elif numbers and numbers < OLDEST_MAINTAINED:
        yield Breach(
            got=f"ERN {version}",
            expected="ERN 3.8 or newer",
            message=f"ERN {version} is out of use; it was read as ERN 3.8.",
            severity=Severity.WARN,
        )


@rule(
    "D13",
    "A purge comes from a provider whose purges are taken",
    severity=Severity.FATAL,
    source="PS-T3, AUD-DOC; formats 4",
    confidence=Confidence.PLATFORM,
    fix="take the release down by a NewReleaseMessage without deals",
    ack_code=AckCode.UNSUPPORTED_USAGE,
    applies_to_purge=True,
    stops_takedown=True,
    why="Platforms differ: some refuse purges, which cannot be told from mistakes. So it is agreed with each provider.",
)
def may_purge(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a purge that the provider's terms do not take."""
    if evidence.statement.kind is MessageKind.PURGE and not evidence.terms.takes_purges:
        yield Breach(
            path="/PurgeReleaseMessage",
            got="a PurgeReleaseMessage",
            expected="a NewReleaseMessage without deals, as agreed with this provider",
            message="Purges of this provider are not taken.",
        )


@rule(
    "D16",
    "A provider sends no more updates in a day than were agreed",
    severity=Severity.HOLD,
    source="CO-MASS",
    confidence=Confidence.PLATFORM,
    fix="agree on a window for the mass update, or send the rest on the next days",
    ack_code=AckCode.USER_DEFINED,
    why="A mass update by mistake rewrites a catalogue, and a meant one keeps new releases of everybody waiting.",
)
def is_within_daily_updates(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for an update beyond the agreed number of its day. First deliveries are never too many."""
    sent, limit = evidence.context.updates_today, evidence.terms.extra_updates_per_day
    if sent is not None and evidence.context.is_known_release is True and sent > limit:
        yield Breach(
            got=f"update {sent:,} of this day (UTC)",
            expected=f"at most {limit:,}",
            message="The provider sent more updates on this day than were agreed.",
        )


@rule(
    "D19",
    "A provider's live messages come after its tests were passed",
    severity=Severity.HOLD,
    source="PS-OG",
    confidence=Confidence.PLATFORM,
    fix='pass the onboarding tests first; until then send messages with MessageControlType "TestMessage"',
    ack_code=AckCode.USER_DEFINED,
    applies_to_purge=True,
    why="The first feed of a provider is seldom right, and what is wrong in it should not go live.",
)
def is_tested_before_live(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a live message of a provider that is not in production yet."""
    if not evidence.terms.is_in_production and not evidence.statement.header.is_test:
        yield Breach(
            path="MessageHeader/MessageControlType",
            got="a live message",
            expected="a test message: this provider is not in production yet",
            message="A live message came before the tests were passed.",
        )


RULES = (is_of_version_in_use, may_purge, is_within_daily_updates, is_tested_before_live)
