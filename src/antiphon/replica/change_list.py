"""The list of changes a node keeps, version by version, beside its documents and in the same transaction.

The list is bounded. A node that cannot say what happened since a place, because it dropped the oldest changes or took
over a whole snapshot, says from which version on it can: ``ChangesGone``. Nobody has to tell the list of a jump: it
notes the last version it holds, and where that is not the version of the documents it counts for nothing.
"""

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import NamedTuple

import lmdb
import msgspec

from antiphon.model.errors import Refused
from antiphon.replica.changes import Change, ChangeFilter, ChangePage, Place, PlacedChange, find_changes
from antiphon.segments import Entry

KEPT_CHANGES = 200_000
"""changes; some 20 MB. A million tracks that change once a month come to 35,000 a day: five days to be away."""

LOOKED_AT = 20_000
"""changes one reading looks at before it gives back how far it came: some 30 ms where a filter finds none."""

ROW_CHANGES = 512
"""changes in one row at most, since a row is read whole: some 1 ms. A version has as many rows as it takes."""

_STATE_KEY = b"\x00changes"
_ROW_PREFIX = b"\x00changes/"
_STATE = Struct("<QQQ")
_ROW_KEY = Struct(">QI")
"""version, and the position of the first change of the row."""
_ROW_HEAD = Struct("<qI")
"""announced when, in milliseconds since the epoch, and how many changes the row has."""

_decode_changes = msgspec.msgpack.Decoder(tuple[Change, ...]).decode


class ChangesGone(Refused):
    """The node no longer has every change since a place: whoever asked must take the whole catalogue again.

    ``kept_after`` is the oldest version after which it has all.
    """

    def __init__(self, version: int, kept_after: int) -> None:
        self.kept_after = kept_after
        super().__init__(
            "ChangesGone",
            f"not every change since version {version} is kept here any more, only those after version {kept_after}; "
            f"take an export or the lists again, of version {kept_after} or newer, and go on from there",
        )


class _State(NamedTuple):
    """From which version on the list is whole, the last version it holds, and how many changes it has."""

    kept_after: int = 0
    last: int = 0
    total: int = 0


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
        _drop_all(transaction)
        state = _State(kept_after=version - 1)
    for start in range(0, len(changes), ROW_CHANGES):
        row = changes[start : start + ROW_CHANGES]
        head = _ROW_HEAD.pack(announced_at_ms, len(row))
        transaction.put(_row_key(version, row[0].position), head + msgspec.msgpack.encode(row))
    state = _State(state.kept_after, version, state.total + len(changes))
    transaction.put(_STATE_KEY, _STATE.pack(*_drop_oldest(transaction, state, kept)))


def forget_changes(transaction: lmdb.Transaction) -> None:
    """Empty the list: the documents are about to become those of a version that no change led to."""
    _drop_all(transaction)
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
    if after < Place(kept_after):
        raise ChangesGone(after.version, kept_after)
    found: list[PlacedChange] = []
    for number, announced_at_ms, changes in _iter_rows(transaction, after):
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


def _row_key(version: int, position: int) -> bytes:
    return _ROW_PREFIX + _ROW_KEY.pack(version, position)


def _read_key(cursor: lmdb.Cursor) -> tuple[int, int] | None:
    """Return the version and first position of the row a cursor is at; None: it is at no row."""
    key = bytes(cursor.key())
    return _ROW_KEY.unpack_from(key, len(_ROW_PREFIX)) if key.startswith(_ROW_PREFIX) else None


def _iter_rows(transaction: lmdb.Transaction, after: Place) -> Iterator[tuple[int, int, tuple[Change, ...]]]:
    """Yield the rows that have what is behind a place, the first perhaps more: version, announced when, changes."""
    with transaction.cursor() as cursor:
        key = _row_key(*after)
        # The row before the place may go on behind it; where that is none of ours, begin with the next one.
        has_row = cursor.prev() if cursor.set_range(key) else cursor.last()
        if not has_row or _read_key(cursor) is None:
            cursor.set_range(key)
        while (place := _read_key(cursor)) is not None:
            row = bytes(cursor.value())
            yield place[0], _ROW_HEAD.unpack_from(row)[0], _decode_changes(memoryview(row)[_ROW_HEAD.size :])
            if not cursor.next():
                break


def _drop_all(transaction: lmdb.Transaction) -> None:
    with transaction.cursor() as cursor:
        while cursor.set_range(_ROW_PREFIX) and _read_key(cursor) is not None:
            cursor.delete()


def _drop_oldest(transaction: lmdb.Transaction, state: _State, kept: int) -> _State:
    """Drop the oldest versions of the list until at most ``kept`` changes are left: a version is dropped whole."""
    with transaction.cursor() as cursor:
        while cursor.set_range(_ROW_PREFIX) and (place := _read_key(cursor)) is not None:
            if state.total <= kept and place[0] > state.kept_after:
                break
            count = _ROW_HEAD.unpack_from(cursor.value())[1]
            cursor.delete()
            state = _State(place[0], state.last, state.total - count)
    return state
