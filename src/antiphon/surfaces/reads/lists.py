"""Lists: the pages of what an album or an artist has, cut from documents that hold the whole list in order."""

import msgspec

from antiphon.segments import AlbumGroup, DocumentKind, DocumentView
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.pages import PageRequest, encode_joined, encode_page
from antiphon.surfaces.reads.parameters import check_id, read_number, read_words
from antiphon.surfaces.reads.refusals import not_found
from antiphon.surfaces.reads.relinking import relink_items
from antiphon.surfaces.reads.responses import answer_catalogue, join_tags

MAX_LIMIT = 50
"""items in a page. Source: the catalogue profile."""

DEFAULT_LIMIT = 20
"""items in a page whose size was not asked for. Source: the catalogue profile."""

MAX_LIST_OFFSET = 1_000_000
"""items; as many as a list document may hold."""


_GROUPS = {group.word: group for group in AlbumGroup}

TOP_TRACKS = 10
"""tracks. Source: the catalogue profile."""

TOP_TRACKS_ALBUMS = 10
"""albums looked into for an artist's top tracks."""


class _Named(msgspec.Struct):
    id: str


def answer_album_tracks(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of an album's tracks. Raises: ReadRefused (404)."""
    data = call.view.get(DocumentKind.ALBUM_TRACKS, check_id(call.argument))
    if data is None:
        raise not_found("Album")
    body, name = _render_tracks(call, data, read_page(call, f"/v1/albums/{call.argument}/tracks"))
    return answer_catalogue(node, body, join_tags((name,)))


def answer_artist_albums(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of an artist's albums, all groups of them or those asked for. Raises: ReadRefused (404)."""
    data = call.view.get(DocumentKind.ARTIST_ALBUMS, check_id(call.argument))
    if data is None:
        raise not_found("Artist")
    page = read_page(call, f"/v1/artists/{call.argument}/albums")
    groups = read_words(call.parameters, "include_groups", _GROUPS)
    if not groups:
        body, name = render_page(call, data, page)
        return answer_catalogue(node, body, join_tags((name,)))
    document = DocumentView(data)
    wanted = {_GROUPS[group] for group in groups}
    indexes = [index for index in range(document.item_count) if document.group(index) in wanted]
    chosen = indexes[page.offset : page.offset + page.limit]
    items = [document.render(index, call.reader) for index in chosen]
    return answer_catalogue(node, encode_page(page, len(indexes), items))


def answer_top_tracks(node: Node, call: CatalogueCall) -> Answer:
    """Return some tracks of an artist: the first of the albums as they are listed, while nobody counts plays yet.

    Raises: ReadRefused (404).
    """
    data = call.view.get(DocumentKind.ARTIST_ALBUMS, check_id(call.argument))
    if data is None:
        raise not_found("Artist")
    track_ids: list[str] = []
    for album_id in _read_ids(call, data, TOP_TRACKS_ALBUMS):
        tracks = call.view.get(DocumentKind.ALBUM_TRACKS, album_id)
        track_ids += [] if tracks is None else _read_ids(call, tracks, TOP_TRACKS)
    documents = [call.view.get(DocumentKind.TRACK, track_id) for track_id in track_ids[:TOP_TRACKS]]
    items = [DocumentView(document).render(0, call.reader) for document in documents if document is not None]
    return answer_catalogue(node, b'{"tracks":[%b]}' % b",".join(items))


def _read_ids(call: CatalogueCall, data: bytes, most: int) -> list[str]:
    document = DocumentView(data)
    rendered = (document.render(index, call.reader) for index in range(min(most, document.item_count)))
    return [msgspec.json.decode(item, type=_Named).id for item in rendered]


def read_page(
    call: CatalogueCall, path: str, *, max_offset: int = MAX_LIST_OFFSET, least_limit: int = 0
) -> PageRequest:
    """Return which page of the list at ``path`` the call asks for. Raises: ReadRefused (400)."""
    return PageRequest(
        url=call.base_url + path,
        limit=read_number(call.parameters, "limit", default=DEFAULT_LIMIT, least=least_limit, most=MAX_LIMIT),
        offset=read_number(call.parameters, "offset", default=0, least=0, most=max_offset),
        parameters=call.parameters,
    )


def render_page(call: CatalogueCall, data: bytes, page: PageRequest) -> tuple[bytes, str]:
    """Return the paging object of a list document, and what names it: the tag of the list, and what that came to."""
    document = DocumentView(data)
    items, outcome = document.answer_items(page.offset, page.offset + page.limit, call.reader)
    return encode_joined(page, document.item_count, items), f"{document.tag.decode()}-{outcome}"


def render_album_page(call: CatalogueCall, album_id: str) -> tuple[bytes, str]:
    """Return the first page of an album's tracks, as it stands inside the album, and what names it."""
    market = call.parameters.get("market")
    page = PageRequest(
        url=f"{call.base_url}/v1/albums/{album_id}/tracks",
        limit=MAX_LIMIT,
        offset=0,
        parameters={"market": market} if market else {},
    )
    data = call.view.get(DocumentKind.ALBUM_TRACKS, album_id)
    return (encode_page(page, 0, []), "") if data is None else _render_tracks(call, data, page)


def _render_tracks(call: CatalogueCall, data: bytes, page: PageRequest) -> tuple[bytes, str]:
    """Return a page of an album's tracks, relinked where the market lacks them, and what names it."""
    document = DocumentView(data)
    items, outcome = document.answer_items(page.offset, page.offset + page.limit, call.reader)
    name = f"{document.tag.decode()}-{outcome}"
    if call.reader.market is not None and "m" in outcome:
        items, others = relink_items(call, items)
        name += others
    return encode_joined(page, document.item_count, items), name
