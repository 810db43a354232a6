"""A fresh record for each test, copied from one that was migrated once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from antiphon.record import open_record


@pytest.fixture
def engine(record_url: str) -> Iterator[Engine]:
    """Return the engine of an empty, migrated record."""
    engine = open_record(record_url)
    yield engine
    engine.dispose()
