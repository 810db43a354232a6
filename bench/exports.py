"""An export of the whole catalogue: how long it takes, in how much memory, and how large it is. ``TRACKS`` of it, from
a log without a snapshot: the slowest way there is."""

import multiprocessing
import os
import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from antiphon.blobs import open_blobs
from antiphon.publication.exporting import build_export
from bench.catalogues import (
    DENIALS,
    DOCUMENTS_PER_VERSION,
    TRACKS_PER_ALBUM,
    announce,
    build_documents,
    deny,
    invent_albums,
)
from bench.results import Result

TRACKS = int(os.environ.get("TRACKS", "100_000"))

MEMORY_BAR_MB = 2_000.0
"""What a publisher may have: an export runs beside one."""
BAR_US_PER_TRACK = 300.0
"""CPU: five minutes for a million tracks."""


def measure() -> list[Result]:
    """Publish a made-up catalogue, then export it in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        tracks = _publish(Path(folder))
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as process:
            cpu_s, memory_mb, size_mb = process.submit(_export, Path(folder)).result()
    note = f"{tracks:,} tracks"
    return [
        Result(
            name="exports: CPU for each track",
            against="limit",
            unit="us",
            ours=(cpu_s / tracks * 1e6,),
            bar=BAR_US_PER_TRACK,
            higher_is_better=False,
            note=note,
        ),
        Result(
            name="exports: memory",
            against="limit",
            unit="MB",
            ours=(memory_mb,),
            bar=MEMORY_BAR_MB,
            higher_is_better=False,
            note=f"largest resident size, {note}",
        ),
        Result(name="exports: size", against="", unit="MB", ours=(size_mb,), note=note),
    ]


def _publish(data: Path) -> int:
    """Announce the catalogue into a store, and return how many tracks it has."""
    blobs = open_blobs(str(data / "blobs"))
    ids: list[str] = []
    documents = build_documents(invent_albums(-(-TRACKS // TRACKS_PER_ALBUM)), ids)
    version, parent = 0, ""
    while batch := list(islice(documents, DOCUMENTS_PER_VERSION)):
        version += 1
        parent = announce(blobs, batch, version, parent)
    deny(blobs, ids[:DENIALS])
    return len(ids)


def _export(data: Path) -> tuple[float, float, float]:
    """Return what an export takes in this process: seconds of CPU, and MB of memory; and how many MB it is."""
    blobs = open_blobs(str(data / "blobs"))
    started_s = time.process_time()
    export = build_export(blobs, data / "scratch", datetime.now(UTC), frozenset)
    cpu_s = time.process_time() - started_s
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
    return cpu_s, memory_mb, sum(file.size_bytes for file in export.files) / 1e6
