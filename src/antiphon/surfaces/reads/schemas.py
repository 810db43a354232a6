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


def page_of(name: str) -> Schema:
    """Return the shape of a page of named shapes."""
    return _page_of(list_of(ref(name)))


def _page_of(items: Schema) -> Schema:
    members = {
        "href": URL,
        "items": items,
        "limit": WHOLE,
        "next": {"type": ["string", "null"], "format": "uri"},
        "offset": WHOLE,
        "previous": {"type": ["string", "null"], "format": "uri"},
        "total": WHOLE,
    }
    return shape("A page of a list. next and previous are to be followed as they are; null: there is none.", members)


TEXT: Schema = {"type": "string"}
URL: Schema = {"type": "string", "format": "uri"}
ID: Schema = {"type": "string", "pattern": "^[0-9A-Za-z]+$"}
WHOLE: Schema = {"type": "integer", "minimum": 0}
FLAG: Schema = {"type": "boolean"}
MARKETS = list_of(ref("Market"))
_TEXTS_BY_NAME: Schema = {"type": "object", "additionalProperties": TEXT}
RESTRICTIONS = shape("Why it cannot be played.", {"reason": {"type": "string", "enum": ["market", "product"]}})
_BY_MARKET = ("is_playable", "restrictions", "available_markets")
"""What of a track is there only with, or only without, a market."""
_OF_ALBUMS = ("restrictions",)

IMAGES = list_of(ref("Image"))
COPYRIGHTS = list_of(shape("A copyright line.", {"text": TEXT, "type": {"enum": ["C", "P"]}}))
DATE_MEMBERS: dict[str, Schema] = {
    "release_date": {"type": "string", "description": 'As precise as is known; "0000" where nothing is.'},
    "release_date_precision": {"type": "string", "enum": ["year", "month", "day"]},
}


def entity_members(kind: str) -> dict[str, Schema]:
    """Return the members that say which entity an object is."""
    return {
        "id": ID,
        "type": {"type": "string", "const": kind},
        "name": TEXT,
        "href": URL,
        "uri": TEXT,
        "external_urls": _TEXTS_BY_NAME,
    }


_SIMPLE_TRACK: dict[str, Schema] = {
    **entity_members("track"),
    "artists": list_of(ref("SimpleArtist")),
    "disc_number": WHOLE,
    "track_number": WHOLE,
    "duration_ms": WHOLE,
    "explicit": FLAG,
    "is_local": FLAG,
    "preview_url": {"type": ["string", "null"]},
    "is_playable": FLAG,
    "restrictions": RESTRICTIONS,
    "available_markets": MARKETS,
}

_SIMPLE_ALBUM: dict[str, Schema] = {
    **entity_members("album"),
    "album_type": {"type": "string", "enum": ["album", "single", "compilation"]},
    "total_tracks": WHOLE,
    "images": IMAGES,
    **DATE_MEMBERS,
    "artists": list_of(ref("SimpleArtist")),
    "restrictions": RESTRICTIONS,
    "available_markets": MARKETS,
}

SCHEMAS: dict[str, Schema] = {
    "SimpleArtist": shape("An artist, as credited.", entity_members("artist")),
    "Artist": shape(
        "An artist.",
        {
            **entity_members("artist"),
            "genres": list_of(TEXT),
            "images": IMAGES,
            "popularity": WHOLE,
            "followers": shape("Nobody counts followers yet.", {"href": {"type": "null"}, "total": WHOLE}),
        },
    ),
    "SimpleTrack": shape(
        "A track inside its album. linked_from: as of a track; its numbers are those of the one it stands in for.",
        {**_SIMPLE_TRACK, "linked_from": ref("LinkedTrack")},
        (*_BY_MARKET, "linked_from"),
    ),
    "Track": shape(
        "A track with its album. With a market it says is_playable and why not; without one, available_markets. "
        "linked_from: the track asked for is not available in the market, and this one of the same recording is.",
        {
            **_SIMPLE_TRACK,
            "album": ref("SimpleAlbum"),
            "external_ids": _TEXTS_BY_NAME,
            "popularity": WHOLE,
            "linked_from": ref("LinkedTrack"),
        },
        (*_BY_MARKET, "linked_from"),
    ),
    "LinkedTrack": shape(
        "The track that was asked for.",
        {
            "external_urls": _TEXTS_BY_NAME,
            "href": URL,
            "id": TEXT,
            "type": {"type": "string", "const": "track"},
            "uri": TEXT,
        },
    ),
    "SimpleAlbum": shape(
        "An album in a list. With a market, available_markets is that one if any of it plays there, and restrictions "
        "says why if none of it does.",
        _SIMPLE_ALBUM,
        _OF_ALBUMS,
    ),
    "ArtistAlbum": shape(
        "An album in the list of an artist.",
        {**_SIMPLE_ALBUM, "album_group": {"type": "string", "enum": ["album", "single", "appears_on", "compilation"]}},
        _OF_ALBUMS,
    ),
    "Album": shape(
        "An album with the first page of its tracks.",
        {
            **_SIMPLE_ALBUM,
            "tracks": ref("SimpleTrackPage"),
            "copyrights": COPYRIGHTS,
            "external_ids": _TEXTS_BY_NAME,
            "genres": list_of(TEXT),
            "label": TEXT,
            "popularity": WHOLE,
        },
        _OF_ALBUMS,
    ),
    "Image": shape("A square cover, JPEG.", {"url": URL, "width": WHOLE, "height": WHOLE}),
    "SimpleTrackPage": page_of("SimpleTrack"),
    "TrackPage": page_of("Track"),
    "SimpleAlbumPage": page_of("SimpleAlbum"),
    "ArtistAlbumPage": page_of("ArtistAlbum"),
    "ArtistPage": page_of("Artist"),
    "PlaylistPage": _page_of({"type": "array", "maxItems": 0}),
    "StreamGrant": shape(
        "Where to play a track from until when. The URL needs no token, and takes byte ranges.",
        {
            "url": URL,
            "expires_at": {"type": "string", "format": "date-time"},
            "profile": {"type": "string", "enum": ["opus", "flac"]},
            "media_type": TEXT,
            "bitrate_bps": WHOLE,
            "duration_ms": WHOLE,
            "size_bytes": WHOLE,
        },
    ),
    "Error": shape(
        "What went wrong. reason is a stable word for programs; the message is for people.",
        {"error": shape("The error.", {"status": WHOLE, "message": TEXT}), "reason": TEXT},
        ("reason",),
    ),
}
