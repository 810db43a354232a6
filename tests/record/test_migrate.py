"""The tables a migrated record has, and what they refuse."""

import subprocess
import sys
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.schema import CreateTable

from antiphon.record import agreement_tables, choreography_tables, migrate, open_record, reading, upload_tables, writing
from antiphon.record.migrate import MIGRATIONS, NEWEST_REVISION, schema_version
from antiphon.record.tables import APPEND_ONLY, metadata

SUBJECTS = (agreement_tables, choreography_tables, upload_tables)
"""Modules that declare tables of one subject beside ``tables``; importing them is what declares them."""


def _ddl(engine: Engine) -> dict[str, str]:
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index') AND sql IS NOT NULL"
    with engine.connect() as connection:
        rows = connection.execute(text(query)).all()
    return {name: " ".join(sql.split()) for name, sql in rows if name != "record_migrations"}


def test_migrations_make_exactly_the_tables_the_code_knows(tmp_path: Path, engine: Engine) -> None:
    wanted = create_engine(f"sqlite:///{tmp_path / 'wanted.sqlite'}")
    metadata.create_all(wanted)
    assert _ddl(engine) == _ddl(wanted)
    wanted.dispose()


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    before = _ddl(engine)
    migrate(engine)
    assert _ddl(engine) == before


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


def test_every_append_only_table_has_triggers_against_change_and_deletion(engine: Engine) -> None:
    with reading(engine) as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    assert names == {f"{table}_refuses_{action}" for table in APPEND_ONLY for action in ("update", "delete")}


def test_the_tables_can_be_written_in_the_words_of_postgresql() -> None:
    words = make_url("postgresql+psycopg://").get_dialect()()
    for table in metadata.sorted_tables:
        assert str(CreateTable(table).compile(dialect=words)).strip().startswith("CREATE TABLE")
