"""The gate between written and announced: what it does not let through never reaches a listener.

Three things are asked of a version. Can a node read it: each document, each key once. Does it take away a canary. And
does the whole catalogue swing with it, in documents of a kind, in tracks playable in a market, in tracks playable at
all, against the version before and against what was served a day ago (a thousand small versions can do what one large
one may not). Floors are absolute, so that a first publication and a small catalogue are never held.

Worked example. Of 40,000 playable tracks a version leaves 36,800, since a sender's deals lost their territories. That
is 8 % and 3,200 fewer, over 5 % and over 500, so the version is held: listeners keep yesterday's catalogue, the log
stops, and the report says "tracks playable in DE and 26 more markets: 40,000 -> 36,800". A label of 200 tracks that
leaves a catalogue of 2,000 is 10 %, but under the floor: it goes through.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from antiphon.model.errors import Broken
from antiphon.model.territories import TERRITORIES
from antiphon.publication.gate_settings import Canary, GateSettings
from antiphon.publication.ledger import Move, Tally
from antiphon.publication.totals import Totals
from antiphon.segments import DocumentKind, Entry, check_document

EXAMPLES = 5
"""Ids a difference names: enough to look at, few enough to read."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One reason to hold a version. ``can_be_accepted``: a person may let it through as it is."""

    gate: str
    subject: str
    against: str
    before: int
    after: int
    allowed: str
    examples: tuple[str, ...] = ()
    can_be_accepted: bool = True

    def __str__(self) -> str:
        examples = f"; for example {', '.join(self.examples)}" if self.examples else ""
        return f"{self.subject}: {self.before:,} {self.against}, {self.after:,} now; {self.allowed}{examples}"


class Baseline(msgspec.Struct, frozen=True):
    """What a version is compared with. ``said`` ends "... was served", as in "with version 7"."""

    said: str
    totals: Totals
    is_a_day_old: bool = False


def find_faults(entries: Sequence[Entry]) -> tuple[Difference, ...]:
    """Return what no node could read: documents that are none, keys given twice. Nobody can accept these."""
    counts: dict[bytes, int] = {}
    for entry in entries:
        counts[entry.key] = counts.get(entry.key, 0) + 1
    faults = []
    twice = [key for key, count in counts.items() if count > 1]
    if twice:
        faults.append(_fault("duplicate_keys", "keys given twice", twice, "a later document would hide an earlier one"))
    unreadable: dict[bytes, str] = {}
    for entry in entries:
        if entry.document is not None:
            try:
                check_document(entry.document)
            except Broken as error:
                unreadable[entry.key] = str(error)
    if unreadable:
        why = next(iter(unreadable.values()))
        faults.append(_fault("unreadable", "documents that no node can read", list(unreadable), why))
    return tuple(faults)


def find_differences(tally: Tally, baselines: Iterable[Baseline], settings: GateSettings) -> tuple[Difference, ...]:
    """Return every reason to hold a version that came to a tally; empty: it may be announced.

    A number that the version itself does not move, or moves back, holds nothing.
    """
    if not tally.moves:
        return ()
    found = [difference for canary in settings.canaries for difference in _watch_canary(canary, tally.moves)]
    for baseline in baselines:
        found += _compare_documents(tally, baseline, settings)
        found += _compare_markets(tally, baseline, settings)
    return tuple(found)


def fault_of(gate: str, why: str) -> Difference:
    """Return the reason to hold a version that could not be made at all."""
    return _fault(gate, "documents that cannot be made", (), why)


def _compare_documents(tally: Tally, baseline: Baseline, settings: GateSettings) -> Iterator[Difference]:
    floors = (settings.fall_documents, settings.rise_documents)
    for kind in DocumentKind:
        before, after = baseline.totals.count_documents(kind), tally.totals.count_documents(kind)
        allowed = _judge(before, after, after - tally.before.count_documents(kind), floors, settings, baseline)
        if allowed:
            bit = 1 << kind
            yield Difference(
                gate="documents",
                subject=f"{kind.name} documents",
                against=baseline.said,
                before=before,
                after=after,
                allowed=allowed,
                examples=_name(move for move in tally.moves if (move.kinds_before ^ move.kinds_after) & bit),
            )


def _compare_markets(tally: Tally, baseline: Baseline, settings: GateSettings) -> Iterator[Difference]:
    """Yield whether tracks swing as a whole, and the market that swings furthest, with how many others do."""
    floors = (settings.fall_tracks, settings.rise_tracks)
    before, after = baseline.totals.playable, tally.totals.playable
    allowed = _judge(before, after, after - tally.before.playable, floors, settings, baseline)
    if allowed:
        yield Difference(
            gate="availability",
            subject="tracks playable in any market",
            against=baseline.said,
            before=before,
            after=after,
            allowed=allowed,
            examples=_name(move for move in tally.moves if bool(move.markets_before) is not bool(move.markets_after)),
        )
    swings = []
    for index in range(len(TERRITORIES)):
        before, after = baseline.totals.count_playable(index), tally.totals.count_playable(index)
        allowed = _judge(before, after, after - tally.before.count_playable(index), floors, settings, baseline)
        if allowed:
            swings.append((abs(after - before) / max(before, 1), -index, before, after, allowed))
    if swings:
        _, negative, before, after, allowed = max(swings)
        others = f" and {len(swings) - 1} more markets" if len(swings) > 1 else ""
        bit = 1 << -negative
        yield Difference(
            gate="markets",
            subject=f"tracks playable in {TERRITORIES[-negative]}{others}",
            against=baseline.said,
            before=before,
            after=after,
            allowed=allowed,
            examples=_name(move for move in tally.moves if (move.markets_before ^ move.markets_after) & bit),
        )


def _judge(
    before: int, after: int, moved: int, floors: tuple[int, int], settings: GateSettings, baseline: Baseline
) -> str:
    """Return what would have been allowed where a version moves a number too far; empty: it does not.

    Growth is held against a day ago alone: the versions of a first publication each double the one before.
    """
    if moved < 0 and before - after > max(floors[0], settings.fall_share * before):
        return f"at most {settings.fall_share:.0%} and {floors[0]:,} may go"
    if moved > 0 and baseline.is_a_day_old and after - before > max(floors[1], settings.rise_share * before):
        return f"at most {settings.rise_share:.0%} and {floors[1]:,} may come"
    return ""


def _watch_canary(canary: Canary, moves: Iterable[Move]) -> Iterator[Difference]:
    """Yield what a version takes from a canary. One that was never there is waited for, and holds nothing."""
    bit = 1 << TERRITORIES.index(canary.market) if canary.market is not None else 0
    for move in moves:
        lost_kinds = move.kinds_before & ~move.kinds_after
        lost_markets = move.markets_before & ~move.markets_after & bit
        if move.entity_id.decode() == canary.entity_id and (lost_kinds or lost_markets):
            yield Difference(
                gate="canary",
                subject=f"canary {canary}, its documents" if lost_kinds else f"canary {canary}, playable",
                against="with the version before",
                before=lost_kinds.bit_count() or 1,
                after=0,
                allowed="what a canary has stays",
                examples=(canary.entity_id,),
            )


def _name(moves: Iterable[Move]) -> tuple[str, ...]:
    return tuple(move.entity_id.decode() for move in islice(moves, EXAMPLES))


def _fault(gate: str, subject: str, keys: Sequence[bytes], why: str) -> Difference:
    return Difference(
        gate=gate,
        subject=subject,
        against="allowed",
        before=0,
        after=len(keys),
        allowed=why,
        examples=tuple(f"{key[0]} {key[1:].decode(errors='replace')}" for key in keys[:EXAMPLES]),
        can_be_accepted=False,
    )
