"""Tracks looked up and rendered inside the process: a million documents, and ten million, of 600 bytes on average.

A look-up is what a node does for each request below HTTP: open a view of the newest version (a transaction of its own),
find the document, judge its rights in SE for a premium reader, fill its holes, name the result by an entity tag, close
the view. The documents have a thousand sets of rights; what those come to is found anew in every round, as a node finds
it anew in every second. 100 takedowns are in force.

Ids are drawn uniformly, and as listeners draw them (Zipf: the n-th most asked for 1/n as often). Every page is read
once and mapped into this process before anything is timed. Both sizes are timed in turns, and so is the reference: a
bare LMDB transaction that gets the same keys and copies the values, since nothing that reads LMDB from Python can be
faster.

``BENCH_TRACKS`` is the smaller size; the larger is ten times that.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import lmdb
import msgspec

from antiphon.access import Caller
from antiphon.model.availability import Tier
from antiphon.model.territories import Territory
from antiphon.replica import Replica
from antiphon.segments import DocumentKind, document_key
from antiphon.surfaces.reads.asking import Asking
from antiphon.surfaces.reads.node import CatalogueCall
from antiphon.surfaces.reads.quota import Quota
from antiphon.surfaces.reads.relinking import render_track
from antiphon.surfaces.reads.tick import Tick
from bench.catalogues import SEED, describe_residency, warm_file
from bench.large_node import LargeNode, fill_small_node
from bench.results import Result

TRACKS = int(os.environ.get("BENCH_TRACKS", "1_000_000"))
GROWTH = 10
ROUNDS = 15
LOOKUPS = 20_000
"""Per round, never asked for before: about 0.1 s, long against the clock's grain and short against a neighbour."""
TOUCHED_EVERY = 16
"""documents; the kernel maps the pages around the one that is touched."""
NOW_S = 1_790_000_000

_ASKING = Asking(
    caller=Caller(client_id="bench", tier=Tier.PREMIUM, roles=(), provider="", expires_at=NOW_S + 3600),
    parameters={"market": "SE"},
    market=Territory("SE"),
    base_url="http://127.0.0.1:8000",
)

T = TypeVar("T")


class OpenNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node whose file is open, and the ids that its rounds ask for, by how they are drawn."""

    node: LargeNode
    replica: Replica
    environment: lmdb.Environment
    ids: dict[str, list[str]]


def measure() -> list[Result]:
    """Return microseconds per look-up: of the smaller size, and of the larger against it."""
    with tempfile.TemporaryDirectory() as temporary:
        nodes = [
            open_node(fill_small_node(Path(temporary) / name, tracks))
            for name, tracks in (("small", TRACKS), ("large", GROWTH * TRACKS))
        ]
        before = [describe_residency(node.node.documents) for node in nodes]
        results = [result for drawn in ("uniform", "zipf") for result in measure_drawn(drawn, *nodes)]
        after = [describe_residency(node.node.documents) for node in nodes]
        for node in nodes:
            node.environment.close()
    sizes = " and ".join(f"{node.node.tracks:,} documents" for node in nodes)
    note = f"{sizes}; before: {'; '.join(before)}; after: {'; '.join(after)}"
    return [msgspec.structs.replace(result, note=note) for result in results]


def open_node(node: LargeNode) -> OpenNode:
    """Open a node's file with every page in memory and mapped, and draw the ids to ask for."""
    warm_file(node.documents)
    environment = lmdb.open(str(node.documents.parent), readonly=True, map_size=64 << 30)
    with environment.begin() as transaction:
        for number in range(0, node.tracks, TOUCHED_EVERY):
            transaction.get(document_key(DocumentKind.TRACK, node.track_id(number)))
    chance = Random(SEED)
    ids = {
        "uniform": [node.track_id(chance.randrange(node.tracks)) for _ in range(ROUNDS * LOOKUPS)],
        "zipf": [node.track_id(draw_zipf(node.tracks, chance)) for _ in range(ROUNDS * LOOKUPS)],
    }
    replica = Replica(node.data / "node", environment=environment)
    return OpenNode(node=node, replica=replica, environment=environment, ids=ids)


def draw_zipf(count: int, chance: Random) -> int:
    """Return a number below ``count``, the n-th most likely 1/n as likely as the first; neighbours are not alike."""
    return int(count ** chance.random()) * 7_368_787 % count


def measure_drawn(drawn: str, small: OpenNode, large: OpenNode) -> list[Result]:
    """Time both sizes and the bare get of the smaller in turns."""
    figures: list[tuple[float, float, float]] = []
    for number in range(ROUNDS):
        at = slice(number * LOOKUPS, (number + 1) * LOOKUPS)
        keys = [document_key(DocumentKind.TRACK, track_id) for track_id in small.ids[drawn][at]]
        figures.append(
            (
                time_us(lambda ids: look_up_all(small.replica, ids), small.ids[drawn][at]),
                time_us(lambda ids: look_up_all(large.replica, ids), large.ids[drawn][at]),
                time_us(lambda keys: get_all(small.environment, keys), keys),
            )
        )
    ours, grown, bare = zip(*figures, strict=True)
    return [
        Result(
            name=f"lookup_process_{drawn}",
            against="an absolute limit",
            unit="us",
            ours=ours,
            bar=4.5,
            higher_is_better=False,
        ),
        Result(
            name=f"lookup_process_{drawn}_bare",
            against="LMDB get and a copy, no rights, no splicing",
            unit="us",
            ours=ours,
            reference=bare,
            higher_is_better=False,
        ),
        Result(
            name=f"lookup_process_{drawn}_growth",
            against=f"the same among a {GROWTH}th of the documents",
            unit="us",
            ours=grown,
            reference=ours,
            bar=1.3,
            higher_is_better=False,
        ),
    ]


def look_up_all(replica: Replica, track_ids: list[str]) -> None:
    """Look tracks up as one reader does within a second."""
    with replica.transaction() as view:
        tick = Tick(view.known, NOW_S, "private")
    reader, _ = tick.seat(_ASKING, Quota(0))
    for track_id in track_ids:
        view = replica.transaction()
        try:
            call = CatalogueCall(NOW_S, track_id, _ASKING, view, reader, tick.answers)
            if render_track(call, track_id) is None:
                raise LookupError(track_id)
        finally:
            view.close()


def get_all(environment: lmdb.Environment, keys: list[bytes]) -> None:
    """Copy the values of keys, each in a transaction of its own."""
    for key in keys:
        with environment.begin() as transaction:  # gives bytes, so this is the one copy
            transaction.get(key)


def time_us(work: Callable[[list[T]], object], items: list[T]) -> float:
    """Return the microseconds of a core that work took per item: it waits for nothing, and neighbours do not count."""
    started_s = time.process_time()
    work(items)
    return (time.process_time() - started_s) * 1e6 / len(items)
