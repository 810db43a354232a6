"""The player's files, and the token a visitor listens with."""

import mimetypes
import secrets
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import ACCESS_TOKEN_TTL_S, Client, Tier, issue_access_token
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.callers import Gate

PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}


def player_routes(gate: Gate, *, is_open: bool) -> list[Route]:
    """Return the routes of the player. ``is_open``: visitors may listen without an account."""
    pages = read_static_files()

    def show_page(_request: Request) -> Response:
        return _answer_file("index.html")

    def show_file(request: Request) -> Response:
        return _answer_file(request.path_params["name"])

    def _answer_file(name: str) -> Response:
        if name not in pages:
            raise HTTPException(404, f"the player has no file {name[:64]!r}")
        return Response(pages[name], media_type=mimetypes.guess_type(name)[0], headers=PAGE_HEADERS)

    def open_session(_request: Request) -> Response:
        if not is_open:
            raise HTTPException(403, "this installation does not let visitors listen")
        token = issue_access_token(gate.keys, make_visitor(), gate.clock())
        return answer_json({"access_token": token, "token_type": "Bearer", "expires_in": ACCESS_TOKEN_TTL_S})

    return [
        Route("/", show_page),
        Route("/player/session", open_session, methods=["POST"]),
        Route("/player/{name}", show_file),
    ]


def read_static_files() -> dict[str, bytes]:
    """Return the player's files by name: the only ones it can be asked for."""
    folder = files("antiphon.surfaces.player").joinpath("static")
    return {entry.name: entry.read_bytes() for entry in folder.iterdir() if entry.is_file()}


def make_visitor() -> Client:
    """Return a new visitor of an open player: no account, no role, no secret, and what a subscriber hears.

    Each has an id of its own, so that plays of two visitors are not taken for one listener's.
    """
    return Client(client_id=f"visitor-{secrets.token_hex(8)}", name="Visitor", secret_hash="", tier=Tier.PREMIUM)
