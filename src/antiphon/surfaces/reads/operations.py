"""What this surface answers: one line per route, in the order of the documentation."""

from antiphon.surfaces.reads.blobs import answer_image, answer_stream
from antiphon.surfaces.reads.description import answer_description
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
from antiphon.surfaces.reads.routes import CatalogueRoute, OpenRoute
from antiphon.surfaces.reads.search import answer_new_releases, answer_search

ROUTES: tuple[CatalogueRoute | OpenRoute, ...] = (
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
    CatalogueRoute(path="/v1/search", operation="search", answer=answer_search),
    CatalogueRoute(path="/v1/browse/new-releases", operation="list_new_releases", answer=answer_new_releases),
    CatalogueRoute(path="/v1/markets", operation="list_markets", answer=answer_markets),
    OpenRoute(path="/v1/openapi.json", operation="describe", answer=answer_description),
    OpenRoute(path="/stream/{token}", operation="stream", answer=answer_stream),
    OpenRoute(path="/images/{blob}", operation="get_image", answer=answer_image),
)
