"""Data quality as everybody is shown it: console, API and command line say the same with the same numbers.

Scores and points are of a hundred, with two decimals: the record's basis points divided by a hundred, exactly.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue.quality import Count, Loss
from antiphon.catalogue.quality_dimensions import MEASURES, POINT_BP, Dimension, Group
from antiphon.model.entities import Album
from antiphon.model.findings import Finding
from antiphon.record.catalogue import load_album
from antiphon.record.instants import format_instant
from antiphon.record.quality import ReleaseScore, list_scores, list_worst, measure_album
from antiphon.record.quality_days import QualityDay, QualityTotal, list_days, sum_days

TREND_DAYS = 91
"""days; a quarter of a year: long enough to see what a change of habits did, short enough for a screen."""

MAX_TREND_DAYS = 3_660
"""days; ten years of rows, a megabyte of JSON."""

WORST_RELEASES = 20
"""rows; what somebody mends in a day."""

SCORES_SHOWN = 100
"""rows; a release changes its score a few times in its life."""


class DimensionLine(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension: how many ``have`` it ``of`` how many, and the ``points`` held of its ``weight``.

    Over several releases ``points`` are their mean, and so what a score gains when all of it is mended is ``lost``.
    Of what is wrong rather than missing, ``of`` counts the cases.
    """

    dimension: Dimension
    group: Group
    title: str
    counts: str
    have: int
    of: int
    weight: int
    points: float
    lost: float
    fix: str
    why: str


class ReleaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """One release in a list. ``largest_losses``: the dimensions that take most from it, the largest first."""

    album_id: str
    provider: str
    title: str
    score: float
    largest_losses: tuple[str, ...]


class ProviderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One provider in a list, with what its score was at the beginning of the trend; None: it had no release then."""

    provider: str
    releases: int
    score: float | None
    score_before: float | None


class TrendPoint(msgspec.Struct, frozen=True, kw_only=True):
    """One day, YYYY-MM-DD in UTC, at its end; today so far. ``score`` None: there was no release."""

    day: str
    releases: int
    score: float | None


class QualityReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider's releases come to, or (``provider`` empty) the whole catalogue's.

    ``to_fix``: the dimensions that lack something, what gains most first. ``providers`` is for operators alone.
    """

    provider: str
    releases: int
    score: float | None
    dimensions: tuple[DimensionLine, ...]
    to_fix: tuple[DimensionLine, ...]
    worst: tuple[ReleaseLine, ...]
    trend: tuple[TrendPoint, ...]
    providers: tuple[ProviderLine, ...] = ()


class LossLine(msgspec.Struct, frozen=True, kw_only=True):
    """Points that one thing takes: what it is, where in the message, and what mends it. ``rule``: of a finding."""

    dimension: Dimension
    points: float
    what: str
    where: str
    line: int
    rule: str
    fix: str


class ScoreChange(msgspec.Struct, frozen=True, kw_only=True):
    """A score that a release came to. ``delivery_id`` None: a decision did it."""

    measured_at: str
    score: float
    delivery_id: str | None


class ReleaseQuality(msgspec.Struct, frozen=True, kw_only=True):
    """One release whole: every point it lacks and why, as the record has it now, and how its score changed.

    ``accepted``: findings that would have held it, which somebody let through; ``history`` is newest first.
    """

    album_id: str
    provider: str
    release_key: str
    title: str
    score: float
    dimensions: tuple[DimensionLine, ...]
    losses: tuple[LossLine, ...]
    accepted: tuple[Finding, ...]
    history: tuple[ScoreChange, ...]


def report_quality(conn: Connection, now: datetime, *, provider: str | None, since: str = "") -> QualityReport:
    """Return the report of a provider, or (None) of the whole catalogue with a line for each provider.

    ``since``: the first day of the trend; empty: a quarter of a year ago.
    """
    days = list_days(conn, now, since=since or find_first_day(now), provider=provider)
    newest = [one for one in days if one.day == days[-1].day]
    (total,) = (one.total for one in sum_days(newest)) if newest else (QualityTotal(),)
    lines = list_dimensions(total.counts, total.releases)
    worst = (score for one in newest for score in list_worst(conn, one.provider, limit=WORST_RELEASES))
    chosen = sorted(worst, key=lambda score: (score.score_bp, score.album_id))[:WORST_RELEASES]
    return QualityReport(
        provider=provider or "",
        releases=total.releases,
        score=_in_points(total.score_bp),
        dimensions=lines,
        to_fix=tuple(sorted((line for line in lines if line.lost > 0), key=lambda line: -line.lost)),
        worst=tuple(_show_score(conn, score) for score in chosen),
        trend=tuple(_show_day(one) for one in sum_days(days)),
        providers=_list_providers(days, newest) if provider is None else (),
    )


def report_release(conn: Connection, album: Album) -> ReleaseQuality | None:
    """Return the report of a release, measured now; None: nothing describes it."""
    quality = measure_album(conn, album)
    if quality is None:
        return None
    return ReleaseQuality(
        album_id=album.id,
        provider=album.provider,
        release_key=album.release_key,
        title=album.title,
        score=quality.score_bp / POINT_BP,
        dimensions=list_dimensions(quality.counts, 1),
        losses=tuple(_show_loss(loss) for loss in quality.losses),
        accepted=quality.accepted,
        history=tuple(
            ScoreChange(measured_at=one.measured_at, score=one.score_bp / POINT_BP, delivery_id=one.delivery_id)
            for one in list_scores(conn, album.id, limit=SCORES_SHOWN)
        ),
    )


def find_first_day(now: datetime) -> str:
    """Return the first day of a trend for which nobody says one."""
    today = date.fromisoformat(format_instant(now)[:10])
    return (today - timedelta(days=TREND_DAYS - 1)).isoformat()


def list_dimensions(counts: Mapping[Dimension, Count], releases: int) -> tuple[DimensionLine, ...]:
    """Return every dimension of some releases, in order; empty where there is no release."""
    lines = []
    for measure in MEASURES if releases else ():
        count = counts.get(measure.dimension, Count())
        lost = round(count.lost_bp / releases / POINT_BP, 2)
        lines.append(
            DimensionLine(
                dimension=measure.dimension,
                group=measure.group,
                title=measure.title,
                counts=measure.counts,
                have=count.have,
                of=count.of,
                weight=measure.weight,
                points=round(measure.weight - lost, 2),
                lost=lost,
                fix=measure.fix,
                why=measure.why,
            )
        )
    return tuple(lines)


def _list_providers(days: Sequence[QualityDay], newest: Iterable[QualityDay]) -> tuple[ProviderLine, ...]:
    """Return a line for each provider, the worst first."""
    before = {one.provider: one.total.score_bp for one in days if one.day == days[0].day}
    lines = [
        ProviderLine(
            provider=one.provider,
            releases=one.total.releases,
            score=_in_points(one.total.score_bp),
            score_before=_in_points(before.get(one.provider)),
        )
        for one in newest
        if one.total.releases
    ]
    return tuple(sorted(lines, key=lambda line: (line.score or 0, line.provider)))


def _show_score(conn: Connection, score: ReleaseScore) -> ReleaseLine:
    album = load_album(conn, score.album_id)
    lost = sorted((count.lost_bp, name) for name, count in score.counts.items() if count.lost_bp)
    titles = {measure.dimension: measure.title for measure in MEASURES}
    return ReleaseLine(
        album_id=score.album_id,
        provider=score.provider,
        title=album.title if album is not None else score.release_key,
        score=score.score_bp / POINT_BP,
        largest_losses=tuple(titles[name] for _, name in lost[:-4:-1]),
    )


def _show_loss(loss: Loss) -> LossLine:
    return LossLine(
        dimension=loss.dimension,
        points=loss.points_bp / POINT_BP,
        what=loss.what,
        where=loss.where,
        line=loss.line,
        rule=loss.rule,
        fix=loss.fix,
    )


def _show_day(one: QualityDay) -> TrendPoint:
    return TrendPoint(day=one.day, releases=one.total.releases, score=_in_points(one.total.score_bp))


def _in_points(score_bp: int | None) -> float | None:
    return None if score_bp is None else score_bp / POINT_BP
