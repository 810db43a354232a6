"""Look-up by external ids: what is refused, in which forms an id is known, and what several bear."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from antiphon.access import Tier
from antiphon.blobs import FolderBlobs
from antiphon.model.entities import Album, AlbumType
from antiphon.publication.documents import album_entries
from antiphon.replica import Follower
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.identifiers import MAX_BEARERS
from tests.publication.catalogue import WITHHELD, an_album
from tests.replica.publishing import Publisher
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, an_id

GRID = "A12425GABC1234002M"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "No id was asked for"),
        ("isrc=", "Invalid isrc"),
        ("isrc=nonsense", "12 characters"),
        ("upc=4006381333932", "check character"),
        ("isrc=" + ",".join(["QZANT2600001"] * 51), "at most 50"),
        ("isrc=" + ",".join(["QZANT2600001"] * 26) + "&grid=" + ",".join([GRID] * 25), "at most 50"),
    ],
)
def test_what_is_no_id_is_refused_with_what_one_is(read_path: ReadPath, query: str, said: str) -> None:
    got = ask(read_path, f"/v1/lookup?{query}")
    assert (got.status, said in got.content["error"]["message"]) == (400, True), got.content


@pytest.mark.parametrize("text", ["QZANT2600001", "qz-ant-26-00001", "QZ%20ANT%2026%2000001", " QZANT2600001 "])
def test_an_isrc_is_known_in_any_form(read_path: ReadPath, text: str) -> None:
    (match,) = ask(read_path, f"/v1/lookup?isrc={text}&market=SE").content["matches"]
    assert (match["scheme"], match["value"], match["total"]) == ("isrc", "QZANT2600001", 1)
    (track,) = match["items"]
    assert (track["id"], track["type"], track["is_playable"]) == (an_id("Harbour Lights 1"), "track", True)


@pytest.mark.parametrize("name", ["upc", "ean", "icpn"])
@pytest.mark.parametrize("text", ["4006381333931", "400-638133393-1", "04006381333931"])
def test_a_barcode_is_known_by_each_of_its_names_and_lengths(read_path: ReadPath, name: str, text: str) -> None:
    (match,) = ask(read_path, f"/v1/lookup?{name}={text}").content["matches"]
    assert (match["scheme"], match["value"], match["asked"]) == ("upc", "04006381333931", text)
    assert [(item["id"], item["type"]) for item in match["items"]] == [(an_id("Harbour Lights"), "album")]


def test_several_ids_are_answered_in_their_order_and_an_unknown_one_with_nothing(read_path: ReadPath) -> None:
    matches = ask(read_path, "/v1/lookup?isrc=QZANT2600002,QZANT2699999&upc=4006381333931").content["matches"]
    assert [(match["scheme"], match["total"], len(match["items"])) for match in matches] == [
        ("isrc", 1, 1),
        ("isrc", 0, 0),
        ("upc", 1, 1),
    ]


def one_recording(number: int) -> Album:
    """Return an album whose track has the ISRC all of them have: compilations, but for the last."""
    album = an_album(number, tracks=1)
    track = msgspec.structs.replace(album.tracks[0], isrc="QZANT2600007")
    if number == 0:
        track = msgspec.structs.replace(track, intervals=())
    kind = AlbumType.ALBUM if number == MAX_BEARERS else AlbumType.COMPILATION
    return msgspec.structs.replace(album, tracks=(track,), type=kind, release_key=f"grid:{GRID}")


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[ReadPath]:
    """Return a read path over a catalogue in which one ISRC is on more releases than are shown."""
    blobs = FolderBlobs(tmp_path / "blobs")
    albums = [one_recording(number) for number in range(MAX_BEARERS + 1)]
    Publisher(blobs).announce([entry for album in albums for entry in album_entries(album)])
    follower = Follower(blobs, tmp_path / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    yield ReadPath(follower.replica, blobs, KEYS, ReadSettings())
    follower.close()


def test_of_many_the_artists_own_release_comes_first_and_what_does_not_play_last(crowd: ReadPath) -> None:
    (match,) = ask(crowd, "/v1/lookup?isrc=QZANT2600007&market=NO").content["matches"]
    assert (match["total"], len(match["items"])) == (MAX_BEARERS + 1, MAX_BEARERS)
    assert match["items"][0]["album"]["album_type"] == "album"
    assert all(item["is_playable"] for item in match["items"])
    (withheld,) = ask(crowd, f"/v1/lookup?isrc=QZANT2600007&market={WITHHELD}", tier=Tier.FREE).content["matches"]
    assert [item["is_playable"] for item in withheld["items"]] == [False] * MAX_BEARERS
    assert withheld["items"][0]["album"]["album_type"] == "album"


def test_a_grid_names_the_release(crowd: ReadPath) -> None:
    (match,) = ask(crowd, "/v1/lookup?grid=a1-2425g-abc1234002-m").content["matches"]
    assert (match["value"], match["total"], match["items"][0]["type"]) == (GRID, MAX_BEARERS + 1, "album")
