"""The page of the HTTP surfaces. What a route answers and who may call it is said here; a test asks every one."""

from enum import StrEnum
from typing import NamedTuple

from antiphon.surfaces.application import EXPLAIN_PATH, PROVENANCE_PATH
from antiphon.surfaces.provider.operations import OPERATIONS
from antiphon.surfaces.reads.description import PATHS
from antiphon.surfaces.reads.forms import TOKEN_PATH
from scripts.reference.markdown import write_code, write_table

READING = ("GET", "HEAD")
STREAM_PATH = "/stream/{token}"

_HEAD = """\
# HTTP

Made by `make docs` of the descriptions served at `/v1/openapi.json` and `/provider/v1/openapi.json`, and of a table in
`scripts/reference/routes.py`. How a provider delivers, with commands to copy: [providers.md](providers.md).
A test boots the whole application, fails when it has a route that is not here, and asks each as nobody, as a
listener's app, as a provider and as an operator.

A program gets an access token at `/api/token` with its client's id and secret (`antiphon client add`), good for an
hour, and sends it as `Authorization: Bearer ...`; or it sends an API key (`antiphon client key add`) the same way or as
`X-API-Key`, and asks for no token. Each client has one rate over its tokens and keys; beyond it the answer is 429, with
`Retry-After`. Nodes know clients by the published log: what is changed of one holds with the version that says so, as a
rule within a second, and a client that is disabled is refused with the tokens it has. A browser on the console is asked
for id and secret instead (HTTP Basic). Refusals are JSON, `{"error": {"status", "message"}, "reason"}`, with the
reasons of [errors.md](errors.md); those of `/api/token` have OAuth's own form. Without a caller
the answer is 401, for the wrong role 403, and what is not yours answers 404.

"""

_WHO = """\
## Who may call

| who | what that takes |
|---|---|
| anyone | nothing |
| any client | an access token or an API key |
| provider | a client with that role, made for a provider |
| provider or operator | a client with one of these roles; a provider sees its own deliveries only |
| operator | a client with that role |
| client by its secret | a client's id and secret |
| who holds the address | nothing else: the address is signed, for one file, and ends after five minutes |
| visitor | nothing, where the installation has an open player; else 403 |
"""


class Who(StrEnum):
    """Who may call a route."""

    ANYONE = "anyone"
    CLIENT = "any client"
    PROVIDER = "provider"
    STAFF = "provider or operator"
    OPERATOR = "operator"
    SECRET = "client by its secret"
    HOLDER = "who holds the address"
    VISITOR = "visitor"


class Operation(NamedTuple):
    """One thing that can be asked for: the methods that ask for it, where, who may, and what comes back."""

    methods: tuple[str, ...]
    path: str
    who: Who
    says: str


OTHERS: dict[str, tuple[Operation, ...]] = {
    "Access": (
        Operation(
            ("POST",),
            TOKEN_PATH,
            Who.SECRET,
            "An access token: OAuth's client credentials, by Basic or by form; 4 KB at most, within 5 s.",
        ),
    ),
    "Explanations": (
        Operation(
            READING,
            EXPLAIN_PATH,
            Who.CLIENT,
            "Why a `track` is, or is not, playable in a `market`, for a `tier`, `at` a time (by the market's clocks, "
            "unless it has an offset): verdict, reason, span, what stands in, and the answer in all 250 markets, for "
            "`tiers=all` of every tier; or each track of an `album`. The owning provider and operators also learn the "
            "deal with its line, the competing ones, and decisions by name.",
        ),
        Operation(
            READING,
            PROVENANCE_PATH,
            Who.CLIENT,
            "What gave each field, or one `field`, of the entity of a `kind` and `id`: its provider, a decision or "
            "nobody. The owning provider and operators also learn the value, and message with line, file or decision.",
        ),
    ),
    "Listening": (
        Operation(READING, "/listening/v1/stars", Who.CLIENT, "The caller's stars, newest first; `limit`, `before`."),
        Operation(READING, "/listening/v1/stars/{track_id}", Who.CLIENT, "One of them; 404 where there is none."),
        Operation(
            ("PUT", "DELETE"), "/listening/v1/stars/{track_id}", Who.CLIENT, "Star or unstar; 204, as often as sent."
        ),
        Operation(("POST",), "/listening/v1/plays", Who.CLIENT, "A batch of play events; 202 when it is durable."),
    ),
    "Providers": tuple(
        Operation(READING if one.method == "GET" else (one.method,), one.path, Who(one.who.value), one.says)
        for one in OPERATIONS
    ),
    "Console": (
        Operation(READING, "/console", Who.STAFF, "A page: deliveries, newest first."),
        Operation(READING, "/console/held", Who.STAFF, "A page: what is held, oldest first; waivers in force."),
        Operation(
            READING,
            "/console/quality",
            Who.STAFF,
            "A page: data quality, its trend, what to fix first; `provider`, `since`.",
        ),
        Operation(
            READING, "/console/quality/releases/{album_id}", Who.STAFF, "A page: each point that a release lacks."
        ),
        Operation(
            READING, "/console/deliveries/{delivery_id}", Who.STAFF, "A page: one delivery, as it happens; what to do."
        ),
        *(
            Operation(
                ("POST",),
                f"/console/deliveries/{{delivery_id}}/{action}",
                Who.OPERATOR,
                "A form of that page, from that page alone.",
            )
            for action in ("clear", "reject", "waive")
        ),
        Operation(("POST",), "/console/waivers/{waiver_id}/undo", Who.OPERATOR, "A form of the page of what is held."),
        Operation(READING, "/console/decisions", Who.OPERATOR, "A page: what was decided by hand; forms to decide."),
        Operation(("POST",), "/console/decisions", Who.OPERATOR, "A form of that page: takedown, geoblock or hold."),
        Operation(("POST",), "/console/decisions/{decision_id}/undo", Who.OPERATOR, "Its button to undo."),
        Operation(READING, "/console/console.css", Who.ANYONE, "The style of these pages."),
        Operation(READING, "/console/console.js", Who.ANYONE, "Shows stages as they happen."),
    ),
    "Player": (
        Operation(READING, "/", Who.ANYONE, "The player, a page."),
        Operation(READING, "/player/{name}", Who.ANYONE, "Its files."),
        Operation(("POST",), "/player/session", Who.VISITOR, "An access token for an hour."),
    ),
    "Operations": (
        Operation(READING, "/ops/health", Who.ANYONE, "Whether the process answers: restart it if not."),
        Operation(
            READING, "/ops/ready", Who.ANYONE, "200 where listeners may be sent here; else 503 and what is missing."
        ),
        Operation(
            READING, "/ops/metrics", Who.ANYONE, "Every figure of every process of this machine, for Prometheus."
        ),
    ),
}


def list_operations() -> list[Operation]:
    """Return every documented operation: the read path first."""
    return [*_list_reads(), *(operation for operations in OTHERS.values() for operation in operations)]


def describe_routes() -> str:
    """Return the page, in Markdown."""
    reads = (
        "## Catalogue and playback\n\nA node answers these alone; `OPTIONS` tells browsers that every page may ask.\n\n"
    )
    sections = [reads + _describe(_list_reads())]
    sections += [f"## {title}\n\n{_describe(operations)}" for title, operations in OTHERS.items()]
    return _HEAD + "\n".join([*sections, _WHO])


def _list_reads() -> list[Operation]:
    return [
        Operation(READING, path, _find_who(path), f"{methods['get']['summary']}.") for path, methods in PATHS.items()
    ]


def _find_who(path: str) -> Who:
    if path == STREAM_PATH:
        return Who.HOLDER
    return Who.ANYONE if PATHS[path]["get"].get("security") == [] else Who.CLIENT


def _describe(operations: list[Operation] | tuple[Operation, ...]) -> str:
    rows = ((", ".join(one.methods), write_code(one.path), one.who, one.says) for one in operations)
    return write_table(("method", "path", "who", "what it answers"), rows)
