"""A catalogue of 1,000,000 tracks beside one of 10,000: what a rebuild takes, a delivery's commit, and explaining.

Both are made the same way: rows of what labels sent, written in bulk, and the catalogue derived from them by ``antiphon
rebuild --repair``. Then ``antiphon rebuild`` proves the large one, as a process of its own whose memory is watched; the
same deliveries are committed to both in turns; and tracks are explained that cost the most: of boxes of sixty tracks,
and of hits that are on hundreds of compilations.
"""

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import msgspec
from sqlalchemy import Engine, desc, func, select

from antiphon.cli.progress import Progress
from antiphon.identity import release_key
from antiphon.intake.commit import place_statement
from antiphon.model.availability import Tier
from antiphon.model.delivery import DeliveredFile, Delivery
from antiphon.model.territories import TERRITORIES
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.statements import store_statement
from antiphon.record.tables import album_tracks
from antiphon.settings import find_places, make_folders
from antiphon.surfaces.explain.answers import answer_explanation
from bench.filling import fill_record, make_chunks
from bench.large_catalogue import (
    SEED,
    TRACKS_OF_A_RELEASE,
    LargeCatalogue,
    Product,
    audio_blob,
    cover_blob,
    describe_product,
    make_songs,
)
from bench.results import Result

TRACKS = int(os.environ.get("TRACKS", "1_000_000"))
"""Of the large catalogue; fewer for a quick look."""

FEW_TRACKS = 10_000
"""Of the catalogue that the large one is compared with."""

PROCESSES = 2
REBUILD_BAR_S = 600.0
MEMORY_BAR_GB = 4.0
COMMIT_BAR = 1.5
EXPLAIN_BAR_MS = 20.0
COMMITS = 200
WARMING = 20
"""Commits and explanations before any is timed: statements are prepared, modules loaded."""

SIZES = (1, 2, 5, 10, 14, 25)
"""Tracks of the deliveries that are committed, in turns."""

EXPLAINED = 200
WATCH_INTERVAL_S = 0.5
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


class FilledRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A folder with a record in it, and the catalogue that labels told it of."""

    data: Path
    engine: Engine
    catalogue: LargeCatalogue


def measure() -> list[Result]:
    """Return what a large catalogue costs, and what it costs more than a small one."""
    print(f"seed {SEED}", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        small = make_record(Path(folder) / "small", FEW_TRACKS)
        large = make_record(Path(folder) / "large", TRACKS)
        gc.freeze()  # we remember what we made, which no service does: the collector is not to walk a million tracks
        results = [
            *measure_rebuild(large),
            measure_commits(small, large),
            *(measure_explaining(large, name, tracks) for name, tracks in choose_tracks(large).items()),
        ]
        for record in (small, large):
            record.engine.dispose()
    return results


def make_record(data: Path, tracks: int) -> FilledRecord:
    """Make the record of a catalogue of about so many tracks."""
    releases = int(tracks / TRACKS_OF_A_RELEASE)
    places = find_places(data, {})
    make_folders(places)
    engine = open_record(places.record_url)
    migrate(engine)
    progress = Progress("releases written")
    fill_record(engine, releases, make_chunks(releases, PROCESSES), progress.report)
    progress.finish(f"{releases:,} releases were written")
    run_rebuild(data, "--repair")
    return FilledRecord(data=data, engine=engine, catalogue=LargeCatalogue(releases))


def measure_rebuild(record: FilledRecord) -> list[Result]:
    """Return how long the proof of a catalogue takes, and how much memory."""
    with reading(record.engine) as conn:
        tracks = conn.execute(select(func.count()).select_from(album_tracks)).scalar_one()
        size_bytes = record.engine.url.database and Path(record.engine.url.database).stat().st_size
    started_s = time.monotonic()
    peak_bytes = run_rebuild(record.data)
    note = f"{tracks:,} tracks, {(size_bytes or 0) / 1e9:.1f} GB, seed {SEED}"
    return [
        Result(
            name="rebuild",
            against="the clock, 2 processes",
            unit="s",
            ours=(time.monotonic() - started_s,),
            bar=REBUILD_BAR_S,
            higher_is_better=False,
            note=note,
        ),
        Result(
            name="rebuild, memory",
            against="resident in all its processes",
            unit="GB",
            ours=(peak_bytes / 1e9,),
            bar=MEMORY_BAR_GB,
            higher_is_better=False,
        ),
    ]


def run_rebuild(data: Path, *options: str) -> int:
    """Run ``antiphon rebuild``; return the most memory its processes had at a time, in bytes.

    Ends the run if it fails.
    """
    rebuild = ["rebuild", *options, "--processes", str(PROCESSES), "--data", str(data)]
    command = [sys.executable, "-m", "antiphon", *rebuild]
    peak_bytes = 0
    with subprocess.Popen(command, env={**os.environ, "ANTIPHON_RECORD_URL": ""}) as process:
        while process.poll() is None:
            peak_bytes = max(peak_bytes, sum(map(measure_memory, list_family(process.pid))))
            time.sleep(WATCH_INTERVAL_S)
    if process.returncode:
        sys.exit(f"rebuild ended with {process.returncode}")
    return peak_bytes


def list_family(pid: int) -> Iterator[int]:
    """Yield a process and those it started, as far as they run."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(children).split():
            yield from list_family(int(child))


def measure_memory(pid: int) -> int:
    """Return the resident memory of a process in bytes; 0: it has ended."""
    fields = _read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * PAGE_BYTES if fields else 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def measure_commits(small: FilledRecord, large: FilledRecord) -> Result:
    """Return what the commit of a delivery takes in the large record beside the small one, delivery by delivery."""
    samples: dict[Path, list[float]] = {small.data: [], large.data: []}
    for number in range(WARMING + COMMITS):
        for record in (small, large) if number % 2 else (large, small):
            samples[record.data].append(time_commit(record, number))
    return Result(
        name="commit of a delivery",
        against=f"the same with {FEW_TRACKS:,} tracks",
        unit="ms",
        ours=tuple(samples[large.data][WARMING:]),
        reference=tuple(samples[small.data][WARMING:]),
        bar=COMMIT_BAR,
        higher_is_better=False,
        note=f"{COMMITS} releases of {', '.join(map(str, SIZES))} tracks by artists of any size, every third an update",
    )


def time_commit(record: FilledRecord, number: int) -> float:
    """Return the milliseconds in which the n-th delivery changes the catalogue, until that is on disk."""
    product = invent_product(record.catalogue, number)
    statement = describe_product(product, number % 3)
    files = [audio_blob(song) for song in product.songs]
    with writing(record.engine) as conn:
        receipt = next_receipt(conn)
        delivery = Delivery(
            id=f"bench-{receipt}",
            provider=product.label,
            batch="",
            message=DeliveredFile(path="m/m.xml", blob=cover_blob(-receipt), size_bytes=1),
            files=tuple(DeliveredFile(path=f"m/{n}.flac", blob=blob, size_bytes=1) for n, blob in enumerate(files)),
            received_at=NOW.isoformat(),
            receipt=receipt,
        )
        add_delivery(conn, delivery, str(receipt), "")
        store_statement(conn, delivery.id, product.label, release_key(statement), statement)
    started_s = time.perf_counter()
    with writing(record.engine) as conn:
        place_statement(conn, delivery, statement, NOW + timedelta(seconds=number), ())
    return (time.perf_counter() - started_s) * 1000


def invent_product(catalogue: LargeCatalogue, number: int) -> Product:
    """Return a new release by an artist of the catalogue, or, every third, one of the catalogue to be updated."""
    chance = Random(f"{SEED} {number}")
    if number % 3 == 2:
        return catalogue.product(int(catalogue.releases * chance.random()) // 20 * 20)
    new = catalogue.releases + number
    person = catalogue.person(int(catalogue.artists * chance.random() ** 2))
    songs = make_songs(new, person, chance, SIZES[number % len(SIZES)])
    product = catalogue.product(new)
    return msgspec.structs.replace(product, label=person.label, person=person, songs=songs)


def choose_tracks(record: FilledRecord) -> dict[str, list[str]]:
    """Return tracks to explain, by what is special about them."""
    chance = Random(SEED)
    with reading(record.engine) as conn:
        some = _sample(chance, conn.execute(select(album_tracks.c.track_id)).scalars().all())
        boxes = select(album_tracks.c.track_id).where(
            album_tracks.c.album_id.in_(
                select(album_tracks.c.album_id).group_by(album_tracks.c.album_id).order_by(desc(func.count())).limit(20)
            )
        )
        hits = select(album_tracks.c.track_id).where(
            album_tracks.c.recording_id.in_(
                select(album_tracks.c.recording_id)
                .group_by(album_tracks.c.recording_id)
                .order_by(desc(func.count()))
                .limit(5)
            )
        )
        return {
            "any": some,
            "of the largest boxes": _sample(chance, conn.execute(boxes).scalars().all()),
            "of the most compiled hits": _sample(chance, conn.execute(hits).scalars().all()),
        }


def _sample(chance: Random, tracks: Sequence[str]) -> list[str]:
    return chance.sample(tracks, min(EXPLAINED, len(tracks)))


def measure_explaining(record: FilledRecord, name: str, tracks: list[str]) -> Result:
    """Return what it takes to explain each of some tracks, in whatever market, by a process that has explained some."""
    chance = Random(SEED)
    samples = []
    for track in (*tracks[:WARMING], *tracks):
        market = chance.choice(TERRITORIES)
        with reading(record.engine) as conn:
            started_s = time.perf_counter()
            answer = answer_explanation(conn, track, market=market, tier=Tier.PREMIUM, at=NOW, mapped=tuple(Tier))
            samples.append((time.perf_counter() - started_s) * 1000)
        if answer is None:
            sys.exit(f"track {track} is in the catalogue and cannot be explained")
    samples = sorted(samples[WARMING:])
    return Result(
        name=f"explain, tracks {name}",
        against="the clock, 99 of 100",
        unit="ms",
        ours=(samples[len(samples) * 99 // 100],),
        bar=EXPLAIN_BAR_MS,
        higher_is_better=False,
        note=f"median {samples[len(samples) // 2]:.1f} ms, worst {samples[-1]:.1f} ms of {len(samples)}",
    )
