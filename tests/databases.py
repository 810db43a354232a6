"""Fixtures of databases: everything that keeps state is tested on both engines it runs on."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from antiphon.intake.queue import open_queue
from antiphon.record import migrate, open_record
from tests.postgresql import drop_database, make_database, run_postgresql

ENGINES = ("sqlite", "postgresql")

ON_SQLITE = pytest.mark.parametrize("record_url", ["sqlite"], indirect=True)
"""For what is SQLite's alone."""

ON_POSTGRESQL = pytest.mark.parametrize("record_url", ["postgresql"], indirect=True)
"""For what is PostgreSQL's alone."""

_numbers = count(1)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the address of a PostgreSQL server that stays until the tests end."""
    with run_postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of an empty, migrated record with a queue that nobody has open."""
    path = tmp_path_factory.mktemp("migrated") / "record.sqlite"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: str) -> str:
    """Return the name of the same on PostgreSQL."""
    _migrate(make_database(postgresql, "migrated"))
    return "migrated"


@pytest.fixture(params=ENGINES)
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of an empty, migrated record of one's own: on each engine in turn."""
    with lend_record(request, tmp_path) as url:
        yield url


@contextmanager
def lend_record(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """Give the address of an empty, migrated record on the engine that the test or its fixture asks for.

    A fixture that many tests share uses it, in place of ``record_url``.
    """
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copy(request.getfixturevalue('migrated'), folder / 'record.sqlite')}"
        return
    server, name = request.getfixturevalue("postgresql"), f"record{next(_numbers)}"
    yield make_database(server, name, request.getfixturevalue("migrated_postgresql"))
    drop_database(server, name)


def _migrate(url: str) -> None:
    engine = open_record(url)
    migrate(engine)
    open_queue(engine).close()
    engine.dispose()
