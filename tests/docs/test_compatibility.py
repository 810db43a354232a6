"""The page of the catalogue profile says what is served: every operation, and every member of every object."""

import re

import pytest
from scripts.generate_docs import DOCS

from antiphon.surfaces.reads.catalogue_paths import BROWSE_PATHS, MUSIC_PATHS, SPOKEN_PATHS
from antiphon.surfaces.reads.describing import DESCRIPTION_SCHEMAS
from antiphon.surfaces.reads.schemas import SCHEMAS
from antiphon.surfaces.reads.spoken_schemas import SPOKEN_SCHEMAS

PAGE = (DOCS / "compatibility.md").read_text()
OURS = {"/v1/tracks/{id}/stream"}
"""What is described among the operations of the profile, and is not of it."""
OBJECTS = ("Track", "Album", "Artist", "Show", "Episode", "Audiobook", "Chapter", "Category")


def test_every_operation_of_the_profile_is_named_and_no_other() -> None:
    named = re.findall(r"^\| `(/v1/[^`]+)` \|", PAGE, re.MULTILINE)
    assert sorted(named) == sorted({*MUSIC_PATHS, *SPOKEN_PATHS, "/v1/search", *BROWSE_PATHS} - OURS)


@pytest.mark.parametrize("name", OBJECTS)
def test_every_member_of_an_object_is_named_and_no_other(name: str) -> None:
    found = re.search(rf"^\| `{name}` \| (.*?) \|", PAGE, re.MULTILINE)
    assert found is not None
    schemas = DESCRIPTION_SCHEMAS | SCHEMAS | SPOKEN_SCHEMAS
    assert re.findall(r"`(\w+)`", found[1]) == sorted(schemas[name]["properties"])
