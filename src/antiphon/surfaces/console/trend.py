"""A line through the scores of days, as numbers an SVG is drawn of: no script, and readable at any width.

The picture is stretched to the page's width, so nothing in it may have a shape of its own: marks are round ends of
strokes that do not scale, and every label stands beside it as text.
"""

from collections.abc import Sequence
from math import ceil, floor

import msgspec

from antiphon.surfaces.provider.quality_reports import TrendPoint

WIDTH, HEIGHT = 1000, 240
"""Units of the picture, which have no size until it is shown."""

STEPS = (0.5, 1, 2, 5, 10, 20, 25)
"""Points between two lines of the grid."""

GRID_LINES_MAX = 6
DATES_MAX = 5
LEAST_SPAN = 4
"""Points the scale spans at least: a wobble of a tenth must not look like a cliff."""


class TrendDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the picture, with the strip of it that shows the day when it is pointed at."""

    day: str
    score: float
    releases: int
    x: float
    y: float
    left: float
    width: float


class TrendPicture(msgspec.Struct, frozen=True, kw_only=True):
    """What is drawn: paths, the grid from the top down, and the dates below from left to right."""

    line: str
    area: str
    days: tuple[TrendDay, ...]
    grid: tuple[tuple[float, str], ...]
    dates: tuple[str, ...]


def draw_trend(trend: Sequence[TrendPoint]) -> TrendPicture | None:
    """Return the picture of a trend; None: fewer than two days have a score, which is no line."""
    scored = [(i, point, point.score) for i, point in enumerate(trend) if point.score is not None]
    if len(scored) < 2:
        return None
    first, last = scored[0][0], scored[-1][0]
    low, high, step = choose_scale([score for _, _, score in scored])
    day_width = WIDTH / (last - first)
    days = []
    for i, point, score in scored:
        x = (i - first) * day_width
        left, right = max(0.0, x - day_width / 2), min(float(WIDTH), x + day_width / 2)
        days.append(
            TrendDay(
                day=point.day,
                score=score,
                releases=point.releases,
                x=round(x, 1),
                y=_find_y(score, low, high),
                left=round(left, 1),
                width=round(right - left, 1),
            )
        )
    line = "M" + "L".join(f"{day.x} {day.y}" for day in days)
    grid_values = [low + step * n for n in range(round((high - low) / step), -1, -1)]
    return TrendPicture(
        line=line,
        area=f"{line}V{HEIGHT}H{days[0].x}Z",
        days=tuple(days),
        grid=tuple((_find_y(value, low, high), f"{value:g}") for value in grid_values),
        dates=_choose_dates([day.day for day in days]),
    )


def choose_scale(scores: Sequence[float]) -> tuple[float, float, float]:
    """Return where a scale begins and ends, and its step: round numbers around the scores, within 0 and 100."""
    least, most = min(scores), max(scores)
    pad = max(0.0, LEAST_SPAN - (most - least)) / 2
    least, most = min(max(0, least - pad), 100 - LEAST_SPAN), max(min(100, most + pad), LEAST_SPAN)
    for step in STEPS:
        low, high = floor(least / step) * step, ceil(most / step) * step
        if (high - low) / step < GRID_LINES_MAX:
            return low, high, step
    return 0, 100, STEPS[-1]


def _find_y(score: float, low: float, high: float) -> float:
    return round(HEIGHT * (high - score) / (high - low), 1)


def _choose_dates(days: Sequence[str]) -> tuple[str, ...]:
    """Return dates at even distances, the first and the last among them."""
    count = min(DATES_MAX, len(days))
    return tuple(days[round(n * (len(days) - 1) / (count - 1))] for n in range(count))
