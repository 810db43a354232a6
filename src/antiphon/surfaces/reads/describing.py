"""Parts of the description of this interface: parameters, refusals, and one GET operation of them."""

from typing import Any

from antiphon.model.territories import TERRITORIES
from antiphon.surfaces.reads.schemas import Schema, list_of, ref, shape

ID_PATTERN = "^[0-9A-Za-z]{1,64}$"

MARKET: Schema = {
    "name": "market",
    "in": "query",
    "description": "Where the listener is. Without it nothing is said of whether they may play, but where one may. "
    "Lower case is taken too, and an older name, country.",
    "schema": ref("Market"),
}
LIMIT: Schema = {
    "name": "limit",
    "in": "query",
    "description": "How many items a page holds.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 50, "default": 20},
}
OFFSET: Schema = {
    "name": "offset",
    "in": "query",
    "description": "Where in the list the page starts.",
    "schema": {"type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0},
}
PAGED = (MARKET, LIMIT, OFFSET)

REFUSALS = {
    400: "A parameter is wrong; the message says which, and what would be right.",
    401: "No access token, or one that does not hold.",
    403: "The caller may not play this here and now; reason says why: market or product.",
    404: "There is nothing under this id.",
    410: "What happened since the cursor is no longer kept here; the message says how to begin again.",
    429: "More than one client may ask for; Retry-After says when to go on.",
    503: "Not now: Retry-After says when, reason says why.",
}
CATALOGUE_REFUSALS = (400, 401, 429, 503)
LOOKUP_REFUSALS = (400, 401, 404, 429, 503)

DESCRIPTION_SCHEMAS: dict[str, Schema] = {
    "Market": {
        "type": "string",
        "description": "A code of ISO 3166-1 alpha-2, or XK.",
        "enum": sorted(TERRITORIES),
    }
}


def path_parameter(name: str = "id", pattern: str = ID_PATTERN) -> Schema:
    """Return the parameter that stands in braces in a path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def ids_parameter(most: int) -> Schema:
    """Return the parameter of a batch."""
    schema = list_of({"type": "string", "pattern": ID_PATTERN}) | {"minItems": 1, "maxItems": most}
    return {"name": "ids", "in": "query", "required": True, "explode": False, "schema": schema}


def words_parameter(name: str, words: tuple[str, ...], *, is_required: bool = False) -> Schema:
    """Return a parameter that takes some of a few words, separated by commas."""
    schema = list_of({"type": "string", "enum": list(words)}) | ({"minItems": 1} if is_required else {})
    return {"name": name, "in": "query", "required": is_required, "explode": False, "schema": schema}


def bound_parameter(parameter: Schema, **bounds: int) -> Schema:
    """Return a parameter that is a number, with other bounds."""
    return parameter | {"schema": parameter["schema"] | bounds}


def json_content(schema: Schema) -> Schema:
    """Return the content of an answer in JSON."""
    return {"application/json": {"schema": schema}}


def batch_content(name: str, item: str) -> Schema:
    """Return the content of the answer to a batch."""
    members = {name: list_of({"oneOf": [ref(item), {"type": "null"}]})}
    return json_content(shape("In the order asked for; null for an id that names nothing.", members))


def get_operation(
    name: str,
    summary: str,
    parameters: tuple[Schema, ...],
    content: Schema,
    *,
    refusals: tuple[int, ...] = CATALOGUE_REFUSALS,
    is_open: bool = False,
) -> Schema:
    """Return the description of one GET operation, which HEAD answers too."""
    responses: dict[str, Any] = {"200": {"description": "What was asked for.", "content": content}}
    if "application/json" in content:
        responses["304"] = {"description": "What If-None-Match names is still right."}
    for status in refusals:
        responses[str(status)] = {"description": REFUSALS[status], "content": json_content(ref("Error"))}
    operation: Schema = {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": responses,
    }
    return {"get": operation | ({"security": []} if is_open else {})}
