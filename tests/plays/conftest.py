"""A fresh lake on disk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.plays import Plays
from tests.plays.events import open_lake


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Plays]:
    """Return an empty lake in ``tmp_path``."""
    lake = open_lake(tmp_path)
    yield lake
    lake.close()
