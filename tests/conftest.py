"""Fixtures every room's tests may use."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

pytest_plugins = ["tests.databases"]

SHARED = Path(__file__).resolve().parents[2] / "shared"
NO_SAMPLES = "the reference samples are not beside this checkout"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference samples beside the checkout, or skip: it is not part of the project."""
    if not (SHARED / "samples").is_dir():
        pytest.skip(NO_SAMPLES)
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a skipped test under CI, where every part must be there; only the reference samples may be missing."""
    report = yield
    is_allowed = isinstance(report.longrepr, tuple) and NO_SAMPLES in report.longrepr[2]
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail") and not is_allowed:
        report.outcome = "failed"
        report.longrepr = f"skipped under CI, where nothing may be missing: {report.longrepr}"
    return report
