"""A record of a large catalogue, filled with what its labels have sent; the catalogue itself is for the record to make.

The rows are those that intake would have written, in bulk: deliveries with their files and timelines, statements,
links, and what the files came to.
"""

import multiprocessing
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, insert

from antiphon.identity import POLICY_VERSION, entity_id, list_anchors, release_key
from antiphon.identity.names import loosen_name
from antiphon.model.delivery import Stage
from antiphon.model.entities import EntityKind
from antiphon.model.media import AudioFacts, CoverSize, Rendition, RenditionProfile, ResourceMedia
from antiphon.model.statement import MessageKind, Statement
from antiphon.record.bodies import BODY_FORMAT, encode_body
from antiphon.record.engine import keep_pages, writing
from antiphon.record.media import RENDERING_POLICY
from antiphon.record.tables import (
    applied_statements,
    counters,
    current_statements,
    deliveries,
    delivery_files,
    links,
    media,
    providers,
    resources,
    statements,
    timeline,
)
from bench.large_catalogue import LABELS, LargeCatalogue, Person, Product, audio_blob, cover_blob, describe_product

PRODUCTS_AT_ONCE = 500
CHUNKS_OF_A_TRANSACTION = 40
CHUNKS_IN_HAND = 4
PAGES_KEPT_BYTES = 1 << 30
AT = "2026-01-01T00:00:00.000000Z"
STAGES = (Stage.ACCEPTED, Stage.READ, Stage.CHECKED, Stage.RENDERED, Stage.COMMITTED, Stage.LIVE)
MESSAGES_AT_MOST = 2

TABLES = (
    deliveries,
    delivery_files,
    timeline,
    statements,
    applied_statements,
    current_statements,
    resources,
    media,
    links,
)
"""In the order in which they refer to each other."""

Rows = dict[str, list[dict[str, Any]]]


def fill_record(engine: Engine, releases: int, chunks: Iterable[Rows], report: Callable[[int, int], None]) -> None:
    """Write what labels have said of a catalogue of so many releases, in chunks, into an empty, migrated record."""
    with writing(engine) as conn:
        conn.execute(insert(providers), [{"id": label, "name": label, "added_at": AT} for label in LABELS])
    waiting = iter(chunks)
    known: set[tuple[str, str, str]] = set()
    done = position = 0
    while done < releases:
        with writing(engine) as conn:
            keep_pages(conn, PAGES_KEPT_BYTES)
            for rows in islice(waiting, CHUNKS_OF_A_TRANSACTION):
                position = _number_links(rows, known, position)
                _insert(conn, rows)
                done += len(rows[current_statements.name])
                report(done, releases)
    with writing(engine) as conn:
        conn.execute(counters.update().where(counters.c.name == "receipt").values(value=releases * MESSAGES_AT_MOST))


def make_rows(releases: int, numbers: range) -> Rows:
    """Return the rows of some releases by table, links without their position."""
    catalogue = LargeCatalogue(releases)
    rows: Rows = defaultdict(list)
    for number in numbers:
        product = catalogue.product(number)
        for message in range(product.messages):
            _add_delivery(rows, product, message)
        _add_media(rows, product)
    return dict(rows)


def delivery_id(number: int, message: int) -> str:
    """Return the id of the n-th message about a release."""
    return f"{number:012}-{message}"


def make_audio(source: str, duration_ms: int) -> ResourceMedia:
    """Return what an audio file came to."""
    facts = AudioFacts(
        container="flac",
        codec="flac",
        sample_rate_hz=44_100,
        channels=2,
        bits_per_sample=16,
        duration_ms=duration_ms,
        loudness_lufs=-14.2,
    )
    renditions = tuple(
        Rendition(
            profile=profile,
            blob=f"{number}{source[1:]}",
            media_type=media_type,
            size_bytes=bitrate_bps // 8 * duration_ms // 1000,
            duration_ms=duration_ms,
            bitrate_bps=bitrate_bps,
        )
        for number, (profile, media_type, bitrate_bps) in enumerate(
            (
                (RenditionProfile.OPUS, "audio/ogg; codecs=opus", 128_000),
                (RenditionProfile.FLAC, "audio/flac", 900_000),
            )
        )
    )
    return ResourceMedia(source=source, audio=facts, renditions=renditions)


def make_chunks(releases: int, processes: int) -> Iterator[Rows]:
    """Yield the rows of all releases in order, made by so many processes that keep a little ahead."""
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        numbers = (range(n, min(n + PRODUCTS_AT_ONCE, releases)) for n in range(0, releases, PRODUCTS_AT_ONCE))
        waiting: list[Future[Rows]] = [pool.submit(make_rows, releases, n) for n in islice(numbers, CHUNKS_IN_HAND)]
        while waiting:
            rows = waiting.pop(0).result()
            waiting += [pool.submit(make_rows, releases, n) for n in islice(numbers, 1)]
            yield rows


def _number_links(rows: Rows, known: set[tuple[str, str, str]], position: int) -> int:
    """Leave each link once and give it its position; return the last. ``known``: those that may come again."""
    fresh = []
    for row in rows[links.name]:
        name = row["provider"], row["kind"], row["anchor"]
        if row["kind"] == EntityKind.ARTIST or row.pop("is_shared", False):
            if name in known:
                continue
            known.add(name)
        position += 1
        fresh.append(row | {"position": position})
    rows[links.name] = fresh
    return position


def _insert(conn: Connection, rows: Rows) -> None:
    for table in TABLES:
        if rows.get(table.name):
            conn.execute(insert(table), rows[table.name])


def _add_delivery(rows: Rows, product: Product, message: int) -> None:
    statement = describe_product(product, message)
    key, delivery = release_key(statement), delivery_id(product.number, message)
    of_release = {"delivery_id": delivery, "provider": product.label, "release_key": key}
    order = {"created_at": AT.replace("-01T", f"-{message + 1:02}T"), "arranged_at": ""}
    receipt = product.number * MESSAGES_AT_MOST + message + 1
    body = encode_body(statement)
    rows[deliveries.name].append(
        {
            "id": delivery,
            "provider": product.label,
            "batch": "",
            "message_id": statement.header.message_id,
            "message_created": order["created_at"],
            "content_hash": cover_blob(receipt),
            "message_path": f"{product.icpn}/{product.icpn}.xml",
            "message_blob": cover_blob(-receipt),
            "message_size_bytes": len(body),
            "received_at": AT,
            "receipt": receipt,
        }
    )
    rows[timeline.name] += [
        {"delivery_id": delivery, "position": n, "stage": stage.value, "at": AT, "elapsed_ms": 5, "detail": ""}
        for n, stage in enumerate(STAGES, 1)
    ]
    rows[statements.name].append(of_release | {"body_format": BODY_FORMAT, "body": body})
    rows[applied_statements.name].append(
        of_release | order | {"receipt": receipt, "kind": MessageKind.NEW_RELEASE.value}
    )
    if message == product.messages - 1:
        rows[current_statements.name].append(of_release)
    files = _list_files(product) if message == 0 else {}
    rows[delivery_files.name] += [
        {"delivery_id": delivery, "path": f"resources/{reference}", "blob": blob, "size_bytes": 1_000}
        for reference, blob in files.items()
    ]
    rows[resources.name] += [
        {
            "delivery_id": delivery,
            "reference": resource.reference,
            "provider": product.label,
            "anchor": _anchor_of(resource.reference, product),
            "source": files.get(resource.reference),
        }
        for resource in statement.resources
    ]
    if message == 0:
        rows[links.name] += [row | {"delivery_id": delivery} for row in _list_links(product, statement, key)]


def _list_files(product: Product) -> dict[str, str]:
    audio = {f"A{place}": audio_blob(song) for place, song in enumerate(product.songs, 1)}
    return audio | {"A0": cover_blob(product.number)}


def _anchor_of(reference: str, product: Product) -> str:
    place = int(reference[1:])
    return f"isrc:{product.songs[place - 1].isrc}" if place else f"proprietary:covers:cover-{product.number}"


def _list_links(product: Product, statement: Statement, key: str) -> Iterator[dict[str, Any]]:
    """Yield the links that identity makes of a release's first message, those of compiled recordings marked."""
    firsts = {song.isrc: song.label for song in product.songs}
    for kind, anchor in list_anchors(statement, key):
        if kind is EntityKind.ARTIST:
            continue
        first = product.label
        if kind is EntityKind.RECORDING:
            first = firsts[anchor.partition(":")[2]]
            if product.person is None and first == product.label:
                continue
        row = _link(product.label, kind, anchor, entity_id(kind, first, anchor))
        yield row | {"is_shared": True} if first != product.label else row
    persons = {song.person.number: song.person for song in product.songs}
    for person in persons.values():
        yield from _link_artist(product.label, person)
    if product.person is None:
        various = "name:various artists"
        artist = entity_id(EntityKind.ARTIST, product.label, various)
        yield _link(product.label, EntityKind.ARTIST, various, artist)


def _link_artist(label: str, person: Person) -> Iterator[dict[str, Any]]:
    claimed = [f"isni:{person.isni}"] if person.isni and label == person.label else []
    first = f"isni:{person.isni}" if person.isni else f"name:{person.name.casefold()}"
    artist = entity_id(EntityKind.ARTIST, person.label, first)
    for anchor in (*claimed, f"name:{person.name.casefold()}", f"like:{loosen_name(person.name)}"):
        yield _link(label, EntityKind.ARTIST, anchor, artist)


def _link(provider: str, kind: EntityKind, anchor: str, entity: str) -> dict[str, Any]:
    return {
        "provider": provider,
        "kind": kind.value,
        "anchor": anchor,
        "entity_id": entity,
        "score": 1.0,
        "reasons": "first seen",
        "policy_version": POLICY_VERSION,
    }


def _add_media(rows: Rows, product: Product) -> None:
    cover = cover_blob(product.number)
    sides = (640, 300, 64)
    covers = tuple(CoverSize(blob=f"{side:04}{cover[4:]}", width_px=side, height_px=side) for side in sides)
    found = [ResourceMedia(source=cover, covers=covers)]
    if product.person is not None:
        found += [make_audio(audio_blob(song), song.duration_ms) for song in product.songs]
    rows[media.name] += [
        {
            "source": one.source,
            "policy_version": RENDERING_POLICY,
            "body_format": BODY_FORMAT,
            "body": encode_body(one),
        }
        for one in found
    ]
