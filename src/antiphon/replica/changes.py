"""What a version changed in the public catalogue, for applications that keep a copy of it.

A change is found where a version is applied, from the documents before and after it. Every node applies the same
segments in the same order, so every node finds the same changes at the same places: a place that one node gave out
means the same to another one, and to the same one after a restart. What was found is kept by ``change_list``.
"""

import re
from collections.abc import Callable, Collection, Sequence
from enum import StrEnum
from typing import NamedTuple

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.segments import DocumentKind, DocumentView, Entry

END = (1 << 32) - 1
"""The position behind the last change of a version."""

_ENTITIES: dict[int, EntityKind] = {
    DocumentKind.ALBUM: EntityKind.ALBUM,
    DocumentKind.TRACK: EntityKind.TRACK,
    DocumentKind.ARTIST: EntityKind.ARTIST,
    DocumentKind.SHOW: EntityKind.SHOW,
    DocumentKind.EPISODE: EntityKind.EPISODE,
    DocumentKind.AUDIOBOOK: EntityKind.AUDIOBOOK,
    DocumentKind.CHAPTER: EntityKind.CHAPTER,
}
"""The documents that are an entity as it is served."""

_LISTS = frozenset(map(int, (DocumentKind.ALBUM_TRACKS, DocumentKind.SHOW_EPISODES, DocumentKind.AUDIOBOOK_CHAPTERS)))
"""Documents that are served inside an entity: where one changes, the entity did."""

_REDIRECT = int(DocumentKind.REDIRECT)

Load = Callable[[bytes], bytes | None]
"""What gives the document of a key as it was before a version; None: there was none."""

_LINK = re.compile(rb'"\x00/v1/(?:albums|artists|shows|audiobooks)/([0-9A-Za-z]+)"')
"""How a document's body names what it belongs to. No title looks like it: JSON would escape its byte 0."""


class ChangeEvent(StrEnum):
    """What happened to an entity."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    REDIRECTED = "redirected"


class Change(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """One change of one entity in one version. ``position`` orders the changes of a version; it may skip numbers.

    ``related`` are the ids of what the entity belongs to, before or after, sorted: a track's album and artists.
    ``into`` is the id that a redirected one leads to.
    """

    position: int
    kind: EntityKind
    id: str
    event: ChangeEvent
    related: tuple[str, ...] = ()
    into: str = ""


class Place(NamedTuple):
    """A place in the list: behind the change at ``position`` of ``version``; ``END``: behind all of that version."""

    version: int
    position: int = END


class PlacedChange(NamedTuple):
    """A change, the version it came with, and when that was announced, in milliseconds since the epoch."""

    version: int
    announced_at_ms: int
    change: Change


class ChangePage(NamedTuple):
    """Some changes in order, the place behind all that was looked at, and whether there is more behind it."""

    changes: tuple[PlacedChange, ...]
    after: Place
    has_more: bool


class ChangeFilter(NamedTuple):
    """Which changes are wanted: of these kinds, and of these entities or what belongs to them; empty: all."""

    kinds: Collection[EntityKind] = ()
    ids: Collection[str] = ()

    def takes(self, change: Change) -> bool:
        """Tell whether a change is wanted."""
        if self.kinds and change.kind not in self.kinds:
            return False
        return not self.ids or change.id in self.ids or any(related in self.ids for related in change.related)


def find_changes(entries: Sequence[Entry], load: Load) -> tuple[Change, ...]:
    """Return what a version's entries change, in their order: at most one change of each entity.

    What is written again as it was is no change.
    """
    lists: dict[bytes, Entry] = {}
    redirects: dict[bytes, Entry] = {}
    for entry in entries:
        kind = entry.key[0]
        if kind in _LISTS:
            lists[entry.key[1:]] = entry
        elif kind == _REDIRECT and entry.document is not None:
            redirects[entry.key[1:]] = entry
    found = []
    for position, entry in enumerate(entries):
        if entry.key[0] in _ENTITIES:
            entity = entry.key[1:]
            change = _find_change(position, entry, lists.get(entity), redirects.get(entity), load)
            if change is not None:
                found.append(change)
    return tuple(found)


def _find_change(
    position: int, entry: Entry, own_list: Entry | None, redirect: Entry | None, load: Load
) -> Change | None:
    """Return what happened to one entity; ``own_list`` and ``redirect``: of its id, where the version writes them."""
    before, after = load(entry.key), entry.document
    into = ""
    if redirect is not None and redirect.document != load(redirect.key):
        event, into = ChangeEvent.REDIRECTED, DocumentView(redirect.document or b"").body().decode("ascii")
    elif before is None and after is None:
        return None
    elif before is None:
        event = ChangeEvent.ADDED
    elif after is None:
        event = ChangeEvent.REMOVED
    elif before != after or (own_list is not None and own_list.document != load(own_list.key)):
        event = ChangeEvent.CHANGED
    else:
        return None
    own_id = entry.key[1:].decode()
    related = {link.decode() for data in (before, after) if data for link in _LINK.findall(data)} - {own_id}
    kind = _ENTITIES[entry.key[0]]
    return Change(position=position, kind=kind, id=own_id, event=event, related=tuple(sorted(related)), into=into)
