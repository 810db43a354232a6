"""The pages of data quality: how it goes, what to mend first, and each point a release lacks."""

from collections.abc import Callable, Iterable

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.console.trend import HEIGHT, WIDTH, draw_trend
from antiphon.surfaces.provider.quality import find_quality, find_release_quality
from antiphon.surfaces.provider.quality_reports import LossLine

Render = Callable[..., Response]


class GatheredLoss(msgspec.Struct, frozen=True, kw_only=True):
    """What one thing that is mended in one way takes in all its places."""

    points: float
    rule: str
    what: str
    fix: str
    places: tuple[str, ...]


def quality_pages(gate: Gate, render: Render) -> list[Route]:
    """Return the routes of the pages."""

    def show_all(request: Request) -> Response:
        report = find_quality(gate, request)
        is_operator = AccessRole.OPERATOR in gate.admit(request).roles
        return render(
            "quality.html",
            report=report,
            picture=draw_trend(report.trend),
            size=(WIDTH, HEIGHT),
            is_operator=is_operator,
            is_moving=False,
        )

    def show_release(request: Request) -> Response:
        report = find_release_quality(gate, request)
        return render("release_quality.html", report=report, losses=gather_losses(report.losses), is_moving=False)

    return [
        Route("/console/quality", show_all),
        Route("/console/quality/releases/{album_id}", show_release),
    ]


def gather_losses(losses: Iterable[LossLine]) -> tuple[GatheredLoss, ...]:
    """Return losses that say the same of several places as one, the most expensive first."""
    alike: dict[tuple[str, str, str], list[LossLine]] = {}
    for loss in losses:
        alike.setdefault((loss.rule, loss.what, loss.fix), []).append(loss)
    gathered = [
        GatheredLoss(
            points=sum(loss.points for loss in members),
            rule=rule,
            what=what,
            fix=fix,
            places=tuple(_describe_place(loss) for loss in members),
        )
        for (rule, what, fix), members in alike.items()
    ]
    return tuple(sorted(gathered, key=lambda one: -one.points))


def _describe_place(loss: LossLine) -> str:
    """Return where a loss is; the place of a finding has its line already."""
    return f"{loss.where}, line {loss.line}" if loss.line and not loss.rule else loss.where
