"""The documents of entities, held against the shape that clients of the catalogue API know."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml  # type: ignore[import-untyped]  # no stubs among the dependencies; only this test reads YAML

from antiphon.model.availability import Tier, Use
from antiphon.model.decisions import TargetKind
from antiphon.model.entities import Album, AlbumType, ArtistCredit, EntityKind
from antiphon.model.territories import Territory
from antiphon.publication.cards import group_album, make_card
from antiphon.publication.documents import album_entries, artist_entries, withdrawn_entries
from antiphon.segments import (
    NO_DENIALS,
    AlbumGroup,
    Denial,
    DocumentKind,
    DocumentView,
    Entry,
    Overlay,
    Playability,
    Reader,
    check_document,
    decode_track_media,
    document_key,
)
from tests.publication.catalogue import WITHHELD, an_album, an_artist_of

DE, SE = Territory("DE"), WITHHELD
LATER_S = 1_800_000_000


def a_reader(market: Territory | None, *, overlay: Overlay = NO_DENIALS, now_s: int = LATER_S) -> Reader:
    return Reader(market=market, tier=Tier.PREMIUM, now_s=now_s, base_url=b"http://a.example", overlay=overlay)


def a_denial_of(entity_id: str) -> Overlay:
    denial = Denial(decision_id="d", kind=TargetKind.TRACK, entity_id=entity_id)
    return Overlay(sequence=1, written_at="", denials=(denial,))


def view_of(entries: tuple[Entry, ...], kind: DocumentKind, entity_id: str) -> DocumentView:
    [document] = [entry.document for entry in entries if entry.key == document_key(kind, entity_id)]
    assert document is not None
    check_document(document)
    return DocumentView(document)


def show(entries: tuple[Entry, ...], kind: DocumentKind, entity_id: str, reader: Reader, index: int = 0) -> Any:
    page = b'{"href":"","items":[],"limit":50,"next":null,"offset":0,"previous":null,"total":0}'
    return json.loads(view_of(entries, kind, entity_id).render(index, reader, page))


def without_renditions(album: Album) -> Album:
    tracks = tuple(msgspec.structs.replace(track, renditions=()) for track in album.tracks)
    return msgspec.structs.replace(album, tracks=tracks)


def test_a_track_without_renditions_is_never_playable() -> None:
    album = without_renditions(an_album(1))
    entries = album_entries(album)
    media = view_of(entries, DocumentKind.TRACK_MEDIA, album.tracks[0].id)
    assert media.playability(a_reader(DE)) is Playability.MARKET
    assert show(entries, DocumentKind.ALBUM, album.id, a_reader(None))["available_markets"] == []


def test_a_withheld_market_is_shown_as_such_everywhere() -> None:
    album = an_album(1)
    entries = album_entries(album)
    track = show(entries, DocumentKind.TRACK, album.tracks[0].id, a_reader(SE))
    assert track["is_playable"] is False
    assert track["restrictions"] == track["album"]["restrictions"] == {"reason": "market"}
    assert show(entries, DocumentKind.ALBUM_CARD, album.id, a_reader(SE))["restrictions"] == {"reason": "market"}
    assert "SE" not in show(entries, DocumentKind.ALBUM, album.id, a_reader(None))["available_markets"]


@pytest.mark.parametrize("denied", ["track", "recording", "album", "artist"])
def test_a_denial_of_anything_a_track_belongs_to_denies_the_track(denied: str) -> None:
    album = an_album(1)
    track = album.tracks[0]
    entity_id = {
        "track": track.id,
        "recording": track.recording_id,
        "album": album.id,
        "artist": track.artists[0].artist_id,
    }[denied]
    media = view_of(album_entries(album), DocumentKind.TRACK_MEDIA, track.id)
    assert media.playability(a_reader(DE)) is Playability.PLAYABLE
    assert media.playability(a_reader(DE, overlay=a_denial_of(entity_id))) is Playability.MARKET


def test_a_denial_of_one_track_denies_a_single_but_not_an_album() -> None:
    for tracks, is_restricted in ((1, True), (2, False)):
        album = an_album(1, tracks=tracks)
        overlay = a_denial_of(album.tracks[0].id)
        shown = show(album_entries(album), DocumentKind.ALBUM, album.id, a_reader(DE, overlay=overlay))
        assert ("restrictions" in shown) is is_restricted


def test_withdrawing_takes_back_exactly_what_was_entered() -> None:
    album = an_album(1, tracks=3)
    withdrawn = withdrawn_entries(EntityKind.ALBUM, album.id)
    withdrawn += tuple(entry for t in album.tracks for entry in withdrawn_entries(EntityKind.TRACK, t.id))
    assert {entry.key for entry in withdrawn} == {entry.key for entry in album_entries(album)}
    assert all(entry.document is None and entry.search is None for entry in withdrawn)
    artist = an_artist_of(album)
    entered = {entry.key for entry in artist_entries(artist, [make_card(album)])}
    assert {entry.key for entry in withdrawn_entries(EntityKind.ARTIST, artist.id)} == entered


def test_with_a_market_verdicts_are_shown_and_without_one_markets() -> None:
    album = an_album(1)
    entries = album_entries(album)
    for kind, entity_id in ((DocumentKind.TRACK, album.tracks[0].id), (DocumentKind.ALBUM_TRACKS, album.id)):
        assert show(entries, kind, entity_id, a_reader(DE))["is_playable"] is True
        assert "available_markets" not in show(entries, kind, entity_id, a_reader(DE))
        assert len(show(entries, kind, entity_id, a_reader(None))["available_markets"]) == 249
        assert "is_playable" not in show(entries, kind, entity_id, a_reader(None))


def test_a_timed_album_goes_live_without_being_published_again() -> None:
    album = an_album(1, starts_at=1000)
    entries = album_entries(album)
    track = view_of(entries, DocumentKind.TRACK_MEDIA, album.tracks[0].id)
    territory = 1 << 0  # AD is in the first of the intervals, which starts at 1000
    assert album.tracks[0].intervals[0].territories & territory
    verdicts = [track.playability(a_reader(Territory("AD"), now_s=now_s)) for now_s in (999, 1000)]
    assert verdicts == [Playability.MARKET, Playability.PLAYABLE]


def test_the_media_of_a_track_holds_its_renditions_for_who_may_play_it() -> None:
    album = an_album(1)
    view = view_of(album_entries(album), DocumentKind.TRACK_MEDIA, album.tracks[0].id)
    assert decode_track_media(view.body()).renditions == album.tracks[0].renditions


def test_images_are_the_covers_widest_first_at_the_servers_own_url() -> None:
    album = an_album(1)
    images = show(album_entries(album), DocumentKind.ALBUM_CARD, album.id, a_reader(DE))["images"]
    assert [image["width"] for image in images] == [640, 300, 64]
    assert images[0]["url"] == f"http://a.example/images/{640:064x}"


@pytest.mark.parametrize(
    ("date", "shown", "precision"),
    [("", "0000", "year"), ("2026", "2026", "year"), ("2026-11", "2026-11", "month"), ("2026-11-20",) * 2 + ("day",)],
)
def test_a_release_date_says_how_precise_it_is(date: str, shown: str, precision: str) -> None:
    album = msgspec.structs.replace(an_album(1), release_date=date)
    card = show(album_entries(album), DocumentKind.ALBUM_CARD, album.id, a_reader(DE))
    assert (card["release_date"], card["release_date_precision"]) == (shown, precision)


def test_an_artists_albums_are_listed_by_group_then_newest_first() -> None:
    album = an_album(1)
    artist = an_artist_of(album)
    other = (ArtistCredit(artist_id="other", name="Other"),)
    albums = [
        msgspec.structs.replace(album, id=name, type=kind, artists=credited, release_date=date)
        for name, kind, credited, date in (
            ("guest", AlbumType.ALBUM, other, "2026"),
            ("single", AlbumType.SINGLE, album.artists, "2026"),
            ("old", AlbumType.ALBUM, album.artists, "1999-01-01"),
            ("best", AlbumType.COMPILATION, album.artists, "2026"),
            ("new", AlbumType.ALBUM, album.artists, "2026"),
        )
    ]
    view = view_of(artist_entries(artist, map(make_card, albums)), DocumentKind.ARTIST_ALBUMS, artist.id)
    shown = [json.loads(view.render(index, a_reader(DE))) for index in range(view.item_count)]
    assert [item["id"] for item in shown] == ["new", "old", "single", "guest", "best"]
    assert [item["album_group"] for item in shown] == ["album", "album", "single", "appears_on", "compilation"]
    assert [view.group(index) for index in range(view.item_count)] == [0, 0, 1, 2, 3]
    assert group_album(artist.id, make_card(albums[0])) is AlbumGroup.APPEARS_ON


def test_rows_for_the_index_know_every_market_ever_granted() -> None:
    album = an_album(1)
    rows = [entry.search for entry in album_entries(album) if entry.search is not None]
    assert [row.kind for row in rows] == [EntityKind.ALBUM, *[EntityKind.TRACK] * 10]
    granted = int.from_bytes(rows[1].markets, "little")
    assert granted.bit_count() == 249
    assert {interval.use for interval in album.tracks[0].intervals} == {Use.STREAM}


def test_the_same_album_gives_the_same_bytes() -> None:
    assert album_entries(an_album(5)) == album_entries(an_album(5))


def test_every_object_has_the_members_and_types_of_the_shape(shared: Path) -> None:
    schemas = yaml.load((shared / "api/spotify-openapi.yml").read_bytes(), yaml.CSafeLoader)["components"]["schemas"]
    album = an_album(1)
    entries = album_entries(album)
    artists = artist_entries(an_artist_of(album), [make_card(album)])
    for name, source, kind, entity_id in (
        ("AlbumObject", entries, DocumentKind.ALBUM, album.id),
        ("SimplifiedAlbumObject", entries, DocumentKind.ALBUM_CARD, album.id),
        ("SimplifiedTrackObject", entries, DocumentKind.ALBUM_TRACKS, album.id),
        ("TrackObject", entries, DocumentKind.TRACK, album.tracks[0].id),
        ("ArtistObject", artists, DocumentKind.ARTIST, an_artist_of(album).id),
        ("ArtistDiscographyAlbumObject", artists, DocumentKind.ARTIST_ALBUMS, an_artist_of(album).id),
    ):
        for market in (None, DE, SE):
            shown = show(source, kind, entity_id, a_reader(market))
            assert find_faults(schemas, schemas[name], shown, name) == set()


def test_members_that_strict_clients_insist_on_are_there() -> None:
    album = an_album(1)
    entries = album_entries(album)
    track = show(entries, DocumentKind.TRACK, album.tracks[0].id, a_reader(DE))
    assert {"album", "artists", "disc_number", "duration_ms", "explicit", "external_ids", "external_urls"} <= set(track)
    assert {"href", "id", "is_local", "name", "popularity", "preview_url", "track_number", "type", "uri"} <= set(track)
    artist = show(
        artist_entries(an_artist_of(album), [make_card(album)]),
        DocumentKind.ARTIST,
        an_artist_of(album).id,
        a_reader(DE),
    )
    assert set(artist) == {
        *("external_urls", "followers", "genres", "href", "id", "images", "name", "popularity", "type", "uri")
    }
    assert artist["followers"] == {"href": None, "total": 0}


def find_faults(schemas: Any, schema: Any, value: Any, place: str) -> set[str]:
    """Return what of a value breaks a schema: references, allOf, types, required members, enums, nullable."""
    if "$ref" in schema:
        return find_faults(schemas, schemas[schema["$ref"].rpartition("/")[2]], value, place)
    if value is None:
        return set() if schema.get("nullable") else {f"{place} is null"}
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
    faults = {fault for part in schema.get("allOf", ()) for fault in find_faults(schemas, part, value, place)}
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return {f"{place} is no {schema['type']}"}
    if value not in schema.get("enum", [value]):
        faults.add(f"{place} is {value}")
    faults |= {f"{place} lacks {name}" for name in schema.get("required", ()) if name not in value}
    for name, part in schema.get("properties", {}).items():
        # The copy has no nullable on a page's links, which its own text says are null at the ends.
        if name in value and name not in ("next", "previous"):
            faults |= find_faults(schemas, part, value[name], f"{place}.{name}")
    for item in value if schema.get("type") == "array" else ():
        faults |= find_faults(schemas, schema["items"], item, place)
    return faults
