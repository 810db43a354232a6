"""Shows and audiobooks to documents, as ``documents`` does for albums. Pure: same entities, same bytes.

An episode may be streamed where its own rights say so; a show is available where and when one of its episodes is. No
reader has a place to resume at, so ``resume_point`` is left out, as the shape has it for callers without a listener.

Example: a show of 3 episodes gives 3 documents of its own (itself, its card, its list of episodes) and one per episode.
"""

from collections.abc import Sequence
from html import escape
from typing import Any

from antiphon.model.entities import EntityKind
from antiphon.model.spoken import Audiobook, Chapter, Episode, Show, SpokenPart, SpokenWord
from antiphon.publication.audience import provider_subject, unite_deals, unite_rights
from antiphon.publication.members import (
    date_members,
    document_entry,
    identity_members,
    list_copyrights,
    list_images,
)
from antiphon.publication.spoken_search_rows import audiobook_search_row, episode_search_row, show_search_row
from antiphon.segments import DocumentKind, Entry, HoleKind, Rights, cut_body, hole_member, hole_value

_MEDIA_TYPE = "audio"
"""What the shape calls shows and audiobooks that have no pictures that move: we serve no others."""


def show_entries(show: Show) -> tuple[Entry, ...]:
    """Return the documents of a show and of its episodes, which are listed newest first, equal dates by id.

    An episode that has left the show is not named here: withdraw it.
    """
    episodes = sorted(sorted(show.episodes, key=lambda e: e.id), key=lambda e: e.release_date, reverse=True)
    rights = [_part_rights(show, episode) for episode in episodes]
    whole = unite_rights(show.id, rights)
    listed = [cut_body(_simple_episode(show, episode, index)) for index, episode in enumerate(episodes)]
    full = {**_show_card(show, 0), "episodes": hole_value(HoleKind.PAGE)}
    entries = [
        document_entry(DocumentKind.SHOW, show.id, [whole], [cut_body(full)], show_search_row(show, whole)),
        document_entry(DocumentKind.SHOW_CARD, show.id, [whole], [cut_body(_show_card(show, 0))]),
        document_entry(DocumentKind.SHOW_EPISODES, show.id, rights, listed),
    ]
    for episode, own in zip(episodes, rights, strict=True):
        simple = _simple_episode(show, episode, 0)
        items = [cut_body({"show": _show_card(show, 1), **simple}), cut_body(simple)]
        row = episode_search_row(show, episode, own)
        entries.append(document_entry(DocumentKind.EPISODE, episode.id, [own, whole], items, row))
    return tuple(entries)


def audiobook_entries(book: Audiobook) -> tuple[Entry, ...]:
    """Return the documents of an audiobook and of its chapters, in their order.

    A chapter that has left the book is not named here: withdraw it.
    """
    rights = [_part_rights(book, chapter) for chapter in book.chapters]
    whole = unite_rights(book.id, rights)
    numbered = list(enumerate(book.chapters))  # from 0, as client libraries expect it
    listed = [cut_body(_simple_chapter(book, chapter, number, number)) for number, chapter in numbered]
    full = {**_audiobook_card(book, 0), "chapters": hole_value(HoleKind.PAGE)}
    entries = [
        document_entry(DocumentKind.AUDIOBOOK, book.id, [whole], [cut_body(full)], audiobook_search_row(book, whole)),
        document_entry(DocumentKind.AUDIOBOOK_CARD, book.id, [whole], [cut_body(_audiobook_card(book, 0))]),
        document_entry(DocumentKind.AUDIOBOOK_CHAPTERS, book.id, rights, listed),
    ]
    for (number, chapter), own in zip(numbered, rights, strict=True):
        body = cut_body({"audiobook": _audiobook_card(book, 1), **_simple_chapter(book, chapter, number, 0)})
        entries.append(document_entry(DocumentKind.CHAPTER, chapter.id, [own, whole], [body]))
    return tuple(entries)


def _part_rights(whole: Show | Audiobook, part: SpokenPart) -> Rights:
    """Return who may play a part. A denial may name it, what it is part of, or the provider."""
    intervals = unite_deals(part.intervals) if part.renditions else ()
    return Rights(intervals=intervals, subjects=(part.id, whole.id, provider_subject(whole.provider)))


def _spoken_members(kind: EntityKind, spoken: SpokenWord) -> dict[str, Any]:
    return {
        "description": spoken.description,
        "explicit": spoken.explicit,
        **identity_members(kind, spoken.id),
        "html_description": spoken.html_description or escape(spoken.description),
        "images": list_images(spoken.covers),
        "languages": spoken.languages,
        "name": spoken.title,
    }


def _show_card(show: Show, rights: int) -> dict[str, Any]:
    return {
        **hole_member(HoleKind.LISTING, rights),
        "copyrights": list_copyrights(show.copyrights),
        **_spoken_members(EntityKind.SHOW, show),
        "is_externally_hosted": False,
        "media_type": _MEDIA_TYPE,
        "publisher": show.publisher,
        "total_episodes": len(show.episodes),
    }


def _audiobook_card(book: Audiobook, rights: int) -> dict[str, Any]:
    return {
        **hole_member(HoleKind.LISTING, rights),
        "authors": _list_names(book.authors),
        "copyrights": list_copyrights(book.copyrights),
        "edition": book.edition,
        **_spoken_members(EntityKind.AUDIOBOOK, book),
        "media_type": _MEDIA_TYPE,
        "narrators": _list_names(book.narrators),
        "publisher": book.publisher,
        "total_chapters": len(book.chapters),
    }


def _part_members(kind: EntityKind, whole: SpokenWord, part: SpokenPart) -> dict[str, Any]:
    return {
        "audio_preview_url": None,
        "duration_ms": part.duration_ms,
        **_spoken_members(kind, part),
        "images": list_images(part.covers or whole.covers),
        "languages": part.languages or whole.languages,
        **date_members(part.release_date),
    }


def _simple_episode(show: Show, episode: Episode, rights: int) -> dict[str, Any]:
    languages = episode.languages or show.languages
    return {
        **hole_member(HoleKind.EPISODE, rights),
        **_part_members(EntityKind.EPISODE, show, episode),
        "is_externally_hosted": False,
        **({"language": languages[0]} if languages else {}),
    }


def _simple_chapter(book: Audiobook, chapter: Chapter, number: int, rights: int) -> dict[str, Any]:
    return {
        **hole_member(HoleKind.CHAPTER, rights),
        "chapter_number": number,
        **_part_members(EntityKind.CHAPTER, book, chapter),
    }


def _list_names(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": name} for name in names]
