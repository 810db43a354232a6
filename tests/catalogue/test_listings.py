"""What lists of albums show of one: what they show makes another form, and nothing else does."""

from typing import Any

import msgspec
import pytest

from antiphon.catalogue import listed_form
from antiphon.model.entities import Album, AlbumType, ArtistCredit
from tests.publication.catalogue import an_album

GUEST = ArtistCredit(artist_id="guest", name="A Guest")


def with_first_track(album: Album, **changes: Any) -> Album:
    first, *others = album.tracks
    return msgspec.structs.replace(album, tracks=(msgspec.structs.replace(first, **changes), *others))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another"},
        {"type": AlbumType.SINGLE},
        {"artists": (GUEST,)},
        {"release_date": "1999"},
        {"genres": ()},
        {"covers": ()},
        {"tracks": ()},
    ],
)
def test_what_a_card_shows_makes_another_form(changes: dict[str, Any]) -> None:
    album = an_album(1)
    assert listed_form(msgspec.structs.replace(album, **changes)) != listed_form(album)


@pytest.mark.parametrize(
    "changes", [{"intervals": ()}, {"renditions": ()}, {"artists": (GUEST,)}, {"recording_id": "r"}]
)
def test_what_says_who_may_play_it_makes_another_form(changes: dict[str, Any]) -> None:
    album = an_album(1)
    assert listed_form(with_first_track(album, **changes)) != listed_form(album)


def test_what_no_list_shows_makes_no_other_form() -> None:
    album = an_album(1)
    other = msgspec.structs.replace(album, delivery_id="later", label="Another", upc="", copyrights=())
    renamed = tuple(msgspec.structs.replace(credit, name="Renamed") for credit in album.tracks[0].artists)
    moved = tuple(msgspec.structs.replace(interval, deal_line=7) for interval in album.tracks[0].intervals)
    changes = {"title": "Another", "artists": renamed, "duration_ms": 1, "explicit": True, "intervals": moved}
    assert listed_form(with_first_track(other, **changes)) == listed_form(album)
