"""The description of this interface, OpenAPI 3.1, served beside it. A test holds it to the table of routes."""

import msgspec

from antiphon import __version__
from antiphon.surfaces.reads.catalogue_paths import BROWSE_PATHS, MUSIC_PATHS, SPOKEN_PATHS
from antiphon.surfaces.reads.describing import (
    DESCRIPTION_SCHEMAS,
    LIMIT,
    MARKET,
    OFFSET,
    bound_parameter,
    get_operation,
    json_content,
    path_parameter,
    words_parameter,
)
from antiphon.surfaces.reads.extension_paths import EXTENSION_PATHS, EXTENSION_SCHEMAS
from antiphon.surfaces.reads.node import Answer, Call, Node
from antiphon.surfaces.reads.record_paths import RECORD_PATHS, RECORD_SCHEMAS
from antiphon.surfaces.reads.responses import name_body
from antiphon.surfaces.reads.schemas import SCHEMAS, Schema, ref, shape
from antiphon.surfaces.reads.spoken_schemas import SPOKEN_SCHEMAS
from antiphon.surfaces.reads.token_operation import TOKEN_PATHS, TOKEN_SCHEMAS

DESCRIPTION_CACHING = "public, max-age=300"
"""Of the description, as a document and as a page: it changes with the software alone."""

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_SEARCH_PAGES = {
    "albums": ref("SimpleAlbumPage"),
    "artists": ref("ArtistPage"),
    "tracks": ref("TrackPage"),
    "shows": ref("SimpleShowPage"),
    "episodes": ref("SimpleEpisodePage"),
    "audiobooks": ref("SimpleAudiobookPage"),
    "playlists": ref("PlaylistPage"),
}
_QUERY: Schema = {
    "name": "q",
    "in": "query",
    "required": True,
    "description": "Words, and filters: album, artist, track, genre, label, year (or 1990-1999), isrc, upc, "
    "tag:new, tag:hipster. An ISRC, a UPC or an id alone is what it names.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 250},
}
_SEARCHING: tuple[Schema, ...] = (
    MARKET,
    bound_parameter(LIMIT, minimum=1),
    bound_parameter(OFFSET, maximum=1000),
    words_parameter("include_external", ("audio",)),
)

PATHS: dict[str, Schema] = {
    **MUSIC_PATHS,
    **SPOKEN_PATHS,
    "/v1/search": get_operation(
        "search",
        "Albums, artists, tracks, shows, episodes and audiobooks by words and filters",
        (_QUERY, words_parameter("type", tuple(page[:-1] for page in _SEARCH_PAGES), is_required=True), *_SEARCHING),
        json_content(shape("A page of each kind asked for.", _SEARCH_PAGES, tuple(_SEARCH_PAGES))),
    ),
    **BROWSE_PATHS,
    **EXTENSION_PATHS,
    "/v1/openapi.json": get_operation(
        "describe", "This description", (), json_content({"type": "object"}), refusals=(), is_open=True
    ),
    "/v1/docs": get_operation(
        "show_reference",
        "The same as a page for people",
        (),
        {"text/html": {"schema": {"type": "string"}}},
        refusals=(),
        is_open=True,
    ),
    "/stream/{token}": get_operation(
        "stream",
        "Audio, whole or the one range asked for (206, 416); the URL comes from a grant",
        (path_parameter("token", "^[0-9A-Za-z._-]+$"),),
        {"audio/ogg": _BYTES, "audio/flac": _BYTES},
        refusals=(403, 503),
        is_open=True,
    ),
    "/images/{blob}": get_operation(
        "get_image",
        "A cover",
        (path_parameter("blob", "^[0-9a-f]{64}$"),),
        {"image/jpeg": _BYTES},
        refusals=(404, 503),
        is_open=True,
    ),
}


def describe(base_url: str) -> Schema:
    """Return the OpenAPI document of the interface at ``base_url``."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Antiphon catalogue",
            "version": __version__,
            "description": "Look up, search, page and stream. Catalogue reads keep the shape app developers know. "
            "Unknown parameters are ignored; one given twice is refused.",
        },
        "servers": [{"url": base_url}],
        "security": [{"client_credentials": []}, {"api_key": []}],
        "paths": PATHS | RECORD_PATHS | TOKEN_PATHS,
        "components": {
            "schemas": DESCRIPTION_SCHEMAS
            | SCHEMAS
            | SPOKEN_SCHEMAS
            | EXTENSION_SCHEMAS
            | RECORD_SCHEMAS
            | TOKEN_SCHEMAS,
            "securitySchemes": {
                "client_credentials": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{base_url}/api/token", "scopes": {}}},
                },
                "api_key": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-API-Key",
                    "description": "An API key of a client, sent so or as a bearer token.",
                },
            },
        },
    }


def answer_description(_: Node, call: Call) -> Answer:
    """Return the description as JSON."""
    body = msgspec.json.encode(describe(call.base_url))
    return Answer(body=body, caching=DESCRIPTION_CACHING, etag=name_body(body))
