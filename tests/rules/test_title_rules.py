"""Rules about titles: what they find, and above all the good titles they leave alone."""

import re
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from antiphon.model.claims import Credit, Scope, ScopedText
from antiphon.model.findings import Finding, Severity
from antiphon.model.statement import Statement
from antiphon.rules import RULES
from antiphon.rules.title_anatomy import compared_title, names_version, version_kinds
from antiphon.rules.title_rules import _FORBIDDEN, _list_suspicions
from tests.builders import a_cover, a_recording, a_release, a_statement, a_track_release, changed
from tests.rules.checks import find

WARN, NOTE = Severity.WARN, Severity.NOTE


def text(value: str, version: str = "", language: str = "") -> tuple[ScopedText, ...]:
    return (ScopedText(value=value, subtitle=version, scope=Scope(language=language)),)


def a_track_titled(value: str, version: str = "", language: str = "en") -> Statement:
    """Return the good album with its second track titled so."""
    track = a_recording(2, titles=text(value, version), language=language)
    return a_statement(resources=(a_recording(1), track, a_cover()))


def a_release_titled(value: str, version: str = "") -> Statement:
    return a_statement(releases=(a_release(2, titles=text(value, version)), a_track_release(1), a_track_release(2)))


def an_album_titled(*titles: str) -> Statement:
    """Return an album with tracks of these titles, and the first of them for its own."""
    tracks = tuple(a_recording(number, titles=text(title)) for number, title in enumerate(titles, 1))
    releases = (a_release(len(titles), titles=text(titles[0])), *a_statement(len(titles)).releases[1:])
    return changed(a_statement(len(titles)), resources=(*tracks, a_cover()), releases=releases)


def title_findings(statement: Statement) -> list[Finding]:
    return [finding for finding in find(statement) if finding.rule.startswith("T")]


FOUND_ON_A_TRACK = [
    ("T1", "HARBOUR LIGHTS AGAIN", "", "in capitals"),
    ("T1", "harbour lights", "", "in lower case"),
    ("T1", "hArBoUr Light", "", "in random case"),
    ("T1", "Can you follow the Harbour", "", "with principal words in lower case"),
    ("T2", "Light At the Harbour", "", "'At'"),
    ("T2", "Salt And Smoke", "", "'And'"),
    ("T2", "One For a Sailor", "", "'For'"),
    ("T3", "Tides, Vol 2", "", "'Vol 2'"),
    ("T3", "Tides, volume 2", "", "'volume 2'"),
    ("T3", "Tides, Pt.2", "", "'Pt.2'"),
    ("T3", "Tides (Part Two)", "", "'Part Two'"),
    ("T3", "Tides", "Part II", "'Part II'"),
    ("T4", "Harbour (Radio Edit)", "", "'Radio Edit'"),
    ("T4", "Harbour - Live at the Pier", "", "'Live at the Pier'"),
    ("T4", "Harbour [2011 Remaster]", "", "'2011 Remaster'"),
    ("T4", "Harbour (Instrumental)", "", "'Instrumental'"),
    ("T5", "Harbour", "Original Mix", "'Original Mix'"),
    ("T5", "Harbour (Album Version)", "", "'Album Version'"),
    ("T6", "Harbour (feat. Ines Reed)", "", "'(feat. Ines Reed)'"),
    ("T6", "Harbour ft. Ines Reed", "", "'ft. Ines Reed'"),
    ("T6", "Harbour [Featuring Ines Reed]", "", "'[Featuring Ines Reed]'"),
    ("T6", "The Tidemarks - Harbour", "", "artist 'The Tidemarks'"),
    ("T6", "Harbour (with The Tidemarks)", "", "'(with The Tidemarks)'"),
    ("T9", "Track 01", "", "'Track 01'"),
    ("T9", "Untitled Track", "", "'Untitled Track'"),
    ("T9", "Piste 3", "", "'Piste 3'"),
    ("T9", "Instrumental", "", "'Instrumental'"),
    ("T11", "Harbour ★", "", "a decoration"),
    ("T13", "Harbour", "Explicit", "'Explicit'"),
    ("T13", "Harbour [Clean Version]", "", "'Clean Version'"),
    ("T13", "Sh*t Harbour", "", "'Sh*t'"),
    ("T13", "F**k the Harbour", "", "'F**k'"),
    ("T14", "Harbour / Hidden Track", "", "Hidden Track"),
    ("T14", "Harbour", "2019 Recording", "'2019 Recording'"),
]


@pytest.mark.parametrize(
    ("rule", "title", "version", "got"), FOUND_ON_A_TRACK, ids=[f"{r}-{t}" for r, t, _, _ in FOUND_ON_A_TRACK]
)
def test_a_title_is_found_and_its_delivery_goes_on(rule: str, title: str, version: str, got: str) -> None:
    found = [finding for finding in title_findings(a_track_titled(title, version)) if finding.rule == rule]
    assert len(found) == 1
    assert got in found[0].got
    assert not found[0].severity.stops


GOOD = [
    ("Harbour Light", "Radio Edit", "en"),
    ("HUMBLE.", "", "en"),
    ("MAYDAY", "", "en"),
    ("AC DC", "", "en"),
    ("R.E.M. in the USA", "", "en"),
    ("OK Computer Says No", "", "en"),
    ("What Are You Waiting For", "", "en"),
    ("Shake It Off", "", "en"),
    ("Come On Over", "", "en"),
    ("A Day (The Long Way Home)", "", "en"),
    ("Salt: The Return", "", "en"),
    ("Plan A Is Gone", "", "en"),
    ("The A Team", "", "en"),
    ("Rock 'n' Roll Harbour", "", "en"),
    ("The McCartney Sessions", "", "en"),
    ("iPhone Love", "", "en"),
    ("JoJoBa Nights", "", "en"),
    ('Op. 8 No. 1 in E Major, RV 269 "La Primavera": I. Allegro', "", "it"),
    ("Symphony No. 5 in C Minor, Op. 67", "", ""),
    ("MCMXCIX III", "", "la"),
    ("Bin ich dir nicht gut genug", "", "de"),
    ("Je ne regrette pas", "", "fr"),
    ("La vie en rose", "", "fr"),
    ("Mañana será otro día", "", "es"),
    ("夢のララバイ", "", "ja"),
    ("恋☆カナ", "", "ja"),
    ("Yume no Lullaby", "", "ja"),
    ("사랑 (Love)", "", "ko"),
    ("Весна идёт", "", "ru"),
    ("ნაპირი", "", "ka"),
    ("نور الميناء", "", "ar"),
    ("אור הנמל", "", "he"),
    ("किनारा", "", "hi"),
    ("7", "", "en"),
    ("x", "", "en"),
    ("???", "", ""),
    ("Vol. 4", "", "en"),
    ("Tides, Pt. 2", "", "en"),
    ("Volume Up", "", "en"),
    ("The Part I Hate", "", "en"),
    ("Part of Me", "", "en"),
    ("Partly Cloudy 2 Go", "", "en"),
    ("Live and Let Go", "", "en"),
    ("Forever (Live Forever)", "", "en"),
    ("Mix It Up (Walk Through Fire)", "", "en"),
    ("Edit Me", "", "en"),
    ("Nothing (Is Impossible)", "", "en"),
    ("6 ft. Under", "", "en"),
    ("With or Without You", "", "en"),
    ("Harbour (With You)", "", "en"),
    ("Song 2", "Live", "en"),
    ("Tracks of My Tears", "", "en"),
    ("Title of the Song", "", "en"),
    ("M*A*S*H", "", "en"),
    ("*Wish", "", "en"),
    ("Explicit Lyrics of Love", "", "en"),
    ("Clean", "", "en"),
    ("Original Sin", "", "en"),
    ("Hidden", "", "en"),
    ("Meet Me @ 3 AM", "", "en"),
    ("Single Ladies of the Harbour", "", "en"),
]


@pytest.mark.parametrize(("title", "version", "language"), GOOD, ids=lambda value: value)
def test_a_good_title_is_left_alone(title: str, version: str, language: str) -> None:
    assert title_findings(a_track_titled(title, version, language)) == []


def test_a_small_word_that_may_belong_to_its_verb_is_only_noted() -> None:
    severities = [title_findings(a_track_titled(title))[0].severity for title in ("You Belong With Me", "Salt And I")]
    assert severities == [NOTE, WARN]


def test_no_rule_about_titles_judges_english_by_the_language_of_the_message() -> None:
    assert title_findings(a_track_titled("Frei sein And Gehen wollen", language="")) == []


def test_one_style_throughout_is_the_artists_and_noted_once() -> None:
    (finding,) = title_findings(an_album_titled("when it is over", "all my friends", "bury them deep"))
    assert (finding.rule, finding.severity) == ("T1", NOTE)
    assert "all 4 titles in lower case" in finding.got


@pytest.mark.parametrize("title", ["Harbour - Single", "Harbour (EP)", "Harbour [Single]", "Harbour - EP"])
def test_a_release_that_says_its_type_is_told(title: str) -> None:
    (finding,) = title_findings(a_release_titled(title))
    assert (finding.rule, finding.severity) == ("T12", WARN)


def test_an_ep_that_is_called_one_is_only_noted_and_its_tracks_may_be_called_what_they_like() -> None:
    (finding,) = title_findings(a_release_titled("The Harbour EP"))
    assert (finding.rule, finding.severity) == ("T12", NOTE)
    assert title_findings(a_track_titled("Last EP")) == []


def test_a_live_release_is_told_once_unless_one_of_its_tracks_is_live() -> None:
    live = a_release_titled("Harbour", "Live in Lisbon")
    (finding,) = title_findings(live)
    assert (finding.rule, finding.severity) == ("T14", WARN)
    tracks = (a_recording(1, titles=text("Harbour Light", "Live")), a_recording(2), a_cover())
    assert title_findings(changed(live, resources=tracks)) == []


def a_single(**of_track: Any) -> Statement:
    statement = a_statement(1, resources=(a_recording(1, **of_track), a_cover()))
    return changed(statement, releases=(a_release(1, titles=text("Harbour", "Remix")), *statement.releases[1:]))


@pytest.mark.parametrize(
    ("track", "got"),
    [
        ({"titles": text("Harbour")}, "track 'Harbour'"),
        ({"titles": text("Harbor", "Remix")}, "track 'Harbor (Remix)'"),
        ({"titles": text("Harbour", "Remix"), "display_artists": (Credit(name="Ines Reed"),)}, "'Ines Reed'"),
    ],
    ids=["version", "title", "artist"],
)
def test_a_single_and_its_track_differ_in_nothing(track: dict[str, Any], got: str) -> None:
    (finding,) = find(a_single(**track), "T7")
    assert got in finding.got
    assert find(a_single(titles=text("HARBOUR [Remix]")), "T7") == []


def test_a_version_that_another_title_of_the_track_has_in_its_field_is_not_missed() -> None:
    titles = (*text("Harbour (Radio Edit)"), ScopedText(value="Harbour", subtitle="Radio Edit", kind="FormalTitle"))
    track = a_recording(2, titles=titles)
    assert title_findings(a_statement(resources=(a_recording(1), track, a_cover()))) == []


def test_every_rule_about_titles_may_be_switched_off_but_the_platforms_own() -> None:
    rules = {rule.id: rule for rule in RULES if rule.id.startswith("T")}
    assert set(rules) == {f"T{number}" for number in range(1, 15)}
    assert [i for i, rule in rules.items() if not rule.confidence.may_be_switched_off] == ["T6"]
    assert {i for i, rule in rules.items() if rule.severity.stops} == {"T8", "T10", "T11"}


@pytest.mark.parametrize(
    "hostile",
    ["(" * 100_000, " - " * 100_000, "a*" * 100_000, "(feat. " * 50_000, "Vol. " * 100_000, "aA" * 100_000],
    ids=lambda value: value[:8],
)
def test_a_title_made_to_be_slow_is_read_in_no_time(hostile: str) -> None:
    statement = a_track_titled(hostile)
    started = time.process_time()
    find(statement)
    assert time.process_time() - started < 1


def test_titles_are_compared_without_what_does_not_matter() -> None:
    assert compared_title("Ｈârbour Light! (Live)") == compared_title("harbour light")
    assert compared_title("(Live)") == "live"
    assert version_kinds("Harbour (Live) [Re-Mix]") == {"live", "remix"}
    assert names_version("Kael Torres Remix")
    assert names_version("Remix by Kael Torres")
    assert not names_version("Walk Through Fire")


def read_store_titles(folder: Path) -> list[str]:
    """Return the song titles of the first of two stores, put together again from the words they are kept as."""
    texts = ((folder / f"itunes-amazon-{name}.txt").read_text(encoding="utf-8") for name in ("train", "valid"))
    rows = (row for text in texts for row in text.splitlines())
    kept = {found[1] for row in rows if (found := re.match(r"COL Song_Name VAL (.+?) COL Artist_Name", row))}
    joined = (re.sub(r"\s+(?=[.,:;!?)\]%]|n?'\w)|(?<=[(\[$#])\s+", "", title) for title in kept)
    return sorted(title.strip() for title in joined)


def test_on_the_titles_of_a_well_kept_store_hardly_any_style_is_doubted(shared: Path) -> None:
    titles = read_store_titles(shared / "samples" / "matching")
    assert len(titles) > 200
    found = [(finding.rule, finding.severity) for title in titles for finding in title_findings(a_track_titled(title))]
    assert not [rule for rule, severity in found if severity.stops]
    styled = [rule for rule, severity in found if severity is WARN and rule in {"T1", "T2", "T3", "T9", "T11", "T13"}]
    assert len(styled) <= len(titles) // 50, Counter(styled)


TITLE_PARTS = """\
http
://
www.
x.com
ab.co.uk
@
ab
$
1
12
.99
USD
eur
(
[
]
)
HD
hq
Hi-Res
Lossless
320kbps
Spotify
iTunes
Apple Music
amazon music
YOUTUBE
Deezer
Bandcamp
SoundCloud
\N{BLACK STAR}
"""


def test_no_clue_is_missed_for_a_thing_that_a_title_may_not_hold() -> None:
    print("seed 7")
    chosen = Random(7)
    for _ in range(5_000):
        title = "".join(chosen.choices([*TITLE_PARTS.splitlines(), " "], k=chosen.randint(1, 7)))
        held = {kind for kind, pattern in _FORBIDDEN.items() if pattern.search(title)}
        assert held <= set(_list_suspicions(title)), title
