"""Data quality over HTTP: a provider reads its own, operators everybody's."""

from datetime import date, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.record import reading
from antiphon.record.catalogue import load_album
from antiphon.record.providers import find_provider
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate, sees_provider, visible_provider
from antiphon.surfaces.provider.quality_reports import (
    MAX_TREND_DAYS,
    QualityReport,
    ReleaseQuality,
    report_quality,
    report_release,
)

QUALITY_PATH = "/provider/v1/quality"
RELEASE_QUALITY_PATH = f"{QUALITY_PATH}/releases/{{album_id}}"


def quality_routes(gate: Gate) -> list[Route]:
    """Return the routes of data quality."""

    def show_all(request: Request) -> Response:
        return answer_json(find_quality(gate, request))

    def show_release(request: Request) -> Response:
        return answer_json(find_release_quality(gate, request))

    return [Route(QUALITY_PATH, show_all), Route(RELEASE_QUALITY_PATH, show_release)]


def find_quality(gate: Gate, request: Request) -> QualityReport:
    """Return the report the query asks for: ``provider``, if the caller may see it, and ``since``.

    Raises: HTTPException 401, 403, 404 for a provider that is not the caller's, or 400 for a day that is none.
    """
    caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
    asked = request.query_params.get("provider")
    now = gate.clock()
    since = _read_day(request, now.date())
    with reading(gate.engine) as conn:
        if asked is not None and (not sees_provider(caller, asked) or find_provider(conn, asked) is None):
            raise HTTPException(404, f"there is no provider {asked[:64]!r} of yours")
        return report_quality(conn, now, provider=asked or visible_provider(caller), since=since)


def find_release_quality(gate: Gate, request: Request) -> ReleaseQuality:
    """Return the report of the release the path names. Raises: HTTPException 401, 403 or 404."""
    caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
    album_id = request.path_params["album_id"]
    with reading(gate.engine) as conn:
        album = load_album(conn, album_id)
        report = report_release(conn, album) if album is not None and sees_provider(caller, album.provider) else None
    if report is None:
        raise HTTPException(404, f"there is no release {album_id[:64]!r} of yours")
    return report


def _read_day(request: Request, today: date) -> str:
    text = request.query_params.get("since", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise HTTPException(400, f"since must be a day, such as 2026-09-01; got {text[:20]!r}") from error
    if day is not None and day <= today - timedelta(days=MAX_TREND_DAYS):
        raise HTTPException(400, f"since must be within the last {MAX_TREND_DAYS} days; got {text[:20]!r}")
    return min(day, today).isoformat() if day is not None else ""
