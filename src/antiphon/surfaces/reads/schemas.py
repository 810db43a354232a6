"""The shapes of what is answered, as JSON Schema for the description of the interface."""

from typing import Any

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    """Return a reference to a named shape."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(item: Schema) -> Schema:
    """Return the shape of a list of items."""
    return {"type": "array", "items": item}


def shape(description: str, members: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """Return the shape of an object. Members are always there unless they are named as optional."""
    required = [name for name in members if name not in optional]
    return {"type": "object", "description": description, "properties": members, "required": required}


def _page_of(name: str) -> Schema:
    members = {
        "href": _URL,
        "items": list_of(ref(name)),
        "limit": _WHOLE,
        "next": {"type": ["string", "null"], "format": "uri"},
        "offset": _WHOLE,
        "previous": {"type": ["string", "null"], "format": "uri"},
        "total": _WHOLE,
    }
    return shape("A page of a list. next and previous are to be followed as they are; null: there is none.", members)


_TEXT: Schema = {"type": "string"}
_URL: Schema = {"type": "string", "format": "uri"}
_ID: Schema = {"type": "string", "pattern": "^[0-9A-Za-z]+$"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_MARKETS = list_of({"type": "string", "pattern": "^[A-Z]{2}$"})
_TEXTS_BY_NAME: Schema = {"type": "object", "additionalProperties": _TEXT}
_RESTRICTIONS = shape("Why it cannot be played.", {"reason": {"type": "string", "enum": ["market", "product"]}})
_BY_MARKET = ("is_playable", "restrictions", "available_markets")


def _entity(kind: str) -> dict[str, Schema]:
    return {
        "id": _ID,
        "type": {"type": "string", "const": kind},
        "name": _TEXT,
        "href": _URL,
        "uri": _TEXT,
        "external_urls": _TEXTS_BY_NAME,
    }


_SIMPLE_TRACK: dict[str, Schema] = {
    **_entity("track"),
    "artists": list_of(ref("SimpleArtist")),
    "disc_number": _WHOLE,
    "track_number": _WHOLE,
    "duration_ms": _WHOLE,
    "explicit": _FLAG,
    "is_local": _FLAG,
    "preview_url": {"type": ["string", "null"]},
    "is_playable": _FLAG,
    "restrictions": _RESTRICTIONS,
    "available_markets": _MARKETS,
}

_SIMPLE_ALBUM: dict[str, Schema] = {
    **_entity("album"),
    "album_type": {"type": "string", "enum": ["album", "single", "compilation"]},
    "total_tracks": _WHOLE,
    "images": list_of(ref("Image")),
    "release_date": _TEXT,
    "release_date_precision": {"type": "string", "enum": ["year", "month", "day"]},
    "artists": list_of(ref("SimpleArtist")),
    "restrictions": _RESTRICTIONS,
    "available_markets": _MARKETS,
}

SCHEMAS: dict[str, Schema] = {
    "SimpleArtist": shape("An artist, as credited.", _entity("artist")),
    "Artist": shape(
        "An artist.",
        {
            **_entity("artist"),
            "genres": list_of(_TEXT),
            "images": list_of(ref("Image")),
            "popularity": _WHOLE,
            "followers": shape("Nobody counts followers yet.", {"href": {"type": "null"}, "total": _WHOLE}),
        },
    ),
    "SimpleTrack": shape("A track inside its album.", _SIMPLE_TRACK, _BY_MARKET),
    "Track": shape(
        "A track with its album. With a market it says is_playable and why not; without one, available_markets. "
        "linked_from: the track asked for is not available in the market, and this one of the same recording is.",
        {
            **_SIMPLE_TRACK,
            "album": ref("SimpleAlbum"),
            "external_ids": _TEXTS_BY_NAME,
            "popularity": _WHOLE,
            "linked_from": ref("LinkedTrack"),
        },
        (*_BY_MARKET, "linked_from"),
    ),
    "LinkedTrack": shape(
        "The track that was asked for.",
        {
            "external_urls": _TEXTS_BY_NAME,
            "href": _URL,
            "id": _TEXT,
            "type": {"type": "string", "const": "track"},
            "uri": _TEXT,
        },
    ),
    "SimpleAlbum": shape("An album in a list.", _SIMPLE_ALBUM, _BY_MARKET),
    "ArtistAlbum": shape(
        "An album in the list of an artist.",
        {**_SIMPLE_ALBUM, "album_group": {"type": "string", "enum": ["album", "single", "appears_on", "compilation"]}},
        _BY_MARKET,
    ),
    "Album": shape(
        "An album with the first page of its tracks.",
        {
            **_SIMPLE_ALBUM,
            "tracks": ref("SimpleTrackPage"),
            "copyrights": list_of(shape("A copyright line.", {"text": _TEXT, "type": {"enum": ["C", "P"]}})),
            "external_ids": _TEXTS_BY_NAME,
            "genres": list_of(_TEXT),
            "label": _TEXT,
            "popularity": _WHOLE,
        },
        _BY_MARKET,
    ),
    "Image": shape("A square cover, JPEG.", {"url": _URL, "width": _WHOLE, "height": _WHOLE}),
    "SimpleTrackPage": _page_of("SimpleTrack"),
    "TrackPage": _page_of("Track"),
    "SimpleAlbumPage": _page_of("SimpleAlbum"),
    "ArtistAlbumPage": _page_of("ArtistAlbum"),
    "ArtistPage": _page_of("Artist"),
    "StreamGrant": shape(
        "Where to play a track from until when. The URL needs no token, and takes byte ranges.",
        {
            "url": _URL,
            "expires_at": {"type": "string", "format": "date-time"},
            "profile": {"type": "string", "enum": ["opus", "flac"]},
            "media_type": _TEXT,
            "bitrate_bps": _WHOLE,
            "duration_ms": _WHOLE,
            "size_bytes": _WHOLE,
        },
    ),
    "Error": shape(
        "What went wrong. reason is a stable word for programs.",
        {"error": shape("The error.", {"status": _WHOLE, "message": _TEXT, "reason": _TEXT}, ("reason",))},
    ),
}
