"""The operations of the catalogue profile, as they are described: music, spoken word, and what there is to browse."""

from antiphon.surfaces.reads.describing import (
    LIMIT,
    LOOKUP_REFUSALS,
    MARKET,
    OFFSET,
    PAGED,
    batch_content,
    get_operation,
    ids_parameter,
    json_content,
    path_parameter,
    words_parameter,
)
from antiphon.surfaces.reads.schemas import Schema, list_of, ref, shape

_ID = path_parameter()
_TEXTS = list_of({"type": "string"})
_PROFILE: Schema = {
    "name": "profile",
    "in": "query",
    "description": "The form of the audio.",
    "schema": {"type": "string", "enum": ["opus", "flac"], "default": "opus"},
}


def _lookup(name: str, summary: str, item: str, *parameters: Schema) -> Schema:
    return get_operation(name, summary, (_ID, *parameters), json_content(ref(item)), refusals=LOOKUP_REFUSALS)


def _batch(name: str, summary: str, member: str, item: str, most: int = 50, *parameters: Schema) -> Schema:
    return get_operation(name, summary, (ids_parameter(most), *parameters), batch_content(member, item))


MUSIC_PATHS: dict[str, Schema] = {
    "/v1/tracks/{id}": _lookup("get_track", "A track", "Track", MARKET),
    "/v1/tracks": _batch("get_tracks", "Several tracks", "tracks", "Track", 50, MARKET),
    "/v1/tracks/{id}/stream": get_operation(
        "grant_stream",
        "A URL to play a track from, if it may be played now in this market by this caller's tier",
        (_ID, MARKET | {"required": True}, _PROFILE),
        json_content(ref("StreamGrant")),
        refusals=(400, 401, 403, 404, 429, 503),
    ),
    "/v1/albums/{id}": _lookup("get_album", "An album", "Album", MARKET),
    "/v1/albums": _batch("get_albums", "Several albums", "albums", "Album", 20, MARKET),
    "/v1/albums/{id}/tracks": _lookup("list_album_tracks", "The tracks of an album", "SimpleTrackPage", *PAGED),
    "/v1/artists/{id}": _lookup("get_artist", "An artist", "Artist"),
    "/v1/artists": _batch("get_artists", "Several artists", "artists", "Artist"),
    "/v1/artists/{id}/albums": _lookup(
        "list_artist_albums",
        "The albums of an artist",
        "ArtistAlbumPage",
        words_parameter("include_groups", ("album", "single", "appears_on", "compilation")),
        *PAGED,
    ),
    "/v1/artists/{id}/top-tracks": get_operation(
        "list_top_tracks",
        "Some tracks of an artist",
        (_ID, MARKET),
        json_content(shape("At most ten.", {"tracks": list_of(ref("Track"))})),
        refusals=LOOKUP_REFUSALS,
    ),
}

SPOKEN_PATHS: dict[str, Schema] = {
    "/v1/shows/{id}": _lookup("get_show", "A show", "Show", MARKET),
    "/v1/shows": _batch("get_shows", "Several shows", "shows", "SimpleShow", 50, MARKET),
    "/v1/shows/{id}/episodes": _lookup("list_show_episodes", "The episodes of a show", "SimpleEpisodePage", *PAGED),
    "/v1/episodes/{id}": _lookup("get_episode", "An episode", "Episode", MARKET),
    "/v1/episodes": _batch("get_episodes", "Several episodes", "episodes", "Episode", 50, MARKET),
    "/v1/audiobooks/{id}": _lookup("get_audiobook", "An audiobook", "Audiobook", MARKET),
    "/v1/audiobooks": _batch("get_audiobooks", "Several audiobooks", "audiobooks", "Audiobook", 50, MARKET),
    "/v1/audiobooks/{id}/chapters": _lookup(
        "list_audiobook_chapters", "The chapters of an audiobook", "SimpleChapterPage", *PAGED
    ),
    "/v1/chapters/{id}": _lookup("get_chapter", "A chapter", "Chapter", MARKET),
    "/v1/chapters": _batch("get_chapters", "Several chapters", "chapters", "Chapter", 50, MARKET),
}

BROWSE_PATHS: dict[str, Schema] = {
    "/v1/browse/new-releases": get_operation(
        "list_new_releases",
        "The newest albums",
        PAGED,
        json_content(shape("One page.", {"albums": ref("SimpleAlbumPage")})),
    ),
    "/v1/browse/categories": get_operation(
        "list_categories",
        "The genres there are, as categories",
        (LIMIT, OFFSET),
        json_content(shape("One page.", {"categories": ref("CategoryPage")})),
    ),
    "/v1/browse/categories/{id}": _lookup("get_category", "A category", "Category"),
    "/v1/recommendations/available-genre-seeds": get_operation(
        "list_genre_seeds",
        "The genres there are, as search takes them",
        (),
        json_content(shape("Sorted.", {"genres": _TEXTS})),
        refusals=(401, 429, 503),
    ),
    "/v1/markets": get_operation(
        "list_markets",
        "Every market rights can be granted in",
        (),
        json_content(shape("All of them, sorted.", {"markets": list_of(ref("Market"))})),
        refusals=(401, 429, 503),
    ),
}
