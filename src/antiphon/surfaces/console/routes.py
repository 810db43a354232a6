"""The pages of the console."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.model.delivery import Stage
from antiphon.model.findings import Severity
from antiphon.record import reading
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.provider.reports import PAGE_DELIVERIES, list_delivery_lines
from antiphon.surfaces.provider.routes import find_report, read_whole, visible_provider

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def console_routes(gate: Gate) -> list[Route]:
    """Return the routes of the console."""
    templates = make_templates()

    def list_all(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        before = read_whole(request, "before", 0, least=0, most=2**62) or None
        with reading(gate.engine) as conn:
            lines = list_delivery_lines(conn, provider=visible_provider(caller), before=before)
        page = templates.get_template("deliveries.html").render(
            lines=lines,
            is_moving=any(not line.stage.is_final for line in lines),
            next_before=lines[-1].receipt if len(lines) == PAGE_DELIVERIES else None,
        )
        return HTMLResponse(page, headers=PAGE_HEADERS)

    def show_one(request: Request) -> Response:
        report = find_report(gate, request)
        page = templates.get_template("delivery.html").render(report=report, is_moving=not report.stage.is_final)
        return HTMLResponse(page, headers=PAGE_HEADERS)

    def style(_request: Request) -> Response:
        sheet = files("antiphon.surfaces.console").joinpath("console.css").read_bytes()
        return Response(sheet, media_type="text/css", headers={"Cache-Control": "max-age=3600"})

    return [
        Route("/console", list_all),
        Route("/console/deliveries/{delivery_id}", show_one),
        Route("/console/console.css", style),
    ]


def make_templates() -> Environment:
    """Return the templates of the console: escaped by default, and a name that is missing is an error."""
    environment = Environment(
        loader=PackageLoader("antiphon.surfaces.console"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clock"] = lambda at: at[11:23]
    environment.filters["day"] = lambda at: at[:10]
    environment.filters["size"] = format_size
    environment.globals["Stage"] = Stage
    environment.globals["Severity"] = Severity
    return environment


def format_size(size_bytes: int) -> str:
    """Return a size for people: "512 B", "3.4 MB" (powers of ten)."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
