"""A fresh record on disk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from antiphon.record import migrate, open_record


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Return the engine of an empty, migrated record."""
    engine = open_record(f"sqlite:///{tmp_path / 'record.sqlite'}")
    migrate(engine)
    yield engine
    engine.dispose()
