"""A house as most tests of publication want it: with nothing in it, on each engine in turn."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publication.test_publisher import House


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    house = House(tmp_path, record_url)
    yield house
    house.close()
