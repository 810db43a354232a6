"""Rules about how deliveries are packed, agreed and kept up to date: each with what it lets pass."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.findings import Finding, Severity
from antiphon.model.knowledge import KnownRelease, KnownTrack
from antiphon.model.statement import MessageKind, Statement
from antiphon.rules import Policy, Terms, check_statement
from antiphon.rules.evidence import BatchFacts
from antiphon.rules.examples.catalogue import ExampleCatalogue
from tests.builders import (
    a_deal,
    a_file,
    a_moment,
    a_recording,
    a_release,
    a_statement,
    a_track_release,
    changed,
    some_deals,
)
from tests.rules.checks import FILES, a_context, find

FATAL, HOLD, WARN, NOTE = Severity.FATAL, Severity.HOLD, Severity.WARN, Severity.NOTE
GRID = DeliveredId(scheme=IdScheme.GRID, text="A10302B0003989564F")
ICPN = DeliveredId(scheme=IdScheme.ICPN, text="4006381333931")
OTHER_ICPN = DeliveredId(scheme=IdScheme.ICPN, text="036000291452")
PL_7 = DeliveredId(scheme=IdScheme.PROPRIETARY, text="pl-7", namespace="PADPIDA2014120301Q")
PURGE = a_statement(kind=MessageKind.PURGE, resources=(), release_deals=(), releases=(a_release(),))
TEST = a_statement(header=changed(a_statement().header, is_test=True))
NO_DEALS = a_statement(release_deals=())


def a_batch(**changes: Any) -> BatchFacts:
    """Return the facts of a complete batch of two messages, told with its first delivery."""
    facts = BatchFacts(
        name="N_20260114093000000",
        marker="BatchComplete_20260114093000000.xml",
        marker_size_bytes=1840,
        declared_count=2,
        found_count=2,
        is_test=False,
        is_first=True,
    )
    return changed(facts, **changes)


def agreed(statement: Statement, rule: str, *terms: Terms, **context: Any) -> list[Finding]:
    findings = check_statement(statement, a_context(**context), Policy(terms=terms))
    return [finding for finding in findings if finding.rule == rule]


def a_catalogue(*keys: str, tracks: int = 2) -> ExampleCatalogue:
    known = tuple(
        KnownTrack(disc_number=1, track_number=number, title=f"Harbour Light No. {number}")
        for number in range(1, tracks + 1)
    )
    return ExampleCatalogue(release=KnownRelease(album_id="a" * 22, keys=keys, tracks=known))


def identified(*ids: DeliveredId) -> Statement:
    return a_statement(releases=(a_release(2, ids=ids), a_track_release(1), a_track_release(2)))


def versioned(version: str) -> Statement:
    return a_statement(format=changed(a_statement().format, version=version))


APRIL = Terms(effective_from=date(2026, 4, 1), versions=("4.3",))
JANUARY = Terms(effective_from=date(2026, 1, 1), versions=("3.8", "4"))


@pytest.mark.parametrize(
    ("version", "terms", "severity"),
    [
        ("4.2", (changed(APRIL, effective_from=date(2026, 1, 1)),), FATAL),
        ("4.2", (APRIL,), WARN),
        ("3.8.2", (JANUARY, APRIL), WARN),
        ("3.7", (), WARN),
        ("3.7D2", (), WARN),
    ],
)
def test_a_version_that_is_not_taken_is_refused_and_one_that_soon_is_not_is_warned_of(
    version: str, terms: tuple[Terms, ...], severity: Severity
) -> None:
    (finding,) = agreed(versioned(version), "D2", *terms)
    assert finding.severity is severity
    assert f"ERN {version}" in finding.got


@pytest.mark.parametrize("version", ["3.8", "3.8.2", "4.1.1", "4.3.2", "", "next", "9" * 5000])
def test_a_version_that_is_taken_or_cannot_be_read_is_no_matter_of_agreement(version: str) -> None:
    assert agreed(versioned(version), "D2") == []


@pytest.mark.parametrize(
    ("rule", "severity", "batch", "context", "got"),
    [
        ("D3", WARN, a_batch(name="release of monday"), {}, "'release of monday'"),
        ("D3", WARN, a_batch(name="20261399000000000"), {}, "20261399"),
        ("D3", WARN, a_batch(), {"folder": "the-album"}, "'the-album'"),
        ("D4", WARN, a_batch(marker_size_bytes=0), {}, "empty"),
        ("D4", WARN, a_batch(marker="BatchComplete.txt"), {}, "no XML"),
        ("D5", NOTE, a_batch(name="20260114093000000"), {}, "without a priority"),
        ("D5", WARN, a_batch(), {"files": {**FILES, "99.flac": 1}}, "99.flac"),
        ("D6", HOLD, a_batch(found_count=1), {}, "1 messages"),
        ("D6", HOLD, a_batch(is_test=True), {}, "a live message"),
    ],
)
def test_a_batch_that_is_not_as_it_should_be_is_told_so(
    rule: str, severity: Severity, batch: BatchFacts, context: dict[str, Any], got: str
) -> None:
    (finding,) = find(a_statement(), rule, batch=batch, **context)
    assert finding.severity is severity
    assert got in finding.got


@pytest.mark.parametrize(
    "batch",
    [
        None,
        a_batch(),
        a_batch(name="Batch20260114093000000", is_first=False),
        a_batch(marker="", marker_size_bytes=None, declared_count=None, found_count=None, is_test=None),
        a_batch(name=""),
    ],
)
def test_a_good_batch_and_one_of_which_nothing_is_known_have_no_findings(batch: BatchFacts | None) -> None:
    assert find(a_statement(), folder="4006381333931", batch=batch) == []


def test_what_concerns_a_whole_batch_is_told_with_its_first_delivery_only() -> None:
    broken = a_batch(name="monday", marker_size_bytes=0, found_count=1)
    assert {finding.rule for finding in find(a_statement(), batch=broken)} == {"D3", "D4", "D5", "D6"}
    assert find(a_statement(), batch=changed(broken, is_first=False)) == []


@pytest.mark.parametrize("folder", ["4006381333931", "N_4006381333931_20260114093000000", "P_04006381333931"])
def test_a_folder_in_a_batch_has_the_releases_id_somewhere_in_its_name(folder: str) -> None:
    assert find(a_statement(), "D3", batch=a_batch(), folder=folder) == []


@pytest.mark.parametrize(("folder", "is_found"), [("N_the-album_20260114093000000", True), ("the-album", False)])
def test_a_folder_outside_a_batch_has_the_releases_id_where_its_name_ends_in_a_time(
    folder: str, *, is_found: bool
) -> None:
    assert [finding.severity for finding in find(a_statement(), "D3", folder=folder)] == ([WARN] if is_found else [])


def test_a_test_message_in_a_batch_that_is_a_test_is_as_it_should_be() -> None:
    assert find(TEST, "D6", batch=a_batch(is_test=True)) == []


def test_an_update_with_fewer_tracks_than_the_release_has_is_held_and_a_takedown_is_not() -> None:
    catalogue = a_catalogue("icpn:04006381333931", tracks=3)
    (finding,) = find(a_statement(), "D9", knowledge=catalogue)
    assert (finding.severity, finding.got) == (HOLD, "2 of 3 tracks")
    assert "'Harbour Light No. 3'" in finding.expected
    assert find(NO_DEALS, "D9", knowledge=catalogue) == []
    assert find(a_statement(), "D9", knowledge=a_catalogue("icpn:04006381333931")) == []


def test_files_that_stand_in_from_earlier_messages_are_one_note() -> None:
    (finding,) = find(a_statement(), "D10", files={"resources/01.flac": 1}, earlier_files=FILES)
    assert (finding.severity, finding.got) == (NOTE, "resources/02.flac and 1 more not delivered again")
    elsewhere = a_statement(resources=(a_recording(1, files=(a_file("01.flac"),)),))
    assert find(elsewhere, "D10", files={}, earlier_files=FILES)
    assert find(a_statement(), "D10", files=FILES, earlier_files=FILES) == []


@pytest.mark.parametrize(("applied", "is_late"), [("2025-12-01T09:00:01Z", True), ("2025-12-01T09:00:00Z", False)])
def test_a_message_older_than_the_applied_one_is_noted(applied: str, *, is_late: bool) -> None:
    found = find(a_statement(), "D11", applied_created=a_moment(applied))
    assert [finding.severity for finding in found] == ([NOTE] if is_late else [])


def test_messages_whose_times_are_of_two_forms_are_not_compared() -> None:
    assert find(a_statement(), "D11", applied_created=a_moment("2027-01-01T00:00:00")) == []


def test_a_purge_is_refused_where_that_was_agreed_also_if_the_release_is_known() -> None:
    (finding,) = agreed(PURGE, "D13", Terms(takes_purges=False), is_known_release=True)
    assert finding.severity is FATAL
    assert agreed(PURGE, "D13", Terms()) == []
    assert agreed(a_statement(), "D13", Terms(takes_purges=False)) == []


@pytest.mark.parametrize(
    ("ids", "keys", "got", "severity"),
    [
        ((OTHER_ICPN,), ("icpn:04006381333931",), "ICPN 00036000291452", HOLD),
        ((ICPN,), ("grid:A10302B0003989564F", "icpn:04006381333931"), "no GRid", WARN),
        ((changed(PL_7, text="pl-8"),), ("grid:A10302B0003989564F",), "no GRid", HOLD),
        ((changed(PL_7, text="pl-8"),), ("proprietary:PADPIDA2014120301Q:pl-7",), "proprietary id pl-8", HOLD),
    ],
)
def test_a_release_under_another_id_than_before_is_held_unless_a_further_id_leads_to_it(
    ids: tuple[DeliveredId, ...], keys: tuple[str, ...], got: str, severity: Severity
) -> None:
    (finding,) = find(identified(*ids), "D14", knowledge=a_catalogue(*keys))
    assert (finding.severity, finding.got) == (severity, got)
    assert "as it was delivered before" in finding.expected


@pytest.mark.parametrize(
    ("ids", "keys"),
    [
        ((ICPN,), ("icpn:04006381333931",)),
        ((GRID, ICPN), ("icpn:04006381333931",)),
        ((OTHER_ICPN, changed(ICPN, is_replaced=True)), ("icpn:04006381333931",)),
        ((ICPN,), ("icpn:04006381333931", "proprietary:PADPIDA2014120301Q:pl-7")),
        ((ICPN, changed(PL_7, text="pl-8")), ("icpn:04006381333931", "proprietary:PADPIDA2014120301Q:pl-7")),
        ((changed(ICPN, text="no barcode"),), ()),
    ],
)
def test_an_id_that_is_kept_added_or_replaced_by_name_is_no_matter(
    ids: tuple[DeliveredId, ...], keys: tuple[str, ...]
) -> None:
    assert find(identified(*ids), "D14", knowledge=a_catalogue(*keys)) == []


@pytest.mark.parametrize(
    ("now", "is_known", "is_short"),
    [
        (datetime(2026, 3, 2, 12, tzinfo=UTC), False, True),
        (datetime(2026, 2, 27, 12, tzinfo=UTC), False, False),
        (datetime(2026, 3, 4, 12, tzinfo=UTC), True, False),
        (datetime(2026, 3, 5, 12, tzinfo=UTC), True, True),
        (datetime(2026, 3, 6, 12, tzinfo=UTC), False, False),
        (datetime(2027, 1, 1, 12, tzinfo=UTC), False, False),
    ],
)
def test_business_days_before_the_start_are_counted_while_it_is_ahead(
    now: datetime, *, is_known: bool, is_short: bool
) -> None:
    friday = a_statement(release_deals=(some_deals(a_deal(start="2026-03-06")),))
    found = find(friday, "D15", now=now, is_known_release=is_known)
    assert [finding.severity for finding in found] == ([WARN] if is_short else [])


def test_updates_beyond_the_agreed_number_are_held_and_first_deliveries_and_takedowns_never() -> None:
    few = Terms(extra_updates_per_day=10)
    (finding,) = agreed(a_statement(), "D16", few, is_known_release=True, updates_today=11)
    assert (finding.severity, finding.got) == (HOLD, "update 11 of this day (UTC)")
    assert agreed(a_statement(), "D16", few, is_known_release=True, updates_today=10) == []
    assert agreed(a_statement(), "D16", few, is_known_release=False, updates_today=11) == []
    (takedown,) = agreed(NO_DEALS, "D16", few, is_known_release=True, updates_today=11)
    assert takedown.severity is WARN


def test_live_messages_of_a_provider_that_is_not_in_production_are_held() -> None:
    trial = Terms(is_in_production=False)
    assert [finding.severity for finding in agreed(a_statement(), "D19", trial)] == [HOLD]
    assert [finding.severity for finding in agreed(PURGE, "D19", trial)] == [HOLD]
    assert agreed(TEST, "D19", trial) == []
    assert agreed(a_statement(), "D19", changed(trial, effective_from=date(2026, 1, 16))) == []


def test_elements_that_were_not_read_are_told_by_name_and_those_of_the_standard_in_one_note() -> None:
    unread = (
        "/NewReleaseMessage/CueSheetList <CueSheetList/>",
        "/NewReleaseMessage/ReleaseList/Release[1]/Mood[2] <Mood>a b</Mood>",
        "/NewReleaseMessage/ReleaseList/Release[2]/Mood[1] <Mood>c</Mood>",
        "/NewReleaseMessage/ReleaseList/Release[1]/@Mood wistful",
        "7 more",
    )
    found = find(a_statement(unread=unread), "D1")
    assert [(finding.severity, finding.got.partition(",")[0]) for finding in found] == [
        (WARN, "element Mood"),
        (NOTE, "CueSheetList: kept and not acted on"),
    ]


def test_a_version_of_allowed_values_that_is_none_is_only_noted() -> None:
    odd = a_statement(format=changed(a_statement().format, avs_version="4.3"))
    (finding,) = find(odd, "D1")
    assert (finding.severity, finding.got) == (NOTE, "AvsVersionId '4.3'")
    assert find(a_statement(format=changed(a_statement().format, avs_version="9")), "D1") == []


def test_a_message_in_a_folder_named_as_a_package_is_read_and_its_sender_told() -> None:
    (finding,) = find(a_statement(), "D17", folder="4006381333931.ITMSP")
    assert finding.severity is WARN


def test_a_track_of_a_known_release_that_lost_its_deal_is_noted() -> None:
    kept = some_deals(a_deal(), on=("R1",))
    over = some_deals(a_deal(end="2026-01-10"), on=("R2",))
    for deals, got in (((kept,), "no deal for"), ((kept, over), "only deals that are over for")):
        (finding,) = find(a_statement(release_deals=deals), "P10", is_known_release=True)
        assert (finding.severity, finding.got) == (NOTE, f"{got} track release R2")
    assert find(a_statement(release_deals=(kept,)), "P10", is_known_release=None) == []
    assert find(NO_DEALS, "P10", is_known_release=True) == []
