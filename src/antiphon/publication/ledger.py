"""The ledger: which documents the log holds and where each track plays, so that a version's totals cost its changes.

Counting a million documents takes minutes and a version must be judged in milliseconds; so the publisher keeps one
small row for each entity, in a file of its own. The file is derived: what it lacks it reads from the log, and whoever
deletes it loses nothing. It is written after the version it counts is announced, and stands at a version of the log,
by number and segment: one that stands elsewhere is counted anew.
"""

import struct
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, mkdtemp
from weakref import finalize

import lmdb
import msgspec

from antiphon.blobs import BlobStore
from antiphon.publication.log_states import open_log_state
from antiphon.publication.totals import NO_TOTALS, Totals, decode_totals, encode_totals
from antiphon.segments import DocumentKind, Entry
from antiphon.segments.granted_markets import find_granted_markets
from antiphon.segments.log import load_segment, load_version
from antiphon.segments.segment import decode_segment

MAP_SIZE_BYTES = 16 << 30
"""Address space, not disk: the file takes some 60 bytes for each entity, so there is room for 200 million."""

MAX_VERSIONS_BEHIND = 10_000
"""Versions a ledger reads one after the other; further behind, it is quicker to count a snapshot."""

ENTRIES_AT_ONCE = 20_000
"""Entries counted in one transaction: some 50 MB of documents in memory."""

_ROW = struct.Struct("<II")
"""Of an entity: the kinds of its documents, a bit each; the number of the set of territories its track plays in."""

_STANDS_AT = struct.Struct("<Q64s")
_POSITION, _TOTALS = b"position", b"totals"
_MARKET_BYTES = 32


class Move(msgspec.Struct, frozen=True):
    """One entity a version touches: its kinds of documents as bits, and the territories it plays in, then and now."""

    entity_id: bytes
    kinds_before: int
    kinds_after: int
    markets_before: int
    markets_after: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue comes to before and with a version, and what moves for it, in the order of its entries."""

    before: Totals
    totals: Totals
    moves: tuple[Move, ...]


class Ledger:
    """The counts of one publisher, in a folder of its own; None: in one that goes when the ledger does."""

    def __init__(self, root: Path | None) -> None:
        if root is None:
            root = Path(mkdtemp(prefix="antiphon-ledger-"))
            finalize(self, rmtree, root, ignore_errors=True)
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._environment = lmdb.open(str(root), map_size=MAP_SIZE_BYTES, max_dbs=3)
        self._facts = self._environment.open_db(b"facts")
        self._entities = self._environment.open_db(b"entities")
        self._sets = self._environment.open_db(b"sets", integerkey=False)
        self._load()

    def _load(self) -> None:
        """Read what is small: where the ledger stands, the totals, and the sets of territories by their numbers."""
        with self._environment.begin() as transaction:
            stands_at = transaction.get(_POSITION, db=self._facts)
            totals = transaction.get(_TOTALS, db=self._facts)
            sets = {int.from_bytes(key, "big"): bytes(bits) for key, bits in transaction.cursor(db=self._sets)}
        version, segment = _STANDS_AT.unpack(stands_at) if stands_at is not None else (0, b"")
        self.version: int = version
        self.segment: str = segment.rstrip(b"\0").decode()
        self.totals = decode_totals(totals) if totals is not None else NO_TOTALS
        self._bits = {0: 0} | {number: int.from_bytes(bits, "little") for number, bits in sets.items()}
        self._numbers = {bits: number for number, bits in self._bits.items()}

    def tally(self, entries: Iterable[Entry], now_s: int) -> Tally:
        """Return what the catalogue would come to with some entries. Nothing is written.

        Documents must have been checked (``gate.check_entries``).
        """
        kinds: dict[bytes, int] = {}
        markets: dict[bytes, int] = {}
        before: dict[bytes, tuple[int, int]] = {}
        with self._environment.begin(db=self._entities) as transaction:
            for entry in entries:
                kind, entity_id = entry.key[0], entry.key[1:]
                if entity_id not in before:
                    row = transaction.get(entity_id)
                    own, number = _ROW.unpack(row) if row is not None else (0, 0)
                    before[entity_id] = own, self._bits[number]
                    kinds[entity_id], markets[entity_id] = before[entity_id]
                if entry.document is None:
                    kinds[entity_id] &= ~(1 << kind)
                else:
                    kinds[entity_id] |= 1 << kind
                if kind == DocumentKind.TRACK_MEDIA:
                    markets[entity_id] = find_granted_markets(entry.document, now_s) if entry.document else 0
        moves = tuple(
            Move(entity_id, was[0], kinds[entity_id], was[1], markets[entity_id])
            for entity_id, was in before.items()
            if was != (kinds[entity_id], markets[entity_id])
        )
        return Tally(before=self.totals, totals=_move_totals(self.totals, moves), moves=moves)

    def apply(self, version: int, segment: str, tally: Tally) -> None:
        """Count a version that was announced: the next one after which the ledger stands."""
        with self._environment.begin(write=True) as transaction:
            for move in tally.moves:
                if move.kinds_after:
                    number = self._number_set(transaction, move.markets_after)
                    transaction.put(move.entity_id, _ROW.pack(move.kinds_after, number), db=self._entities)
                else:
                    transaction.delete(move.entity_id, db=self._entities)
            transaction.put(_TOTALS, encode_totals(tally.totals), db=self._facts)
            transaction.put(_POSITION, _STANDS_AT.pack(version, segment.encode()), db=self._facts)
        self.version, self.segment, self.totals = version, segment, tally.totals

    def follow(self, blobs: BlobStore, version: int, segment: str, now: datetime) -> None:
        """Come to where the log stands: by the versions since, or by counting anew what was another log, or too far.

        Raises: Broken where the log is damaged or does not reach the version.
        """
        if (self.version, self.segment) == (version, segment):
            return
        now_s = int(now.timestamp())
        if self.version == 0 or not self._catch_up(blobs, version, segment, now_s):
            self._clear()
            self._count_anew(blobs, version, segment, now_s)

    def _catch_up(self, blobs: BlobStore, version: int, segment: str, now_s: int) -> bool:
        """Count the versions since; False: they do not lead from where the ledger stands to where it should."""
        if not self.version < version <= self.version + MAX_VERSIONS_BEHIND:
            return False
        while self.version < version:
            record = load_version(blobs, self.version + 1)
            if record is None or record.parent != self.segment:
                return False
            entries = decode_segment(load_segment(blobs, record))
            self.apply(record.version, record.segment, self.tally(entries, now_s))
        return self.segment == segment

    def _count_anew(self, blobs: BlobStore, version: int, segment: str, now_s: int) -> None:
        """Count every document of a version, some thousand at a time; until the last the ledger stands nowhere."""
        if version == 0:
            return
        with (
            TemporaryDirectory(dir=self._root) as scratch,
            open_log_state(blobs, Path(scratch), version) as state,
        ):
            entries = iter(state)
            while batch := tuple(islice(entries, ENTRIES_AT_ONCE)):
                self.apply(0, "", self.tally(batch, now_s))
        self.apply(version, segment, self.tally((), now_s))

    def _clear(self) -> None:
        """Forget everything: the ledger stands before the first version."""
        with self._environment.begin(write=True) as transaction:
            for database in (self._facts, self._entities, self._sets):
                transaction.drop(database, delete=False)
        self._load()

    def close(self) -> None:
        """Close the file."""
        self._environment.close()

    def _number_set(self, transaction: lmdb.Transaction, bits: int) -> int:
        """Return the number of a set of territories, a new one if no track had it yet."""
        number = self._numbers.get(bits)
        if number is None:
            number = self._numbers[bits] = len(self._numbers)
            self._bits[number] = bits
            transaction.put(number.to_bytes(4, "big"), bits.to_bytes(_MARKET_BYTES, "little"), db=self._sets)
        return number


def _move_totals(totals: Totals, moves: Iterable[Move]) -> Totals:
    documents = Counter(totals.documents)
    masks: Counter[tuple[int, int]] = Counter()
    sets: Counter[int] = Counter()
    for move in moves:
        masks[move.kinds_before, move.kinds_after] += 1
        sets[move.markets_before] -= 1
        sets[move.markets_after] += 1
    for (was, now), count in masks.items():
        for kind in DocumentKind:
            documents[int(kind)] += count * ((now >> kind & 1) - (was >> kind & 1))
    markets = list(totals.markets)
    playable = totals.playable
    for bits, count in sets.items():
        playable += count if bits else 0
        for index in range(len(markets)):
            markets[index] += count * (bits >> index & 1)
    return Totals(
        documents={kind: count for kind, count in sorted(documents.items()) if count},
        playable=playable,
        markets=tuple(markets),
    )
