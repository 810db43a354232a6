"""Rules about dates: in which form they come, how far ahead, and that they agree."""

from collections.abc import Iterator

from antiphon.model.deals import Deal
from antiphon.model.findings import Severity
from antiphon.model.periods import Moment, MomentKind
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.dates import count_business_days, is_later, precedes, read_moment
from antiphon.rules.evidence import Evidence
from antiphon.rules.policy import MomentForm
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_FORM_WORDS = {
    MomentForm.LOCAL: "a date, or a time without a zone: local time in each territory",
    MomentForm.INSTANT: "a time with a zone: one instant everywhere",
}


@rule(
    "D15",
    "A release comes some days before it starts",
    severity=Severity.WARN,
    source="PS-T3",
    confidence=Confidence.PLATFORM,
    fix="deliver earlier; this one goes on, and whatever is found in it has to be mended in less time",
    ack_code=AckCode.FILE_OK,
    why="Here a release is live in seconds, but what is held or has to be corrected takes the days of those who do it.",
)
def comes_ahead_of_start(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a start that is still ahead and nearer than the agreed number of business days."""
    found = _find_start_ahead(evidence)
    if found is None:
        return
    start, deal = found
    is_update = evidence.context.is_known_release is True
    wanted = evidence.terms.update_lead_days if is_update else evidence.terms.new_release_lead_days
    shown = read_moment(start)
    days = count_business_days(evidence.context.now.date(), shown.date()) if shown else wanted
    if days < wanted:
        of_what = "an update" if is_update else "a new release"
        expected = f"at least {wanted} business days for {of_what}"
        yield breach_at(
            deal,
            got=f"{days} business days before it starts on {start.text}",
            expected=expected,
            message="The release starts soon after it is delivered.",
        )


@rule(
    "P5",
    "A deal starts at midnight where the listener is",
    severity=Severity.WARN,
    source="PS-DEAL; formats 3.2",
    confidence=Confidence.PLATFORM,
    fix='write StartDate "2026-03-06" for local midnight; keep the Z only for one instant everywhere',
    ack_code=AckCode.COMMERCIAL_RELEASE_DATE_INVALID,
    why="Without a zone a time is local in each territory. With Z it is one instant, and midnight UTC is the evening "
    "before in New York: the release is out a day early there.",
)
def starts_at_local_midnight(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per time that is midnight UTC, which is mostly a date that a program wrote out."""
    for moment, deal in _list_bounds(evidence):
        if moment.kind is MomentKind.INSTANT and "T00:00:00" in moment.text and _is_utc(moment):
            yield breach_at(
                deal,
                got=moment.text,
                expected=f"{moment.text[:10]}, if midnight in each territory is meant",
                message="The time is midnight by universal time, which is another day in the Americas.",
            )


@rule(
    "P6",
    "A deal ends after it starts, and its times are of one form",
    severity=Severity.HOLD,
    source="WB, PS-DEAL",
    confidence=Confidence.PLATFORM,
    fix="correct the dates; an end date is the last day of the deal",
    ack_code=AckCode.CONFLICTING_AVAILABILITY_PERIODS,
    why="A deal that is over before it begins grants nothing; one that begins by local time and ends at an instant is "
    "longer in one territory than in another.",
)
def ends_after_start(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per period that is over before it begins; warnings where its forms, or the agreed form, differ."""
    for deal in evidence.granting_deals:
        for period in deal.periods:
            if period.start is None or period.end is None:
                continue
            if precedes(period.end, period.start):
                yield breach_at(
                    deal,
                    got=f"end {period.end.text}",
                    expected=f"an end after {period.start.text}",
                    message="The deal is over before it begins.",
                )
            elif _form(period.start) is not _form(period.end) and not period.end.text.startswith("9999"):
                yield breach_at(
                    deal,
                    got=f"from {period.start.text} to {period.end.text}",
                    expected="both with a zone, or both without",
                    message="The deal begins by one kind of time and ends by another.",
                    severity=Severity.WARN,
                )
    agreed = evidence.terms.moment_form
    for moment, deal in _list_bounds(evidence) if agreed is not MomentForm.ANY else ():
        if _form(moment) is not agreed:
            yield breach_at(
                deal,
                got=moment.text,
                expected=f"{_FORM_WORDS[agreed]}, as agreed with this provider",
                message="The time is not of the agreed form.",
                fix="write the deals' times in the agreed form",
                severity=Severity.WARN,
            )


@rule(
    "P11",
    "The original release date is the first of all",
    severity=Severity.WARN,
    source="RBS",
    confidence=Confidence.DISTRIBUTOR,
    fix="give the date of the first release ever, in any format, as the original one",
    ack_code=AckCode.ORIGINAL_RELEASE_DATE_LATER,
    why="It places a recording in time, for listeners and for charts: nothing is out before it first came out.",
)
def is_not_released_before_original(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per release whose original date is later than its release date, or the main one's first deal.

    As far as dates are given: "2026" is not later than "2026-03-06".
    """
    for release in evidence.statement.releases:
        released, original = release.release_date, release.original_release_date
        if original is None:
            continue
        start = evidence.first_start if release.is_main else None
        if released and is_later(original, released):
            yield breach_at(
                release,
                got=f"original release date {original.text}",
                expected=f"by {released.text}",
                message="The release is out before it first came out.",
            )
        elif start and is_later(original, start):
            expected = f"by {start.text}, when the first deal starts"
            yield breach_at(
                release,
                got=f"original release date {original.text}",
                expected=expected,
                message="The release may be played before it first came out.",
            )


@rule(
    "P13",
    "A new release comes a week ahead, for editors to hear it",
    severity=Severity.NOTE,
    source="SP-MD",
    confidence=Confidence.PLATFORM,
    fix="deliver a week ahead where the release is to be considered for playlists",
    ack_code=AckCode.FILE_OK,
    why="Editors of playlists choose from what they can hear some days before it is out.",
)
def comes_ahead_for_editors(evidence: Evidence) -> Iterator[Breach]:
    """Yield a note for a new release whose start is ahead, and nearer than editors need."""
    found = _find_start_ahead(evidence)
    if found is None or evidence.context.is_known_release is True:
        return
    start, deal = found
    shown, wanted = read_moment(start), evidence.terms.pitching_lead_days
    days = (shown.date() - evidence.context.now.date()).days if shown else wanted
    if days < wanted:
        yield breach_at(
            deal,
            got=f"{days} days before it starts on {start.text}",
            expected=f"at least {wanted} days",
            message="Editors have less time than they need to hear it.",
        )


def _find_start_ahead(evidence: Evidence) -> tuple[Moment, Deal] | None:
    """Return the first start of all with its deal, if it is later than this day: what has begun can be no earlier."""
    start = evidence.first_start
    shown = read_moment(start) if start else None
    if start is None or shown is None or shown.date() <= evidence.context.now.date():
        return None
    for deal in evidence.granting_deals:
        if any(period.start == start for period in deal.periods):
            return start, deal
    return None


def _list_bounds(evidence: Evidence) -> Iterator[tuple[Moment, Deal]]:
    """Yield each start and end as it is written, once, with the first deal that has it."""
    seen: set[Moment] = set()
    for deal in evidence.granting_deals:
        for period in deal.periods:
            for moment in (period.start, period.end):
                if moment is not None and moment not in seen and not moment.text.startswith("9999"):
                    seen.add(moment)
                    yield moment, deal


def _form(moment: Moment) -> MomentForm:
    return MomentForm.INSTANT if moment.kind is MomentKind.INSTANT else MomentForm.LOCAL


def _is_utc(moment: Moment) -> bool:
    return moment.text.endswith(("Z", "+00:00", "-00:00"))


RULES = (
    comes_ahead_of_start,
    starts_at_local_midnight,
    ends_after_start,
    is_not_released_before_original,
    comes_ahead_for_editors,
)
