"""Albums as bytes: each set of rights once, and albums of the form before are read as they were."""

import msgspec
import pytest

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.entities import Album, AlbumType, Track
from antiphon.model.errors import Broken
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body

WORLD = Interval(tier=Tier.FREE, use=Use.STREAM, territories=(1 << 250) - 1, deal_path="/Deal[1]")


def _album(*rights: tuple[Interval, ...]) -> Album:
    tracks = tuple(
        Track(
            id=f"t{place}",
            album_id="a",
            recording_id=f"r{place}",
            title="Harbour Light",
            artists=(),
            disc_number=1,
            track_number=place,
            duration_ms=1000,
            intervals=intervals,
        )
        for place, intervals in enumerate(rights, 1)
    )
    return Album(
        id="a",
        provider="north",
        release_key="icpn:1",
        delivery_id="d",
        title="Harbour Lights",
        type=AlbumType.ALBUM,
        artists=(),
        tracks=tracks,
    )


def test_rights_that_name_no_track_of_the_album_are_our_fault() -> None:
    body = encode_body(_album((WORLD,), ())).replace(b'"rights_of_tracks":[0,1]', b'"rights_of_tracks":[0,2]')
    with pytest.raises(Broken, match="damaged"):
        decode_body(body, BODY_FORMAT, Album)


@pytest.mark.parametrize("rights", [(), ((),), ((WORLD,),), ((WORLD,), (), (WORLD,)), ((WORLD, WORLD), (WORLD,))])
def test_an_album_comes_back_as_it_was(rights: tuple[tuple[Interval, ...], ...]) -> None:
    album = _album(*rights)
    assert decode_body(encode_body(album), BODY_FORMAT, Album) == album


def test_fifty_tracks_with_one_set_of_rights_have_it_once_in_the_body() -> None:
    many = tuple(msgspec.structs.replace(WORLD, starts_at=at) for at in range(40))
    body = encode_body(_album(*[many] * 50))
    assert body.count(b"/Deal[1]") == len(many)
    assert encode_body(_album(*[tuple(map(msgspec.structs.replace, many)) for _ in range(50)])) == body


def test_an_album_of_the_form_before_is_read_as_it_was() -> None:
    album = _album((WORLD,), ())
    assert decode_body(msgspec.json.encode(album), 1, Album) == album
