"""Fixtures every room's tests may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference samples beside the checkout, or skip: it is not part of the project."""
    if not (SHARED / "samples").is_dir():
        pytest.skip("the reference samples are not beside this checkout")
    return SHARED
