"""Every market's track in one answer is what asking for the track in each market answers."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.access import Tier
from antiphon.blobs import FolderBlobs
from antiphon.model.availability import Interval, Use
from antiphon.model.entities import Album, AlbumType
from antiphon.model.territories import TERRITORIES
from antiphon.publication.documents import album_entries, recording_entries
from antiphon.replica import Follower
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.publication.catalogue import an_album
from tests.replica.publishing import Publisher
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, an_id

NOW_S = int(NOW.timestamp())
MARKETS = ("SE", "NO", "DK", "US", "JP", "BR")
"""In which rights differ; the others are all alike, and asked all the same."""

BITS = st.sets(st.sampled_from(MARKETS)).map(lambda codes: sum(1 << TERRITORIES.index(code) for code in codes))
INTERVALS = st.builds(
    lambda tier, bits, since: Interval(tier=tier, use=Use.STREAM, territories=bits, starts_at=since),
    st.sampled_from(Tier),
    BITS.filter(bool),
    st.sampled_from([None, NOW_S, NOW_S + 1]),
)
RELEASES = st.lists(
    st.tuples(
        st.lists(INTERVALS, max_size=4).map(tuple),
        st.sampled_from(AlbumType),
        st.sampled_from(["", "1999", "2026-01-01"]),
    ),
    min_size=1,
    max_size=4,
)


def a_release(number: int, release: tuple[tuple[Interval, ...], AlbumType, str]) -> Album:
    """Return an album with one track, of the one recording."""
    intervals, kind, date = release
    album = an_album(number, tracks=1)
    track = msgspec.structs.replace(album.tracks[0], recording_id="therecording", intervals=intervals)
    return msgspec.structs.replace(album, tracks=(track,), type=kind, release_date=date)


@settings(max_examples=12, derandomize=True, deadline=None, database=None)
@given(releases=RELEASES, denied=st.sets(st.integers(0, 3), max_size=1), tier=st.sampled_from(Tier))
def test_it_says_what_each_market_is_answered(
    releases: list[tuple[tuple[Interval, ...], AlbumType, str]], denied: set[int], tier: Tier
) -> None:
    albums = [a_release(number, release) for number, release in enumerate(releases)]
    track_ids = [album.tracks[0].id for album in albums]
    with TemporaryDirectory() as folder:
        blobs = FolderBlobs(Path(folder) / "blobs")
        publisher = Publisher(blobs)
        entries = [entry for album in albums for entry in album_entries(album)]
        publisher.announce([*entries, *recording_entries("therecording", track_ids)])
        publisher.deny(1, *(track_ids[number] for number in denied if number < len(track_ids)))
        follower = Follower(blobs, Path(folder) / "node", map_size_bytes=16 << 20)
        follower.poll(NOW)
        read_path = ReadPath(follower.replica, blobs, KEYS, ReadSettings())
        for track_id in track_ids:
            linked = ask(read_path, f"/v1/tracks/{track_id}/linked-in", tier=tier).content
            said = {market: one["id"] for one in linked["tracks"] for market in one["markets"]}
            refused = {market: one["reason"] for one in linked["restrictions"] for market in one["markets"]}
            assert sorted([*said, *refused]) == sorted(TERRITORIES)
            for market in TERRITORIES:
                alone = ask(read_path, f"/v1/tracks/{track_id}?market={market}", tier=tier).content
                if alone["is_playable"]:
                    assert said[market] == alone["id"]
                else:
                    assert refused[market] == alone["restrictions"]["reason"]
        follower.close()


def test_a_track_nobody_has_is_not_found(read_path: ReadPath) -> None:
    assert ask(read_path, f"/v1/tracks/{'0' * 22}/linked-in").status == 404
    assert ask(read_path, "/v1/tracks/a-b/linked-in").status == 400


def test_a_track_alone_names_itself_and_where_it_does_not_play(read_path: ReadPath) -> None:
    track_id = an_id("Harbour Lights 2")
    content = ask(read_path, f"/v1/tracks/{track_id}/linked-in").content
    assert [one["id"] for one in content["tracks"]] == [track_id]
    assert content["tracks"][0]["href"] == f"https://music.example/v1/tracks/{track_id}"
    assert content["restrictions"] == [{"reason": "market", "markets": ["SE"]}]
    premium = ask(read_path, f"/v1/tracks/{an_id('Harbour Lights 4')}/linked-in", tier=Tier.FREE).content
    assert (premium["tracks"], premium["tier"]) == ([], "free")
    assert [(one["reason"], len(one["markets"])) for one in premium["restrictions"]] == [("product", len(TERRITORIES))]


@pytest.mark.parametrize("later_s", [0, 8 * 86_400])
def test_it_is_of_the_moment_it_is_asked(read_path: ReadPath, later_s: int) -> None:
    at = datetime.fromtimestamp(NOW_S + later_s, UTC)
    content = ask(read_path, f"/v1/tracks/{an_id('Harbour Lights 3')}/linked-in", now=at).content
    assert bool(content["tracks"]) is (later_s > 0)
