"""The pages of the console."""

from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from antiphon.access import AccessRole
from antiphon.intake.verdicts import UNWAIVABLE_RULES
from antiphon.model.delivery import Stage
from antiphon.model.findings import Severity
from antiphon.record import reading
from antiphon.record.instants import format_instant
from antiphon.record.waivers import list_waivers
from antiphon.surfaces.answers import read_whole
from antiphon.surfaces.callers import visible_provider
from antiphon.surfaces.console.decision_pages import decision_pages
from antiphon.surfaces.console.goalie_forms import goalie_form_routes
from antiphon.surfaces.console.quality import quality_pages
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.provider.goalie import list_held_lines
from antiphon.surfaces.provider.reports import PAGE_DELIVERIES, list_delivery_lines
from antiphon.surfaces.provider.routes import find_report

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def console_routes(dock: Dock) -> list[Route]:
    """Return the routes of the console."""
    gate, templates = dock.gate, make_templates()

    def render(name: str, **values: object) -> Response:
        return HTMLResponse(templates.get_template(name).render(**values), headers=PAGE_HEADERS)

    def list_all(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        before = read_whole(request, "before", 0, least=0, most=2**62) or None
        with reading(gate.engine) as conn:
            lines = list_delivery_lines(conn, provider=visible_provider(caller), before=before)
        return render(
            "deliveries.html",
            lines=lines,
            is_moving=any(not line.stage.is_final for line in lines),
            next_before=lines[-1].receipt if len(lines) == PAGE_DELIVERIES else None,
        )

    def list_held(request: Request) -> Response:
        caller = gate.admit(request, AccessRole.PROVIDER, AccessRole.OPERATOR)
        only, at = visible_provider(caller), format_instant(gate.clock())
        with reading(gate.engine) as conn:
            waivers = [waiver for waiver in list_waivers(conn, only) if waiver.is_in_force(at)]
        may_decide = AccessRole.OPERATOR in caller.roles
        return render(
            "held.html", lines=list_held_lines(dock, only), waivers=waivers, may_decide=may_decide, is_moving=False
        )

    def show_one(request: Request) -> Response:
        report = find_report(gate, request)
        caller = gate.admit(request)
        may_decide = AccessRole.OPERATOR in caller.roles and bool(report.held_by)
        return render("delivery.html", report=report, is_moving=report.is_moving, may_decide=may_decide)

    def give_file(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        sheet = files("antiphon.surfaces.console").joinpath(name).read_bytes()
        media_type = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(sheet, media_type=media_type, headers={"Cache-Control": "max-age=3600"})

    return [
        Route("/console", list_all),
        Route("/console/held", list_held),
        Route("/console/deliveries/{delivery_id}", show_one),
        *goalie_form_routes(dock),
        *decision_pages(dock, render),
        *quality_pages(gate, render),
        Route("/console/console.css", give_file),
        Route("/console/console.js", give_file),
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
    environment.filters["age"] = format_age
    environment.globals["Stage"] = Stage
    environment.globals["Severity"] = Severity
    environment.globals["UNWAIVABLE_RULES"] = UNWAIVABLE_RULES
    return environment


def format_size(size_bytes: int) -> str:
    """Return a size for people: "512 B", "3.4 MB" (powers of ten)."""
    size = float(size_bytes)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def format_age(age_s: int) -> str:
    """Return an age for people, in its two largest units: "40 s", "3 min 5 s", "2 h 10 min", "4 d 3 h"."""
    minutes, seconds = divmod(age_s, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count or unit == "s")
