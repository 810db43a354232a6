"""Items with the same rights are filled at once: to the byte what filling each hole by itself gives."""

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.decisions import TargetKind
from antiphon.model.errors import Broken
from antiphon.model.territories import Territory
from antiphon.rights import bitset_of
from antiphon.segments import (
    NO_DENIALS,
    Denial,
    DocumentKind,
    DocumentView,
    HoleKind,
    Item,
    Overlay,
    Reader,
    Rights,
    answer_document,
    check_document,
    cut_body,
    encode_document,
    hole_member,
    hole_value,
    url_value,
)
from antiphon.segments.encoding import _tag
from antiphon.segments.layout import HEADER, ITEM, MAX_MARKS, TAG_START, TAG_STOP

SE, DE = Territory("SE"), Territory("DE")
KINDS = [kind for kind in HoleKind if kind is not HoleKind.PAGE]


def a_reader(market: Territory | None = SE, overlay: Overlay = NO_DENIALS, tier: Tier = Tier.PREMIUM) -> Reader:
    return Reader(market=market, tier=tier, now_s=0, base_url=b"https://a.example", overlay=overlay)


def a_denial(*entity_ids: str) -> Overlay:
    denials = tuple(Denial(decision_id=i, kind=TargetKind.TRACK, entity_id=i) for i in entity_ids)
    return Overlay(sequence=1, written_at="2026-11-22T00:00:00Z", denials=denials)


A_DENIAL_ELSEWHERE = a_denial("somebody else's")


def rights_in(number: int, *markets: Territory) -> Rights:
    interval = Interval(tier=Tier.PREMIUM, use=Use.STREAM, territories=bitset_of(markets))
    return Rights(intervals=(interval,), subjects=(f"track{number}", "album"))


def an_item(number: int, rights: int, kinds: list[HoleKind]) -> Item:
    value: dict[str, object] = {"href": url_value(f"/v1/tracks/t{number}")}
    for place, kind in enumerate(kinds):
        value[f"inner{place}"] = {**hole_member(kind, rights), "last": place}
    return cut_body(value)


def a_list(territories: list[tuple[Territory, ...]], kinds: list[HoleKind]) -> bytes:
    rights = [rights_in(number, *markets) for number, markets in enumerate(territories)]
    items = [an_item(number, number, kinds) for number in range(len(rights))]
    document = encode_document(DocumentKind.ALBUM_TRACKS, rights, items)
    check_document(document)
    return document


@given(
    territories=st.lists(st.sampled_from([(SE,), (DE,), (SE, DE), ()]), min_size=1, max_size=8),
    kinds=st.lists(st.sampled_from(KINDS), max_size=3),
    market=st.sampled_from([SE, DE, None]),
    tier=st.sampled_from(Tier),
    cut=st.tuples(st.integers(0, 8), st.integers(0, 9)),
    denied=st.integers(0, 8),
)
@settings(max_examples=300, deadline=None)
def test_a_run_is_what_its_items_are_one_by_one(
    territories: list[tuple[Territory, ...]],
    kinds: list[HoleKind],
    market: Territory | None,
    tier: Tier,
    cut: tuple[int, int],
    denied: int,
) -> None:
    document = a_list(territories, kinds)
    start, stop = cut[0], min(cut[1], len(territories))
    for overlay in (NO_DENIALS, A_DENIAL_ELSEWHERE, a_denial(f"track{denied}")):
        reader = a_reader(market, overlay, tier)
        items = [DocumentView(document).render(index, reader) for index in range(start, stop)]
        assert DocumentView(document).answer_items(start, cut[1], reader)[0] == b",".join(items)


@given(kinds=st.lists(st.sampled_from(KINDS), max_size=4), market=st.sampled_from([SE, DE, None]))
@settings(max_examples=100, deadline=None)
def test_a_document_is_the_same_whether_filled_at_once_or_hole_by_hole(
    kinds: list[HoleKind], market: Territory | None
) -> None:
    document = encode_document(DocumentKind.TRACK, [rights_in(1, SE)], [an_item(1, 0, kinds)])
    at_once, etag, outcome = answer_document(document, a_reader(market))
    lookalike = a_reader(market, Overlay(sequence=1, written_at=""))
    lookalike.denied_marks = a_denial("album").denied_at(0).marks  # may name it, and then names nothing
    by_hole = answer_document(document, lookalike)
    assert by_hole == (at_once, etag, outcome)
    assert DocumentView(document).answer(0, a_reader(market)) == (at_once, outcome)


def test_a_track_whose_album_has_other_rights_is_filled_hole_by_hole() -> None:
    item = cut_body(
        {"album": {**hole_member(HoleKind.MARKETS, 1), "n": 1}, **hole_member(HoleKind.AVAILABILITY, 0), "n": 2}
    )
    document = encode_document(DocumentKind.TRACK, [rights_in(1, DE), rights_in(2, SE, DE)], [item])
    check_document(document)
    body, etag, outcome = answer_document(document, a_reader())
    assert b'"available_markets":["SE"]' in body
    assert b'"is_playable":false,"restrictions":{"reason":"market"}' in body
    assert outcome == "ym"
    assert etag.endswith('-ym"')


def test_a_page_is_put_in_as_it_is() -> None:
    item = cut_body({**hole_member(HoleKind.MARKETS, 0), "tracks": hole_value(HoleKind.PAGE)})
    document = encode_document(DocumentKind.ALBUM, [rights_in(1, SE)], [item])
    body, _, _ = answer_document(document, a_reader(), b'{"items":[]}')
    assert body == b'{"available_markets":["SE"],"tracks":{"items":[]}}'


@pytest.mark.parametrize("count", [1, MAX_MARKS - 1, MAX_MARKS, 3 * MAX_MARKS])
def test_a_denial_is_found_among_any_number_of_subjects(count: int) -> None:
    document = a_list([(SE,)] * count, [HoleKind.AVAILABILITY])
    chosen = Random(7).randrange(count)
    items, _ = DocumentView(document).answer_items(0, count, a_reader(overlay=a_denial(f"track{chosen}")))
    playable = [item["inner0"]["is_playable"] for item in json.loads(b"[%b]" % items)]
    assert [index for index, is_playable in enumerate(playable) if not is_playable] == [chosen]


def forge(document: bytes, at: int, value: bytes) -> bytes:
    changed = document[:at] + value + document[at + len(value) :]
    header, payload = changed[: HEADER.size], changed[HEADER.size :]
    return header[:TAG_START] + _tag(header, payload) + header[TAG_STOP:] + payload


def test_a_document_that_says_other_than_its_holes_give_is_broken() -> None:
    document = a_list([(SE,), (SE,), (DE,)], [HoleKind.AVAILABILITY])
    _, _, _, _, _, items_at, _, marks_at, *_, bodies_at = HEADER.unpack_from(document)
    run_at = items_at + ITEM.size - 16
    comma_at = document.index(b"},{", bodies_at) + 1
    for at, value in (
        (run_at, b"\x03"),
        (run_at, b"\x00"),
        (items_at + ITEM.size - 1, b"\x55"),
        (marks_at, b"\x00\x00"),
        (comma_at, b";"),
        (bodies_at + 1, b"\x01"),
        (document.index(b"\x01", bodies_at), b"\x02"),
    ):
        with pytest.raises(Broken):
            check_document(forge(document, at, value))
