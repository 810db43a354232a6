"""Shows with their episodes, audiobooks with their chapters: look-ups, batches and lists, as of albums and tracks."""

import msgspec

from antiphon.segments import DocumentKind, answer_document
from antiphon.surfaces.reads.lists import MAX_LIMIT, read_page, render_page
from antiphon.surfaces.reads.lookups import MAX_IDS, answer_batch
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.pages import PageRequest, encode_page
from antiphon.surfaces.reads.parameters import check_id, read_ids
from antiphon.surfaces.reads.refusals import not_found
from antiphon.surfaces.reads.responses import answer_catalogue, join_tags


class _Whole(msgspec.Struct, frozen=True, kw_only=True):
    """What has parts: its words in paths and messages, and the documents it and the list of its parts are."""

    word: str
    parts: str
    document: DocumentKind
    listed: DocumentKind

    def path(self, entity_id: str) -> str:
        """Return where the list of one's parts is."""
        return f"/v1/{self.word}s/{entity_id}/{self.parts}"


_SHOW = _Whole(word="show", parts="episodes", document=DocumentKind.SHOW, listed=DocumentKind.SHOW_EPISODES)
_AUDIOBOOK = _Whole(
    word="audiobook", parts="chapters", document=DocumentKind.AUDIOBOOK, listed=DocumentKind.AUDIOBOOK_CHAPTERS
)


def answer_show(node: Node, call: CatalogueCall) -> Answer:
    """Return a show with the first page of its episodes. Raises: ReadRefused (404)."""
    return _answer_whole(node, call, _SHOW)


def answer_shows(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of shows, without episodes, in the order asked for, null for an id that names none."""
    return _answer_batch(node, call, b"shows", DocumentKind.SHOW_CARD)


def answer_show_episodes(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of a show's episodes, newest first. Raises: ReadRefused (404)."""
    return _answer_parts(node, call, _SHOW)


def answer_episode(node: Node, call: CatalogueCall) -> Answer:
    """Return an episode with its show. Raises: ReadRefused (404)."""
    return _answer_part(node, call, "Episode", DocumentKind.EPISODE)


def answer_episodes(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of episodes in the order asked for, null for an id that names none."""
    return _answer_batch(node, call, b"episodes", DocumentKind.EPISODE)


def answer_audiobook(node: Node, call: CatalogueCall) -> Answer:
    """Return an audiobook with the first page of its chapters. Raises: ReadRefused (404)."""
    return _answer_whole(node, call, _AUDIOBOOK)


def answer_audiobooks(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of audiobooks in the order asked for, null for an id that names none."""
    books = [_render_whole(call, _AUDIOBOOK, book_id) for book_id in read_ids(call.parameters, most=MAX_IDS)]
    return answer_batch(node, b"audiobooks", books)


def answer_audiobook_chapters(node: Node, call: CatalogueCall) -> Answer:
    """Return a page of an audiobook's chapters, as they are read. Raises: ReadRefused (404)."""
    return _answer_parts(node, call, _AUDIOBOOK)


def answer_chapter(node: Node, call: CatalogueCall) -> Answer:
    """Return a chapter with its audiobook. Raises: ReadRefused (404)."""
    return _answer_part(node, call, "Chapter", DocumentKind.CHAPTER)


def answer_chapters(node: Node, call: CatalogueCall) -> Answer:
    """Return a batch of chapters in the order asked for, null for an id that names none."""
    return _answer_batch(node, call, b"chapters", DocumentKind.CHAPTER)


def _answer_whole(node: Node, call: CatalogueCall, whole: _Whole) -> Answer:
    found = _render_whole(call, whole, check_id(call.argument))
    if found is None:
        raise not_found(whole.word.capitalize())
    return answer_catalogue(node, *found)


def _answer_parts(node: Node, call: CatalogueCall, whole: _Whole) -> Answer:
    data = call.view.get(whole.listed, check_id(call.argument))
    if data is None:
        raise not_found(whole.word.capitalize())
    body, name = render_page(call, data, read_page(call, whole.path(call.argument)))
    return answer_catalogue(node, body, join_tags((name,)))


def _answer_part(node: Node, call: CatalogueCall, what: str, kind: DocumentKind) -> Answer:
    data = call.view.get(kind, check_id(call.argument))
    if data is None:
        raise not_found(what)
    body, etag, _ = answer_document(data, call.reader)
    return answer_catalogue(node, body, etag)


def _answer_batch(node: Node, call: CatalogueCall, name: bytes, kind: DocumentKind) -> Answer:
    documents = call.view.get_many(kind, read_ids(call.parameters, most=MAX_IDS))
    return answer_batch(
        node, name, [None if data is None else answer_document(data, call.reader) for data in documents]
    )


def _render_whole(call: CatalogueCall, whole: _Whole, entity_id: str) -> tuple[bytes, str] | None:
    """Return a show or an audiobook with the first page of its parts, and its entity tag; None: there is none."""
    data = call.view.get(whole.document, entity_id)
    if data is None:
        return None
    market = call.parameters.get("market")
    page = PageRequest(
        url=call.base_url + whole.path(entity_id),
        limit=MAX_LIMIT,
        offset=0,
        parameters={"market": market} if market else {},
    )
    listed = call.view.get(whole.listed, entity_id)
    parts, parts_tag = (encode_page(page, 0, []), "") if listed is None else render_page(call, listed, page)
    body, etag, _ = answer_document(data, call.reader, parts)
    return body, join_tags((etag, parts_tag))
