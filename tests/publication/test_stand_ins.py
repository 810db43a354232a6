"""Explain, asked of the record, and a node, asked of its documents, name the same track instead of a missing one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.access import Tier
from antiphon.blobs import FolderBlobs
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.deals import Deal
from antiphon.model.entities import EntityKind
from antiphon.model.statement import Statement
from antiphon.model.territories import Territory
from antiphon.record import reading
from antiphon.record.catalogue import find_entities
from antiphon.surfaces.explain.answers import ExplainAnswer, answer_explanation
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.builders import a_deal, a_moment, a_statement, an_isrc, changed, some_deals, some_roles
from tests.publication.test_publisher import NOW, House, an_update
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS

ICPNS = ("96385074", "4006381333931", "5901234123457", "0012345678905", "9780201379624")
MARKETS = [Territory(code) for code in ("SE", "NO", "NZ")]
TIMES = [NOW, NOW - timedelta(days=2), datetime.fromisoformat("2026-12-24T23:00:00Z")]

SOME_DEALS = st.lists(
    st.builds(
        a_deal,
        models=st.sampled_from([("SubscriptionModel",), ("AdvertisementSupportedModel",)]),
        territories=st.sampled_from([("SE",), ("NO",), ("NZ", "SE"), ("Worldwide",)]),
        start=st.sampled_from(["2026-01-01", "2026-12-25", "2026-11-22"]),
        end=st.sampled_from(["", "", "2026-11-21"]),
    ),
    max_size=2,
)
RELEASES = st.lists(
    st.tuples(SOME_DEALS, st.sampled_from(["Album", "Single", "Compilation"]), st.sampled_from(["1999", "2004-05-01"])),
    min_size=2,
    max_size=5,
)


def a_release_of(icpn: str, deals: Sequence[Deal], type_: str, date: str) -> Statement:
    statement = a_statement()
    release = changed(
        statement.releases[0],
        ids=(DeliveredId(scheme=IdScheme.ICPN, text=icpn),),
        types=some_roles(type_),
        release_date=a_moment(date),
        original_release_date=None,
    )
    return changed(statement, releases=(release, *statement.releases[1:]), release_deals=(some_deals(*deals),))


def explain(house: House, track_id: str, market: Territory, tier: Tier, at: datetime) -> ExplainAnswer:
    with reading(house.engine) as conn:
        answer = answer_explanation(conn, track_id, market=market, tier=tier, at=at)
    assert answer is not None
    return answer


@pytest.mark.slow
@settings(max_examples=8, derandomize=True, deadline=None, database=None)
@given(releases=RELEASES)
def test_explain_and_the_read_path_name_the_same_stand_in(
    tmp_path_factory: pytest.TempPathFactory, releases: list[tuple[list[Deal], str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("house")
    house = House(folder, f"sqlite:///{folder / 'record.sqlite'}")
    house.publisher.recover(NOW)
    for number, (icpn, release) in enumerate(zip(ICPNS, releases, strict=False), 1):
        house.commit(an_update(a_release_of(icpn, *release), number), number)
    house.catch_up()
    assert isinstance(house.blobs, FolderBlobs)
    read_path = ReadPath(house.follower.replica, house.blobs, KEYS, ReadSettings())
    with reading(house.engine) as conn:
        found = find_entities(conn, "isrc", an_isrc(1).text)
    track_ids = [entity_id for kind, entity_id in found if kind is EntityKind.TRACK]
    assert len(track_ids) == len(releases)
    for track_id in track_ids:
        for market in MARKETS:
            for tier in Tier:
                for at in TIMES:
                    answer = explain(house, track_id, market, tier, at)
                    got = ask(read_path, f"/v1/tracks/{track_id}?market={market}", tier=tier, now=at).content
                    served = [stand_in.track_id for stand_in in answer.stand_ins if stand_in.is_served]
                    relinked = [got["id"]] if "linked_from" in got else []
                    assert served == relinked
                    assert got["is_playable"] is (answer.is_playable or bool(served))
                    (mapped,) = (group.stand_in for group in answer.market_map if market in group.markets)
                    assert [mapped] == (served or [""])
    house.close()
