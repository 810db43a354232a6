"""What the rows say that nodes search."""

import msgspec
import pytest

from antiphon.model.entities import AlbumType, EntityKind
from antiphon.publication.cards import make_card
from antiphon.publication.documents import album_entries, artist_entries
from antiphon.publication.search_rows import read_day, read_years
from antiphon.segments import SearchRow, external_id
from tests.publication.catalogue import an_album, an_artist_of


def find_rows(kind: EntityKind, *entries: object) -> list[SearchRow]:
    rows = [getattr(entry, "search", None) for entry in entries]
    return [row for row in rows if row is not None and row.kind is kind]


def test_a_barcode_names_the_album_and_an_isrc_the_track() -> None:
    album = msgspec.structs.replace(an_album(1), upc="4006381333931", release_date="1970-01-11")
    entries = album_entries(album)
    [row] = find_rows(EntityKind.ALBUM, *entries)
    assert external_id("upc", "4006381333931") == "upc:04006381333931" in row.ids
    assert (row.years, row.released_day) == ((1970,), 10)
    for track, own in zip(album.tracks, find_rows(EntityKind.TRACK, *entries), strict=True):
        assert own.ids == ((external_id("isrc", track.isrc),) if track.isrc else ())
        assert (own.album, own.years) == (album.title, (1970,))


def test_an_artist_has_the_years_of_its_own_releases_and_not_of_those_it_appears_on() -> None:
    album = an_album(1)
    artist = an_artist_of(album)
    somebody = (msgspec.structs.replace(album.artists[0], artist_id="somebody"),)
    dates = (("1999-02", album.artists), ("2004", album.artists), ("", album.artists), ("2010-01-01", somebody))
    albums = [
        msgspec.structs.replace(album, id=f"a{at}", type=AlbumType.ALBUM, release_date=date, artists=artists)
        for at, (date, artists) in enumerate(dates)
    ]
    [row] = find_rows(EntityKind.ARTIST, *artist_entries(artist, map(make_card, albums)))
    assert row.years == (1999, 2004)


@pytest.mark.parametrize("date", ["", "2026", "2026-11", "1969-12-31"])
def test_a_date_without_a_day_or_before_days_are_counted_has_no_day(date: str) -> None:
    assert read_day(date) == 0


def test_years_are_each_told_once() -> None:
    assert read_years(["2004-01-01", "", "1999", "2004"]) == (1999, 2004)
