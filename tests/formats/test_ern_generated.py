"""Statements nobody wrote by hand: whatever a version has a place for reads as it was written, and the rest is told."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.formats.ern import read_message, write_message, write_what_fits
from antiphon.model.errors import Refused
from tests.formats.generated import draw_statement
from tests.formats.test_ern_round_trips import facts_of

VERSIONS = ("3.8.2", "4.3.2")
SEEDS = st.integers(min_value=0, max_value=2**32)
FEW = settings(max_examples=60, deadline=None)
MANY = settings(max_examples=5_000, deadline=None)


@FEW
@given(seed=SEEDS, version=st.sampled_from(VERSIONS))
def test_what_a_version_has_a_place_for_reads_as_it_was_written(seed: int, version: str) -> None:
    statement = draw_statement(seed, version)
    assert facts_of(read_message(write_message(statement, version))) == facts_of(statement)


@pytest.mark.fuzz
@MANY
@given(seed=SEEDS, version=st.sampled_from(VERSIONS))
def test_what_a_version_has_a_place_for_reads_as_it_was_written_however_often(seed: int, version: str) -> None:
    statement = draw_statement(seed, version)
    assert facts_of(read_message(write_message(statement, version))) == facts_of(statement)


@FEW
@given(seed=SEEDS, origin=st.sampled_from(VERSIONS), version=st.sampled_from(VERSIONS))
def test_what_is_written_of_any_statement_and_what_is_told_as_left_out_is_all_of_it(
    seed: int, origin: str, version: str
) -> None:
    statement = draw_statement(seed, origin)
    try:
        written = write_what_fits(statement, version)
    except Refused:
        return
    again = read_message(written.data)
    for field in ("resources", "releases", "release_deals"):
        is_told = any(path.startswith(field) for path in written.left_out)
        assert is_told or set(list_texts(getattr(statement, field))) <= set(list_texts(getattr(again, field)))


def list_texts(value: Any) -> list[str]:
    """Return all texts in a part of a statement, element paths apart."""
    if isinstance(value, msgspec.Struct):
        value = [inner for name, inner in msgspec.structs.asdict(value).items() if name != "path"]
    if isinstance(value, tuple | list):
        return [text for inner in value for text in list_texts(inner)]
    return [value] if isinstance(value, str) and value else []
