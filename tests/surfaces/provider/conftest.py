"""The provider API on a new installation."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.surfaces.provider.dockside import Dockside, open_dockside


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dockside]:
    """Return the provider API on a new installation."""
    with open_dockside(tmp_path) as dockside:
        yield dockside
