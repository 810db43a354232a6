"""What the database refuses by itself, on either engine: every row of docs/record.md, attempted."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, Engine, Executable, delete, insert, text, update
from sqlalchemy.exc import DatabaseError

from antiphon.record import open_record, writing
from antiphon.record.agreement_tables import (
    agreements,
    audit,
    represented_parties,
    turns,
    update_counts,
    waiver_undos,
    waivers,
)
from antiphon.record.choreography_tables import acknowledgements, arrivals, taken_units
from antiphon.record.client_tables import api_keys
from antiphon.record.decision_tables import decision_undos, decisions
from antiphon.record.engine import is_postgresql
from antiphon.record.erasure_tables import erasures
from antiphon.record.publication_tables import publication_holds, publication_resumes, publication_totals
from antiphon.record.quality_tables import quality_days, quality_scores
from antiphon.record.tables import (
    APPEND_ONLY,
    album_tracks,
    applied_statements,
    changes,
    clients,
    contributions,
    counters,
    current_statements,
    deliveries,
    delivery_files,
    entities,
    findings,
    head,
    identifiers,
    links,
    media,
    provider_parties,
    providers,
    publications,
    resources,
    statements,
    timeline,
)
from antiphon.record.upload_tables import upload_completions, uploads
from tests.databases import ENGINES, lend_record
from tests.record.rows import ALBUM, ARTIST, AT, FILLED, LATER, RECORDING, TRACK, add, change

PAGE = Path(__file__).parents[2] / "docs" / "record.md"
KEPT_BY = {
    promise: re.findall(r"`(\w+)`", names)
    for promise, names in re.findall(r"^\| (?!what holds |---)(.+?) \| (.+?) \|$", PAGE.read_text(), re.M)
}
"""The page's promises, and what keeps each: constraints and triggers by name, as PostgreSQL has them."""


CASES: Mapping[str, tuple[Executable, ...]] = {
    "A message with its files is one delivery, however often it comes": (add(deliveries, id="d2", receipt=3),),
    "No two deliveries have one receipt number": (add(deliveries, id="d2", message_id="m3"),),
    "A delivery has an id, a message with its hashes, a size, a receipt number from 1, and the time it came": tuple(
        add(deliveries, **({"id": "d2", "message_id": "m3", "receipt": 3} | {column: wrong}))
        for column, wrong in (
            *(dict.fromkeys(("id", "content_hash", "message_path", "message_blob", "received_at"), "")).items(),
            *(("message_size_bytes", -1), ("receipt", 0), ("provider", "nobody")),
        )
    ),
    "A path names one file of its delivery, with a hash and a size": (
        add(delivery_files),
        add(delivery_files, path=""),
        add(delivery_files, path="r/2.flac", blob=""),
        add(delivery_files, path="r/2.flac", size_bytes=-1),
        add(delivery_files, delivery_id="d2"),
    ),
    "A place a delivery lay at is recorded once, and what a source gave is taken once": (
        add(arrivals),
        add(arrivals, delivery_id="d2"),
        add(taken_units),
        add(taken_units, unit="s", problem_count=-1),
    ),
    "An answer has a name, used once in its source, and tells of a delivery or brings its own bytes": (
        add(acknowledgements),
        add(acknowledgements, name=""),
        add(acknowledgements, name="2", body=b"<a/>"),
        add(acknowledgements, name="2", delivery_id=None),
        add(acknowledgements, name="2", delivery_id="d2"),
        add(acknowledgements, name="2", tries=-1),
    ),
    "What happened is never changed or deleted, but that a statement loses its body where its delivery is erased": (
        *(update(table).values(dict(FILLED[table])) for table in FILLED if table.name in APPEND_ONLY),
        *(delete(table) for table in FILLED if table.name in APPEND_ONLY),
        change(statements, body=b""),
        change(statements, body=b"", release_key="icpn:2").where(statements.c.delivery_id == "d1"),
    ),
    "A delivery is erased once, by a decision": (
        add(erasures),
        add(erasures, delivery_id="d2"),
        add(erasures, delivery_id="other", decision_id="t9"),
    ),
    "A delivery's timeline counts from 1 without a gap, by known stages": (
        add(timeline),
        add(timeline, position=3),
        add(timeline, position=0),
        add(timeline, position=2, stage="lost"),
        add(timeline, position=2, at=""),
        add(timeline, position=2, elapsed_ms=-1),
        add(timeline, delivery_id="d2"),
    ),
    "A finding has its own place in its delivery's list, a rule and a known severity": (
        add(findings),
        add(findings, position=0),
        add(findings, position=2, line=-1),
        add(findings, position=2, rule=""),
        add(findings, position=2, severity="bad"),
        add(findings, delivery_id="d2"),
    ),
    "A delivery says one thing, of one release, as a statement of the provider that sent it": (
        add(statements),
        add(statements, delivery_id="other", provider="south", release_key=""),
        add(statements, delivery_id="other"),
        add(statements, delivery_id="d2", provider="nobody"),
        add(applied_statements),
        add(applied_statements, delivery_id="other", receipt=2),
        add(applied_statements, delivery_id="other", provider="south", receipt=7),
        add(applied_statements, delivery_id="other", provider="south", receipt=2, release_key=""),
        add(applied_statements, delivery_id="other", provider="south", receipt=2, kind="rumour"),
    ),
    "One statement of a provider about a release is current, and it is one of theirs about that release": (
        add(current_statements),
        add(current_statements, delivery_id="other"),
        add(current_statements, release_key="icpn:2"),
        change(current_statements, release_key="icpn:2"),
    ),
    "A reference names one resource of its message, which has an anchor": (
        add(resources),
        add(resources, reference=""),
        add(resources, reference="A2", anchor=""),
        add(resources, delivery_id="d2"),
    ),
    "What bytes came to is kept once": (add(media),),
    "A provider means one entity by an anchor of a kind, forever": (
        add(links, position=3),
        add(links, position=3, entity_id=ARTIST),
        change(links, entity_id=ARTIST),
    ),
    "Links count from 1 without a gap; each has a score above 0 and at most 1, and the delivery it came with": (
        add(links, anchor="icpn:2"),
        add(links, anchor="icpn:2", position=4),
        add(links, anchor="icpn:2", position=0),
        add(links, anchor="", position=3),
        add(links, anchor="icpn:2", position=3, score=0),
        add(links, anchor="icpn:2", position=3, score=1.1),
        add(links, anchor="icpn:2", position=3, delivery_id="d2"),
        add(links, anchor="icpn:2", position=3, provider="nobody"),
    ),
    "An id means one thing of one kind, whatever links and entities come": (
        add(entities),
        add(entities, id="short"),
        add(entities, id=ARTIST, kind="label"),
        add(links, kind="artist", position=3),
        add(links, kind="label", anchor="label:1", entity_id=TRACK, position=3),
        add(links, anchor="icpn:2", entity_id="short", position=3),
        change(entities, kind="artist"),
        change(entities, id=ARTIST),
        # Taken away and made again, it would still be no artist.
        add(entities, id=RECORDING, kind="artist"),
    ),
    "A track is on one album; what an album says of others, and its identifiers, go with it": (
        add(album_tracks),
        add(album_tracks, track_id="short"),
        add(album_tracks, track_id=ARTIST, album_id=ARTIST),
        add(contributions),
        add(contributions, kind="album"),
        add(contributions, entity_id=RECORDING, delivery_id="d2"),
        add(identifiers),
        add(identifiers, value="2", kind="label"),
        add(identifiers, album_id=ARTIST),
    ),
    "There is one head, and its version never goes back": (
        insert(head).values(id=2, version=9),
        delete(head),
        change(head, version=0),
    ),
    "Receipt numbers and turns never go back": (
        insert(counters).values(name="third", value=-1),
        change(counters, value=0),
        delete(counters),
        change(turns, newest=0),
        add(turns),
    ),
    "Changes count from 1 without a gap, and none is ahead of the head": (
        add(changes),
        add(changes, version=0),
        add(changes, version=3),
    ),
    "A change is of an entity of a known kind, and has one cause": (
        add(changes, version=2, entity_id=""),
        add(changes, version=2, kind="label"),
        add(changes, version=2, delivery_id="d2"),
        add(changes, version=2, delivery_id=None, decision_id="nobody's"),
        add(changes, version=2, decision_id="both"),
    ),
    "A version is announced once, and follows the segment of the one before": (
        add(publications),
        add(publications, version=0),
        add(publications, version=3, parent="s1"),
        add(publications, version=2, segment="s2", parent=""),
        add(publications, version=2, segment="", parent="s1"),
        add(publications, version=2, segment="s2", parent="s1", record_version=-1),
    ),
    "Publication has one hold at a time, of a known kind, resumed once; and what a version came to is kept once": (
        add(publication_holds),
        add(publication_holds, number=3),
        add(publication_holds, number=0),
        add(publication_holds, number=2, version=0),
        add(publication_holds, number=2, kind="rest"),
        add(publication_resumes),
        add(publication_resumes, hold=2),
        add(publication_totals),
        add(publication_totals, version=2),
    ),
    "Who decides gives a name and a reason": (
        add(decisions, id="t2", decided_by=""),
        add(decisions, id="t2", reason=""),
        add(decision_undos, decision_id="t2", undone_by=""),
        add(agreements, version=2, decided_by=""),
        add(agreements, version=2, reason=""),
        add(waivers, id="w2", waived_by=""),
        add(waivers, id="w2", reason=""),
        add(waiver_undos, waiver_id="w2", undone_by=""),
        add(publication_holds, number=2, held_by=""),
        add(publication_holds, number=2, reason=""),
        add(publication_resumes, hold=2, resumed_by=""),
        add(publication_resumes, hold=2, reason=""),
        add(audit, done_by=""),
        add(audit, action=""),
    ),
    "A decision is of a known kind about something known; a merge or split alone leads on, and to another": (
        add(decisions),
        add(decisions, id=""),
        add(decisions, id="t3", target_id=""),
        add(decisions, id="t3", kind="whim"),
        add(decisions, id="t3", target_kind="label"),
        add(decisions, id="t3", into_id=ARTIST),
        add(decisions, id="t3", kind="merge"),
        add(decisions, id="t3", kind="merge", into_id=ALBUM),
    ),
    "A decision ends after it begins, and only one that takes away for a time ends by itself": (
        add(decisions, id="t3", until=AT),
        add(decisions, id="t3", kind="erase", until=LATER),
    ),
    "A decision is undone at most once, and only one there is": (
        add(decision_undos),
        add(decision_undos, decision_id="t9"),
        add(waiver_undos),
        add(waiver_undos, waiver_id="w9"),
    ),
    "What is agreed and waived counts from 1 and ends after it begins": (
        add(agreements),
        add(agreements, version=0),
        add(agreements, provider="nobody"),
        add(waivers),
        add(waivers, id="w3", until=AT),
        add(waivers, id="w3", rule=""),
        add(waivers, id="w3", delivery_id="d2"),
        add(update_counts),
        add(update_counts, day="2026-11-23", updates=-1),
    ),
    "A DPID speaks for one provider, and names are given": (
        add(provider_parties, provider="south"),
        add(provider_parties, dpid=""),
        add(provider_parties, dpid="P", provider="nobody"),
        add(represented_parties),
        add(represented_parties, dpid=""),
        add(providers),
        add(providers, id=""),
    ),
    "A client has an id, a hashed secret and a known tier": (
        add(clients),
        add(clients, id=""),
        add(clients, id="c2", secret_hash="hunter2"),
        add(clients, id="c2", tier="gold"),
        add(clients, id="c2", provider="nobody"),
        change(clients, tier="gold"),
        change(clients, id="c2"),
    ),
    "An API key is a client's, has a name of its own and a hash, and once revoked stays so": (
        add(api_keys),
        add(api_keys, name=""),
        add(api_keys, name="n2"),
        add(api_keys, name="n2", key_hash="in the clear"),
        add(api_keys, name="n2", key_hash="2" * 64, client_id="nobody"),
        change(api_keys, revoked_at=None),
        change(api_keys, key_hash="2" * 64),
        delete(api_keys),
    ),
    "An upload has a path and a size, ends after it begins, and is part of one delivery": (
        add(uploads),
        add(uploads, id="u2", path=""),
        add(uploads, id="u2", size_bytes=-1),
        add(uploads, id="u2", expires_at="2026-11-21T10:00:00.000000Z"),
        add(uploads, id="u2", completion_id="none"),
        add(upload_completions),
    ),
    "A release's scores are numbered, each of a hundred points at most, with the delivery that made it so": (
        add(quality_scores),
        add(quality_scores, number=0),
        add(quality_scores, number=2, album_id="a"),
        add(quality_scores, number=2, score_bp=10_001),
        add(quality_scores, number=2, score_bp=-1),
        add(quality_scores, number=2, provider="nobody"),
        add(quality_scores, number=2, delivery_id="d2"),
    ),
    "A day of quality is written once, before the day that is open, with as many points as its releases can have": (
        add(quality_days),
        add(quality_days, day="2026-11-22"),
        add(quality_days, day="2026-11-20", points_bp=10_001),
        add(quality_days, day="2026-11-20", releases=-1, points_bp=-10_000),
        add(quality_days, day="2026-11-20", provider="nobody"),
    ),
}
"""What each row of the page has the database refuse."""


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return a record with a row in each table, and a second provider with a delivery; tests leave it so."""
    with lend_record(request, tmp_path_factory.mktemp("filled")) as url:
        engine = open_record(url)
        with writing(engine) as conn:
            conn.execute(update(head).values(version=3))
            conn.execute(update(counters).values(value=5))
            for table, row in FILLED.items():
                conn.execute(insert(table).values(row))
            for attempt in (
                add(providers, id="south"),
                add(deliveries, id="other", provider="south", message_id="m2", receipt=2),
                add(statements, delivery_id="other", provider="south"),
                add(waivers, id="w2"),
                add(decisions, id="t2"),
                add(links, kind="recording", anchor="isrc:1", entity_id=RECORDING, position=2),
            ):
                conn.execute(attempt)
        yield engine
        engine.dispose()


def find_refuser(conn: Connection, attempt: Executable) -> str:
    """Return what refuses a statement, by name where the engine tells it; empty: nothing does. It has no effect."""
    savepoint = conn.begin_nested()
    try:
        conn.execute(attempt)
    except DatabaseError as error:
        return name_refuser(error.orig)
    finally:
        savepoint.rollback()
    return ""


def name_refuser(error: object) -> str:
    """Return the constraint, or the trigger's function, that PostgreSQL names. SQLite names no key, but says so."""
    if isinstance(error, sqlite3.IntegrityError):
        return str(error)
    assert isinstance(error, psycopg.Error)
    function = re.search(r"PL/pgSQL function (\w+)\(\)", error.diag.context or "")
    return function[1] if function else str(error.diag.constraint_name)


@pytest.mark.parametrize("promise", CASES)
def test_the_database_itself_refuses_what_breaks_a_promise(filled: Engine, promise: str) -> None:
    with filled.connect() as conn, conn.begin() as transaction:
        refusers = [find_refuser(conn, attempt) for attempt in CASES[promise]]
        transaction.rollback()
    assert "" not in refusers, CASES[promise][refusers.index("")]
    if is_postgresql(filled):
        assert set(refusers) == set(KEPT_BY[promise])


def test_every_promise_of_the_page_is_attempted() -> None:
    assert list(KEPT_BY) == list(CASES)


def test_a_change_ahead_of_the_head_is_refused(filled: Engine) -> None:
    with filled.connect() as conn, conn.begin() as transaction:
        for version in (2, 3):
            assert find_refuser(conn, add(changes, version=version)) == ""
            conn.execute(add(changes, version=version))
        assert find_refuser(conn, add(changes, version=4)) != ""
        transaction.rollback()


@pytest.mark.parametrize("filled", ["sqlite"], indirect=True)
def test_nothing_that_happened_is_replaced(filled: Engine) -> None:
    with filled.connect() as conn, conn.begin() as transaction:
        for table in (table for table in FILLED if table.name in APPEND_ONLY and table is not audit):
            replacing = insert(table).prefix_with("OR REPLACE").values(dict(FILLED[table]))
            assert find_refuser(conn, replacing), table.name
        transaction.rollback()


@pytest.mark.parametrize("filled", ["postgresql"], indirect=True)
def test_nothing_that_happened_is_emptied_at_once(filled: Engine) -> None:
    with filled.connect() as conn, conn.begin() as transaction:
        for table in APPEND_ONLY:
            assert find_refuser(conn, text(f"TRUNCATE {table} CASCADE")) == "refuse_change", table
        transaction.rollback()
