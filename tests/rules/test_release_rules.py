"""Rules about the type, the length and the dates of a release: each with what it lets pass."""

from datetime import UTC, datetime
from typing import Any

import pytest

from antiphon.model.claims import Role, ScopedText
from antiphon.model.findings import Finding, Severity
from antiphon.model.releases import ResourceGroup, ResourcePlace
from antiphon.model.statement import Statement
from antiphon.rules import MomentForm, Policy, Terms, check_statement
from tests.builders import (
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
from tests.rules.checks import a_context, find

HOLD, WARN, NOTE = Severity.HOLD, Severity.WARN, Severity.NOTE
MINUTE_MS = 60_000


def typed(*values: str, **release: Any) -> Statement:
    return a_statement(releases=(a_release(2, types=some_roles(*values), **release),))


def of_length(kind: str, tracks: int, minutes: float | None, titles: tuple[str, ...] = ()) -> Statement:
    """Return a release of a type with so many tracks, all of them together so many minutes long."""
    each_ms = None if minutes is None else round(minutes * MINUTE_MS / tracks)
    named = {number: {"titles": (ScopedText(value=title),)} for number, title in enumerate(titles, 1)}
    recordings = tuple(a_recording(n, duration_ms=each_ms, **named.get(n, {})) for n in range(1, tracks + 1))
    return a_statement(
        resources=(*recordings, a_cover()), releases=(a_release(tracks, types=some_roles(kind)),), release_deals=()
    )


def numbered(*numbers: int, title: str = "Harbour Lights") -> Statement:
    """Return a release whose tracks have these numbers."""
    places = tuple(ResourcePlace(resource_reference=f"A{n % 2 + 1}", sequence=n, line=70) for n in numbers)
    release = a_release(2, group=ResourceGroup(places=places), titles=(ScopedText(value=title),))
    return a_statement(releases=(release,))


def dealt(**deal: Any) -> Statement:
    return a_statement(release_deals=(some_deals(a_deal(**deal)),))


def agreed(statement: Statement, rule: str, terms: Terms) -> list[Finding]:
    findings = check_statement(statement, a_context(), Policy(terms=(terms,)))
    return [finding for finding in findings if finding.rule == rule]


@pytest.mark.parametrize(
    ("statement", "severity", "got"),
    [
        (typed("LongPlayer"), HOLD, "'LongPlayer'"),
        (typed(), WARN, "no release type"),
        (typed("VideoSingle"), WARN, "'VideoSingle'"),
        (
            a_statement(releases=(a_release(2, types=(Role(value="UserDefined", user_value="Fanpack"),)),)),
            WARN,
            "'Fanpack'",
        ),
    ],
)
def test_a_type_that_is_none_or_not_of_audio_is_found(statement: Statement, severity: Severity, got: str) -> None:
    (finding,) = find(statement, "P1")
    assert finding.severity is severity
    assert got in finding.got


@pytest.mark.parametrize("kind", ["Album", "ClassicalAlbum", "EP", "Single", "SingleResourceRelease", "DjMix"])
def test_types_of_audio_pass(kind: str) -> None:
    assert find(typed(kind), "P1") == []


def test_a_release_without_recordings_is_asked_for_no_type_of_audio() -> None:
    assert (
        find(a_statement(resources=(a_cover(),), releases=(a_release(0, types=some_roles("VideoAlbum")),)), "P1") == []
    )


@pytest.mark.parametrize(
    ("kind", "tracks", "minutes", "expected"),
    [
        ("Album", 2, 6, "Single: "),
        ("Album", 5, 19, "EP: "),
        ("Single", 4, 12, "EP: "),
        ("Single", 7, 21, "Album: "),
        ("Single", 2, 31, "Album: "),
        ("EP", 2, 7, "Single: "),
        ("EP", 7, 25, "Album: "),
    ],
)
def test_a_type_that_does_not_fit_the_tracks_is_warned_of(kind: str, tracks: int, minutes: int, expected: str) -> None:
    (finding,) = find(of_length(kind, tracks, minutes), "P2")
    assert finding.severity is WARN
    assert finding.expected.startswith(expected)


@pytest.mark.parametrize(
    "statement",
    [
        of_length("Single", 3, 30),
        of_length("EP", 4, 12),
        of_length("EP", 6, 30),
        of_length("Album", 7, 20),
        of_length("Album", 2, 31),
        of_length("Single", 1, 74),
        of_length("ClassicalAlbum", 3, 20),
        of_length("Album", 3, None),
        of_length("Single", 4, 12, ("Undertow", "Undertow (Dub)", "Undertow - Live", "Undertow [Instrumental]")),
    ],
)
def test_a_type_that_fits_and_one_song_in_versions_pass(statement: Statement) -> None:
    assert find(statement, "P2") == []


@pytest.mark.parametrize(
    ("statement", "got"), [(numbered(1, 3), "no track 2 of 3"), (numbered(1, 2, 5), "no track 3, 4 of 5")]
)
def test_a_gap_in_the_track_numbers_is_warned_of(statement: Statement, got: str) -> None:
    (finding,) = find(statement, "P12")
    assert (finding.severity, finding.got) == (WARN, got)


@pytest.mark.parametrize(
    "statement",
    [
        numbered(1, 2),
        numbered(2, 1),
        numbered(0, 1, 3),
        numbered(13, 15),
        numbered(1, 2_000_000_000),
        numbered(1, 3, title="Harbour Lights (Excerpts)"),
        numbered(),
    ],
)
def test_numbers_without_a_gap_or_of_a_release_that_says_so_pass(statement: Statement) -> None:
    assert find(statement, "P12") == []


@pytest.mark.parametrize("start", ["2026-03-06T00:00:00Z", "2026-03-06T00:00:00+00:00", "2026-03-06T00:00:00.000Z"])
def test_midnight_by_universal_time_is_warned_of(start: str) -> None:
    (finding,) = find(dealt(start=start), "P5")
    assert (finding.severity, finding.got) == (WARN, start)
    assert finding.expected.startswith("2026-03-06,")


@pytest.mark.parametrize(
    "start", ["2026-03-06", "2026-03-06T00:00:00", "2026-03-06T17:00:00Z", "2026-03-06T00:00:00+01:00"]
)
def test_midnight_on_the_spot_and_other_instants_pass(start: str) -> None:
    assert find(dealt(start=start), "P5") == []


def test_a_time_is_told_once_however_many_deals_have_it() -> None:
    deal = a_deal(start="2026-03-06T00:00:00Z")
    assert len(find(a_statement(release_deals=(some_deals(deal, deal, deal),)), "P5")) == 1


@pytest.mark.parametrize(
    ("form", "start", "is_other"),
    [
        (MomentForm.LOCAL, "2026-03-06T17:00:00Z", True),
        (MomentForm.LOCAL, "2026-03-06", False),
        (MomentForm.INSTANT, "2026-03-06", True),
        (MomentForm.INSTANT, "2026-03-06T17:00:00Z", False),
        (MomentForm.ANY, "2026-03-06T17:00:00Z", False),
    ],
)
def test_times_have_the_form_that_was_agreed(form: MomentForm, start: str, *, is_other: bool) -> None:
    found = agreed(dealt(start=start), "P6", Terms(moment_form=form))
    assert [finding.severity for finding in found] == ([WARN] if is_other else [])


@pytest.mark.parametrize(
    ("original", "start", "is_late"),
    [
        ("2026-02-01", "2026-01-20", True),
        ("2026-01-20", "2026-01-20", False),
        ("2026", "2026-01-20", False),
        ("1979-05", "2026-01-20", False),
    ],
)
def test_the_original_date_is_not_after_the_first_deal(original: str, start: str, *, is_late: bool) -> None:
    release = a_release(2, release_date=None, original_release_date=a_moment(original))
    statement = changed(dealt(start=start), releases=(release,))
    found = find(statement, "P11")
    assert [finding.severity for finding in found] == ([WARN] if is_late else [])


@pytest.mark.parametrize(("day", "is_short"), [(2, True), (27, False)])
def test_a_new_release_less_than_a_week_ahead_is_noted(day: int, *, is_short: bool) -> None:
    now = datetime(2026, 3 if day == 2 else 2, day, 12, tzinfo=UTC)
    statement = dealt(start="2026-03-06")
    assert [finding.severity for finding in find(statement, "P13", now=now)] == ([NOTE] if is_short else [])
    assert find(statement, "P13", now=now, is_known_release=True) == []


def test_orders_ahead_of_a_release_are_not_its_start() -> None:
    orders = a_deal(start="2026-01-16", is_pre_order=True)
    statement = a_statement(release_deals=(some_deals(orders, a_deal(start="2026-03-06")),))
    assert find(statement, "P13") == []
