"""Rules of the release profiles: what they ask for, and of which messages."""

from typing import Any

import pytest

from antiphon.model.claims import Credit, Role, Scope
from antiphon.model.findings import Severity
from antiphon.model.statement import MessageFormat, Statement
from tests.builders import a_cover, a_recording, a_release, a_statement, a_track_release, changed
from tests.rules.checks import find

WARN, NOTE = Severity.WARN, Severity.NOTE
ONE_TRACK_RELEASE = a_statement(releases=(a_release(2), a_track_release(1)))
REMIXER = Role(value="UserDefined", user_value="Tape loops", namespace="PADPIDA2014120301Q")


def of(version: str, profile: str = "") -> Statement:
    return changed(ONE_TRACK_RELEASE, format=MessageFormat(name="ern", version=version, profile=profile))


def with_first(**changes: Any) -> Statement:
    return a_statement(resources=(a_recording(1, **changes), a_recording(2), a_cover()))


def by(*artists: Credit) -> Statement:
    return with_first(display_artists=artists)


def an_artist(sequence: int | None, *territories: str, kind: str = "") -> Credit:
    return Credit(name=f"Artist {sequence}", sequence=sequence, scope=Scope(territories=territories), kind=kind)


@pytest.mark.parametrize("message", [of("4.1"), of("4.3.2", "Audio"), of("4.3", "Audio/Classical")])
def test_a_track_without_a_track_release_is_warned_of(message: Statement) -> None:
    (finding,) = find(message, "M11")
    assert (finding.severity, finding.got) == (WARN, "no track release of A2")


@pytest.mark.parametrize(
    "message", [of("3.8.2"), of("4.3", "SimpleAudioSingle"), of("4.2", "DjMix"), of("4.3", "Ringtone"), of("")]
)
def test_versions_and_profiles_without_track_releases_are_not_asked_for_any(message: Statement) -> None:
    assert find(message, "M11") == []


@pytest.mark.parametrize(
    ("role", "severity"),
    [
        (Role(value="UserDefined"), WARN),
        (changed(REMIXER, user_value=""), WARN),
        (changed(REMIXER, namespace=""), NOTE),
    ],
)
def test_a_user_defined_role_without_its_value_or_namespace_is_found(role: Role, severity: Severity) -> None:
    (finding,) = find(with_first(contributors=(Credit(name="Aino Lehtola", roles=(role,)),)), "M12")
    assert finding.severity is severity


def test_a_user_defined_role_that_is_explained_passes() -> None:
    assert find(with_first(contributors=(Credit(name="Aino Lehtola", roles=(REMIXER,)),)), "M12") == []


def test_a_release_without_any_date_is_warned_of() -> None:
    undated = a_release(2, release_date=None, original_release_date=None)
    (finding,) = find(a_statement(releases=(undated,)), "M13")
    assert finding.severity is WARN


@pytest.mark.parametrize(
    ("message", "is_found"),
    [
        (by(an_artist(None), an_artist(2)), True),
        (by(an_artist(1), an_artist(1)), True),
        (by(an_artist(1), an_artist(2)), False),
        (by(an_artist(None)), False),
        (by(an_artist(1), an_artist(1, "JP")), False),
        (by(an_artist(1), an_artist(None, kind="DisplayComposer")), False),
    ],
)
def test_several_display_artists_of_one_territory_are_numbered(message: Statement, *, is_found: bool) -> None:
    assert [finding.severity for finding in find(message, "M14")] == ([WARN] if is_found else [])
