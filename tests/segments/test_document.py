"""What a document shows to whom, when. The oracle of availability is ``antiphon.rights.evaluate``."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.decisions import TargetKind
from antiphon.model.errors import Broken
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.rights import Reason, bitset_of, evaluate
from antiphon.segments import (
    NO_DENIALS,
    Denial,
    DocumentKind,
    DocumentView,
    HoleKind,
    Overlay,
    Playability,
    Reader,
    Rights,
    check_document,
    cut_body,
    encode_document,
    hole_member,
    hole_value,
    url_value,
)
from antiphon.segments.encoding import _tag
from antiphon.segments.layout import HEADER, TAG_START, TAG_STOP

SE, DE, US = Territory("SE"), Territory("DE"), Territory("US")
MARKETS = (SE, DE, US, TERRITORIES[0], TERRITORIES[-1])
RESTRICTED: dict[str, Any] = {"is_playable": False, "restrictions": {"reason": "market"}}


def a_reader(
    market: Territory | None = SE, tier: Tier = Tier.PREMIUM, now_s: int = 0, overlay: Overlay = NO_DENIALS
) -> Reader:
    return Reader(market=market, tier=tier, now_s=now_s, base_url=b"https://a.example", overlay=overlay)


def a_right(
    *markets: Territory, tier: Tier = Tier.PREMIUM, starts_at: int | None = None, ends_at: int | None = None
) -> Interval:
    return Interval(
        tier=tier, use=Use.STREAM, territories=bitset_of(markets), starts_at=starts_at, ends_at=ends_at, deal_line=7
    )


def a_track(*intervals: Interval, subjects: tuple[str, ...] = ("track1", "album1")) -> DocumentView:
    item = cut_body(
        {"id": "track1", **hole_member(HoleKind.AVAILABILITY, 0), "href": url_value("/v1/tracks/track1"), "n": 1}
    )
    data = encode_document(DocumentKind.TRACK, [Rights(intervals=intervals, subjects=subjects)], [item])
    check_document(data)
    return DocumentView(data)


def an_overlay(entity_id: str, *territories: Territory) -> Overlay:
    denial = Denial(decision_id="d1", kind=TargetKind.TRACK, entity_id=entity_id, territories=territories)
    return Overlay(sequence=1, written_at="2026-11-22T00:00:00Z", denials=(denial,))


def test_a_track_without_rights_plays_nowhere() -> None:
    track = a_track()
    assert track.playability(a_reader()) is Playability.MARKET
    assert json.loads(track.render(0, a_reader(None)))["available_markets"] == []


def test_a_reader_without_a_market_is_granted_nothing() -> None:
    assert a_track(a_right(*TERRITORIES)).playability(a_reader(None)) is Playability.MARKET


def test_another_market_meets_a_restriction() -> None:
    shown = json.loads(a_track(a_right(DE)).render(0, a_reader(SE)))
    assert shown["is_playable"] is False
    assert shown["restrictions"] == {"reason": "market"}


def test_another_tier_meets_a_restriction_by_product() -> None:
    shown = json.loads(a_track(a_right(SE)).render(0, a_reader(SE, Tier.FREE)))
    assert shown["restrictions"] == {"reason": "product"}


def test_a_denial_takes_away_what_rights_grant() -> None:
    track = a_track(a_right(SE, DE))
    overlay = an_overlay("album1", SE)
    assert track.playability(a_reader(SE, overlay=overlay)) is Playability.MARKET
    assert track.playability(a_reader(DE, overlay=overlay)) is Playability.PLAYABLE
    assert json.loads(track.render(0, a_reader(None, overlay=overlay)))["available_markets"] == ["DE"]


def test_a_denial_that_names_no_territory_holds_everywhere() -> None:
    shown = a_track(a_right(*TERRITORIES)).render(0, a_reader(None, overlay=an_overlay("track1")))
    assert json.loads(shown)["available_markets"] == []


def test_a_denial_of_something_else_changes_nothing() -> None:
    track = a_track(a_right(SE))
    assert track.answer(0, a_reader(overlay=an_overlay("track")))[0] == track.render(0, a_reader())


def test_the_same_bytes_turn_playable_when_time_comes_and_stop_when_it_ends() -> None:
    track = a_track(a_right(SE, starts_at=100, ends_at=200))
    verdicts = [track.playability(a_reader(now_s=now_s)) for now_s in (99, 100, 199, 200)]
    assert verdicts == [Playability.MARKET, Playability.PLAYABLE, Playability.PLAYABLE, Playability.MARKET]


def test_with_a_market_a_verdict_is_shown_and_without_one_the_list_of_markets() -> None:
    track = a_track(a_right(SE, DE))
    with_market = json.loads(track.render(0, a_reader(SE)))
    without = json.loads(track.render(0, a_reader(None)))
    assert with_market == {"id": "track1", "is_playable": True, "href": "https://a.example/v1/tracks/track1", "n": 1}
    assert without["available_markets"] == ["DE", "SE"]
    assert "is_playable" not in without


def test_an_album_shows_a_restriction_only_where_nothing_of_it_plays() -> None:
    item = cut_body({**hole_member(HoleKind.MARKETS, 0), "tracks": hole_value(HoleKind.PAGE), "name": "x"})
    album = DocumentView(encode_document(DocumentKind.ALBUM, [Rights(intervals=(a_right(DE),))], [item]))
    playable = album.render(0, a_reader(DE), b'{"items":[]}')
    assert playable == b'{"available_markets":["DE"],"tracks":{"items":[]},"name":"x"}'
    restricted = json.loads(album.render(0, a_reader(SE), b"{}"))
    assert (restricted["restrictions"], restricted["available_markets"]) == ({"reason": "market"}, [])
    assert json.loads(album.render(0, a_reader(None), b"{}"))["available_markets"] == ["DE"]


@pytest.mark.parametrize(
    ("kind", "here", "elsewhere", "nowhere"),
    [
        (HoleKind.LISTING, {"available_markets": ["DE"]}, {"available_markets": []}, {"available_markets": ["DE"]}),
        (HoleKind.EPISODE, {"is_playable": True}, RESTRICTED, RESTRICTED),
        (HoleKind.CHAPTER, {"is_playable": True}, RESTRICTED, {**RESTRICTED, "available_markets": ["DE"]}),
    ],
)
def test_of_spoken_word_the_shape_has_its_own_members(
    kind: HoleKind, here: dict[str, Any], elsewhere: dict[str, Any], nowhere: dict[str, Any]
) -> None:
    item = cut_body({**hole_member(kind, 0), "n": 1})
    document = encode_document(DocumentKind.EPISODE, [Rights(intervals=(a_right(DE),))], [item])
    check_document(document)
    shown = [json.loads(DocumentView(document).render(0, a_reader(market))) for market in (DE, SE, None)]
    assert shown == [{**members, "n": 1} for members in (here, elsewhere, nowhere)]


def test_titles_cannot_pass_for_markers() -> None:
    title = '\x00\x01\\u0000 \\x01","":\x010:0,'
    item = cut_body({**hole_member(HoleKind.AVAILABILITY, 0), "name": title})
    data = encode_document(DocumentKind.TRACK, [Rights()], [item])
    assert json.loads(DocumentView(data).render(0, a_reader()))["name"] == title


def test_the_outcome_tells_rendered_bytes_apart() -> None:
    track = a_track(a_right(SE, DE), a_right(US, tier=Tier.FREE))
    readers = [a_reader(market, overlay=o) for market in (None, *MARKETS) for o in (NO_DENIALS, an_overlay("track1"))]
    by_outcome: dict[str, set[bytes]] = {}
    for reader in readers:
        body, outcome = track.answer(0, reader)
        by_outcome.setdefault(outcome, set()).add(body)
    assert {len(bodies) for bodies in by_outcome.values()} == {1}
    assert len(by_outcome) == 5  # the two lists of markets, and the three verdicts


def test_the_tag_changes_with_the_content_and_with_nothing_else() -> None:
    first, again, other = a_track(a_right(SE)), a_track(a_right(SE)), a_track(a_right(DE))
    assert first.tag == again.tag
    assert first.tag != other.tag


def test_items_keep_their_order_their_groups_and_their_own_rights() -> None:
    rights = [Rights(intervals=(a_right(SE),)), Rights(intervals=(a_right(DE),))]
    items = [cut_body({**hole_member(HoleKind.AVAILABILITY, i % 2), "n": i}, group=i) for i in range(4)]
    view = DocumentView(encode_document(DocumentKind.ALBUM_TRACKS, rights, items))
    shown = [json.loads(view.render(index, a_reader(SE))) for index in range(view.item_count)]
    assert [(item["n"], item["is_playable"]) for item in shown] == [(0, True), (1, False), (2, True), (3, False)]
    assert [view.group(index) for index in range(4)] == [0, 1, 2, 3]
    with pytest.raises(IndexError):
        view.render(4, a_reader())


def test_what_a_writer_gets_wrong_is_refused() -> None:
    item = cut_body({**hole_member(HoleKind.AVAILABILITY, 1), "n": 1})
    with pytest.raises(Broken, match="rights 1 of 1"):
        encode_document(DocumentKind.TRACK, [Rights()], [item])
    with pytest.raises(Broken, match="blanks"):
        encode_document(DocumentKind.TRACK, [Rights(subjects=("a b",))], [])
    with pytest.raises(ValueError, match="last member"):
        cut_body({"n": 1, **hole_member(HoleKind.AVAILABILITY, 0)})
    with pytest.raises(ValueError, match="plain URL path"):
        url_value('/v1/"')


INTERVALS = st.lists(
    st.builds(
        Interval,
        tier=st.sampled_from(Tier),
        use=st.sampled_from(Use),
        territories=st.sets(st.sampled_from(MARKETS)).map(bitset_of),
        starts_at=st.none() | st.integers(0, 9),
        ends_at=st.none() | st.integers(0, 9),
    ),
    max_size=8,
).map(tuple)


@given(intervals=INTERVALS, market=st.sampled_from(MARKETS), tier=st.sampled_from(Tier), now_s=st.integers(-1, 10))
@settings(max_examples=300, deadline=None)
def test_documents_and_the_one_evaluator_agree(
    intervals: tuple[Interval, ...], market: Territory, tier: Tier, now_s: int
) -> None:
    track = a_track(*intervals)
    verdict = evaluate(intervals, market=market, tier=tier, use=Use.STREAM, now=datetime.fromtimestamp(now_s, UTC))
    expected = {Reason.AVAILABLE: Playability.PLAYABLE, Reason.TIER: Playability.PRODUCT}
    assert track.playability(a_reader(market, tier, now_s)) is expected.get(verdict.reason, Playability.MARKET)
    listed = json.loads(track.render(0, a_reader(None, tier, now_s)))["available_markets"]
    assert (market in listed) is verdict.is_available


@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_changed_and_cut_bytes_are_broken_and_nothing_else(data: st.DataObject) -> None:
    sound = a_track_bytes()
    cut = data.draw(st.integers(0, len(sound)))
    place = data.draw(st.integers(0, len(sound) - 1))
    value = data.draw(st.integers(1, 255))
    flipped = sound[:place] + bytes((sound[place] ^ value,)) + sound[place + 1 :]
    for hostile in (sound[:cut], flipped):
        if hostile != sound:
            with pytest.raises(Broken):
                check_document(hostile)
        try:
            DocumentView(hostile).render(0, a_reader())
        except (Broken, IndexError):
            continue


@given(data=st.data())
@settings(max_examples=500, deadline=None)
def test_what_passes_the_check_can_be_rendered_whoever_wrote_it(data: st.DataObject) -> None:
    sound = a_track_bytes()
    place = data.draw(st.integers(0, len(sound) - 4))
    value = data.draw(st.integers(0, 0xFFFFFFFF))
    changed = sound[:place] + value.to_bytes(4, "little") + sound[place + 4 :]
    header, payload = changed[: HEADER.size], changed[HEADER.size :]
    forged = header[:TAG_START] + _tag(header, payload) + header[TAG_STOP:] + payload
    try:
        check_document(forged)
    except Broken:
        return
    view = DocumentView(forged)
    for index in range(view.item_count):
        view.render(index, a_reader())
        view.render(index, a_reader(None))


def a_track_bytes() -> bytes:
    item = cut_body({**hole_member(HoleKind.AVAILABILITY, 0), "n": 1})
    rights = Rights(intervals=(a_right(SE, starts_at=1, ends_at=5), a_right(SE, starts_at=7)), subjects=("t", "a"))
    return encode_document(DocumentKind.TRACK, [rights], [item])
