"""Rules about deals of one release beside each other: said twice, with a moment between them, or left with nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from antiphon.model.deals import Deal
from antiphon.model.findings import Severity
from antiphon.model.periods import Moment, MomentKind
from antiphon.model.territories import WORLDWIDE, UnknownTerritory, parse_territory
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import is_withdrawal
from antiphon.rules.dates import read_moment
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

SHORTEST_MEANT_GAP = timedelta(days=1)
"""A pause between deals that is longer is taken for meant; one as short is a last day taken for the first that is not
in the deal, or 23:59:59 for midnight."""


class _Stretch(NamedTuple):
    """A period as clocks show it: from when until when, and the deal and the texts that say so."""

    start: datetime
    end: datetime | None
    deal: Deal
    started: Moment
    ended: Moment | None


@rule(
    "P15",
    "A deal is said once",
    severity=Severity.NOTE,
    source="our reading of DealList; formats 3.1",
    confidence=Confidence.INFERRED,
    fix="leave out the repetition; if it was to be another deal, correct its terms",
    ack_code=AckCode.CONFLICTING_AVAILABILITY_PERIODS,
    why="Deals add up, so the second of two equal ones grants nothing. Mostly it was to say something else: another "
    "territory, another tier, another release.",
)
def says_each_deal_once(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per deal that says, word for word, what an earlier one of the same release says."""
    told: set[str] = set()
    for deals in evidence.deals.values():
        said: dict[Deal, Deal] = {}
        for deal in deals:
            words = msgspec.structs.replace(deal, references=(), line=0, path="")
            first = said.setdefault(words, deal)
            if first is not deal and deal.path not in told:
                told.add(deal.path)
                yield breach_at(
                    deal,
                    got=f"the deal of line {first.line} again",
                    expected="each deal once",
                    message="The deal repeats another one of its release.",
                )


@rule(
    "P16",
    "A deal begins where the one before it ends",
    severity=Severity.WARN,
    source="our reading of ValidityPeriod; formats 3.2",
    confidence=Confidence.INFERRED,
    fix="an EndDate is the last day of a deal: give the day before the next start; end a time where the next begins",
    ack_code=AckCode.CONFLICTING_AVAILABILITY_PERIODS,
    why="A track that goes away for a day, or for the last second of a day, and comes back on the same terms was not "
    "meant to: listeners find it gone, and players drop it from their queues.",
)
def leaves_no_short_gap(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per deal that begins, on the same terms, at most a day after the one before it has ended."""
    told: set[tuple[str, datetime]] = set()
    for deals in evidence.deals.values():
        if not any(period.end is not None for deal in deals for period in deal.periods):
            continue
        for stretches in _group_by_terms(deals):
            for earlier, later in _list_short_gaps(stretches):
                if (later.deal.path, later.start) not in told:
                    told.add((later.deal.path, later.start))
                    ended = earlier.ended.text if earlier.ended is not None else ""
                    yield breach_at(
                        later.deal,
                        got=f"a start at {later.started.text}, and an end at {ended} before it (line "
                        f"{earlier.deal.line})",
                        expected="no gap, or one that is longer than a day",
                        message="Between two deals on the same terms there is a short time without any.",
                    )


@rule(
    "P17",
    "Exclusions leave something",
    severity=Severity.HOLD,
    source="our reading of TerritoryCode and ExcludedTerritoryCode; formats 3.5",
    confidence=Confidence.INFERRED,
    fix="leave out the deal, or the exclusions that are not meant",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="A deal that excludes every territory it names grants nothing to nobody, and looks as if it did.",
)
def leaves_some_territory(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per granting deal whose exclusions cover all that it names."""
    for deal in evidence.granting_deals:
        if not deal.excluded_territories:
            continue
        named, excluded = _read_codes(deal.territories), _read_codes(deal.excluded_territories)
        is_world = WORLDWIDE.upper() in named or not named
        if WORLDWIDE.upper() in excluded or (not is_world and named <= excluded):
            yield breach_at(
                deal,
                got=f"territories {', '.join(sorted(named)) or WORLDWIDE}, all of which are excluded",
                expected="a territory that is left",
                message="The exclusions leave nothing of the deal.",
            )


def _group_by_terms(deals: Iterable[Deal]) -> Iterator[list[_Stretch]]:
    """Yield the periods of deals that differ in nothing else that a listener notices, by their starts."""
    groups: dict[object, list[_Stretch]] = defaultdict(list)
    for deal in deals:
        if not deal.has_terms or deal.is_pre_order or is_withdrawal(deal):
            continue
        terms = (
            frozenset(deal.commercial_models),
            frozenset(deal.use_types),
            frozenset(deal.territories),
            frozenset(deal.excluded_territories),
            frozenset(deal.distribution_channels),
        )
        groups[terms] += _list_stretches(deal)
    for stretches in groups.values():
        if len(stretches) > 1:
            yield sorted(stretches, key=lambda stretch: stretch.start)


def _list_stretches(deal: Deal) -> Iterator[_Stretch]:
    for period in deal.periods:
        start = read_moment(period.start) if period.start is not None else None
        end = read_moment(period.end) if period.end is not None else None
        is_unreadable = period.end is not None and end is None
        if start is None or period.start is None or is_unreadable:
            continue
        if end is not None and period.end is not None and period.end.kind is MomentKind.DATE and end.year < 9999:
            end += timedelta(days=1)
        yield _Stretch(start, end, deal, period.start, period.end)


def _list_short_gaps(stretches: list[_Stretch]) -> Iterator[tuple[_Stretch, _Stretch]]:
    """Yield each pair with a short time between them that no period covers. ``stretches`` come by their starts."""
    last = stretches[0]
    for stretch in stretches[1:]:
        if last.end is None:
            return
        is_comparable = _is_instant(last.ended) is _is_instant(stretch.started)
        if is_comparable and timedelta(0) < stretch.start - last.end <= SHORTEST_MEANT_GAP:
            yield last, stretch
        if stretch.end is None or stretch.end > last.end:
            last = stretch


def _is_instant(moment: Moment | None) -> bool:
    return moment is not None and moment.kind is MomentKind.INSTANT


def _read_codes(codes: Iterable[str]) -> frozenset[str]:
    """Return codes as they count: those that have a successor as that, and what cannot be read as it is written."""
    return frozenset(_read_code(code) for code in codes)


def _read_code(code: str) -> str:
    try:
        return parse_territory(code)
    except UnknownTerritory:
        return code.strip().upper()


RULES = (says_each_deal_once, leaves_no_short_gap, leaves_some_territory)
