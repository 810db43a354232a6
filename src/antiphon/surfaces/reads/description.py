"""The description of this interface, OpenAPI 3.1, served beside it. A test holds it to the table of routes."""

from typing import Any

import msgspec

from antiphon import __version__
from antiphon.surfaces.reads.node import Answer, Call, Node
from antiphon.surfaces.reads.record_paths import RECORD_PATHS, RECORD_SCHEMAS
from antiphon.surfaces.reads.responses import name_body
from antiphon.surfaces.reads.schemas import SCHEMAS, Schema, list_of, ref, shape

_CACHING = "public, max-age=300"

_MARKET: Schema = {
    "name": "market",
    "in": "query",
    "description": "Where the listener is. Without it, lists of markets are answered instead of verdicts. "
    "An older name, country, is taken for it.",
    "schema": {"type": "string", "pattern": "^([A-Z]{2}|[a-z]{2})$"},
}
_LIMIT: Schema = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 0, "maximum": 50, "default": 20},
}
_OFFSET: Schema = {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}}
_PAGED = (_MARKET, _LIMIT, _OFFSET)


def _path_parameter(name: str, pattern: str = "^[0-9A-Za-z]{1,64}$") -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}


def _ids(most: int) -> Schema:
    schema = list_of({"type": "string", "pattern": "^[0-9A-Za-z]{1,64}$"}) | {"minItems": 1, "maxItems": most}
    return {"name": "ids", "in": "query", "required": True, "explode": False, "schema": schema}


def _words(name: str, words: tuple[str, ...], *, is_required: bool = False) -> Schema:
    schema = list_of({"type": "string", "enum": list(words)})
    return {"name": name, "in": "query", "required": is_required, "explode": False, "schema": schema}


_ID = _path_parameter("id")
_ERRORS = {
    400: "A parameter is wrong; the message says which, and what would be right.",
    401: "No access token, or one that does not hold.",
    403: "The caller may not play this here and now; reason says why: market or product.",
    404: "There is nothing under this id.",
    503: "Not now: Retry-After says when, reason says why.",
}


def _operation(
    name: str,
    summary: str,
    parameters: tuple[Schema, ...],
    content: Schema,
    *,
    errors: tuple[int, ...] = (400, 401, 503),
    is_open: bool = False,
) -> Schema:
    """Return the description of one GET operation, which HEAD answers too."""
    responses: dict[str, Any] = {"200": {"description": "What was asked for.", "content": content}}
    if "application/json" in content:
        responses["304"] = {"description": "What If-None-Match names is still right."}
    for status in errors:
        body = {"application/json": {"schema": ref("Error")}}
        responses[str(status)] = {"description": _ERRORS[status], "content": body}
    operation: Schema = {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": responses,
    }
    return {"get": operation | ({"security": []} if is_open else {})}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _batch(name: str, item: str) -> Schema:
    members = {name: list_of({"oneOf": [ref(item), {"type": "null"}]})}
    return _json(shape("In the order asked for; null for an id that names nothing.", members))


_FOUND = (400, 401, 404, 503)
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_SEARCH_PAGES = {"albums": ref("SimpleAlbumPage"), "artists": ref("ArtistPage"), "tracks": ref("TrackPage")}
_QUERY: Schema = {
    "name": "q",
    "in": "query",
    "required": True,
    "description": "Words, and filters: album, artist, track, genre, year (or 1990-1999), isrc, upc, tag:new.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 250},
}

PATHS: dict[str, Schema] = {
    "/v1/tracks/{id}": _operation("get_track", "A track", (_ID, _MARKET), _json(ref("Track")), errors=_FOUND),
    "/v1/tracks": _operation("get_tracks", "Several tracks", (_ids(50), _MARKET), _batch("tracks", "Track")),
    "/v1/tracks/{id}/stream": _operation(
        "grant_stream",
        "A URL to play a track from, if it may be played now in this market by this caller's tier",
        (_ID, _MARKET | {"required": True}, _words("profile", ("opus", "flac"))),
        _json(ref("StreamGrant")),
        errors=(400, 401, 403, 404, 503),
    ),
    "/v1/albums/{id}": _operation("get_album", "An album", (_ID, _MARKET), _json(ref("Album")), errors=_FOUND),
    "/v1/albums": _operation("get_albums", "Several albums", (_ids(20), _MARKET), _batch("albums", "Album")),
    "/v1/albums/{id}/tracks": _operation(
        "list_album_tracks", "The tracks of an album", (_ID, *_PAGED), _json(ref("SimpleTrackPage")), errors=_FOUND
    ),
    "/v1/artists/{id}": _operation("get_artist", "An artist", (_ID,), _json(ref("Artist")), errors=_FOUND),
    "/v1/artists": _operation("get_artists", "Several artists", (_ids(50),), _batch("artists", "Artist")),
    "/v1/artists/{id}/albums": _operation(
        "list_artist_albums",
        "The albums of an artist",
        (_ID, _words("include_groups", ("album", "single", "appears_on", "compilation")), *_PAGED),
        _json(ref("ArtistAlbumPage")),
        errors=_FOUND,
    ),
    "/v1/artists/{id}/top-tracks": _operation(
        "list_top_tracks",
        "Some tracks of an artist",
        (_ID, _MARKET),
        _json(shape("At most ten.", {"tracks": list_of(ref("Track"))})),
        errors=_FOUND,
    ),
    "/v1/search": _operation(
        "search",
        "Albums, artists and tracks by words and filters",
        (_QUERY, _words("type", ("album", "artist", "track"), is_required=True), *_PAGED),
        _json(shape("A page of each kind asked for.", _SEARCH_PAGES, tuple(_SEARCH_PAGES))),
    ),
    "/v1/browse/new-releases": _operation(
        "list_new_releases",
        "The newest albums",
        _PAGED,
        _json(shape("One page.", {"albums": ref("SimpleAlbumPage")})),
    ),
    "/v1/markets": _operation(
        "list_markets",
        "Every market rights can be granted in",
        (),
        _json(shape("Codes of ISO 3166-1 alpha-2, and XK.", {"markets": list_of({"type": "string"})})),
    ),
    "/v1/openapi.json": _operation(
        "describe", "This description", (), _json({"type": "object"}), errors=(), is_open=True
    ),
    "/stream/{token}": _operation(
        "stream",
        "Audio, whole or the one range asked for (206, 416); the URL comes from a grant",
        (_path_parameter("token", "^[0-9A-Za-z._-]+$"),),
        {"audio/ogg": _BYTES, "audio/flac": _BYTES},
        errors=(403, 503),
        is_open=True,
    ),
    "/images/{blob}": _operation(
        "get_image",
        "A cover",
        (_path_parameter("blob", "^[0-9a-f]{64}$"),),
        {"image/jpeg": _BYTES},
        errors=(404, 503),
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
        "security": [{"client_credentials": []}],
        "paths": PATHS | RECORD_PATHS,
        "components": {
            "schemas": SCHEMAS | RECORD_SCHEMAS,
            "securitySchemes": {
                "client_credentials": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{base_url}/api/token", "scopes": {}}},
                }
            },
        },
    }


def answer_description(_: Node, call: Call) -> Answer:
    """Return the description as JSON."""
    body = msgspec.json.encode(describe(call.base_url))
    return Answer(body=body, caching=_CACHING, etag=name_body(body))
