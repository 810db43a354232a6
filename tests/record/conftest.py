"""A fresh record on disk for each test, copied from one that was migrated once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from antiphon.record import migrate, open_record


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of an empty, migrated record that nobody has open."""
    path = tmp_path_factory.mktemp("migrated") / "record.sqlite"
    engine = open_record(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def engine(tmp_path: Path, migrated: Path) -> Iterator[Engine]:
    """Return the engine of an empty, migrated record."""
    engine = open_record(f"sqlite:///{shutil.copy(migrated, tmp_path / 'record.sqlite')}")
    yield engine
    engine.dispose()
