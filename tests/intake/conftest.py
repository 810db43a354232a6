"""Installations for the tests of intake."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.intake.installation import Installation, installed


@pytest.fixture
def site(tmp_path: Path, record_url: str) -> Iterator[Installation]:
    """Return an installation with one provider: on each engine in turn."""
    with installed(tmp_path / "site", record_url) as installation:
        yield installation


@pytest.fixture
def untouched(tmp_path: Path) -> Iterator[Installation]:
    """Return a second one, for what the first is compared with."""
    with installed(tmp_path / "untouched") as installation:
        yield installation
