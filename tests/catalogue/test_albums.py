"""What a statement's release comes to."""

from typing import Any

import pytest

from antiphon.catalogue import build_album
from antiphon.model.claims import DeliveredId, Genre, IdScheme, Role, Scope, ScopedText
from antiphon.model.entities import Album, AlbumCopyright, AlbumType, EntityKind
from antiphon.model.errors import Broken
from antiphon.model.releases import ResourceGroup, ResourcePlace
from antiphon.model.statement import Statement
from antiphon.rights import territories_of
from tests.builders import (
    ARTIST,
    a_cover,
    a_deal,
    a_moment,
    a_recording,
    a_release,
    a_statement,
    changed,
    some_deals,
    some_roles,
)
from tests.catalogue.statements import DURATION_MS, a_current, some_audio, some_cover


def _album(statement: Statement) -> Album:
    current, links = a_current(statement)
    return build_album(current, links, ()).album


def _with_release(**changes: Any) -> Album:
    statement = a_statement()
    return _album(changed(statement, releases=(a_release(**changes), *statement.releases[1:])))


def _with_recording(**changes: Any) -> Album:
    return _album(a_statement(1, resources=(a_recording(1, **changes), a_cover())))


def test_a_release_whose_anchors_are_not_linked_cannot_be_built() -> None:
    current, _ = a_current(a_statement())
    with pytest.raises(Broken, match="not linked"):
        build_album(current, {}, ())


def test_a_release_without_deals_is_an_album_that_nobody_may_play() -> None:
    album = _album(a_statement(release_deals=()))
    assert [track.intervals for track in album.tracks] == [(), ()]


def test_equal_inputs_give_equal_results() -> None:
    current, links = a_current(a_statement())
    assert build_album(current, links, ()) == build_album(current, links, ())


def test_an_album_has_what_its_owner_says() -> None:
    album = _album(a_statement(releases=(a_release(2, types=some_roles("Album")),)))
    assert (album.title, album.type, album.label, album.upc) == (
        "Harbour Lights",
        AlbumType.ALBUM,
        "Paper Lantern",
        "4006381333931",
    )
    assert [credit.name for credit in album.artists] == ["The Tidemarks"]
    assert album.copyrights == (
        AlbumCopyright(type="C", text="(C) 2026 Paper Lantern"),
        AlbumCopyright(type="P", text="(P) 2026 Paper Lantern"),
    )
    assert album.covers == some_cover().covers


def test_a_track_has_its_recordings_facts_audio_and_rights() -> None:
    track = _album(a_statement()).tracks[1]
    assert (track.title, track.isrc, track.disc_number, track.track_number) == (
        "Harbour Light No. 2",
        "QZANT2600002",
        1,
        2,
    )
    assert track.renditions == some_audio().renditions
    assert {(interval.tier, interval.deal_line) for interval in track.intervals} == {("free", 90), ("premium", 90)}


def test_the_duration_is_the_decoded_one_and_without_audio_the_claimed_one() -> None:
    assert _album(a_statement()).tracks[0].duration_ms == DURATION_MS
    current, links = a_current(a_statement(), media={})
    track = build_album(current, links, ()).album.tracks[0]
    assert (track.duration_ms, track.renditions) == (180_000, ())


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (ScopedText(value="Harbour Light", subtitle="Acoustic Version"), "Harbour Light (Acoustic Version)"),
        (
            ScopedText(value="Harbour Light (Acoustic Version)", subtitle="Acoustic Version"),
            "Harbour Light (Acoustic Version)",
        ),
        (ScopedText(value="Harbour Light"), "Harbour Light"),
    ],
)
def test_a_title_carries_its_version_once(title: ScopedText, shown: str) -> None:
    assert _with_recording(titles=(title,)).tracks[0].title == shown


def test_of_titles_for_several_territories_the_one_for_everywhere_else_is_shown() -> None:
    titles = (
        ScopedText(value="Hafenlicht", scope=Scope(territories=("DE",))),
        ScopedText(value="Harbour Light", scope=Scope(territories=("Worldwide",))),
        ScopedText(value="Formal", kind="FormalTitle", scope=Scope(is_default=True)),
    )
    assert _with_recording(titles=titles).tracks[0].title == "Harbour Light"


def test_artists_are_shown_by_sequence_with_their_roles_and_each_once() -> None:
    second = changed(ARTIST, name="Mira Vale", roles=(Role(value="FeaturedArtist"),), sequence=2)
    album = _with_recording(display_artists=(second, ARTIST, changed(ARTIST, name="the tidemarks", sequence=3)))
    assert [(credit.name, credit.role) for credit in album.tracks[0].artists] == [
        ("The Tidemarks", "MainArtist"),
        ("Mira Vale", "FeaturedArtist"),
    ]


def test_a_recording_without_credits_is_by_its_display_name_else_by_the_artists_of_the_album() -> None:
    named = _with_recording(display_artists=(), display_artist_names=(ScopedText(value="Mira Vale"),))
    assert [credit.name for credit in named.tracks[0].artists] == ["Mira Vale"]
    nameless = _with_recording(display_artists=(), display_artist_names=())
    assert nameless.tracks[0].artists == nameless.artists


@pytest.mark.parametrize(
    ("advisory", "explicit"),
    [("Explicit", True), ("NotExplicit", False), ("ExplicitContentEdited", False), ("Unknown", False)],
)
def test_only_what_is_said_to_be_explicit_is(advisory: str, explicit: bool) -> None:
    assert _with_recording(advisories=some_roles(advisory)).tracks[0].explicit is explicit


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"types": some_roles("Album")}, AlbumType.ALBUM),
        ({"types": some_roles("Single")}, AlbumType.SINGLE),
        ({"types": some_roles("EP")}, AlbumType.SINGLE),
        ({"types": some_roles("Compilation")}, AlbumType.COMPILATION),
        ({"types": some_roles("Album"), "is_compilation": True}, AlbumType.COMPILATION),
        ({"types": ()}, AlbumType.ALBUM),
    ],
)
def test_release_types_become_the_three_kinds_of_the_catalogue(changes: dict[str, object], kind: AlbumType) -> None:
    assert _with_release(**changes).type is kind


def test_the_release_date_is_the_first_that_is_given() -> None:
    assert _with_release(release_date=a_moment("2026-03-01T00:00:00")).release_date == "2026-03-01"
    assert _with_release(release_date=None, original_release_date=a_moment("1999")).release_date == "1999"
    assert _with_release(release_date=None, original_release_date=None).release_date == "2026-01-01"


def test_no_date_is_guessed() -> None:
    statement = a_statement(release_deals=())
    release = changed(statement.releases[0], release_date=None, original_release_date=None)
    assert _album(changed(statement, releases=(release,))).release_date == ""


def test_genres_come_with_their_sub_genres() -> None:
    genres = (Genre(text="Electronic", sub_genre="Ambient"), Genre(text="Electronic"))
    assert _with_release(genres=genres).genres == ("Electronic", "Ambient")


def test_discs_follow_the_nested_groups() -> None:
    discs = tuple(
        ResourceGroup(sequence=n, places=(ResourcePlace(resource_reference=f"A{n}", sequence=1),)) for n in (1, 2)
    )
    tracks = _with_release(group=ResourceGroup(groups=discs)).tracks
    assert [(track.disc_number, track.track_number) for track in tracks] == [(1, 1), (2, 1)]


def test_a_cover_may_be_linked_by_the_release_instead_of_typed() -> None:
    plain = a_statement(resources=(a_recording(1), a_recording(2), a_cover(type="Photograph")))
    assert _album(plain).covers == some_cover().covers
    unlinked = changed(plain, releases=(a_release(resources=()), *plain.releases[1:]))
    assert _album(unlinked).covers == ()


def test_what_the_album_contributes_names_each_shared_entity_once() -> None:
    current, links = a_current(a_statement())
    built = build_album(current, links, ())
    assert [artist.name for artist in built.artists] == ["The Tidemarks"]
    assert [recording.isrc for recording in built.recordings] == ["QZANT2600001", "QZANT2600002"]
    found = {(i.scheme, i.value, i.kind) for i in built.identifiers}
    assert ("icpn", "04006381333931", EntityKind.ALBUM) in found
    assert {("isrc", "QZANT2600001", EntityKind.TRACK), ("isrc", "QZANT2600001", EntityKind.RECORDING)} <= found


def test_rights_come_from_the_deals_of_each_track_alone() -> None:
    deals = (
        some_deals(a_deal(territories=("NO",)), on=("R1",)),
        some_deals(a_deal(excluded_territories=("SE",)), on=("R2",)),
    )
    first, second = _album(a_statement(release_deals=deals)).tracks
    assert {territories_of(interval.territories) for interval in first.intervals} == {("NO",)}
    assert "SE" not in {t for interval in second.intervals for t in territories_of(interval.territories)}


def test_an_isrc_that_cannot_be_read_is_absent_not_guessed() -> None:
    album = _with_recording(ids=(DeliveredId(scheme=IdScheme.ISRC, text="nonsense"),))
    assert album.tracks[0].isrc == ""
