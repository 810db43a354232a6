"""`antiphon reassign`, as it is typed: music on the wrong page is put on another there is, and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.identity import entity_id
from antiphon.model.claims import ScopedText
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.catalogue import albums_of
from antiphon.record.rebuild import recompute
from tests.builders import a_recording
from tests.cli.typed import say
from tests.intake.installation import Installation, installed
from tests.record.deliveries import OTHER_ICPN, an_album, apply

NAME = "name:the tidemarks"
NORTH, SOUTH = (entity_id(EntityKind.ARTIST, provider, NAME) for provider in ("north", "south"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation where two labels have an artist of one name."""
    data = tmp_path / "data"
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        apply(installation.engine, an_album(a_recording(1)))
        another = a_recording(2, titles=(ScopedText(value="Night Ferry"),))
        apply(installation.engine, an_album(another, icpn=OTHER_ICPN), provider="south")
        yield installation


def reassign(site: Installation, into: str, *anchors: str) -> str:
    moved = [word for anchor in anchors for word in ("--anchor", anchor)]
    why = ("--reason", "one band", "--by", "Ada")
    return say(site, "reassign", "artist", SOUTH, "--into", into, "--provider", "south", *moved, *why)


def list_owners(site: Installation, artist: str) -> list[str]:
    with reading(site.engine) as conn:
        assert recompute(conn) == []
        return [provider for provider, _ in albums_of(conn, EntityKind.ARTIST, artist)]


def test_nothing_is_reassigned_to_an_artist_there_is_not(site: Installation) -> None:
    with pytest.raises(Refused, match="no artist"):
        reassign(site, "x" * 22, NAME)


def test_what_a_provider_means_by_its_anchors_is_another_artist_until_it_is_undone(site: Installation) -> None:
    assert (list_owners(site, NORTH), list_owners(site, SOUTH)) == (["north"], ["south"])
    told = reassign(site, NORTH, NAME, "like:tidemarks")
    assert f"means {NORTH} now" in told
    assert (list_owners(site, NORTH), list_owners(site, SOUTH)) == (["north", "south"], [])
    assert f"south            {NAME}" in say(site, "anchors", "artist", NORTH)
    say(site, "undo", told.rsplit(" ", 1)[1].strip())
    assert (list_owners(site, NORTH), list_owners(site, SOUTH)) == (["north"], ["south"])
