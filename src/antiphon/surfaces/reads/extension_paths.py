"""The operations that go beyond the compatibility profile, as they are described."""

from antiphon.segments.export import EXPORT_TYPE
from antiphon.surfaces.reads.changes import (
    DEFAULT_CHANGES,
    EVENT_STREAM,
    KINDS,
    MAX_CHANGES,
    MAX_FILTERED_IDS,
    MAX_WAIT_S,
)
from antiphon.surfaces.reads.describing import (
    ID_PATTERN,
    LOOKUP_REFUSALS,
    MARKET,
    get_operation,
    json_content,
    path_parameter,
    words_parameter,
)
from antiphon.surfaces.reads.identifiers import MAX_BEARERS, MAX_EXTERNAL_IDS, SCHEMES
from antiphon.surfaces.reads.schemas import Schema, list_of, ref, shape

_TEXT: Schema = {"type": "string"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_WHEN: Schema = {"type": "string", "format": "date-time"}
_URL: Schema = {"type": "string", "format": "uri"}
_ID: Schema = {"type": "string", "pattern": ID_PATTERN}
_CURSOR: Schema = {"type": "string", "pattern": r"^[0-9]{1,8}(\.[0-9]{1,10})?$"}
_MARKETS = list_of(ref("Market"))


def _number(name: str, description: str, least: int, most: int, default: int) -> Schema:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": default}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _ids(name: str, description: str, most: int) -> Schema:
    schema = list_of({"type": "string", "minLength": 1}) | {"minItems": 1, "maxItems": most}
    return {"name": name, "in": "query", "explode": False, "description": description, "schema": schema}


EXTENSION_SCHEMAS: dict[str, Schema] = {
    "LinkedIn": shape(
        "Which track plays in each market when this one is asked for, to the caller's tier, now. Every market is in "
        "one list: that of the track that plays there, or that of the reason why none does.",
        {
            "id": _ID,
            "tier": {"type": "string", "enum": ["free", "premium"]},
            "tracks": list_of(
                shape(
                    "A track that plays, the one asked for first.",
                    {"id": _ID, "href": _URL, "uri": _TEXT, "markets": _MARKETS},
                )
            ),
            "restrictions": list_of(
                shape(
                    "Where none plays: market: not there now; product: there, but not to this tier.",
                    {"reason": {"type": "string", "enum": ["market", "product"]}, "markets": _MARKETS},
                )
            ),
        },
    ),
    "Match": shape(
        f"What bears one id: those that play in the market first. At most {MAX_BEARERS} are shown of total.",
        {
            "scheme": {"type": "string", "enum": sorted({scheme.name for scheme in SCHEMES.values()})},
            "asked": _TEXT,
            "value": _TEXT,
            "total": _WHOLE,
            "items": list_of({"oneOf": [ref("Track"), ref("SimpleAlbum")]}),
        },
    ),
    "Change": shape(
        "One change of one entity in one version. belongs_to: an album's artists; a track's album and artists. into: "
        "the id that a redirected one leads to. href is null where there is nothing to look at any more.",
        {
            "cursor": _CURSOR,
            "version": _WHOLE,
            "announced_at": _WHEN,
            "event": {"type": "string", "enum": ["added", "changed", "removed", "redirected"]},
            "kind": {"type": "string", "enum": list(KINDS)},
            "id": _ID,
            "href": {"type": ["string", "null"], "format": "uri"},
            "belongs_to": list_of(_ID),
            "into": _ID,
        },
        ("into",),
    ),
    "ChangePage": shape(
        "What changed, oldest first. cursor is where to go on, also where nothing changed; next is a link there. "
        "version is the newest of this node.",
        {
            "changes": list_of(ref("Change")),
            "cursor": _CURSOR,
            "has_more": {"type": "boolean"},
            "next": _URL,
            "version": _WHOLE,
        },
    ),
    "Export": shape(
        "The whole public catalogue of a version. changes is where to go on from it.",
        {
            "version": _WHOLE,
            "href": _URL,
            "announced_at": _WHEN,
            "made_at": _WHEN,
            "changes": _URL,
            "size_bytes": _WHOLE,
            "files": list_of(
                shape(
                    "A table, as Parquet.",
                    {
                        "name": _TEXT,
                        "href": _URL,
                        "description": _TEXT,
                        "sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
                        "size_bytes": _WHOLE,
                        "rows": _WHOLE,
                        "columns": list_of(shape("A column.", {"name": _TEXT, "type": _TEXT, "description": _TEXT})),
                    },
                )
            ),
        },
    ),
}

_VERSION = path_parameter("version", "^[1-9][0-9]{0,7}$")
_CHANGE_PARAMETERS = (
    {
        "name": "cursor",
        "in": "query",
        "description": "Where to go on: the cursor of an earlier answer, of any node; or the number of a version: "
        "after all of it. Left out: from now on.",
        "schema": _CURSOR,
    },
    words_parameter("kind", tuple(KINDS)),
    _ids("ids", "Only these entities and what belongs to them: an album's tracks, an artist's too.", MAX_FILTERED_IDS),
    _number("limit", "How many changes a page holds.", 1, MAX_CHANGES, DEFAULT_CHANGES),
    _number("wait", "Seconds to wait for a change where there is none yet.", 0, MAX_WAIT_S, 0),
)

EXTENSION_PATHS: dict[str, Schema] = {
    "/v1/tracks/{id}/linked-in": get_operation(
        "list_linked_in",
        "Which track plays in each market for this one, in one answer",
        (path_parameter(),),
        json_content(ref("LinkedIn")),
        refusals=LOOKUP_REFUSALS,
    ),
    "/v1/lookup": get_operation(
        "find_by_external_id",
        "What an ISRC, a UPC or EAN, or a GRid names, in whatever form it is written; several at once",
        (*(_ids(name, f"At most {MAX_EXTERNAL_IDS} in all.", MAX_EXTERNAL_IDS) for name in SCHEMES), MARKET),
        json_content(shape("One for each id, in their order.", {"matches": list_of(ref("Match"))})),
    ),
    "/v1/changes": get_operation(
        "list_changes",
        "What changed in the catalogue since a cursor: a page, a page once there is one (wait), or a stream of events",
        _CHANGE_PARAMETERS,
        json_content(ref("ChangePage")) | {EVENT_STREAM: {"schema": _TEXT}},
        refusals=(400, 401, 410, 429, 503),
    ),
    "/v1/exports": get_operation(
        "list_exports",
        "The exports of the whole public catalogue, the newest version first",
        (),
        json_content(shape("All there are.", {"exports": list_of(ref("Export"))})),
        refusals=(401, 429, 503),
    ),
    "/v1/exports/{version}": get_operation(
        "get_export", "One export", (_VERSION,), json_content(ref("Export")), refusals=LOOKUP_REFUSALS
    ),
    "/v1/exports/{version}/{file}": get_operation(
        "get_export_file",
        "A file of an export, whole or the one range asked for (206, 416)",
        (_VERSION, path_parameter("file", r"^[a-z_]+\.parquet$")),
        {EXPORT_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        refusals=LOOKUP_REFUSALS,
    ),
}
