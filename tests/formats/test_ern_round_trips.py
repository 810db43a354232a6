"""What is written reads as it was: statements of our own in both versions, and real messages in what we model."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from lxml import etree

from antiphon.formats.ern import read_message, write_message, write_what_fits
from antiphon.model.claims import Credit, DeliveredId, Genre, HashSum, IdScheme, Role, Scope, ScopedText
from antiphon.model.deals import Price, Visibility
from antiphon.model.errors import Refused, Rejected
from antiphon.model.releases import ResourceGroup, ResourcePlace
from antiphon.model.statement import MessageKind, MessageParty, Statement
from tests.builders import (
    a_cover,
    a_deal,
    a_file,
    a_moment,
    a_period,
    a_recording,
    a_release,
    a_statement,
    a_track_release,
    changed,
    some_deals,
    some_roles,
)
from tests.formats.corpus import ACCEPTED, sample_table

VERSIONS = ("4.3.2", "3.8.2")
LEAST_WHOLE_SAMPLES = 55
"""Of the 73 real messages; the others have titles and terms that only their own version knows."""

PIANIST = Credit(
    name="Anna Öst & Söhne <Trio>",
    ids=(
        DeliveredId(scheme=IdScheme.ISNI, text="0000000121032683"),
        DeliveredId(scheme=IdScheme.PROPRIETARY, text="artist-9", namespace="DPID:PADPIDA2014120301Q"),
    ),
    roles=some_roles("MainArtist"),
    sequence=1,
)
REMIXER = Credit(name="Ole Brandt", roles=(Role(value="UserDefined", user_value="Remixer", namespace="N"),), sequence=1)
COMPOSER = Credit(name="Jette Sund", roles=some_roles("Composer", "Lyricist"), sequence=2)


@pytest.mark.parametrize("version", ["4.3", "3.8", "", "5"])
def test_another_version_is_refused(version: str) -> None:
    with pytest.raises(Refused, match="is not written"):
        write_message(a_statement(), version)


@pytest.mark.parametrize("withdrawal", ["is_takedown", "is_all_deals_cancelled", "is_exclusive"])
def test_a_withdrawal_is_never_written_as_a_grant(withdrawal: str) -> None:
    deal = msgspec.structs.replace(a_deal(), **{withdrawal: True})
    statement = a_statement(release_deals=(some_deals(deal),))
    with pytest.raises(Refused, match="ERN 4 has no words"):
        write_message(statement, "4.3.2")
    assert read_message(write_message(statement, "3.8.2")).release_deals[0].deals[0] == changed(
        deal, line=deal_line(statement, "3.8.2"), path="/NewReleaseMessage/DealList/ReleaseDeal[1]/Deal[1]"
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_an_album_reads_as_it_was_written(version: str) -> None:
    statement = an_album(version)
    assert facts_of(read_message(write_message(statement, version))) == facts_of(statement)


@pytest.mark.parametrize("version", VERSIONS)
def test_nested_groups_read_as_they_were_written(version: str) -> None:
    kind = "Side" if version == "4.3.2" else ""
    sides = tuple(
        ResourceGroup(
            kind=kind,
            sequence=side,
            titles=(ScopedText(value=f"Side {side}"),),
            places=(ResourcePlace(resource_reference=f"A{side}", sequence=1),),
        )
        for side in (1, 2)
    )
    album = an_album(version)
    statement = with_main_release(album, group=ResourceGroup(groups=sides))
    assert facts_of(read_message(write_message(statement, version))) == facts_of(statement)


@pytest.mark.parametrize("version", VERSIONS)
def test_every_term_of_a_deal_reads_as_it_was_written(version: str) -> None:
    deals = (
        a_deal(territories=(), excluded_territories=("SE", "NO"), start="2026-03-01", end="2026-12-31"),
        a_deal(territories=("DE", "AT"), periods=(a_period("2026-03-01T00:00:00", "2027-01-01T00:00:00Z"),)),
        a_deal(
            references=("D-1",),
            use_types=("ConditionalDownload", "Stream"),
            interface_types=("MobileApp",),
            carrier_types=("Download",),
            territories=("2130",),
            territory_scheme="TIS",
            distribution_channels=("PADPIDA2026041700A", "shop-3@Own", "Kiosk"),
            excluded_distribution_channels=("PADPIDA2026041700B",),
            prices=(Price(code="LOW", amount="0.70", currency="EUR"),),
            is_pre_order=True,
            technical_references=("T1",),
            instant_gratification=("A1",),
            rights_claim_policies=("Monetize",),
        ),
        a_deal(models=(), use_types=(), territories=(), periods=(), has_terms=False),
    )
    statement = changed(an_album(version), release_deals=(some_deals(*deals), some_deals(a_deal(), on=("R0",))))
    assert facts_of(read_message(write_message(statement, version))) == facts_of(statement)


def test_visibilities_read_as_they_were_written_where_the_version_has_them() -> None:
    visibility = Visibility(
        reference="V1",
        territories=("DE",),
        release_display=a_moment("2026-01-01T00:00:00"),
        clip_preview=a_moment("2026-02-01T00:00:00"),
    )
    statement = changed(an_album("4.3.2"), visibilities=(visibility,))
    assert read_message(write_message(statement, "4.3.2")).visibilities == (visibility,)
    assert "visibilities[0]" in write_what_fits(statement, "3.8.2").left_out


@pytest.mark.parametrize("version", VERSIONS)
def test_a_statement_without_deals_is_written_without_a_deal_list(version: str) -> None:
    data = write_what_fits(a_statement(release_deals=()), version).data
    assert b"DealList" not in data
    assert read_message(data).release_deals == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_purge_reads_as_it_was_written(version: str) -> None:
    purged = a_statement(kind=MessageKind.PURGE, resources=(), releases=(), release_deals=())
    title = ScopedText(value="Harbour Lights", scope=Scope(language="en"))
    main = changed(
        a_track_release(genres=()), reference="", ids=a_release().ids, titles=(title,), is_main=True, resources=()
    )
    main = changed(main, is_track_release=False, is_track_element=False)
    statement = changed(purged, releases=(main,), format=changed(purged.format, version=version))
    assert facts_of(read_message(write_message(statement, version))) == facts_of(statement)


def test_a_party_is_listed_once_however_often_it_is_credited() -> None:
    root = etree.fromstring(write_message(an_album("4.3.2"), "4.3.2"))
    names = [element.text for element in root.iterfind("PartyList/Party/PartyName/FullName")]
    assert sorted(name or "" for name in names) == [
        "Anna Öst & Söhne <Trio>",
        "Jette Sund",
        "Ole Brandt",
        "Paper Lantern",
    ]


def test_a_release_without_a_flat_list_gets_one_in_382() -> None:
    written = read_message(write_message(a_statement(), "3.8.2"))
    assert written.main_release is not None
    places = written.main_release.resources
    assert [(place.resource_reference, place.is_primary) for place in places] == [
        ("A1", True),
        ("A2", True),
        ("A90", False),
    ]
    assert [place.link for place in places] == ["", "", "FrontCoverImage"]


@pytest.mark.parametrize(("icpn", "is_ean"), [("4006381333931", b"true"), ("036000291452", b"false")])
def test_382_says_of_a_product_code_whether_it_is_an_ean(icpn: str, is_ean: bytes) -> None:
    ids = (DeliveredId(scheme=IdScheme.ICPN, text=icpn),)
    data = write_message(with_main_release(a_statement(), ids=ids), "3.8.2")
    assert b'<ICPN IsEan="%b">%b</ICPN>' % (is_ean, icpn.encode()) in data


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
@pytest.mark.parametrize("version", VERSIONS)
def test_writing_again_what_was_read_changes_nothing_more(path: Path, version: str) -> None:
    first = read_message(path.read_bytes())
    try:
        second = read_message(write_what_fits(first, version).data)
    except Refused:
        assert version == "4.3.2"
        return
    assert facts_of(read_message(write_message(second, version))) == facts_of(second)


def test_a_statement_that_the_version_has_no_place_for_is_refused_by_the_name_of_the_fact() -> None:
    statement = with_main_release(a_statement(), texts=(ScopedText(value="calm", kind="Mood"),))
    for version in VERSIONS:
        with pytest.raises(Refused, match=r"no place for .*releases\[0\]\.texts\[0\]"):
            write_message(statement, version)


def test_what_is_left_out_is_told() -> None:
    statement = changed(a_statement(), unread=("/NewReleaseMessage/Mood <Mood>calm</Mood>",))
    statement = with_main_release(statement, texts=(ScopedText(value="calm", kind="Mood"),))
    written = write_what_fits(statement, "3.8.2")
    assert written.left_out == ("releases[0].texts[0]", "unread[0]")
    assert b"calm" not in written.data


@pytest.mark.slow
def test_what_a_real_message_says_survives_writing_or_is_told_as_left_out(shared: Path) -> None:
    """So what is told to be left out is all that differs, and most messages lose nothing in their own generation."""
    whole = 0
    for name in sorted(sample_table(shared)):
        try:
            original = read_message((shared / "samples" / name).read_bytes())
        except Rejected:
            continue
        version = "3.8.2" if original.format.version.startswith("3") else "4.3.2"
        written = write_what_fits(original, version)
        told = {path.partition("[")[0].partition(".")[0] for path in written.left_out}
        again = read_message(written.data)
        for field in ("header", "resources", "releases", "release_deals", "visibilities"):
            if field not in told:
                assert_same(getattr(again, field), getattr(original, field))
        whole += not told - {"unread"}
    assert whole >= LEAST_WHOLE_SAMPLES


def assert_same(written: Any, original: Any) -> None:
    """Compare facts, apart from whether it was the reader who found out which release is the main one."""
    assert [without_inference(fact) for fact in facts_of([written])] == [
        without_inference(fact) for fact in facts_of([original])
    ]


def without_inference(fact: Any) -> Any:
    """Return plain data without the mark of an inferred main release."""
    if isinstance(fact, dict):
        return {name: without_inference(inner) for name, inner in fact.items() if name != "is_main_inferred"}
    return [without_inference(inner) for inner in fact] if isinstance(fact, list) else fact


def an_album(version: str) -> Statement:
    """Return an album with what our own deliveries hold, in the forms this version gives them."""
    is_old = version == "3.8.2"
    recordings = tuple(
        a_recording(
            number,
            titles=(
                ScopedText(value=f"Harbour & Light {number}", subtitle="Live"),
                ScopedText(value="港の光", scope=Scope(territories=("JP",), language="ja")),
                ScopedText(value="Harbour Light, Op. 1", kind="FormalTitle"),
            ),
            display_artists=(PIANIST,),
            display_artist_names=(ScopedText(value=PIANIST.name),),
            contributors=(REMIXER, COMPOSER),
            genres=(Genre(text="Ambient", sub_genre="Drone"),) if is_old else (),
            advisories=some_roles("NotExplicit"),
            duration_ms=209_500,
            duration_text="PT3M29.500S",
            files=(a_recording_file(number, is_old=is_old),),
        )
        for number in (1, 2)
    )
    cover = a_cover(
        ids=(DeliveredId(scheme=IdScheme.PROPRIETARY, text="cover", namespace="N"),),
        advisories=some_roles("NotExplicit"),
    )
    flat = tuple(ResourcePlace(resource_reference=f"A{number}") for number in (1, 2)) if is_old else ()
    release = a_release(
        display_artists=(PIANIST,),
        genres=(Genre(text="Ambient"),),
        advisories=some_roles("NotExplicit"),
        duration_ms=419_000,
        is_compilation=False,
    )
    album = a_statement(
        resources=(*recordings, cover),
        releases=(
            changed(release, resources=(*flat, *release.resources)),
            *(a_track(number, is_old=is_old) for number in (1, 2)),
        ),
    )
    header = changed(
        album.header,
        thread_id="T-1",
        sent_on_behalf_of=MessageParty(dpid="PADPIDA2014120301R", name="Lantern North"),
        recipients=(MessageParty(dpid="PADPIDA2026041700A", name="Antiphon"),),
        is_test=True,
        update_indicator="OriginalMessage" if is_old else "",
    )
    avs_version = "" if is_old else "11"
    return changed(
        album,
        header=header,
        format=changed(album.format, version=version, profile="Audio", avs_version=avs_version),
    )


def a_recording_file(number: int, *, is_old: bool) -> Any:
    """Return a FLAC file with all its technical details."""
    return a_file(
        f"resources/{number:02}.flac",
        technical_reference=f"T{number}",
        hash_sum=HashSum(algorithm="MD5", value="900150983cd24fb0d6963f7d28e17f72"),
        codec="FLAC",
        bitrate_kbps=1411.2,
        channels=2,
        sample_rate_hz=44_100.0,
        bits_per_sample=16,
        is_provided=None if is_old else True,
    )


def a_track(number: int, *, is_old: bool) -> Any:
    """Return a track release as the version has it: a release of a type, or an element of its own."""
    track = a_track_release(number, labels=(ScopedText(value="Paper Lantern"),), genres=(Genre(text="Ambient"),))
    return changed(track, types=some_roles("TrackRelease"), is_track_element=False) if is_old else track


def with_main_release(statement: Statement, **changes: Any) -> Statement:
    """Return the statement with its main release changed."""
    return changed(statement, releases=(changed(statement.releases[0], **changes), *statement.releases[1:]))


def deal_line(statement: Statement, version: str) -> int:
    """Return the line on which the first deal of a written message stands."""
    lines = write_message(statement, version).decode().splitlines()
    return next(number for number, line in enumerate(lines, 1) if "<Deal>" in line)


def facts_of(value: Any) -> Any:
    """Return a statement, or a part of one, as plain data without the places in the message it came from."""
    if isinstance(value, msgspec.Struct):
        value = msgspec.to_builtins(value)
    if isinstance(value, dict):
        return {name: facts_of(inner) for name, inner in value.items() if name not in {"line", "path"}}
    if isinstance(value, list | tuple):
        return [facts_of(inner) for inner in value]
    return value
