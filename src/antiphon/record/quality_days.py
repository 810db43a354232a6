"""What each provider's releases came to, day by day (UTC): rows that are written when a day is over, and never change.

A day is the one before and what changed in it, so reading a trend costs what changed since the last day that was
written, however large the catalogue. Who writes the days, and when, makes no difference to what they say: a day that
was not written yet is computed the same.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby

import msgspec
from sqlalchemy import Connection, RowMapping, func, insert, select

from antiphon.catalogue.quality import Count
from antiphon.catalogue.quality_dimensions import Dimension
from antiphon.record.changes import lock_head
from antiphon.record.instants import format_instant
from antiphon.record.quality import COUNTS, DAY_LENGTH, Counts, encode_counts
from antiphon.record.quality_tables import quality_days, quality_scores

_CONTENT = ("provider", "is_counted", "score_bp", "counts")


class QualityTotal(msgspec.Struct, frozen=True, kw_only=True):
    """What some releases come to together. ``points_bp`` is the sum of their scores."""

    releases: int = 0
    points_bp: int = 0
    counts: Counts = {}

    @property
    def score_bp(self) -> int | None:
        """The mean score; None where there is no release."""
        return self.points_bp // self.releases if self.releases else None


class QualityDay(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's releases came to at the end of a day; of today, so far."""

    day: str
    provider: str
    total: QualityTotal


def close_days(conn: Connection, now: datetime) -> int:
    """Write every day that is over and was not written yet, and return how many rows that were. Safe to repeat.

    Locks the head row where there is a day to write, so that no release is measured meanwhile; whoever is measured
    later counts from today on.
    """
    today = format_instant(now)[:DAY_LENGTH]
    first = _find_first_open_day(conn)
    if first is None or first >= today:
        return 0
    lock_head(conn)
    rows = [
        {
            "day": one.day,
            "provider": one.provider,
            "next_day": _shift_day(one.day, 1),
            "releases": one.total.releases,
            "points_bp": one.total.points_bp,
            "counts": encode_counts(one.total.counts),
        }
        for one in _compute_open_days(conn, today)
        if one.day < today
    ]
    if rows:
        conn.execute(insert(quality_days), rows)
    return len(rows)


def list_days(
    conn: Connection, now: datetime, *, since: str = "", provider: str | None = None
) -> tuple[QualityDay, ...]:
    """Return the days of each provider, or of one, from ``since`` (YYYY-MM-DD) until today, by day and provider."""
    query = select(quality_days).where(quality_days.c.day >= since)
    if provider is not None:
        query = query.where(quality_days.c.provider == provider)
    query = query.order_by(quality_days.c.day, quality_days.c.provider)
    closed = [_read_day(row) for row in conn.execute(query).mappings()]
    computed = _compute_open_days(conn, format_instant(now)[:DAY_LENGTH])
    opened = [one for one in computed if one.day >= since and provider in (None, one.provider)]
    return (*closed, *opened)


def sum_days(days: Iterable[QualityDay]) -> tuple[QualityDay, ...]:
    """Return what all providers came to together on each day, by day; ``provider`` is empty."""
    summed = []
    for day, ones in groupby(sorted(days, key=lambda one: one.day), key=lambda one: one.day):
        tally = _Tally()
        for one in ones:
            tally.add(one.total.releases, one.total.points_bp, one.total.counts)
        summed.append(QualityDay(day=day, provider="", total=tally.total))
    return tuple(summed)


class _Tally:
    """A total that is being added up: in place, since a first day may have a hundred thousand releases."""

    def __init__(self, total: QualityTotal | None = None) -> None:
        start = total or QualityTotal()
        self.releases = start.releases
        self.points_bp = start.points_bp
        self.counts = {name: [count.have, count.of, count.lost_bp] for name, count in start.counts.items()}

    def add(self, releases: int, points_bp: int, counts: Counts, sign: int = 1) -> None:
        """Add what some releases come to, or take it away."""
        self.releases += sign * releases
        self.points_bp += sign * points_bp
        for name, count in counts.items():
            sums = self.counts.setdefault(name, [0, 0, 0])
            sums[0] += sign * count.have
            sums[1] += sign * count.of
            sums[2] += sign * count.lost_bp

    @property
    def total(self) -> QualityTotal:
        """What it has come to."""
        counts = {name: Count(*self.counts[name]) for name in Dimension if name in self.counts}
        return QualityTotal(releases=self.releases, points_bp=self.points_bp, counts=counts)


def _find_first_open_day(conn: Connection) -> str | None:
    """Return the first day that is not written; None: no release was ever measured."""
    last: str | None = conn.execute(select(func.max(quality_days.c.day))).scalar_one()
    if last is not None:
        return _shift_day(last, 1)
    first: str | None = conn.execute(select(func.min(quality_scores.c.day))).scalar_one()
    return first


def _compute_open_days(conn: Connection, today: str) -> Iterator[QualityDay]:
    """Yield each day after the last that was written, up to today, of every provider that has had a release."""
    day = _find_first_open_day(conn)
    if day is None:
        return
    written = conn.execute(select(quality_days).where(quality_days.c.day == _shift_day(day, -1))).mappings()
    tallies = {one.provider: _Tally(one.total) for one in map(_read_day, written)}
    changed = iter(_list_changes(conn, day))
    pending = next(changed, None)
    while day <= today or pending is not None:
        while pending is not None and pending[0] <= day:
            _apply(tallies, pending[1])
            pending = next(changed, None)
        for provider in sorted(tallies):
            yield QualityDay(day=day, provider=provider, total=tallies[provider].total)
        day = _shift_day(day, 1)


def _list_changes(conn: Connection, since: str) -> Iterator[tuple[str, RowMapping]]:
    """Yield each score that counts from some day or a later one, by day, with the one it took the place of."""
    before = quality_scores.alias("before")
    query = (
        select(
            quality_scores.c.day,
            *(quality_scores.c[name].label(f"new_{name}") for name in _CONTENT),
            *(before.c[name].label(f"old_{name}") for name in _CONTENT),
        )
        .outerjoin(
            before,
            (before.c.album_id == quality_scores.c.album_id) & (before.c.number == quality_scores.c.number - 1),
        )
        .where(quality_scores.c.day >= since)
        .order_by(quality_scores.c.day)
    )
    for row in conn.execute(query).mappings():
        yield row["day"], row


def _apply(tallies: dict[str, _Tally], changed: RowMapping) -> None:
    for age, sign in (("old", -1), ("new", 1)):
        provider = changed[f"{age}_provider"]
        if provider is not None:
            tally = tallies.setdefault(provider, _Tally())
            if changed[f"{age}_is_counted"]:
                tally.add(1, changed[f"{age}_score_bp"], COUNTS.decode(changed[f"{age}_counts"]), sign)


def _read_day(fields: RowMapping) -> QualityDay:
    total = QualityTotal(
        releases=fields["releases"], points_bp=fields["points_bp"], counts=COUNTS.decode(fields["counts"])
    )
    return QualityDay(day=fields["day"], provider=fields["provider"], total=total)


def _shift_day(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
