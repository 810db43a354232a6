"""Search, and what is new: the index gives candidates, documents say what they are."""

from datetime import date, timedelta

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.segments import DocumentKind
from antiphon.surfaces.reads.candidates import render_candidates
from antiphon.surfaces.reads.lists import read_page
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.pages import PageRequest, encode_page
from antiphon.surfaces.reads.parameters import read_words
from antiphon.surfaces.reads.refusals import bad_parameter
from antiphon.surfaces.reads.responses import answer_catalogue
from antiphon.surfaces.reads.search_query import SearchQuery, parse_search

MAX_SEARCH_OFFSET = 1000
"""items; how deep a search may be paged. Source: the catalogue profile."""

NEW_DAYS = 14
"""days since their release that albums have the tag "new". Source: the catalogue profile."""

_KINDS = {
    "album": (EntityKind.ALBUM, DocumentKind.ALBUM_CARD),
    "artist": (EntityKind.ARTIST, DocumentKind.ARTIST),
    "track": (EntityKind.TRACK, DocumentKind.TRACK),
    "show": (EntityKind.SHOW, DocumentKind.SHOW_CARD),
    "episode": (EntityKind.EPISODE, DocumentKind.EPISODE),
    "audiobook": (EntityKind.AUDIOBOOK, DocumentKind.AUDIOBOOK_CARD),
}
_PLAYLIST = "playlist"
"""The profile searches playlists too. They belong to listeners, whom a node knows nothing of: it finds none."""


def answer_search(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of candidates for each kind asked for, best first. Raises: ReadRefused (400).

    ``include_external`` is taken and changes nothing: all there is plays from here.
    """
    query = parse_search(call.parameters.get("q", ""))
    known = (*_KINDS, _PLAYLIST)
    kinds = read_words(call.parameters, "type", known)
    read_words(call.parameters, "include_external", ("audio",))
    if not kinds:
        raise bad_parameter("type", got="", expected="one or more of " + ", ".join(known))
    page = read_page(call, "/v1/search", max_offset=MAX_SEARCH_OFFSET, least_limit=1)
    found = [b'"%bs":%b' % (kind.encode(), _search_kind(node, call, kind, query, page)) for kind in kinds]
    return answer_catalogue(node, b"{%b}" % b",".join(found))


def _search_kind(node: Node, call: CatalogueCall, kind: str, query: SearchQuery, page: PageRequest) -> bytes:
    own_page = msgspec.structs.replace(page, parameters={**page.parameters, "type": kind})
    if kind == _PLAYLIST:
        return encode_page(own_page, 0, [])
    entity_kind, document_kind = _KINDS[kind]
    filters = _date_filters(query.filters, call.now.date())
    market = call.reader.market
    hits = node.replica.search(entity_kind, query.text, filters, market=market, limit=page.limit, offset=page.offset)
    items = render_candidates(call.view, call.reader, document_kind, hits.ids)
    return encode_page(own_page, hits.total, items, reachable=MAX_SEARCH_OFFSET + page.limit)


def _date_filters(filters: dict[str, str], today: date) -> dict[str, str]:
    """Return the filters with what "new" means today."""
    if filters.get("tag", "").lower() != "new":
        return filters
    first = today - timedelta(days=NEW_DAYS)
    return {name: value for name, value in filters.items() if name != "tag"} | {"released": f"{first}/{today}"}


def answer_new_releases(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of the newest albums, whether they may be played here or not."""
    page = read_page(call, "/v1/browse/new-releases")
    ids = node.new_releases.find_ids(node.replica, call.view, call.reader)
    items = render_candidates(
        call.view, call.reader, DocumentKind.ALBUM_CARD, ids[page.offset : page.offset + page.limit]
    )
    return answer_catalogue(node, b'{"albums":%b}' % encode_page(page, len(ids), items))
