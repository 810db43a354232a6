"""Look-ups by id: one document each, spliced and sent; and batches of them."""

from collections.abc import Sequence

from antiphon.model.territories import TERRITORIES
from antiphon.segments import DocumentKind, answer_document
from antiphon.surfaces.reads.lists import render_album_page
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.parameters import check_id, read_ids
from antiphon.surfaces.reads.refusals import not_found
from antiphon.surfaces.reads.relinking import render_track, render_tracks
from antiphon.surfaces.reads.responses import answer_catalogue, join_tags

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
    body, etag, _ = answer_document(data, call.reader)
    return answer_catalogue(node, body, etag)


def answer_album(node: Node, call: CatalogueCall) -> Answer:
    """Return an album with the first page of its tracks. Raises: ReadRefused (404)."""
    known = call.answers.find(call.reader, call.argument)
    if known is not None:
        return known
    found = _render_album(call, check_id(call.argument))
    if found is None:
        raise not_found("Album")
    return call.answers.keep(call.reader, call.argument, answer_catalogue(node, *found))


def answer_tracks(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of tracks in the order asked for, null for an id that names none."""
    return answer_batch(node, b"tracks", render_tracks(call, read_ids(call.parameters, most=MAX_IDS)))


def answer_artists(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of artists in the order asked for, null for an id that names none."""
    documents = call.view.get_many(DocumentKind.ARTIST, read_ids(call.parameters, most=MAX_IDS))
    found = [None if data is None else answer_document(data, call.reader) for data in documents]
    return answer_batch(node, b"artists", found)


def answer_albums(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of albums in the order asked for, null for an id that names none."""
    return answer_batch(
        node, b"albums", [_render_album(call, i) for i in read_ids(call.parameters, most=MAX_ALBUM_IDS)]
    )


def answer_markets(node: Node, _: CatalogueCall) -> Answer:
    """Return every market that rights can be granted in, by code."""
    return answer_catalogue(node, _MARKETS)


def answer_batch(node: Node, name: bytes, found: Sequence[tuple[bytes, str, *tuple[str, ...]] | None]) -> Answer:
    """Return the answer of a batch: one member, a list of what was found, null for what was not.

    ``found``: each with its entity tag. They name the whole: hashing its bytes would cost as much as making them.
    """
    items = b",".join(b"null" if one is None else one[0] for one in found)
    return answer_catalogue(
        node, b'{"%b":[%b]}' % (name, items), join_tags("" if one is None else one[1] for one in found)
    )


def _render_album(call: CatalogueCall, album_id: str) -> tuple[bytes, str] | None:
    """Return an album with the first page of its tracks, and its entity tag; None: there is none."""
    data = call.view.get(DocumentKind.ALBUM, album_id)
    if data is None:
        return None
    page, page_tag = render_album_page(call, album_id)
    body, etag, _ = answer_document(data, call.reader, page)
    return body, join_tags((etag, page_tag))


_MARKETS = b'{"markets":[%b]}' % ",".join(f'"{code}"' for code in sorted(TERRITORIES)).encode()
