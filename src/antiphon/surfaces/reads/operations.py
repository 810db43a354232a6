"""What this surface answers: one line per route, in the order of the documentation."""

from antiphon.surfaces.reads.blobs import answer_image, answer_stream
from antiphon.surfaces.reads.categories import answer_categories, answer_category, answer_genre_seeds
from antiphon.surfaces.reads.description import answer_description
from antiphon.surfaces.reads.exchange import Request, Response
from antiphon.surfaces.reads.extensions import EXTENSION_ROUTES
from antiphon.surfaces.reads.forms import TOKEN_PATH
from antiphon.surfaces.reads.grants import answer_stream_grant
from antiphon.surfaces.reads.lists import answer_album_tracks, answer_artist_albums, answer_top_tracks
from antiphon.surfaces.reads.lookups import (
    answer_album,
    answer_albums,
    answer_artist,
    answer_artists,
    answer_markets,
    answer_track,
    answer_tracks,
)
from antiphon.surfaces.reads.node import Node
from antiphon.surfaces.reads.reference_page import answer_reference
from antiphon.surfaces.reads.routes import AnyRoute, CatalogueRoute, FormRoute, OpenRoute
from antiphon.surfaces.reads.search import answer_new_releases, answer_search
from antiphon.surfaces.reads.spoken import (
    answer_audiobook,
    answer_audiobook_chapters,
    answer_audiobooks,
    answer_chapter,
    answer_chapters,
    answer_episode,
    answer_episodes,
    answer_show,
    answer_show_episodes,
    answer_shows,
)


def answer_token(node: Node, request: Request, now_s: float) -> Response:
    """Return what the token endpoint answers."""
    return node.tokens.answer(request, now_s)


ROUTES: tuple[AnyRoute, ...] = (
    CatalogueRoute(path="/v1/tracks/{id}", operation="get_track", answer=answer_track),
    CatalogueRoute(path="/v1/tracks", operation="get_tracks", answer=answer_tracks),
    CatalogueRoute(path="/v1/tracks/{id}/stream", operation="grant_stream", answer=answer_stream_grant),
    CatalogueRoute(path="/v1/albums/{id}", operation="get_album", answer=answer_album),
    CatalogueRoute(path="/v1/albums", operation="get_albums", answer=answer_albums),
    CatalogueRoute(path="/v1/albums/{id}/tracks", operation="list_album_tracks", answer=answer_album_tracks),
    CatalogueRoute(path="/v1/artists/{id}", operation="get_artist", answer=answer_artist),
    CatalogueRoute(path="/v1/artists", operation="get_artists", answer=answer_artists),
    CatalogueRoute(path="/v1/artists/{id}/albums", operation="list_artist_albums", answer=answer_artist_albums),
    CatalogueRoute(path="/v1/artists/{id}/top-tracks", operation="list_top_tracks", answer=answer_top_tracks),
    CatalogueRoute(path="/v1/shows/{id}", operation="get_show", answer=answer_show),
    CatalogueRoute(path="/v1/shows", operation="get_shows", answer=answer_shows),
    CatalogueRoute(path="/v1/shows/{id}/episodes", operation="list_show_episodes", answer=answer_show_episodes),
    CatalogueRoute(path="/v1/episodes/{id}", operation="get_episode", answer=answer_episode),
    CatalogueRoute(path="/v1/episodes", operation="get_episodes", answer=answer_episodes),
    CatalogueRoute(path="/v1/audiobooks/{id}", operation="get_audiobook", answer=answer_audiobook),
    CatalogueRoute(path="/v1/audiobooks", operation="get_audiobooks", answer=answer_audiobooks),
    CatalogueRoute(
        path="/v1/audiobooks/{id}/chapters", operation="list_audiobook_chapters", answer=answer_audiobook_chapters
    ),
    CatalogueRoute(path="/v1/chapters/{id}", operation="get_chapter", answer=answer_chapter),
    CatalogueRoute(path="/v1/chapters", operation="get_chapters", answer=answer_chapters),
    CatalogueRoute(path="/v1/search", operation="search", answer=answer_search),
    CatalogueRoute(path="/v1/browse/new-releases", operation="list_new_releases", answer=answer_new_releases),
    CatalogueRoute(path="/v1/browse/categories", operation="list_categories", answer=answer_categories),
    CatalogueRoute(path="/v1/browse/categories/{id}", operation="get_category", answer=answer_category),
    CatalogueRoute(
        path="/v1/recommendations/available-genre-seeds", operation="list_genre_seeds", answer=answer_genre_seeds
    ),
    CatalogueRoute(path="/v1/markets", operation="list_markets", answer=answer_markets),
    *EXTENSION_ROUTES,
    OpenRoute(path="/v1/openapi.json", operation="describe", answer=answer_description),
    OpenRoute(path="/v1/docs", operation="show_reference", answer=answer_reference),
    FormRoute(path=TOKEN_PATH, operation="issue_token", answer=answer_token),
    OpenRoute(path="/stream/{token}", operation="stream", answer=answer_stream),
    OpenRoute(path="/images/{blob}", operation="get_image", answer=answer_image),
)
