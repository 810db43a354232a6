"""What ISRCs, barcodes and ids of artists mean: inside a message, and against what the catalogue knows."""

from typing import Any

import pytest

from antiphon.model.claims import Credit, DeliveredId, IdScheme, ScopedText
from antiphon.model.findings import Finding, Severity
from antiphon.model.knowledge import KnownProduct, KnownRecording, KnownRelease, KnownTrack
from antiphon.model.resources import Edition
from antiphon.model.statement import Statement
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.rules.examples.catalogue import ExampleCatalogue
from tests.builders import (
    a_cover,
    a_deal,
    a_file,
    a_moment,
    a_recording,
    a_release,
    a_statement,
    a_track_release,
    an_isrc,
    changed,
    some_deals,
)
from tests.rules.checks import FILES, find

HOLD, WARN, NOTE = Severity.HOLD, Severity.WARN, Severity.NOTE
ISRC = "QZANT2600001"


def an_album(*, first: dict[str, Any] | None = None, second: dict[str, Any] | None = None) -> Statement:
    """Return the good album with its tracks changed."""
    return a_statement(resources=(a_recording(1, **(first or {})), a_recording(2, **(second or {})), a_cover()))


def some_knowledge(*, isrc: str = ISRC, is_own: bool = False, **changes: Any) -> ExampleCatalogue:
    """Return a catalogue that knows the first track of the good album, with changes."""
    known = KnownRecording(
        isrc=isrc,
        recording_id="r" * 22,
        album_id="a" * 22,
        title="Harbour Light No. 1",
        artists=("The Tidemarks",),
        duration_ms=180_000,
        is_own=is_own,
    )
    return ExampleCatalogue(recordings=(changed(known, **changes),))


def find_against(knowledge: ExampleCatalogue, rule: str, statement: Statement | None = None) -> list[Finding]:
    return find(statement or an_album(), rule, knowledge=knowledge)


def test_a_linter_without_a_catalogue_is_silent_about_what_only_the_catalogue_knows() -> None:
    assert find(an_album(), knowledge=None) == []


def test_an_isrc_of_artwork_or_of_a_work_is_told() -> None:
    cover = a_cover(ids=(an_isrc(9),))
    (artwork,) = find(a_statement(resources=(a_recording(1), a_recording(2), cover)), "I4")
    (work,) = find(an_album(first={"work_ids": (an_isrc(9),)}), "I4")
    assert (artwork.severity, artwork.expected) == (WARN, "a proprietary id")
    assert (work.severity, work.expected) == (WARN, "an ISWC")


def test_one_file_under_two_isrcs_is_told_at_both() -> None:
    findings = find(an_album(second={"files": (a_file("resources/01.flac"),)}), "I2")
    assert [finding.expected for finding in findings] == ["QZANT2600002", ISRC]


def test_a_file_belongs_to_the_isrc_of_its_edition() -> None:
    immersive = DeliveredId(scheme=IdScheme.ISRC, text="QZANT2600091")
    editions = (Edition(ids=(an_isrc(1),)), Edition(kind="ImmersiveEdition", ids=(immersive,)))
    files = (
        a_file("resources/01.flac", channels=2),
        a_file("resources/02.flac", channels=12, sample_rate_hz=48_000.0, edition=1),
    )
    both = {"ids": (an_isrc(1), immersive), "editions": editions, "files": files}
    assert find(an_album(first=both, second={"files": ()}), "I2") == []
    assert find(an_album(first=both), "I10") == []


def test_bytes_that_this_provider_delivered_under_another_isrc_are_told_and_anothers_are_not() -> None:
    known = some_knowledge(isrc="QZANT2500001", is_own=True).recordings[0]
    audio = {"resources/01.flac": (known,)}
    (finding,) = find_against(ExampleCatalogue(audio=audio), "I2")
    assert (finding.severity, finding.expected) == (WARN, "QZANT2500001")
    assert find_against(ExampleCatalogue(audio={"resources/01.flac": (changed(known, is_own=False),)}), "I2") == []
    assert find_against(ExampleCatalogue(audio={"resources/01.flac": (changed(known, isrc=ISRC),)}), "I2") == []


def test_an_isrc_for_two_versions_in_one_message_is_told() -> None:
    remix = {"ids": (an_isrc(1),), "titles": (ScopedText(value="Harbour Light No. 1", subtitle="Remix"),)}
    (finding,) = find(an_album(second=remix), "I3")
    assert "A1 and A2" in finding.message
    longer = {"ids": (an_isrc(1),), "titles": a_recording(1).titles, "duration_ms": 191_000}
    assert [finding.severity for finding in find(an_album(second=longer), "I3")] == [WARN]


def test_an_isrc_for_two_songs_in_one_message_holds_it() -> None:
    (finding,) = find(an_album(second={"ids": (an_isrc(1),)}), "I3")
    assert (finding.severity, "two songs" in finding.message) == (HOLD, True)


@pytest.mark.parametrize(
    "before",
    [{"duration_ms": 190_000}, {"duration_ms": 0}, {"title": "Harbour Light"}, {"artists": ("Somebody",)}],
    ids=str,
)
def test_a_recording_that_was_cut_or_retitled_a_little_is_the_same(before: dict[str, Any]) -> None:
    assert find_against(some_knowledge(is_own=True, **before), "I3") == []


@pytest.mark.parametrize("before", [{"duration_ms": 190_001}, {"title": "Harbour Light No. 1 (Live)"}], ids=str)
def test_another_length_or_kind_of_version_is_told(before: dict[str, Any]) -> None:
    (finding,) = find_against(some_knowledge(is_own=True, **before), "I3")
    assert finding.severity is WARN


def test_two_labels_that_mean_different_songs_by_one_isrc_are_held_apart_and_neither_is_named() -> None:
    another = some_knowledge(title="Night Ferry", artists=("Ilse Marr",), duration_ms=201_000)
    (finding,) = find_against(another, "I5")
    assert finding.severity is HOLD
    assert "'Night Ferry' by Ilse Marr" in finding.expected


@pytest.mark.parametrize(
    ("theirs", "severities"),
    [
        ({}, []),
        ({"duration_ms": 201_000}, [WARN]),
        ({"title": "Night Ferry", "artists": ("Ilse Marr",)}, [WARN]),
        ({"title": "Night Ferry"}, []),
        ({"artists": ("Ilse Marr",)}, []),
        ({"title": "港の灯", "artists": ("潮",)}, []),
        ({"title": "HARBOUR LIGHT NO. 1 [Remastered]", "artists": ("Tidemarks, The",)}, []),
    ],
    ids=str,
)
def test_what_may_be_the_same_recording_is_not_held(theirs: dict[str, Any], severities: list[Severity]) -> None:
    assert [finding.severity for finding in find_against(some_knowledge(**theirs), "I5")] == severities


def known_products(**changes: Any) -> ExampleCatalogue:
    product = KnownProduct(
        album_id="a" * 22, title="Night Ferry", artists=("Ilse Marr",), is_own=False, territories=frozenset(TERRITORIES)
    )
    return ExampleCatalogue(products={"04006381333931": (changed(product, **changes),)})


def test_a_barcode_that_is_live_elsewhere_holds_and_one_that_is_not_does_not() -> None:
    (finding,) = find_against(known_products(), "I8")
    assert (finding.severity, "'Night Ferry' by Ilse Marr" in finding.got) == (HOLD, True)
    assert find_against(known_products(territories=frozenset()), "I8") == []
    assert find_against(known_products(is_own=True), "I8") == []


def test_a_barcode_that_is_live_in_other_territories_only_warns() -> None:
    elsewhere = known_products(territories=frozenset({Territory("SE"), Territory("NO")}))
    (overlapping,) = find_against(elsewhere, "I8")
    assert (overlapping.severity, " in NO, SE too" in overlapping.got) == (HOLD, True)
    deal = a_deal(territories=("Worldwide",), excluded_territories=("SE", "NO"))
    statement = a_statement(release_deals=(some_deals(deal, on=("R1", "R2")),))
    (apart,) = find_against(elsewhere, "I8", statement)
    assert (apart.severity, "too" in apart.got) == (WARN, False)


def known_release(*tracks: tuple[str, str]) -> ExampleCatalogue:
    known = tuple(
        KnownTrack(disc_number=1, track_number=number, title=title, isrc=isrc)
        for number, (title, isrc) in enumerate(tracks, 1)
    )
    return ExampleCatalogue(release=KnownRelease(album_id="a" * 22, keys=("icpn:04006381333931",), tracks=known))


def test_an_update_that_changes_an_isrc_waits_for_a_yes() -> None:
    before = known_release(("Harbour Light No. 1", "QZANT2500001"), ("Harbour Light No. 2", "QZANT2600002"))
    (finding,) = find_against(before, "I9")
    assert (finding.severity, finding.expected, finding.place.line) == (HOLD, "QZANT2500001, as before", 10)


def test_a_message_that_came_late_is_not_taken_for_a_change_of_isrcs() -> None:
    before = known_release(("Harbour Light No. 1", "QZANT2500001"), ("Harbour Light No. 2", "QZANT2600002"))
    assert find(an_album(), "I9", knowledge=before, applied_created=a_moment("2025-12-24T09:00:00Z")) == []
    assert find(an_album(), "I9", knowledge=before, applied_created=a_moment("2025-11-30T09:00:00Z")) != []


@pytest.mark.parametrize(
    "before",
    [
        known_release(("Harbour Light No. 2", "QZANT2600002"), ("Harbour Light No. 1", ISRC)),
        known_release(("Harbour Light No. 1", "")),
        known_release(("Night Ferry", "QZANT2500001")),
        known_release(("Harbour Light No. 1 (Live)", "QZANT2500001")),
        known_release(),
    ],
    ids=["another order", "none before", "another song", "another version", "nothing"],
)
def test_an_update_that_moves_adds_or_drops_tracks_goes_on(before: ExampleCatalogue) -> None:
    assert find_against(before, "I9") == []


def immersive(**changes: Any) -> dict[str, Any]:
    file = a_file("resources/01.flac", channels=12, sample_rate_hz=48_000.0)
    return {"files": (changed(file, **changes),)}


def test_an_immersive_mix_has_its_rate_its_size_and_an_isrc_for_itself() -> None:
    assert find(an_album(first=immersive()), "I10") == []
    (rate,) = find(an_album(first=immersive(sample_rate_hz=96_000.0)), "I10")
    assert (rate.severity, rate.got) == (HOLD, "immersive mix at 96000 Hz")
    (size,) = find(an_album(first=immersive()), "I10", files={**FILES, "resources/01.flac": 2_000_000_000})
    assert "2000000000 bytes" in size.got
    both = {"files": (*immersive()["files"], a_file("resources/02.flac", channels=2))}
    (shared,) = find(an_album(first=both), "I10")
    assert ISRC in shared.got


def test_an_immersive_mix_of_another_length_than_its_stereo_mix_is_told() -> None:
    mix = {**immersive(), "titles": (ScopedText(value="Harbour Light No. 2 (Dolby Atmos)"),), "duration_ms": 181_000}
    (finding,) = find(an_album(first=mix), "I10")
    assert (finding.severity, finding.got) == (WARN, "immersive mix of 181 s")


def test_one_recording_on_two_places_is_no_repetition_and_one_described_twice_is() -> None:
    again = {"ids": (an_isrc(1),), "titles": a_recording(1).titles}
    (finding,) = find(an_album(second=again), "I6")
    assert (finding.severity, "A2, described as A1" in finding.got) == (HOLD, True)
    place = a_release(1).group
    assert place is not None
    twice = a_release(1, group=changed(place, places=place.places * 2))
    assert find(a_statement(1, releases=(twice, a_track_release(1))), "I6") == []


@pytest.mark.parametrize(
    ("namespace", "notes"),
    [("PADPIDA2014120301Q", 0), ("DPID:PA-DPIDA-2014120301-Q", 0), ("", 1), ("tidemarks.example", 1)],
)
def test_an_id_of_an_artist_that_nobody_issued_is_noted(namespace: str, notes: int) -> None:
    own = DeliveredId(scheme=IdScheme.PROPRIETARY, text="tide-7", namespace=namespace)
    findings = find(an_album(first={"display_artists": (Credit(name="Ines Reed", ids=(own,)),)}), "I11")
    assert [finding.severity for finding in findings] == [NOTE] * notes
