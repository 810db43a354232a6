"""Look-ups by id: one document each, spliced and sent; and batches of them."""

from antiphon.model.territories import TERRITORIES
from antiphon.segments import DocumentKind, DocumentView
from antiphon.surfaces.reads.lists import render_album_page
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.parameters import check_id, read_ids
from antiphon.surfaces.reads.refusals import not_found
from antiphon.surfaces.reads.relinking import render_track
from antiphon.surfaces.reads.responses import answer_catalogue

MAX_IDS = 50
"""tracks or artists in one batch. Source: the catalogue profile."""

MAX_ALBUM_IDS = 20
"""albums in one batch, since each brings a page of tracks. Source: the catalogue profile."""


def answer_track(node: Node, call: CatalogueCall) -> Answer:
    """Return a track, relinked where the market asks for it. Raises: ReadRefused (404)."""
    found = render_track(call, call.argument)
    if found is None:
        check_id(call.argument)
        raise not_found("Track")
    return answer_catalogue(node, *found)


def answer_artist(node: Node, call: CatalogueCall) -> Answer:
    """Return an artist. Raises: ReadRefused (404)."""
    data = call.view.get(DocumentKind.ARTIST, check_id(call.argument))
    if data is None:
        raise not_found("Artist")
    document = DocumentView(data)
    body, outcome = document.answer(0, call.reader)
    return answer_catalogue(node, body, f'"{document.tag.decode()}-{outcome}"')


def answer_album(node: Node, call: CatalogueCall) -> Answer:
    """Return an album with the first page of its tracks. Raises: ReadRefused (404)."""
    body = _render_album(call, check_id(call.argument))
    if body is None:
        raise not_found("Album")
    return answer_catalogue(node, body)


def answer_tracks(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of tracks in the order asked for, null for an id that names none."""
    found = [render_track(call, track_id) for track_id in read_ids(call.parameters, most=MAX_IDS)]
    return answer_catalogue(node, join_batch(b"tracks", [None if track is None else track[0] for track in found]))


def answer_artists(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of artists in the order asked for, null for an id that names none."""
    documents = call.view.get_many(DocumentKind.ARTIST, read_ids(call.parameters, most=MAX_IDS))
    items = [None if data is None else DocumentView(data).render(0, call.reader) for data in documents]
    return answer_catalogue(node, join_batch(b"artists", items))


def answer_albums(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of albums in the order asked for, null for an id that names none."""
    albums = [_render_album(call, album_id) for album_id in read_ids(call.parameters, most=MAX_ALBUM_IDS)]
    return answer_catalogue(node, join_batch(b"albums", albums))


def answer_markets(node: Node, _: CatalogueCall) -> Answer:
    """Return every market that rights can be granted in, by code."""
    return answer_catalogue(node, _MARKETS)


def join_batch(name: bytes, items: list[bytes | None]) -> bytes:
    """Return the JSON object of a batch: one member, a list with null where there is nothing."""
    return b'{"%b":[%b]}' % (name, b",".join(item or b"null" for item in items))


def _render_album(call: CatalogueCall, album_id: str) -> bytes | None:
    data = call.view.get(DocumentKind.ALBUM, album_id)
    if data is None:
        return None
    return DocumentView(data).render(0, call.reader, render_album_page(call, album_id))


_MARKETS = b'{"markets":[%b]}' % ",".join(f'"{code}"' for code in sorted(TERRITORIES)).encode()
