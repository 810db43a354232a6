"""``antiphon rebuild``: what it says of a catalogue, and how it ends."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from antiphon.cli.commands import tree
from antiphon.cli.installation import open_installation
from antiphon.cli.progress import say_duration
from antiphon.record import reading, writing
from antiphon.record.providers import Provider, add_provider
from antiphon.record.tables import entities
from tests.builders import a_statement
from tests.record.releases import commit_statement

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return the folder of an installation with one release."""
    engine = open_installation(tmp_path, create=True).engine
    with writing(engine) as conn:
        add_provider(conn, Provider(id="north", name="North"), NOW)
        commit_statement(conn, a_statement(), NOW, provider="north")
    engine.dispose()
    return tmp_path


def _rebuild(data: Path, *options: str) -> tuple[int, list[str]]:
    """Return how ``antiphon rebuild`` ends, and the lines it prints."""
    result = CliRunner().invoke(tree, ["rebuild", "--processes", "1", "--data", str(data), *options])
    return result.exit_code, result.stdout.splitlines()


def _damage(data: Path) -> str:
    """Damage a recording; return its id."""
    engine = open_installation(data).engine
    with writing(engine) as conn:
        damaged: str = conn.execute(select(entities.c.id).where(entities.c.kind == "recording").limit(1)).scalar_one()
        conn.execute(update(entities).where(entities.c.id == damaged).values(body=b"{}"))
    engine.dispose()
    return damaged


def test_a_repair_and_a_rerun_of_identity_are_not_asked_for_at_once(data: Path) -> None:
    code, printed = _rebuild(data, "--repair", "--relink")
    assert (code, printed) == (2, [])


def test_what_differs_is_named_until_it_is_repaired(data: Path) -> None:
    assert _rebuild(data) == (0, ["the catalogue is what its statements, links and decisions say"])
    damaged = _damage(data)
    assert _rebuild(data) == (1, [f"differs  {damaged}"])
    assert _rebuild(data, "--repair") == (0, [])
    assert _rebuild(data)[0] == 0


def test_a_rerun_of_identity_has_nothing_to_say_of_a_catalogue_of_today(data: Path) -> None:
    assert _rebuild(data, "--relink") == (0, [])
    with reading(open_installation(data).engine) as conn:
        assert conn.execute(select(entities.c.id)).first() is not None


@pytest.mark.parametrize(("duration_s", "said"), [(0.4, "0 s"), (59.7, "1 min 0 s"), (125, "2 min 5 s")])
def test_a_duration_is_said_in_words(duration_s: float, said: str) -> None:
    assert say_duration(duration_s) == said
