"""Members that documents of several kinds share: who they are, their images, their date and their copyright lines."""

from collections.abc import Iterable, Sequence
from typing import Any

from antiphon.model.entities import AlbumCopyright, EntityKind
from antiphon.model.media import CoverSize
from antiphon.segments import DocumentKind, Entry, Item, Rights, SearchRow, document_key, encode_document, url_value

_UNKNOWN_DATE = "0000"
"""What the shape says where a release date is unknown: clients insist on a date of year precision at least."""

_PRECISIONS = {4: "year", 7: "month", 10: "day"}

_TYPES = {EntityKind.CHAPTER: "episode"}
_URI_WORDS = {EntityKind.CHAPTER: "episode", EntityKind.AUDIOBOOK: "show"}
"""The words of the shape where they are not the kind's own: to it, a chapter is an episode and an audiobook a show."""


def identity_members(kind: EntityKind, entity_id: str) -> dict[str, Any]:
    """Return what says which entity an object is. ``external_urls`` is empty: ours have no page elsewhere."""
    return {
        "external_urls": {},
        "href": url_value(f"/v1/{kind.value}s/{entity_id}"),
        "id": entity_id,
        "type": _TYPES.get(kind, kind.value),
        "uri": f"spotify:{_URI_WORDS.get(kind, kind.value)}:{entity_id}",
    }


def list_images(covers: Iterable[CoverSize]) -> list[dict[str, Any]]:
    """Return covers as images, widest first."""
    return [
        {"url": url_value(f"/images/{cover.blob}"), "height": cover.height_px, "width": cover.width_px}
        for cover in sorted(covers, key=lambda cover: -cover.width_px)
    ]


def date_members(release_date: str) -> dict[str, str]:
    """Return a release date (empty: unknown) with its precision."""
    date = release_date or _UNKNOWN_DATE
    return {"release_date": date, "release_date_precision": _PRECISIONS[len(date)]}


def list_copyrights(copyrights: Iterable[AlbumCopyright]) -> list[dict[str, str]]:
    """Return copyright lines in their order."""
    return [{"text": line.text, "type": line.type} for line in copyrights]


def document_entry(
    kind: DocumentKind,
    entity_id: str,
    rights: Sequence[Rights],
    items: Sequence[Item],
    search: SearchRow | None = None,
) -> Entry:
    """Return the entry that publishes a document."""
    return Entry(key=document_key(kind, entity_id), document=encode_document(kind, rights, items), search=search)
