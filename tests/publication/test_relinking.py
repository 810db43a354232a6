"""A track that a market does not have is answered by another track of the recording that it does have."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.access import Tier
from antiphon.blobs import FolderBlobs
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.statement import Statement
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.builders import a_deal, a_statement, changed, some_deals
from tests.publication.test_publisher import NOW, House, an_update
from tests.surfaces.reads.asking import Got, ask
from tests.surfaces.reads.catalogue_fixture import KEYS


def released(icpn: str, *territories: str, models: tuple[str, ...] = ("SubscriptionModel",)) -> Statement:
    statement = a_statement()
    release = changed(statement.releases[0], ids=(DeliveredId(scheme=IdScheme.ICPN, text=icpn),))
    deal = a_deal(territories=territories, models=models)
    return changed(statement, releases=(release, *statement.releases[1:]), release_deals=(some_deals(deal),))


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    house = House(tmp_path, record_url)
    house.publisher.recover(NOW)
    house.commit(an_update(released("96385074", "SE"), 1), 1)
    house.commit(an_update(released("4006381333931", "NO"), 2), 2)
    house.catch_up()
    yield house
    house.close()


def look_up(house: House, path: str, tier: Tier = Tier.PREMIUM) -> Got:
    blobs = house.blobs
    assert isinstance(blobs, FolderBlobs)
    return ask(ReadPath(house.follower.replica, blobs, KEYS, ReadSettings()), path, tier=tier, now=NOW)


def the_track(house: House) -> str:
    return house.album().tracks[0].id


def test_the_market_that_has_another_track_of_the_recording_gets_that_one(house: House) -> None:
    own = look_up(house, f"/v1/tracks/{the_track(house)}?market=SE").content
    other = look_up(house, f"/v1/tracks/{the_track(house)}?market=NO").content
    assert (own["id"], own["is_playable"], "linked_from" in own) == (the_track(house), True, False)
    assert other["is_playable"] is True
    assert other["id"] != the_track(house)
    assert other["linked_from"] == {
        "external_urls": {},
        "href": f"http://node.example:8080/v1/tracks/{the_track(house)}",
        "id": the_track(house),
        "type": "track",
        "uri": f"spotify:track:{the_track(house)}",
    }
    batch = look_up(house, f"/v1/tracks?ids={the_track(house)},nothing&market=NO").content
    assert batch["tracks"] == [other, None]


def test_in_the_list_of_an_album_a_track_that_stands_in_has_the_place_of_the_other(house: House) -> None:
    album = house.album()
    own, relinked = (
        look_up(house, f"/v1/albums/{album.id}/tracks?market={market}").content["items"] for market in ("SE", "NO")
    )
    assert [item["id"] for item in own] == [track.id for track in album.tracks]
    other = look_up(house, f"/v1/tracks/{the_track(house)}?market=NO").content
    assert (relinked[0]["id"], relinked[0]["linked_from"]) == (other["id"], other["linked_from"])
    assert [item["track_number"] for item in relinked] == [item["track_number"] for item in own]
    assert relinked[0]["is_playable"] is True
    assert relinked[0].keys() - own[0].keys() == {"linked_from"}
    inside = look_up(house, f"/v1/albums/{album.id}?market=NO").content
    assert inside["tracks"]["items"] == relinked


def test_a_relinked_answer_has_a_name_of_its_own(house: House) -> None:
    asked = look_up(house, f"/v1/tracks/{the_track(house)}?market=NO")
    direct = look_up(house, f"/v1/tracks/{asked.content['id']}?market=NO")
    assert asked.headers["etag"] != direct.headers["etag"]


def test_where_no_track_of_the_recording_plays_the_one_asked_for_says_so(house: House) -> None:
    content = look_up(house, f"/v1/tracks/{the_track(house)}?market=DK").content
    assert content["id"] == the_track(house)
    assert content["restrictions"] == {"reason": "market"}


def test_another_tier_is_no_reason_to_relink(house: House) -> None:
    content = look_up(house, f"/v1/tracks/{the_track(house)}?market=SE", Tier.FREE).content
    assert (content["id"], content["restrictions"]) == (the_track(house), {"reason": "product"})


def test_when_the_other_release_loses_the_recording_nothing_is_relinked_to_it(house: House) -> None:
    gone = released("4006381333931", "NO")
    gone = changed(gone, resources=gone.resources[1:])
    release = changed(gone.releases[0], group=changed(gone.releases[0].group, places=gone.releases[0].group.places[1:]))  # type: ignore[union-attr, type-var]  # the builder's release has a group
    house.commit(an_update(changed(gone, releases=(release, *gone.releases[1:])), 3), 3)
    house.catch_up()
    assert look_up(house, f"/v1/tracks/{the_track(house)}?market=NO").content["id"] == the_track(house)
