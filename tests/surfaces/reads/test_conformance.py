"""Every answer has the shape that is promised, whatever is asked: the published one of the profile, and our own.

The calls are made up from each description, right ones and wrong ones, of what is there and of what is not, with a
token of either tier and without one.
"""

import copy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from schemathesis.specs.openapi.checks import positive_data_acceptance

from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.catalogue_paths import BROWSE_PATHS, MUSIC_PATHS, SPOKEN_PATHS
from antiphon.surfaces.reads.categories import identify_category
from antiphon.surfaces.reads.description import describe
from tests.surfaces.reads.catalogue_fixture import AUDIOBOOK, SHOW, TIDEMARKS, VESPER, an_id
from tests.surfaces.reads.generated_calls import BASE_URL, check_operation, find_operations, list_known
from tests.surfaces.reads.published_profile import CATALOGUE_PATHS, load_profile

pytestmark = pytest.mark.slow

QUICK_EXAMPLES = 25
EXAMPLES = 100
"""Calls of each operation in every run, and in a long one."""

WORDS = {
    "market": ["SE", "NO", "US"],
    "q": ["lantern", "harbour", "paper", "tides", "artist:tidemarks", "year:2026", "genre:ambient"],
    "type": ["album", "track,artist", "show,episode,audiobook"],
}
IDS = {
    "tracks": [an_id(f"Harbour Lights {number}") for number in range(1, 6)],
    "albums": [an_id(title) for title in ("Harbour Lights", "Low Water", "Night Ferries")],
    "artists": [TIDEMARKS.id, VESPER.id],
    "shows": [SHOW.id],
    "episodes": [episode.id for episode in SHOW.episodes[:3]],
    "audiobooks": [AUDIOBOOK.id],
    "chapters": [chapter.id for chapter in AUDIOBOOK.chapters[:3]],
    "categories": [identify_category("Ambient")],
}
OWN_PATHS = (*MUSIC_PATHS, *SPOKEN_PATHS, "/v1/search", *BROWSE_PATHS)


@pytest.fixture(scope="module")
def own() -> dict[str, Any]:
    """Return the catalogue's operations of our own description."""
    document = copy.deepcopy(describe(BASE_URL))
    document["paths"] = {path: document["paths"][path] for path in OWN_PATHS}
    return find_operations(document)


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, Any]:
    """Return the operations of the published description."""
    document = load_profile(shared)
    return find_operations(document)


def check_own(read_path: ReadPath, operation: Any, examples: int) -> Counter[int]:
    """Check an operation as we describe it: what the description allows is also never refused as wrong."""
    known = list_known(operation.path, WORDS, IDS)
    return check_operation(read_path, operation, known, examples=examples, more=[positive_data_acceptance])


def test_the_description_is_sound() -> None:
    find_operations(describe(BASE_URL))


@pytest.mark.parametrize("path", OWN_PATHS)
def test_every_answer_is_as_we_describe_it(read_path: ReadPath, own: dict[str, Any], path: str) -> None:
    answered = check_own(read_path, own[path], QUICK_EXAMPLES)
    assert {200, 401} <= answered.keys()


@pytest.mark.parametrize("path", CATALOGUE_PATHS)
def test_every_answer_is_as_was_published(read_path: ReadPath, published: dict[str, Any], path: str) -> None:
    answered = check_operation(read_path, published[path], list_known(path, WORDS, IDS), examples=QUICK_EXAMPLES)
    assert {200, 401} <= answered.keys()


@pytest.mark.fuzz
@pytest.mark.parametrize("path", OWN_PATHS)
def test_many_more_answers_are_as_we_describe_them(read_path: ReadPath, own: dict[str, Any], path: str) -> None:
    check_own(read_path, own[path], EXAMPLES)


@pytest.mark.fuzz
@pytest.mark.parametrize("path", CATALOGUE_PATHS)
def test_many_more_answers_are_as_was_published(read_path: ReadPath, published: dict[str, Any], path: str) -> None:
    check_operation(read_path, published[path], list_known(path, WORDS, IDS), examples=EXAMPLES)
