"""Every rule about messages and files: what breaks it, how much that weighs, and what is no breach."""

from typing import Any

import pytest

from antiphon.model.claims import CopyrightLine, Credit, DeliveredId, HashSum, IdScheme, ScopedText
from antiphon.model.deals import Deal
from antiphon.model.findings import Severity
from antiphon.model.releases import Release, ResourcePlace
from antiphon.model.resources import Resource
from antiphon.model.statement import MessageFormat, MessageKind, Statement
from antiphon.rules import RULES, Need
from antiphon.rules.example_book import EXAMPLES
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
    an_isrc,
    changed,
    some_deals,
    some_roles,
)
from tests.rules.checks import FILES, find


def with_first(**changes: Any) -> Statement:
    """Return the good statement with its first track changed."""
    return a_statement(resources=(a_recording(1, **changes), a_recording(2), a_cover()))


def with_main(**changes: Any) -> Statement:
    """Return the good statement with its main release changed."""
    return a_statement(releases=(a_release(2, **changes), a_track_release(1), a_track_release(2)))


def with_deal(**changes: Any) -> Statement:
    """Return the good statement with one deal, changed, for both tracks."""
    return a_statement(release_deals=(some_deals(a_deal(**changes)),))


def titled(text: str, version: str = "") -> Statement:
    return with_first(titles=(ScopedText(value=text, subtitle=version),))


def by(*names: str) -> dict[str, Any]:
    return {
        "display_artists": tuple(Credit(name=name, roles=some_roles("MainArtist")) for name in names),
        "display_artist_names": tuple(ScopedText(value=name) for name in names),
    }


def identified(scheme: IdScheme, text: str) -> tuple[DeliveredId, ...]:
    return (DeliveredId(scheme=scheme, text=text),)


def releases(*more: Release, **main: Any) -> Statement:
    return a_statement(releases=(a_release(2, **main), a_track_release(1), a_track_release(2), *more))


def resources(*more: Resource) -> Statement:
    return a_statement(resources=(a_recording(1), a_recording(2), a_cover(), *more))


def version(text: str) -> MessageFormat:
    return MessageFormat(name="ern", version=text)


def created(text: str) -> Statement:
    return a_statement(header=changed(a_statement().header, created=a_moment(text) if text else None))


GHOST = ResourcePlace(resource_reference="A7", line=75)
NO_DEALS = a_statement(release_deals=())
PURGE = a_statement(kind=MessageKind.PURGE, resources=(), release_deals=(), releases=(a_release(ids=()),))
FATAL, HOLD, WARN, NOTE = Severity.FATAL, Severity.HOLD, Severity.WARN, Severity.NOTE
UNDATED = CopyrightLine(text="(P) Paper Lantern")
HASHED = a_file("resources/01.flac", hash_sum=HashSum(algorithm="MD5", value="AA" * 16))
ODDLY_HASHED = a_file("resources/01.flac", hash_sum=HashSum(algorithm="MD5", value="not a hash"))

BREACHES: list[tuple[str, Severity, Statement, dict[str, Any], str]] = [
    ("D2", WARN, a_statement(format=version("3.7.1")), {}, "ERN 3.7.1"),
    ("D7", FATAL, with_first(files=(a_file("resources/one.flac"),)), {}, "no file 'resources/one.flac'"),
    ("D7", FATAL, with_first(files=(a_file("../../etc/passwd"),)), {}, "'../../etc/passwd'"),
    ("D7", FATAL, with_first(files=(a_file("https://example.org/1.flac"),)), {}, "https"),
    ("D7", WARN, with_first(files=(a_file("resources/01.FLAC"),)), {}, "01.FLAC"),
    ("D7", WARN, a_statement(), {"files": {"message.xml": 9000}}, "no files"),
    ("D7", NOTE, a_statement(), {"files": {**FILES, "resources/03.flac": 9, "list.txt": 9}}, "list.txt and 1 more"),
    ("A8", FATAL, with_first(files=(HASHED,)), {"hashes": {"resources/01.flac": {"md5": "b" * 32}}}, "md5 bbbb"),
    ("A8", WARN, with_first(files=(ODDLY_HASHED,)), {}, "not a hash"),
    ("D12", HOLD, NO_DEALS, {"is_known_release": False}, "no deal"),
    ("D18", FATAL, with_main(resources=(GHOST,)), {}, "resource A7"),
    ("D18", FATAL, a_statement(release_deals=(some_deals(a_deal(), on=("R1", "R9")),)), {}, "release R9"),
    ("D18", HOLD, with_first(display_artists=(Credit(name=""),)), {}, "a display artist of A1 that names nobody"),
    ("D18", WARN, with_first(contributors=(Credit(name=""),)), {}, "a contributor of A1 that names nobody"),
    ("D18", WARN, with_main(visibility_references=("V7",)), {}, "visibility V7"),
    ("D18", WARN, with_deal(technical_references=("T7",)), {}, "technical details T7"),
    ("M1", FATAL, with_main(is_main=False), {}, "no main release"),
    ("M1", FATAL, releases(changed(a_release(), reference="R9")), {}, "a further main release R9"),
    (
        "M1",
        WARN,
        releases(changed(a_track_release(1), is_track_element=False), is_main_inferred=True),
        {},
        "no main release among 2",
    ),
    ("M2", FATAL, with_main(ids=()), {}, "no identifier"),
    ("M2", FATAL, with_main(ids=identified(IdScheme.ISRC, "QZANT2600001")), {}, "no identifier"),
    ("M2", FATAL, PURGE, {}, "no identifier"),
    ("M3", FATAL, titled(""), {}, "no title for A1"),
    ("M3", FATAL, with_main(titles=()), {}, "no title for R0"),
    ("M4", WARN, with_first(**by()), {}, "no display artist for A1"),
    ("M5", WARN, with_first(duration_ms=None, duration_text="3:00"), {}, "duration '3:00'"),
    ("M5", WARN, with_first(duration_ms=None, duration_text=""), {}, "no duration"),
    ("M6", HOLD, created("2026-01-16T12:00:01Z"), {}, "2026-01-16T12:00:01Z"),
    ("M6", HOLD, created("2026-01-17T02:00:01"), {}, "2026-01-17"),
    ("M6", WARN, created(""), {}, "no creation time"),
    ("M6", WARN, created("0001-01-01T00:00:00"), {}, "0001"),
    (
        "M7",
        WARN,
        a_statement(
            resources=(a_recording(1), a_recording(2), a_cover(type="BackCoverImage")),
            releases=(a_release(2, resources=()),),
        ),
        {},
        "no front cover",
    ),
    ("M8", WARN, resources(a_recording(3)), {}, "resource A3 on no release"),
    ("I1", FATAL, with_first(ids=identified(IdScheme.ISRC, "QZANT260001")), {}, "'QZANT260001'"),
    ("I1", FATAL, with_first(ids=identified(IdScheme.ISRC, "")), {}, "''"),
    ("I1", WARN, with_first(ids=identified(IdScheme.ISRC, "QZ-ANT-26-00001")), {}, "QZ-ANT-26-00001"),
    ("I1", WARN, with_first(ids=()), {}, "no ISRC"),
    ("I4", FATAL, with_main(ids=(*a_release().ids, an_isrc(1))), {}, "on a release"),
    ("I7", FATAL, with_main(ids=identified(IdScheme.ICPN, "4006381333932")), {}, "4006381333932"),
    ("I7", FATAL, with_main(ids=identified(IdScheme.ICPN, "12345")), {}, "12345"),
    ("R4", HOLD, with_first(**by("Various Artists")), {}, "'Various Artists'"),
    ("R4", HOLD, with_first(**by("V/A")), {}, "'V/A'"),
    ("P11", WARN, with_main(original_release_date=a_moment("2026-01-02")), {}, "2026-01-02"),
    ("L2", WARN, with_first(language=""), {}, "no language"),
    ("L2", WARN, with_first(language="English, mostly"), {}, "English"),
    ("L4", WARN, with_main(c_lines=()), {}, "no C line"),
    ("L4", WARN, changed(with_first(p_lines=()), releases=with_main(p_lines=()).releases), {}, "no P line"),
    ("L4", WARN, with_first(p_lines=(UNDATED,)), {}, "without a year"),
    ("T8", HOLD, titled("Harbour Light No. 2"), {}, "as A1 has"),
    ("T8", HOLD, titled("HARBOUR LIGHT NO. 2"), {}, "as A1 has"),
    ("T10", HOLD, titled("Undertow (Official Video)"), {}, "'(Official Video)'"),
    ("T10", HOLD, titled("Undertow", "Exclusive"), {}, "'(Exclusive)'"),
    ("T10", HOLD, titled("Undertow - Out Now"), {}, "'- Out Now'"),
    ("T11", HOLD, titled("Undertow www.example.org"), {}, "an address"),
    ("T11", HOLD, titled("Undertow @tidemarks"), {}, "a handle"),
    ("T11", HOLD, titled("Undertow, only €0.99"), {}, "a price"),
    ("T11", WARN, titled("Undertow (Spotify Version)"), {}, "a store"),
    ("T11", HOLD, titled("Undertow [HQ]"), {}, "a quality mark"),
    ("T11", HOLD, titled("Undertow \U0001f525"), {}, "an emoji"),
    ("P3", HOLD, with_deal(territories=()), {}, "without territories"),
    ("P3", HOLD, with_deal(periods=()), {}, "without a validity period"),
    ("P4", HOLD, with_deal(start="01.12.2026"), {}, "start '01.12.2026'"),
    ("P4", HOLD, with_deal(end="2026-02-30"), {}, "end '2026-02-30'"),
    ("P4", HOLD, with_deal(start=""), {}, "without a start"),
    ("P4", WARN, changed(with_deal(start=""), format=version("3.8.2")), {}, "without a start"),
    ("P6", HOLD, with_deal(start="2026-03-01", end="2026-02-28"), {}, "end 2026-02-28"),
    ("P6", HOLD, with_deal(start="2026-03-01T10:00:00Z", end="2026-03-01T10:00:00Z"), {}, "end 2026-03-01T10"),
    ("P6", WARN, with_deal(start="2026-03-01T10:00:00Z", end="2026-03-01"), {}, "from 2026-03-01T10"),
    ("P7", WARN, with_deal(territories=("SE", "UK")), {}, "'UK'"),
    ("P7", WARN, with_deal(territories=("SE", "AN")), {}, "'AN': no assigned code"),
    ("P7", WARN, with_deal(territories=("PT", "ES-CN")), {}, "a part of a country"),
    ("P7", HOLD, with_deal(excluded_territories=("QX",)), {}, "'QX'"),
    ("P7", HOLD, with_deal(territories=("2136",)), {}, "a TIS code"),
    ("P7", HOLD, with_deal(territories=("0752",), territory_scheme="TIS"), {}, "a TIS code"),
    ("P8", HOLD, with_deal(models=()), {}, "without a commercial model"),
    ("P8", HOLD, with_deal(use_types=()), {}, "without a use type"),
    ("P8", WARN, with_deal(models=("SubscriptionModel", "Subscription")), {}, "'Subscription'"),
    ("P9", WARN, a_statement(release_deals=(some_deals(a_deal(), on=("R1",)),)), {}, "track release R2"),
    ("P9", WARN, a_statement(release_deals=(some_deals(a_deal(), on=("R0",)),)), {}, "none of its tracks"),
]


@pytest.mark.parametrize(
    ("rule", "severity", "statement", "context", "got"), BREACHES, ids=[f"{b[0]}-{b[4]}" for b in BREACHES]
)
def test_a_breach_is_found_once_and_weighs_what_it_should(
    rule: str, severity: Severity, statement: Statement, context: dict[str, Any], got: str
) -> None:
    (finding,) = find(statement, rule, **context)
    assert finding.severity is severity
    assert got in finding.got
    assert finding.expected
    assert finding.fix
    assert finding.place.file == "message.xml"


def test_every_rule_about_messages_and_files_is_broken_here_or_by_its_example() -> None:
    asked = {rule.id for rule in RULES if rule.need is not Need.MEDIA}
    assert asked <= {breach[0] for breach in BREACHES} | EXAMPLES.keys()


def test_a_good_delivery_has_no_findings() -> None:
    assert find(a_statement()) == []
    assert find(a_statement(), files=None, hashes=None) == []


def test_a_finding_says_where() -> None:
    (finding,) = find(with_first(files=(a_file("resources/gone.flac"),)), "D7")
    assert str(finding.place) == "message.xml:17 (ResourceList/SoundRecording[1])"


def test_a_release_and_tracks_without_any_artist_are_fatal() -> None:
    statement = changed(with_main(**by()), resources=(a_recording(1, **by()), a_recording(2), a_cover()))
    assert {(f.severity, f.got) for f in find(statement, "M4")} == {
        (FATAL, "no display artist for R0"),
        (FATAL, "no display artist for A1"),
    }


@pytest.mark.parametrize(
    "statement",
    [
        titled("Exclusive"),
        titled("Official"),
        titled("Meet Me @ 3 AM"),
        titled("Tidal"),
        titled("No. 5"),
        titled("Harbour Light No. 2", "Acoustic Version"),
        with_first(titles=(ScopedText(value="Harbour Light No. 2"),), **by("Somebody Else")),
        with_first(language="zxx"),
        with_main(original_release_date=a_moment("2026")),
        with_main(**by("Various Artists")),
        with_deal(technical_references=("T1",)),
        created("2026-01-16T12:00:00Z"),
        created("2026-01-17T01:59:00"),
        with_deal(start="2026-03-01", end="2026-03-01"),
        with_deal(start="2026-03-01", end="9999-12-31"),
        with_deal(start="2026-03-01T10:00:00Z", end="2026-03-01T11:00:00Z"),
        with_deal(territories=("ES", "ES-CE", "ES-CN", "ES-ML", "XK")),
        with_deal(models=(), use_types=(), is_takedown=True),
        with_deal(periods=(a_period("2026-01-01T24:00:00"),)),
        with_first(files=(a_file("resources/01.flac"), a_file("resources/later.flac", is_provided=False))),
        with_first(files=(a_file("01.flac"),)),
        releases(is_main_inferred=True),
        a_statement(
            1,
            resources=(a_recording(1, files=(a_file("01.flac"), a_file("02.flac"))), a_cover()),
            releases=(a_release(1, ids=(*a_release().ids, an_isrc(1)), titles=a_recording(1).titles),),
            release_deals=(some_deals(a_deal(), on=("R0",)),),
        ),
    ],
    ids=str,
)
def test_what_is_no_breach_is_not_reported(statement: Statement) -> None:
    assert find(statement) == []


def test_a_purge_is_asked_for_no_more_than_it_can_say() -> None:
    assert find(a_statement(kind=MessageKind.PURGE, resources=(), releases=(a_release(),))) == []


def test_files_of_earlier_messages_count_and_a_takedown_needs_none() -> None:
    assert [finding.rule for finding in find(a_statement(), files={}, earlier_files=FILES)] == ["D10"]
    assert find(NO_DEALS, "D7", files={}) == []


def test_blemishes_do_not_stop_the_takedown_of_a_known_release() -> None:
    blemished = changed(titled("", ""), release_deals=())
    assert {f.severity for f in find(blemished, is_known_release=None)} == {FATAL}
    assert {f.severity for f in find(blemished, is_known_release=True)} == {WARN}
    unidentified = changed(with_main(ids=()), release_deals=())
    assert [f.rule for f in find(unidentified, is_known_release=True) if f.severity.stops] == ["M2"]


def test_each_deal_is_judged_once_however_many_releases_it_is_for() -> None:
    deal: Deal = a_deal(territories=("QX",))
    assert len(find(a_statement(release_deals=(some_deals(deal, on=("R0", "R1", "R2")),)), "P7")) == 1
