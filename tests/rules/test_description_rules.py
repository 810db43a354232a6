"""The rules about what listeners are told: warnings, languages, genres, rights lines, songs of others, AI."""

from typing import Any

import pytest

from antiphon.model.claims import Advisory, CopyrightLine, Credit, Genre, Role, Scope, ScopedText
from antiphon.model.findings import Severity
from antiphon.model.statement import MessageFormat, Statement
from antiphon.rules.genres import GENRES, find_genre, suggest_genres
from tests.builders import (
    CONTRIBUTORS,
    a_cover,
    a_moment,
    a_recording,
    a_release,
    a_statement,
    a_track_release,
    changed,
    some_roles,
)
from tests.rules.checks import find

HOLD, WARN, NOTE = Severity.HOLD, Severity.WARN, Severity.NOTE
KARAOKE: dict[str, Any] = {"genres": (Genre(text="Karaoke"),)}
EXPLICIT: dict[str, Any] = {"advisories": some_roles("Explicit")}
COMPOSER = Credit(name="Aino Lehtola", roles=some_roles("Composer"))


def first(title: str = "Harbour Light", version: str = "", **changes: Any) -> Statement:
    """Return the good statement with its first track changed."""
    recording = a_recording(1, titles=(ScopedText(value=title, subtitle=version),), **changes)
    return a_statement(resources=(recording, a_recording(2), a_cover()))


def release(title: str = "Harbour Lights", **changes: Any) -> Statement:
    """Return the good statement with its main release changed."""
    main = a_release(2, titles=(ScopedText(value=title),), **changes)
    return a_statement(releases=(main, a_track_release(1), a_track_release(2)))


def explicit(**changes: Any) -> Statement:
    """Return the good statement with an explicit first track, and a release that says so."""
    return changed(first(**{**EXPLICIT, **changes}), releases=release(**EXPLICIT).releases)


def warned_by_territory() -> Statement:
    """Return a statement whose first track is explicit in the United States only."""
    scopes = (
        Advisory(role=Role(value="Explicit"), scope=Scope(territories=("US",))),
        Advisory(role=Role(value="NotExplicit"), scope=Scope(excluded=("US",))),
    )
    return explicit(advisories=some_roles("Explicit", "NotExplicit"), advisory_scopes=scopes)


def owned(text: str) -> tuple[CopyrightLine, ...]:
    return (CopyrightLine(text=text, year=2026),)


def artist(name: str) -> dict[str, Any]:
    return {"display_artists": (Credit(name=name, roles=some_roles("MainArtist")),), "display_artist_names": ()}


def of_genre(text: str) -> Statement:
    """Return the good statement with the genre of its first track said where ERN 4 says it."""
    tracks = (a_track_release(1, genres=(Genre(text=text),)), a_track_release(2))
    return a_statement(releases=(a_release(2), *tracks))


def untold() -> Statement:
    """Return the good statement in a message that names no language."""
    return a_statement(format=MessageFormat(name="ern", version="3.8.2"))


BREACHES: list[tuple[str, Severity, Statement, str]] = [
    ("L1", HOLD, explicit(version="Clean"), "Explicit on 'Harbour Light (Clean)'"),
    ("L1", HOLD, first(version="Explicit Version"), "NotExplicit on 'Harbour Light (Explicit Version)'"),
    ("L1", WARN, first(advisories=()), "no ParentalWarningType on A1 'Harbour Light'"),
    ("L1", WARN, first(advisories=some_roles("Yes")), "ParentalWarningType 'Yes' on A1"),
    ("L1", NOTE, first(advisories=some_roles("NoAdviceAvailable")), "NoAdviceAvailable on A1"),
    ("L1", WARN, first(**EXPLICIT), "NotExplicit on R0, Explicit on A1"),
    ("L1", WARN, release(**EXPLICIT), "Explicit on R0, and no track is"),
    ("L1", WARN, explicit(advisories=some_roles("Explicit", "NotExplicit")), "Explicit and NotExplicit on A1"),
    ("L2", WARN, first(language=""), "no language on A1"),
    ("L2", WARN, first(language="English!"), "language 'English!' on A1"),
    ("L2", WARN, first(version="Instrumental Mix"), "language 'en' on 'Harbour Light (Instrumental Mix)'"),
    (
        "L2",
        NOTE,
        first(
            language="zxx", contributors=(COMPOSER, Credit(name="Vera", roles=some_roles("LeadVocalist", "Producer")))
        ),
        "a vocalist and no words on A1",
    ),
    ("L2", NOTE, untold(), "no language of any title"),
    ("L3", WARN, release(genres=(Genre(text="Folktronica"),)), "genre 'Folktronica'"),
    ("L3", WARN, first(version="Karaoke Version"), "a title that says karaoke"),
    ("L3", NOTE, release(genres=(Genre(text="Soundtrack"),)), "genre 'Soundtrack', and no title says of what"),
    ("L4", WARN, release(c_lines=()), "no C line on R0"),
    ("L5", HOLD, first(**KARAOKE), "genre Karaoke and no such version on A1"),
    ("L5", HOLD, of_genre("Karaoke"), "genre Karaoke and no such version on A1"),
    ("L3", WARN, of_genre("Folktronica"), "genre 'Folktronica'"),
    ("L5", HOLD, first("Fjord (Originally Performed by Vera Solvang)"), "'Originally Performed by Vera Solvang'"),
    ("L5", HOLD, first("A Tribute to Vera Solvang", **artist("Vera Solvang")), "'Vera Solvang' among the artists"),
    ("L6", WARN, release("Vera Solvang Karaoke"), "begins with 'Vera Solvang'"),
    ("L6", WARN, release("Vera Solvang: A Tribute"), "begins with 'Vera Solvang'"),
    ("L6", WARN, first(version="Cover", contributors=CONTRIBUTORS[1:]), "no writer on A1"),
    ("L7", HOLD, first("Fjord (In the Style of Vera Solvang)"), "In the Style of Vera Solvang"),
    ("L7", HOLD, first("Fjord - As Made Famous by Vera Solvang"), "As Made Famous by Vera Solvang"),
    ("L7", HOLD, first(p_lines=owned("(P) 2026 Public Domain")), "Public Domain"),
    ("L7", NOTE, release(original_release_date=a_moment("1948-05")), "1948-05"),
    ("L8", NOTE, first(ai_use="Partly"), "made partly by generative AI: A1 'Harbour Light'"),
    ("L8", NOTE, first(ai_use="All"), "made by generative AI: A1"),
    (
        "L8",
        NOTE,
        first(contributors=(CONTRIBUTORS[0], changed(CONTRIBUTORS[1], ai_contribution="All"))),
        "made partly by generative AI: A1 'Harbour Light' (Pianist, Producer)",
    ),
    ("L8", NOTE, release(ai_use="All"), "made by generative AI: R0"),
    (
        "L8",
        WARN,
        first(ai_use="None", contributors=(CONTRIBUTORS[0], changed(CONTRIBUTORS[1], ai_contribution="Partly"))),
        "ContainsAI None on A1 (Pianist, Producer)",
    ),
    ("L8", WARN, first(**artist("Suno")), "credits that name an AI on A1"),
    ("L8", WARN, first(contributors=(*CONTRIBUTORS, Credit(name="", special="GenerativeAI"))), "name an AI on A1"),
]


@pytest.mark.parametrize(("rule", "severity", "statement", "got"), BREACHES, ids=[f"{b[0]}-{b[3]}" for b in BREACHES])
def test_a_breach_is_found_once_and_weighs_what_it_should(
    rule: str, severity: Severity, statement: Statement, got: str
) -> None:
    (finding,) = find(statement, rule)
    assert finding.severity is severity
    assert got in finding.got


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("L1", first(version="Clean", advisories=some_roles("ExplicitContentEdited"))),
        ("L1", explicit()),
        ("L1", warned_by_territory()),
        ("L1", first("Clean")),
        ("L1", first("Explicit Memory")),
        ("L2", first(version="Instrumental", language="zxx", contributors=(COMPOSER, CONTRIBUTORS[1]))),
        ("L2", first("Instrumental for Two")),
        ("L2", first(language="nl-BE")),
        ("L3", release(genres=(Genre(text="hip-hop", sub_genre="Boom Bap"),))),
        ("L3", release("Fjord: Original Motion Picture Soundtrack", genres=(Genre(text="soundtrack"),))),
        ("L3", release(genres=())),
        ("L5", first(version="Karaoke Version Originally Performed by Vera Solvang", **KARAOKE)),
        ("L5", first("A Tribute to Vera Solvang")),
        ("L6", release("Covers")),
        ("L6", release("The Covers Record")),
        ("L6", release("The Tidemarks: A Tribute")),
        ("L6", release("Fjord: A Tribute to Vera Solvang")),
        ("L6", release("A Tribute to Vera Solvang")),
        ("L7", first(version="Karaoke Version in the Style of Vera Solvang", **KARAOKE)),
        ("L7", first("In Another Style")),
        ("L7", first("In the Style of Now")),
        ("L7", first("Made Popular by Demand")),
        ("L3", first("Karaoke Queen")),
        ("L6", release("Nevermind the Covers")),
        ("L6", release("Kettle Song - Karaoke Version")),
        ("L6", release("On the Cover of Night")),
        ("L7", release(original_release_date=a_moment("1998-05"))),
        ("L8", first(ai_use="None")),
        ("L8", first(**artist("Aino Suno"))),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_near_a_breach_and_right_is_not_reported(rule: str, statement: Statement) -> None:
    assert find(statement, rule) == []


def test_a_genre_is_known_in_the_spellings_of_senders_and_others_get_a_suggestion() -> None:
    spellings = ["HIP-HOP", "R&B", "RnB", "Hip Hop/Rap", "Drum & Bass", "Christian & Gospel", "Children’s Music"]
    assert [text for text in spellings if not find_genre(text)] == []
    assert [find_genre(text) for text in ("Pop/Rock", "Alternative & Indie", "Holiday Music")] == [
        "Pop",
        "Alternative",
        "Holiday",
    ]
    assert find_genre("Folktronica") == ""
    assert suggest_genres("Folktronica") == ("Folk",)
    assert suggest_genres("Electornic") == ("Electronic",)
    assert suggest_genres("zzz") == ()


def test_the_list_of_genres_has_each_once() -> None:
    assert len({find_genre(name) for name in GENRES}) == len(GENRES)
    assert all(find_genre(name) == name for name in GENRES)


def test_what_the_sender_should_do_names_what_it_should_write() -> None:
    (genre,) = find(release(genres=(Genre(text="Folktronica"),)), "L3")
    assert genre.fix == "write 'Folk' as GenreText, and put 'Folktronica' into SubGenre"
    (tribute,) = find(release("Vera Solvang Karaoke"), "L6")
    assert 'as in "A Tribute to Vera Solvang"' in tribute.fix
