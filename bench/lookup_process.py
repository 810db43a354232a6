"""A track looked up and rendered inside the process, against LMDB's own get and one copy of the bytes.

Ours is what a node does for each request below HTTP: open a view of the newest version, find the document, judge its
rights for a premium reader in SE, fill its holes. The reference opens a read transaction, gets the same key and copies
the value: nothing that reads LMDB from Python can be faster. Both go through the same shuffled ids of 50,000 tracks
(112,500 documents with their media and albums), in turns, with every page in memory.
"""

import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import TypeVar

import lmdb

from antiphon.model.availability import Tier
from antiphon.model.territories import Territory
from antiphon.replica import Replica
from antiphon.segments import DocumentKind, DocumentView, Reader, document_key
from bench.catalogues import SEED, PublishedNode, describe_residency, publish_node, warm_file
from bench.results import Result

TRACKS = 50_000
"""Each is two documents, and its album has three: 112,500 in all."""
ROUNDS = 9
LOOKUPS = 20_000
"""Per round: about 0.1 s, long against the clock's grain and short against what else the machine does."""
NOW_S = 1_790_000_000

T = TypeVar("T")


def measure() -> list[Result]:
    """Return microseconds per look-up, ours against the bare ones."""
    with tempfile.TemporaryDirectory() as temporary:
        node = publish_node(Path(temporary) / "data", TRACKS)
        warm_file(node.documents)
        environment = lmdb.open(str(node.documents.parent), readonly=True, map_size=64 << 30)
        try:
            return [measure_environment(environment, node)]
        finally:
            environment.close()


def measure_environment(environment: lmdb.Environment, node: PublishedNode) -> Result:
    """Time both kinds of look-up in turns on one open file."""
    replica = Replica(node.data / "node", environment=environment)
    ids = list(node.track_ids)
    Random(SEED).shuffle(ids)
    asked = cycle(ids)
    for track_id in ids:  # maps every page into this process before anything is timed
        look_up(replica, track_id)
    ours, bare = [], []
    for _ in range(ROUNDS):
        batch = list(islice(asked, LOOKUPS))
        ours.append(time_us(lambda ids: all(look_up(replica, i) for i in ids), batch))
        keys = [document_key(DocumentKind.TRACK, track_id) for track_id in batch]
        bare.append(time_us(lambda keys: all(get_bare(environment, key) for key in keys), keys))
    return Result(
        name="lookup_process",
        against="LMDB get and a copy, no rights, no splicing",
        unit="us",
        ours=tuple(ours),
        reference=tuple(bare),
        higher_is_better=False,
        note=f"{len(ids):,} tracks; {describe_residency(node.documents)}; the design's target: 4.5 us at 1,000,000",
    )


def look_up(replica: Replica, track_id: str) -> bytes:
    """Return a track as one reader gets it."""
    with replica.transaction() as view:
        data = view.get(DocumentKind.TRACK, track_id)
        if data is None:
            raise LookupError(track_id)
        reader = Reader(
            market=Territory("SE"), tier=Tier.PREMIUM, now_s=NOW_S, base_url=b"http://127.0.0.1", overlay=view.overlay
        )
        return DocumentView(data).render(0, reader)


def get_bare(environment: lmdb.Environment, key: bytes) -> bytes:
    """Return a copy of a value."""
    with environment.begin() as transaction:  # gives bytes, so this is the one copy
        return transaction.get(key) or b""


def time_us(work: Callable[[list[T]], object], items: list[T]) -> float:
    """Return the microseconds that work took per item."""
    started_s = time.perf_counter()
    work(items)
    return (time.perf_counter() - started_s) * 1e6 / len(items)
