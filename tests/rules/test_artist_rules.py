"""The rules about artists and their names: what breaks them, and the real acts that do not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antiphon.model.claims import Credit, DeliveredId, IdScheme, Role, ScopedText
from antiphon.model.findings import Severity
from antiphon.model.knowledge import KnownArtist
from antiphon.model.statement import MessageHeader, MessageParty, Statement
from antiphon.rules.examples.catalogue import ExampleCatalogue
from antiphon.rules.names import SURPLUS, find_surplus, is_search_phrase
from tests.builders import (
    CONTRIBUTORS,
    a_cover,
    a_recording,
    a_release,
    a_statement,
    a_track_release,
    changed,
    some_roles,
)
from tests.rules.checks import find

HOLD, WARN = Severity.HOLD, Severity.WARN
ISNI = (DeliveredId(scheme=IdScheme.ISNI, text="0000000526041713"),)
OWN_ID = (DeliveredId(scheme=IdScheme.PROPRIETARY, text="artist-7", namespace="PADPIDA2014120301Q"),)


def credit(name: str, role: str = "MainArtist", **changes: Any) -> Credit:
    return changed(Credit(name=name, roles=some_roles(role), line=12), **changes)


def by(*artists: Credit, **changes: Any) -> Statement:
    """Return the good statement with its first track by these artists, and nothing said in a display line."""
    recording = a_recording(1, display_artists=artists, display_artist_names=(), **changes)
    return a_statement(resources=(recording, a_recording(2), a_cover()))


def released_by(*artists: Credit, tracks: int = 2, **changes: Any) -> Statement:
    """Return a statement with its release by these artists."""
    release = a_release(tracks, display_artists=artists, display_artist_names=(), **changes)
    return a_statement(tracks, releases=(release, *(a_track_release(number) for number in range(1, tracks + 1))))


def shown_as(line: str) -> Statement:
    """Return a statement whose first track has a display line and no artist."""
    recording = a_recording(1, display_artists=(), display_artist_names=(ScopedText(value=line),))
    return a_statement(resources=(recording, a_recording(2), a_cover()))


def written_by(*names: str) -> Statement:
    """Return a statement whose first track these people composed."""
    composers = tuple(credit(name, "ComposerLyricist") for name in names)
    return a_statement(
        resources=(a_recording(1, contributors=(*composers, CONTRIBUTORS[1])), a_recording(2), a_cover())
    )


def sent_by(name: str, *artists: Credit) -> Statement:
    header = changed(a_statement().header, sender=MessageParty(dpid="PADPIDA2014120301Q", name=name))
    return changed(by(*artists), header=header)


WITH = Role(value="UserDefined", user_value="With", namespace="PADPIDA2014120301Q")

BREACHES: list[tuple[str, Severity, Statement, str]] = [
    ("R1", HOLD, by(credit("Vera Solvang feat. Ines Reed")), "feat."),
    ("R1", HOLD, by(credit("Vera Solvang (ft. Ines Reed)")), "ft."),
    ("R1", HOLD, by(credit("Vera Solvang & Ines Reed"), credit("Vera Solvang"), credit("Ines Reed")), "& Ines"),
    ("R1", WARN, by(credit("Vera Solvang & Marta Brandt"), credit("Vera Solvang")), "Marta"),
    (
        "R1",
        WARN,
        by(credit("Vera Solvang & Ines Reed", ids=OWN_ID), credit("Vera Solvang"), credit("Ines Reed")),
        "& Ines",
    ),
    ("R1", WARN, by(credit("Northway vs. Kettle")), "vs."),
    ("R1", WARN, by(credit("Northway; Kettle")), ";"),
    ("R1", WARN, by(credit("Vera Solvang, Ines Reed, Tom Hale")), "Tom Hale"),
    ("R1", WARN, shown_as("Vera Solvang featuring Ines Reed"), "featuring"),
    ("R2", HOLD, by(credit("Vera Solvang (Producer)")), "'(Producer)' in the name"),
    ("R2", HOLD, by(credit("Vera Solvang - Drums")), "'- Drums' in the name"),
    ("R2", HOLD, by(credit("Produced by Vera Solvang")), "'Produced by' in the name"),
    ("R2", HOLD, by(credit("Vera Solvang (1971-2019)")), "'(1971-2019)' in the name"),
    ("R2", HOLD, by(credit("verasolvang.com")), "'verasolvang.com' in the name"),
    ("R2", HOLD, by(credit("Vera @verasings")), "'@verasings' in the name"),
    ("R2", HOLD, by(credit("Vera Solvang aka Northway")), "'aka' in the name"),
    ("R2", HOLD, by(credit("Vera Solvang (ex-Kettle)")), "'(ex-Kettle)' in the name"),
    ("R2", WARN, written_by("Johann Kettle (1685-1750)"), "'(1685-1750)' in the name"),
    ("R3", WARN, released_by(*(credit(f"Artist {letter}") for letter in "ABCD")), "4 main artists"),
    ("R4", WARN, released_by(credit("Various Artists"), credit("Vera Solvang")), "beside 'Vera Solvang'"),
    ("R4", WARN, released_by(credit("V/A")), "'V/A'"),
    ("R4", HOLD, by(credit("", special="VariousArtists")), "VariousArtists"),
    ("R5", HOLD, by(credit("Top 40 Hits")), "Top 40 Hits"),
    ("R5", HOLD, by(credit("N/A")), "N/A"),
    ("R5", HOLD, by(credit("Unknown Artist")), "Unknown"),
    ("R5", WARN, by(credit("Yoga")), "Yoga"),
    ("R6", WARN, by(credit("Vera Solvang and Friends")), "and Friends"),
    ("R6", WARN, sent_by("Kettle Records", credit("Kettle Records")), "the label or the sender"),
    ("R6", WARN, by(credit("Nils Kettle"), credit("Nils Kettle & the Rain")), "'Nils Kettle' beside"),
    (
        "R8",
        HOLD,
        by(credit("Vera", "FeaturedArtist"), credit("Vera", roles=(WITH,)), credit("Ines")),
        "FeaturedArtist and as With",
    ),
    ("R8", WARN, by(credit("Vera"), credit("Vera", "FeaturedArtist")), "FeaturedArtist and as MainArtist"),
]


@pytest.mark.parametrize(("rule", "severity", "statement", "got"), BREACHES, ids=[f"{b[0]}-{b[3]}" for b in BREACHES])
def test_a_breach_is_found_once_and_weighs_what_it_should(
    rule: str, severity: Severity, statement: Statement, got: str
) -> None:
    (finding,) = find(statement, rule)
    assert (finding.severity, finding.place.line > 0) == (severity, True)
    assert got in finding.got


def test_a_name_that_stands_on_every_track_is_told_once_with_how_often() -> None:
    joined = credit("Vera Solvang feat. Ines Reed")
    recordings = tuple(a_recording(n, display_artists=(joined,), display_artist_names=()) for n in range(1, 13))
    statement = changed(a_statement(12), resources=(*recordings, a_cover()))
    (finding,) = find(statement, "R1")
    assert finding.got.endswith("(12 times)")
    assert finding.fix == "credit 'Vera Solvang' as MainArtist and 'Ines Reed' as FeaturedArtist, each on its own"


@pytest.mark.parametrize(
    "name",
    [
        "Earth, Wind & Fire",
        "Emerson, Lake & Palmer",
        "Crosby, Stills, Nash & Young",
        "Simon & Garfunkel",
        "Tyler, The Creator",
        "Nick Cave & The Bad Seeds",
        "AC/DC",
        "Chloe x Halle",
        "Medeski Martin & Wood",
        "Hootie and the Blowfish",
        "Jonny and the Føøbars",
        "The Good, the Bad & the Queen",
        "Ft. Worth Symphony",
        "The 1975",
        "Sum 41",
        "will.i.am",
        "Monkey Claw (UK)",
        "Ex Hex",
        "Producers",
        "Bass Drum of Death",
        "Roxy Music",
        "Sleep",
        "Deep Purple",
        "Summer Salt",
        "Unknown Mortal Orchestra",
        "Aka Moon",
        "Friends of Dean Martinez",
        "Friends",
        "The Beatles",
        "しゅうさえこ",
        "Ensemble 1685",
        "Voices of Ascension Chorus & Orchestra",
    ],
)
def test_the_name_of_a_real_act_is_no_breach(name: str) -> None:
    assert [f for f in find(by(credit(name))) if f.rule in ("R1", "R2", "R5", "R6", "R8")] == []


def test_a_duo_that_writes_its_songs_is_doubted_and_one_with_an_isni_is_not() -> None:
    writers = tuple(credit(name, "ComposerLyricist") for name in ("Dara Hollis", "Jon Oakes"))
    duo = credit("Dara Hollis & Jon Oakes")
    (finding,) = find(by(duo, contributors=(*writers, CONTRIBUTORS[1])), "R1")
    assert finding.severity is WARN
    assert find(by(changed(duo, ids=ISNI), contributors=(*writers, CONTRIBUTORS[1])), "R1") == []


def test_a_single_names_all_its_artists() -> None:
    four = tuple(credit(f"Artist {letter}") for letter in "ABCD")
    assert find(released_by(*four, tracks=1), "R3") == []
    featured = (*four[:3], credit("Artist D", "FeaturedArtist"))
    assert find(released_by(*featured), "R3") == []


def test_an_artist_may_have_a_label_of_its_own_name() -> None:
    labels = (ScopedText(value="Vera Solvang"),)
    assert find(released_by(credit("Vera Solvang"), labels=labels), "R6") == []


def test_words_that_people_search_for_make_no_name_and_one_other_word_does() -> None:
    refused = ["Christmas Hits", "Sleep Music", "Top Hits", "Rain Sounds for Deep Sleep", "Baby Sleep Lullabies"]
    assert [name for name in refused if not is_search_phrase(name)] == []
    assert [name for name in ("Hits", "Christmas", "Rain Dogs", "The Piano Guys", "") if is_search_phrase(name)] == []


SURPLUS_PIECES = (
    *("Vera", " ", "(", ")", "[", "]", "-", "–", " - ", "Drums", "Producer", "by", "Produced by ", "composer:"),
    *("aka", " a.k.a. ", "A.K.A", "known as", "KNOWN", "@vera", ".com", "www.", "https://"),
    *("1971", "2019", "born ", "ex-", "of the "),
)


@given(st.lists(st.sampled_from(SURPLUS_PIECES), max_size=8).map("".join))
def test_no_name_is_let_off_at_first_sight_that_holds_more(name: str) -> None:
    found = [(kind, match[0].strip()) for kind, pattern in SURPLUS.items() if (match := pattern.search(name))]
    assert find_surplus(name) == (found[0] if found else None)


def known(name: str, **changes: Any) -> dict[str, Any]:
    """Return a context whose catalogue knows the band of the good statement as an artist of twelve albums."""
    artist = KnownArtist(artist_id="a" * 22, name=name, matched_by="isni", is_own=True, album_count=12)
    return {"knowledge": ExampleCatalogue(artists={"The Tidemarks": (changed(artist, **changes),)})}


@pytest.mark.parametrize(
    ("rule", "severity", "context", "got"),
    [
        ("R11", WARN, known("Tidemarks"), "whose ISNI belongs to 'Tidemarks'"),
        ("R11", HOLD, known("Vera Solvang"), "whose ISNI belongs to 'Vera Solvang'"),
        ("R11", WARN, known("THE TIDEMARKS", matched_by="name"), "'THE TIDEMARKS' in your earlier deliveries"),
        ("R12", HOLD, known("The Tidemarks", is_own=False), "whose ISNI is that of 'The Tidemarks' (12 albums"),
        ("R12", WARN, known("The Tidemarks", is_own=False, album_count=9), "(9 albums, none of yours)"),
        ("R12", WARN, known("The Tidemarks", is_own=False, matched_by="name"), "whose name is that of"),
    ],
)
def test_an_artist_the_catalogue_knows_is_compared(
    rule: str, severity: Severity, context: dict[str, Any], got: str
) -> None:
    (finding,) = find(a_statement(), rule, **context)
    assert finding.severity is severity
    assert got in finding.got


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, HOLD),
        ({"name": "TIDEMARKS"}, HOLD),
        ({"album_count": 9}, WARN),
        ({"name": "Vera"}, None),
        ({"is_own": True}, None),
    ],
)
def test_whose_recording_a_track_may_be_is_confirmed_like_whose_id_it_has(
    changes: dict[str, Any], severity: Severity | None
) -> None:
    artist = KnownArtist(artist_id="a" * 22, name="The Tidemarks", matched_by="recording", is_own=False, album_count=12)
    catalogue = ExampleCatalogue(credited=(changed(artist, **changes),))
    found = find(a_statement(), "R12", knowledge=catalogue)
    assert [finding.severity for finding in found] == ([severity] if severity else [])
    assert all("with a recording of" in finding.got for finding in found)
    own = KnownArtist(artist_id="b" * 22, name="The Tidemarks", matched_by="name", is_own=True)
    known_here = ExampleCatalogue(artists={"The Tidemarks": (own,)}, credited=(artist,))
    assert find(a_statement(), "R12", knowledge=known_here) == []


def test_an_id_of_others_is_told_also_to_a_provider_with_an_artist_of_that_name() -> None:
    own = KnownArtist(artist_id="b" * 22, name="The Tidemarks", matched_by="name", is_own=True)
    others = KnownArtist(artist_id="a" * 22, name="Vera Solvang", matched_by="isni", is_own=False, album_count=12)
    catalogue = ExampleCatalogue(artists={"The Tidemarks": (own, others)})
    found = find(a_statement(), knowledge=catalogue)
    assert [(f.rule, f.severity) for f in found] == [("R11", HOLD), ("R12", WARN)]
    namesake = changed(others, matched_by="name")
    assert find(a_statement(), knowledge=ExampleCatalogue(artists={"The Tidemarks": (own, namesake)})) == []
    same = changed(others, artist_id=own.artist_id, name=own.name)
    assert find(a_statement(), knowledge=ExampleCatalogue(artists={"The Tidemarks": (own, same)})) == []


def test_an_artist_nobody_knows_a_guest_and_a_name_of_others_are_no_breach() -> None:
    assert find(a_statement(), knowledge=ExampleCatalogue()) == []
    assert find(a_statement(), **known("The Tidemarks")) == []
    assert find(a_statement(), "R11", **known("THE TIDEMARKS", matched_by="name", is_own=False)) == []
    guest = changed(
        by(credit("Vera"), credit("The Tidemarks", "FeaturedArtist")), releases=released_by(credit("Vera")).releases
    )
    resources = (guest.resources[0], changed(guest.resources[1], display_artists=(credit("Vera"),)), a_cover())
    assert find(changed(guest, resources=resources), "R12", **known("The Tidemarks", is_own=False)) == []


def test_various_artists_are_nobody_the_catalogue_could_know() -> None:
    many = KnownArtist(artist_id="a" * 22, name="V.A.", matched_by="isni", is_own=False, album_count=900)
    catalogue = ExampleCatalogue(artists={"Various Artists": (many,)})
    assert find(released_by(credit("Various Artists")), knowledge=catalogue) == []


def test_a_sender_without_a_name_is_no_label() -> None:
    assert find(changed(by(credit("Kettle Records")), header=MessageHeader()), "R6") == []
