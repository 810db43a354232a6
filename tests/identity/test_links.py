"""How anchors become links, and what an update inherits."""

import re

import pytest

from antiphon.identity import entity_id, match_release
from antiphon.model.claims import Credit, DeliveredId, IdScheme, Role, ScopedText
from antiphon.model.entities import EntityKind, Recording
from antiphon.model.identifiers import passes_mod_37_36
from antiphon.model.resources import Edition, Resource
from antiphon.model.statement import Statement
from tests.builders import ARTIST, a_cover, a_recording, a_release, a_statement, an_isrc, changed
from tests.identity.books import ListBook

ICPN = DeliveredId(scheme=IdScheme.ICPN, text="4006381333931")
OTHER_ICPN = DeliveredId(scheme=IdScheme.ICPN, text="96385074")
GRID = DeliveredId(scheme=IdScheme.GRID, text="A12425GABC1234002M")
ISNI = DeliveredId(scheme=IdScheme.ISNI, text="0000000121032683")
OTHER_ISNI = DeliveredId(scheme=IdScheme.ISNI, text="0000000121707484")

ALBUM_KEY = (EntityKind.ALBUM, "icpn:04006381333931")
RECORDING_1 = (EntityKind.RECORDING, "isrc:QZANT2600001")
NAME = (EntityKind.ARTIST, "name:the tidemarks")


def _own(text: str) -> DeliveredId:
    return DeliveredId(scheme=IdScheme.PROPRIETARY, text=text, namespace="PADPIDA2014120301Q")


def _statement(*recordings: Resource, ids: tuple[DeliveredId, ...] = (ICPN,), artist: Credit = ARTIST) -> Statement:
    recordings = recordings or (a_recording(1), a_recording(2))
    credited = tuple(changed(recording, display_artists=(artist,)) for recording in recordings)
    release = a_release(len(recordings), ids=ids, display_artists=(artist,))
    return a_statement(resources=(*credited, a_cover()), releases=(release,))


def test_an_artist_is_never_joined_across_providers_by_name_alone() -> None:
    book = ListBook()
    songs = [changed(a_recording(n), titles=(ScopedText(value=f"Another Song {n}"),)) for n in (7, 8)]
    others = (changed(songs[0], reference="A1"), changed(songs[1], reference="A2"))
    assert book.link("north", _statement())[NAME] != book.link("south", _statement(*others))[NAME]


def test_an_artist_is_joined_across_providers_by_a_recording_both_have() -> None:
    book = ListBook()
    assert book.link("north", _statement())[NAME] == book.link("south", _statement(ids=(OTHER_ICPN,)))[NAME]
    link = book.find_link("south", *NAME)
    assert link is not None
    assert (link.reasons, link.score) == (("same name on a recording both have",), 0.9)


def test_two_artists_of_one_name_on_one_recording_stay_two_where_their_isnis_differ() -> None:
    book = ListBook()
    north = book.link("north", _statement(artist=changed(ARTIST, ids=(ISNI,))))
    south = book.link("south", _statement(artist=changed(ARTIST, ids=(OTHER_ISNI,))))
    assert south[EntityKind.ARTIST, "isni:0000000121707484"] != north[EntityKind.ARTIST, "isni:0000000121032683"]


def test_an_isrc_that_came_with_another_song_joins_nothing() -> None:
    book = ListBook()
    north = book.link("north", _statement())
    other = changed(a_recording(1), titles=(ScopedText(value="Quiet Orchard"),), duration_ms=301_000)
    south = book.link("south", _statement(other))
    assert south[RECORDING_1] != north[RECORDING_1]


def test_one_song_under_two_isrcs_of_two_providers_is_one_recording() -> None:
    book = ListBook()
    north = book.link("north", _statement(a_recording(1)))
    south = book.link("south", _statement(a_recording(1, ids=(an_isrc(9),)), ids=(OTHER_ICPN,)))
    key = (EntityKind.RECORDING, "isrc:QZANT2600009")
    assert south[key] == north[RECORDING_1]
    link = book.find_link("south", *key)
    assert link is not None
    assert link.reasons[0] == "same song"


def test_two_isrcs_that_come_on_one_recording_are_linked_and_those_of_editions_are_not() -> None:
    book = ListBook()
    both = _statement(a_recording(1, ids=(an_isrc(1), an_isrc(9))))
    first = book.link("north", both)
    assert first[EntityKind.RECORDING, "isrc:QZANT2600009"] == first[RECORDING_1]
    later = book.link("north", _statement(a_recording(1, ids=(an_isrc(9),)), ids=(OTHER_ICPN,)))
    assert later[EntityKind.RECORDING, "isrc:QZANT2600009"] == first[RECORDING_1]
    editions = tuple(Edition(kind=kind, ids=(an_isrc(n),)) for n, kind in ((1, ""), (8, "ImmersiveEdition")))
    mixed = book.link("south", _statement(a_recording(1, ids=(an_isrc(1), an_isrc(8)), editions=editions)))
    assert (EntityKind.RECORDING, "isrc:QZANT2600008") not in mixed


def test_the_providers_own_id_of_an_artist_counts_before_an_isni() -> None:
    book = ListBook()
    own, isni = Credit(name="A", ids=(_own("a-1"),)), Credit(name="B", ids=(ISNI,))
    entities = book.link("north", _statement(artist=own)) | book.link(
        "north", _statement(artist=isni, ids=(OTHER_ICPN,))
    )
    both = book.link("north", _statement(artist=Credit(name="C", ids=(ISNI, _own("a-1"))), ids=(GRID,)))
    assert (
        both[EntityKind.ARTIST, "name:c"]
        == entities[EntityKind.ARTIST, "name:a"]
        != entities[EntityKind.ARTIST, "name:b"]
    )


def test_a_work_is_linked_by_its_iswc_across_providers() -> None:
    book = ListBook()
    work = DeliveredId(scheme=IdScheme.ISWC, text="T-034.524.680-1")
    key = (EntityKind.WORK, "iswc:T0345246801")
    north = book.link("north", _statement(a_recording(1, work_ids=(work,))))
    south = book.link("south", _statement(a_recording(2, reference="A1", work_ids=(work,)), ids=(OTHER_ICPN,)))
    assert north[key] == south[key]
    link = book.find_link("south", *key)
    assert link is not None
    assert (link.score, link.reasons) == (0.95, ("same ISWC from another provider",))


def test_two_isrcs_of_one_provider_are_two_recordings_however_alike_they_are_described() -> None:
    book = ListBook()
    first = book.link("north", _statement(a_recording(1)))
    second = book.link("north", _statement(a_recording(1, ids=(an_isrc(9),)), ids=(OTHER_ICPN,)))
    assert second[EntityKind.RECORDING, "isrc:QZANT2600009"] != first[RECORDING_1]


def test_the_explicit_and_the_clean_recording_of_a_song_stay_two_across_providers() -> None:
    book = ListBook()
    explicit = a_recording(1, advisories=(Role(value="Explicit"),))
    clean = a_recording(1, ids=(an_isrc(9),), advisories=(Role(value="NotExplicit"),))
    north = book.link("north", _statement(explicit))
    assert book.link("south", _statement(clean))[EntityKind.RECORDING, "isrc:QZANT2600009"] != north[RECORDING_1]


def test_two_artists_of_one_name_with_different_isnis_stay_two() -> None:
    book = ListBook()
    first = book.link("north", _statement(artist=changed(ARTIST, ids=(ISNI,))))
    second = book.link("north", _statement(ids=(OTHER_ICPN,), artist=changed(ARTIST, ids=(OTHER_ISNI,))))
    assert second[EntityKind.ARTIST, "isni:0000000121707484"] != first[EntityKind.ARTIST, "isni:0000000121032683"]


def test_an_isrc_that_two_recordings_have_decides_nothing() -> None:
    book = ListBook()
    for recording_id in ("one", "another"):
        known = Recording(id=recording_id, title="Harbour Light No. 1", isrc="QZANT2600001", duration_ms=180_000)
        book.recordings[recording_id] = known
    kind, anchor = RECORDING_1
    assert book.link("north", _statement())[RECORDING_1] == entity_id(kind, "north", anchor)


def test_two_editions_with_one_isrc_in_one_message_stay_two_recordings() -> None:
    stereo = a_recording(1, ids=(an_isrc(1), _own("stereo")))
    atmos = a_recording(2, ids=(an_isrc(1), _own("atmos")))
    book = ListBook()
    first = book.link("north", _statement(stereo))
    both = book.link("north", _statement(changed(atmos, reference="A1"), changed(stereo, reference="A2")))
    keys = [(EntityKind.RECORDING, f"proprietary:PADPIDA2014120301Q:{name}") for name in ("stereo", "atmos")]
    assert both[keys[0]] == first[keys[0]] != both[keys[1]]


def test_releases_with_different_grids_stay_two_even_with_one_icpn() -> None:
    book = ListBook()
    book.link("north", _statement(ids=(GRID, ICPN)))
    other = _statement(ids=(_valid_other_grid(), ICPN))
    assert match_release("north", other, book).startswith("grid:A1DEMO")


def _valid_other_grid() -> DeliveredId:
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    body = "A1DEMO00000000000"
    text = next(body + letter for letter in letters if passes_mod_37_36(body + letter))
    return DeliveredId(scheme=IdScheme.GRID, text=text)


def test_everything_new_is_first_seen_and_has_an_id_of_22_characters() -> None:
    book = ListBook()
    book.link("north", _statement())
    assert {link.reasons for link in book.links if link.kind is not EntityKind.ARTIST} == {("first seen",)}
    assert all(re.fullmatch(r"[0-9A-Za-z]{22}", link.entity_id) for link in book.links)


def test_an_update_inherits_every_link_and_adds_none() -> None:
    book = ListBook()
    first = book.link("north", _statement())
    count = len(book.links)
    assert book.link("north", _statement()) == first
    assert len(book.links) == count


def test_the_same_isrc_from_another_provider_joins_the_recording_but_not_the_release() -> None:
    book = ListBook()
    north = book.link("north", _statement())
    south = book.link("south", _statement())
    assert south[RECORDING_1] == north[RECORDING_1]
    assert south[ALBUM_KEY] != north[ALBUM_KEY]
    link = book.find_link("south", *RECORDING_1)
    assert link is not None
    assert link.reasons[:2] == ("same ISRC", "title same")
    assert link.score > 0.99


def test_the_same_isni_from_another_provider_joins_the_artist() -> None:
    book = ListBook()
    artist = changed(ARTIST, ids=(ISNI,))
    key = (EntityKind.ARTIST, "isni:0000000121032683")
    assert book.link("north", _statement(artist=artist))[key] == book.link("south", _statement(artist=artist))[key]


def test_an_artist_keeps_its_entity_when_an_isni_is_added_and_when_it_is_left_out_again() -> None:
    book = ListBook()
    plain = book.link("north", _statement())[NAME]
    book.link("north", _statement(artist=changed(ARTIST, ids=(ISNI,))))
    link = book.find_link("north", EntityKind.ARTIST, "isni:0000000121032683")
    assert link is not None
    assert (link.entity_id, link.reasons) == (plain, ("same name from the same provider",))
    assert book.link("north", _statement(ids=(OTHER_ICPN,)))[NAME] == plain


def test_a_release_keeps_its_key_when_a_grid_is_added_and_when_its_icpn_is_replaced() -> None:
    book = ListBook()
    book.link("north", _statement())
    added = _statement(ids=(GRID, ICPN))
    assert match_release("north", added, book) == "icpn:04006381333931"
    book.link("north", added)
    assert match_release("north", _statement(ids=(GRID,)), book) == "icpn:04006381333931"
    replaced = _statement(ids=(OTHER_ICPN, changed(ICPN, is_replaced=True)))
    assert match_release("north", replaced, book) == "icpn:04006381333931"


def test_a_track_keeps_its_id_when_the_provider_adds_an_id_of_its_own_and_when_it_drops_it_again() -> None:
    book = ListBook()
    track = (EntityKind.TRACK, "icpn:04006381333931|isrc:QZANT2600001")
    first = book.link("north", _statement())
    richer = book.link("north", _statement(a_recording(1, ids=(an_isrc(1), _own("7"))), a_recording(2)))
    assert richer[EntityKind.TRACK, "icpn:04006381333931|proprietary:PADPIDA2014120301Q:7"] == first[track]
    assert richer[EntityKind.RECORDING, "proprietary:PADPIDA2014120301Q:7"] == first[RECORDING_1]
    assert book.link("north", _statement())[track] == first[track]


def test_a_recording_that_replaces_an_id_is_the_one_that_had_it() -> None:
    book = ListBook()
    first = book.link("north", _statement())
    ids = (an_isrc(9), changed(an_isrc(1), is_replaced=True))
    second = book.link("north", _statement(a_recording(1, ids=ids), a_recording(2)))
    assert second[EntityKind.RECORDING, "isrc:QZANT2600009"] == first[RECORDING_1]


@pytest.mark.parametrize("is_named_first", [True, False])
def test_a_recording_stays_one_whenever_its_label_gives_it_an_id_of_its_own(is_named_first: bool) -> None:
    named, plain = _statement(a_recording(1, ids=(an_isrc(1), _own("7")))), _statement(a_recording(1))
    first, second = (named, plain) if is_named_first else (plain, named)
    book = ListBook()
    book.link("north", first)
    book.recordings.clear()  # the release that had it has dropped it meanwhile
    book.link("north", changed(second, releases=(a_release(1, ids=(OTHER_ICPN,)),)))
    assert len({link.entity_id for link in book.links if link.kind is EntityKind.RECORDING}) == 1


def test_another_id_of_the_labels_own_is_another_recording_also_under_an_isrc_it_once_gave() -> None:
    book = ListBook()
    book.link("north", _statement(a_recording(1, ids=(an_isrc(1), _own("7")))))
    book.recordings.clear()
    book.link("north", _statement(a_recording(1, ids=(an_isrc(1), _own("8")))))
    assert len({link.entity_id for link in book.links if link.kind is EntityKind.RECORDING}) == 2
