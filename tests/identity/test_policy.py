"""The worked examples of the policy, as the package's docstring tells them."""

from typing import Any

from antiphon.identity import match_release
from antiphon.model.claims import Credit, DeliveredId, IdScheme, ScopedText
from antiphon.model.entities import EntityKind
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement
from tests.builders import a_cover, a_recording, a_release, a_statement, an_isrc, changed
from tests.identity.books import ListBook

MIRA = Credit(name="Mira Vale")
NORTHS, SOUTHS, EASTS, WESTS = (
    DeliveredId(scheme=IdScheme.ICPN, text=text)
    for text in ("602577318801", "4006381333931", "96385074", "036000291452")
)
ISNI = DeliveredId(scheme=IdScheme.ISNI, text="0000000121032683")
OTHER_ISNI = DeliveredId(scheme=IdScheme.ISNI, text="0000000121707484")

ISRC = (EntityKind.RECORDING, "isrc:QZANT2600001")
NAME = (EntityKind.ARTIST, "name:mira vale")


def a_song(title: str = "Glass Harbour", number: int = 1, **changes: Any) -> Resource:
    song = a_recording(number, reference="A1", titles=(ScopedText(value=title),), display_artists=(MIRA,))
    return changed(song, **changes)


def on_release(icpn: DeliveredId, song: Resource) -> Statement:
    release = a_release(1, ids=(icpn,), display_artists=song.display_artists)
    return a_statement(1, resources=(song, a_cover()), releases=(release,))


def delivered_by_north() -> tuple[ListBook, dict[tuple[EntityKind, str], str]]:
    book = ListBook()
    return book, book.link("north", on_release(NORTHS, a_song()))


def test_one_recording_of_two_labels() -> None:
    book, north = delivered_by_north()
    assert {link.reasons for link in book.links} == {("first seen",)}
    assert (EntityKind.TRACK, "icpn:00602577318801|isrc:QZANT2600001") in north
    compilation = on_release(SOUTHS, a_song())
    south = book.link("south", compilation)
    assert (south[ISRC], south[NAME]) == (north[ISRC], north[NAME])
    link, artist = book.find_link("south", *ISRC), book.find_link("south", *NAME)
    assert link is not None
    assert (link.reasons[0], round(link.score, 1)) == ("same ISRC", 1.0)
    assert artist is not None
    assert artist.reasons == ("same name on a recording both have",)
    album = (EntityKind.ALBUM, match_release("south", compilation, book))
    assert south[album] not in north.values()


def test_one_name_of_two_artists() -> None:
    book, north = delivered_by_north()
    own_song = a_song("Salt Meadow", 7, duration_ms=200_000)
    east = book.link("east", on_release(EASTS, own_song))
    assert east[NAME] != north[NAME]
    named = a_song(display_artists=(changed(MIRA, ids=(ISNI,)),))
    update = book.link("north", on_release(NORTHS, named))
    assert update[NAME] == update[EntityKind.ARTIST, "isni:0000000121032683"] == north[NAME]
    other = a_song("Salt Meadow", 7, duration_ms=200_000, display_artists=(changed(MIRA, ids=(OTHER_ISNI,)),))
    assert book.link("east", on_release(EASTS, other))[EntityKind.ARTIST, "isni:0000000121707484"] == east[NAME]


def test_a_wrong_isrc() -> None:
    book, north = delivered_by_north()
    ferry = a_song("Night Ferry", display_artists=(Credit(name="Ilse Marr"),), duration_ms=241_000)
    west = book.link("west", on_release(WESTS, ferry))
    assert west[ISRC] != north[ISRC]


def test_one_song_under_two_isrcs_and_its_live_version() -> None:
    book, north = delivered_by_north()
    remastered = a_song("Glass Harbour (Remastered 2019)", ids=(an_isrc(9),), duration_ms=180_400)
    south = book.link("south", on_release(SOUTHS, remastered))
    link = book.find_link("south", EntityKind.RECORDING, "isrc:QZANT2600009")
    assert link is not None
    assert (link.entity_id, link.reasons[0], round(link.score, 2)) == (north[ISRC], "same song", 0.99)
    assert south[NAME] == north[NAME]
    live = a_song("Glass Harbour (Live)", ids=(an_isrc(8),), duration_ms=270_000)
    west = book.link("west", on_release(WESTS, live))
    assert west[EntityKind.RECORDING, "isrc:QZANT2600008"] not in north.values()


def test_one_work_of_two_recordings() -> None:
    book = ListBook()
    work = (DeliveredId(scheme=IdScheme.ISWC, text="T-034.524.680-1"),)
    north = book.link("north", on_release(NORTHS, a_song(work_ids=work)))
    south = book.link(
        "south", on_release(SOUTHS, a_song("Glass Harbour (Live)", 8, work_ids=work, duration_ms=270_000))
    )
    key = (EntityKind.WORK, "iswc:T0345246801")
    assert north[key] == south[key]
