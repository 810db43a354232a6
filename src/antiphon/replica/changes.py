"""What changed in the public catalogue, version by version, for applications that keep a copy of it.

A change is found where a version is applied, from the documents before and after it, and kept beside them in the same
transaction. Every node applies the same segments in the same order, so every node finds the same changes at the same
places: a place that one node gave out means the same to another one, and to the same one after a restart.

The list is bounded. A node that cannot say what happened since a place, because it dropped the oldest changes or took
over a whole snapshot, says from which version on it can: ``ChangesGone``. Nobody has to tell it of a jump: the list
notes the last version it holds, and where that is not the version of the documents it counts for nothing.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum
from struct import Struct
from typing import NamedTuple

import lmdb
import msgspec

from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.segments import DocumentKind, DocumentView, Entry

KEPT_CHANGES = 200_000
"""changes; some 20 MB. A million tracks that change once a month come to 35,000 a day: five days to be away."""

LOOKED_AT = 20_000
"""changes one reading looks at before it gives back how far it came: some 20 ms where a filter finds none."""

END = (1 << 32) - 1
"""The position behind the last change of a version."""

_STATE_KEY = b"\x00changes"
_ROW_PREFIX = b"\x00changes/"
_STATE = Struct("<QQQ")
_VERSION = Struct(">Q")
_ROW_HEAD = Struct("<qI")

_ENTITIES = {
    DocumentKind.ALBUM: EntityKind.ALBUM,
    DocumentKind.TRACK: EntityKind.TRACK,
    DocumentKind.ARTIST: EntityKind.ARTIST,
    DocumentKind.SHOW: EntityKind.SHOW,
    DocumentKind.EPISODE: EntityKind.EPISODE,
    DocumentKind.AUDIOBOOK: EntityKind.AUDIOBOOK,
    DocumentKind.CHAPTER: EntityKind.CHAPTER,
}
"""The documents that are an entity as it is served."""

_LISTS = {DocumentKind.ALBUM_TRACKS, DocumentKind.SHOW_EPISODES, DocumentKind.AUDIOBOOK_CHAPTERS}
"""Documents that are served inside an entity: where one changes, the entity did."""

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


class ChangesGone(Refused):
    """The node no longer has every change since a place: whoever asked must take the whole catalogue again.

    ``kept_after`` is the oldest version after which it has all.
    """

    def __init__(self, version: int, kept_after: int) -> None:
        self.kept_after = kept_after
        super().__init__(
            "ChangesGone",
            f"changes after version {version} are not kept here any more, only those after version {kept_after}; "
            f"take an export or the lists again, of version {kept_after} or newer, and go on from there",
        )


class _State(NamedTuple):
    """From which version on the list is whole, the last version it holds, and how many changes it has."""

    kept_after: int = 0
    last: int = 0
    total: int = 0


def find_changes(entries: Sequence[Entry], load: Callable[[bytes], bytes | None]) -> tuple[Change, ...]:
    """Return what a version's entries change, ordered by where each entity first stands among them.

    ``load`` gives the document of a key before the version. What is written again as it was is no change.
    """
    first: dict[bytes, int] = {}
    by_entity: dict[bytes, dict[int, Entry]] = {}
    for position, entry in enumerate(entries):
        kind = entry.key[0]
        if kind in _ENTITIES or kind in _LISTS or kind == DocumentKind.REDIRECT:
            entity = entry.key[1:]
            first.setdefault(entity, position)
            by_entity.setdefault(entity, {})[kind] = entry
    found = (_find_change(first[entity], own, load) for entity, own in by_entity.items())
    return tuple(change for change in found if change is not None)


def _find_change(position: int, entries: dict[int, Entry], load: Callable[[bytes], bytes | None]) -> Change | None:
    """Return what happened to one entity; ``entries``: those of its documents that a version writes, by their kind."""
    entity = next((entry for kind, entry in entries.items() if kind in _ENTITIES), None)
    if entity is None:
        return None  # a list alone, or the end of a redirect: nothing that is served under its own id
    before, after = load(entity.key), entity.document
    redirect = entries.get(DocumentKind.REDIRECT)
    event, into = ChangeEvent.CHANGED, ""
    if redirect is not None and redirect.document is not None and redirect.document != load(redirect.key):
        event, into = ChangeEvent.REDIRECTED, DocumentView(redirect.document).body().decode("ascii")
    elif before is None or after is None:
        if before is after:
            return None
        event = ChangeEvent.ADDED if before is None else ChangeEvent.REMOVED
    elif before == after and not _has_new_list(entries, load):
        return None
    own_id = entity.key[1:].decode()
    related = {link.decode() for data in (before, after) if data for link in _LINK.findall(data)} - {own_id}
    kind = _ENTITIES[DocumentKind(entity.key[0])]
    return Change(position=position, kind=kind, id=own_id, event=event, related=tuple(sorted(related)), into=into)


def _has_new_list(entries: dict[int, Entry], load: Callable[[bytes], bytes | None]) -> bool:
    return any(entry.document != load(entry.key) for kind, entry in entries.items() if kind in _LISTS)


def record_changes(
    transaction: lmdb.Transaction,
    entries: Sequence[Entry],
    version: int,
    announced_at_ms: int,
    kept: int = KEPT_CHANGES,
) -> None:
    """Add what a version changes to the list, before its documents are written, and drop the oldest over the limit.

    Where the list does not end with the version before, it is begun anew: what happened in between is not known.
    """
    changes = find_changes(entries, transaction.get)  # type: ignore[arg-type]  # bytes, as buffers were not asked for
    state = _load_state(transaction)
    if state.last != version - 1:
        _drop_rows(transaction, state, kept=0)
        state = _State(kept_after=version - 1)
    row = _ROW_HEAD.pack(announced_at_ms, len(changes)) + msgspec.msgpack.encode(changes)
    transaction.put(_ROW_PREFIX + _VERSION.pack(version), row)
    state = _State(state.kept_after, version, state.total + len(changes))
    transaction.put(_STATE_KEY, _STATE.pack(*_drop_rows(transaction, state, kept=kept)))


def forget_changes(transaction: lmdb.Transaction) -> None:
    """Empty the list: the documents are about to become those of a version that no change led to."""
    _drop_rows(transaction, _load_state(transaction), kept=0)
    transaction.delete(_STATE_KEY)


def read_changes(
    transaction: lmdb.Transaction,
    version: int,
    after: Place,
    wanted: ChangeFilter,
    limit: int,
    looked_at: int = LOOKED_AT,
) -> ChangePage:
    """Return at most ``limit`` wanted changes behind a place; ``version`` is that of the documents.

    A place ahead of this node has nothing behind it, and stays where it is: another node gave it out.
    Raises: ChangesGone.
    """
    state = _load_state(transaction)
    kept_after = state.kept_after if state.last == version else version
    if after.version < kept_after:
        raise ChangesGone(after.version, kept_after)
    found: list[PlacedChange] = []
    for number, announced_at_ms, changes in _iter_rows(transaction, after.version):
        for change in changes:
            if (number, change.position) <= after:
                continue
            if len(found) == limit or looked_at == 0:
                return ChangePage(tuple(found), after, has_more=True)
            looked_at -= 1
            after = Place(number, change.position)
            if wanted.takes(change):
                found.append(PlacedChange(number, announced_at_ms, change))
    return ChangePage(tuple(found), max(after, Place(version)), has_more=False)


def _load_state(transaction: lmdb.Transaction) -> _State:
    data = transaction.get(_STATE_KEY)
    return _State() if data is None else _State._make(_STATE.unpack(data))


def _iter_rows(transaction: lmdb.Transaction, since: int) -> Iterator[tuple[int, int, tuple[Change, ...]]]:
    """Yield the versions of the list from one on: number, announced when, changes."""
    with transaction.cursor() as cursor:
        has_row = cursor.set_range(_ROW_PREFIX + _VERSION.pack(since))
        while has_row and bytes(cursor.key()).startswith(_ROW_PREFIX):
            row = bytes(cursor.value())
            (number,) = _VERSION.unpack_from(cursor.key(), len(_ROW_PREFIX))
            changes = msgspec.msgpack.decode(memoryview(row)[_ROW_HEAD.size :], type=tuple[Change, ...])
            yield number, _ROW_HEAD.unpack_from(row)[0], changes
            has_row = cursor.next()


def _drop_rows(transaction: lmdb.Transaction, state: _State, kept: int) -> _State:
    """Drop the oldest versions of the list until at most ``kept`` changes are left; 0: every version."""
    with transaction.cursor() as cursor:
        while (state.total > kept or not kept) and cursor.set_range(_ROW_PREFIX):
            key = bytes(cursor.key())
            if not key.startswith(_ROW_PREFIX):
                break
            (number,) = _VERSION.unpack_from(key, len(_ROW_PREFIX))
            count = _ROW_HEAD.unpack_from(cursor.value())[1]
            cursor.delete()
            state = _State(number, state.last, state.total - count)
    return state
