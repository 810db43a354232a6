"""The tables a migrated record has, and what they refuse."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from antiphon.catalogue import StatementOrder
from antiphon.model.decisions import AnchorName, Merge, Split, Takedown, TargetKind
from antiphon.record import (
    agreement_tables,
    choreography_tables,
    client_tables,
    decision_tables,
    erasure_tables,
    migrate,
    open_record,
    publication_tables,
    quality_tables,
    reading,
    upload_tables,
    writing,
)
from antiphon.record.decisions import list_decisions
from antiphon.record.migrate import MIGRATIONS, NEWEST_REVISION, schema_version
from antiphon.record.tables import APPEND_ONLY, metadata
from tests.databases import ENGINES, ON_POSTGRESQL, ON_SQLITE
from tests.postgresql import drop_database, make_database

SUBJECTS = (
    agreement_tables,
    choreography_tables,
    client_tables,
    decision_tables,
    erasure_tables,
    publication_tables,
    quality_tables,
    upload_tables,
)
"""Modules that declare tables of one subject beside ``tables``; importing them is what declares them."""


DDL = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL",
    "postgresql": """
        SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default)
        FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    """,
}
"""How each engine is asked for its tables: a name and what it is, for everything that was made."""


def _ddl(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(text(DDL[engine.dialect.name])).all()
    return {name: " ".join(sql.split()) for name, sql in rows if "record_migrations" not in name}


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engine, Engine]]:
    """Return two databases with nothing in them."""
    urls = [f"sqlite:///{tmp_path / name}" for name in ("a", "b")]
    if request.param == "postgresql":
        server = request.getfixturevalue("postgresql")
        urls = [make_database(server, name) for name in ("empty-a", "empty-b")]
    engines = (open_record(urls[0]), open_record(urls[1]))
    yield engines
    for engine in engines:
        engine.dispose()
    if request.param == "postgresql":
        drop_database(server, "empty-a")
        drop_database(server, "empty-b")


def test_migrations_make_exactly_the_tables_the_code_knows(empty: tuple[Engine, Engine]) -> None:
    migrated, wanted = empty
    migrate(migrated)
    with writing(wanted) as connection:
        metadata.create_all(connection)
    assert _ddl(migrated) == _ddl(wanted)
    before = _ddl(migrated)
    migrate(migrated)
    assert _ddl(migrated) == before


def test_a_process_that_finds_its_record_up_to_date_does_not_load_what_migrates(migrated: Path) -> None:
    probe = (
        "import sys; from antiphon.record import migrate, open_record;"
        f"migrate(open_record('sqlite:///{migrated}'));"
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_the_newest_revision_is_the_last_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST_REVISION]


def test_a_new_record_says_that_it_has_no_schema_yet(tmp_path: Path) -> None:
    engine = open_record(f"sqlite:///{tmp_path / 'new' / 'record.sqlite'}")
    with reading(engine) as connection:
        assert schema_version(connection) is None
    migrate(engine)
    with reading(engine) as connection:
        assert schema_version(connection) == NEWEST_REVISION
    engine.dispose()


def test_tables_of_others_in_the_same_file_survive(tmp_path: Path) -> None:
    engine = open_record(f"sqlite:///{tmp_path / 'record.sqlite'}")
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE workflow_status (workflow_uuid TEXT)"))
        connection.execute(text("INSERT INTO workflow_status VALUES ('theirs')"))
    migrate(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT workflow_uuid FROM workflow_status")).scalar_one() == "theirs"
    engine.dispose()


@ON_SQLITE
def test_every_append_only_table_has_triggers_against_change_and_deletion(engine: Engine) -> None:
    with reading(engine) as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    wanted = {f"{table}_refuses_{action}" for table in APPEND_ONLY for action in ("update", "delete")}
    assert {name for name in names if "_refuses_" in name} == wanted


@ON_POSTGRESQL
def test_every_append_only_table_has_triggers_against_change_deletion_and_emptying(engine: Engine) -> None:
    query = "SELECT tgrelid::regclass || ' ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    with reading(engine) as connection:
        told = connection.execute(text(query)).scalars().all()
    found = {(row.partition(" ")[0], "TRUNCATE" in row) for row in told if "EXECUTE FUNCTION refuse_change()" in row}
    assert found == {(table, is_emptying) for table in APPEND_ONLY for is_emptying in (False, True)}


def test_what_was_decided_before_there_was_one_table_of_decisions_is_kept(empty: tuple[Engine, Engine]) -> None:
    engine, _ = empty
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in DECIDED_BEFORE:
            connection.execute(text(statement))
    migrate(engine)
    with reading(engine) as connection:
        merge, split, takedown = list_decisions(connection)
        named = connection.execute(text("SELECT decision_id FROM changes")).scalar_one()
    assert (takedown.effect, takedown.undone_by) == (Takedown(territories=("NO", "SE")), "ben")
    assert (takedown.target_kind, takedown.target_id, takedown.reason) == (TargetKind.TRACK, "t", "order 17")
    assert split.effect == Split(into_id="b", anchors=(AnchorName(provider="p", anchor="name:x"),))
    assert (merge.effect, merge.undone_by, merge.target_id) == (Merge(into_id="b"), "cem", "a")
    assert named == takedown.id
    with pytest.raises(DatabaseError, match="append-only"), writing(engine) as connection:
        connection.execute(text("DELETE FROM decisions"))
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(text("INSERT INTO decision_undos VALUES ('nothing', 'ana', '2026')"))


def test_contributions_of_before_are_ordered_as_their_statements_are(empty: tuple[Engine, Engine]) -> None:
    engine, _ = empty
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for statement in SAID_BEFORE:
            connection.execute(text(statement))
    migrate(engine)
    with reading(engine) as connection:
        kept = connection.execute(text("SELECT delivery_id, statement_order, body FROM contributions")).all()
    orders = {
        "d1": StatementOrder(created_at="2026-01-02T03:04:05.000006Z", arranged_at="20260102030405000", receipt=7),
        "d2": StatementOrder(created_at="", arranged_at="", receipt=123),
    }
    assert {row.delivery_id: row.statement_order for row in kept} == {i: order.digits for i, order in orders.items()}
    assert orders["d2"] < orders["d1"]
    assert orders["d2"].digits < orders["d1"].digits


def _say_before(delivery: str, created: str, arranged: str, receipt: int) -> tuple[str, ...]:
    album, key = f"{delivery:0<22}", f"'{delivery}', 'north', '{delivery}'"
    return (
        f"INSERT INTO deliveries VALUES ('{delivery}', 'north', '', '{delivery}', '', '', '', '', 1, '', {receipt})",
        f"INSERT INTO statements VALUES ({key}, 1, '')",
        f"INSERT INTO applied_statements VALUES ({key}, 'new_release', '{created}', '{arranged}', {receipt})",
        f"INSERT INTO entities VALUES ('{album}', 'album', 1, '')",
        f"INSERT INTO contributions VALUES ('{album}', 'artist', '{'a' * 22}', '{delivery}', TRUE, 1, '')",
    )


SAID_BEFORE = (
    "INSERT INTO providers VALUES ('north', 'North', '2026')",
    *_say_before("d1", "2026-01-02T03:04:05.000006Z", "20260102030405000", 7),
    *_say_before("d2", "", "", 123),
)
"""What an installation of the version before may hold: two albums that speak of one artist."""

DECIDED_BEFORE = (
    "INSERT INTO decisions VALUES ('d1', 'takedown', 'track', 't', 'NO SE', 'ana', '2026-01-01', 'order 17')",
    "INSERT INTO decision_undos VALUES ('d1', 'ben', '2026-01-02')",
    "INSERT INTO corrections VALUES"
    """ ('d2', 'split', 'artist', 'a', 'b', '[{"provider":"p","anchor":"name:x"}]', 'ana', '2026-02-01', 'two')""",
    "INSERT INTO corrections VALUES ('d3', 'merge', 'artist', 'a', 'b', '[]', 'ana', '2026-03-01', 'one person')",
    "INSERT INTO correction_undos VALUES ('d3', 'cem', '2026-03-02')",
    "INSERT INTO changes (version, kind, entity_id, changed_at, decision_id)"
    " VALUES (1, 'track', 't', '2026-01-01', 'd1')",
)
"""What an installation of the version before may hold: a takedown that was undone, a split, a merge that was undone."""
