"""What the gate lets through, and the ledger it counts with: totals of any catalogue at the price of a version."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.errors import Refused
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.publication.gate import Baseline, find_differences, find_faults
from antiphon.publication.gate_settings import Canary, GateSettings, read_gate_settings
from antiphon.publication.ledger import Ledger
from antiphon.publication.totals import NO_TOTALS, Totals, decode_totals, encode_totals
from antiphon.segments import DocumentKind, Entry, Item, Rights, document_key, encode_document
from antiphon.segments.segment import encode_segment
from antiphon.segments.snapshot_building import build_snapshot
from antiphon.segments.version import VersionRecord, encode_version, version_name

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
SE, DE = Territory("SE"), Territory("DE")
SHIPPED = GateSettings()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger")
    yield ledger
    ledger.close()


def a_track(number: int, *markets: Territory, start_s: int = 0, end_s: int | None = None) -> Entry:
    """Return the media document of a track that may be streamed in some markets."""
    bits = sum(1 << TERRITORIES.index(market) for market in markets)
    right = Interval(tier=Tier.FREE, use=Use.STREAM, territories=bits, starts_at=start_s, ends_at=end_s)
    rights = Rights(intervals=(right,) if bits else (), subjects=("x",))
    document = encode_document(DocumentKind.TRACK_MEDIA, [rights], [Item(body=b"{}")])
    return Entry(key=track_key(number), document=document)


def track_key(number: int) -> bytes:
    return document_key(DocumentKind.TRACK_MEDIA, f"{number:022d}")


def gone(number: int) -> Entry:
    return Entry(key=track_key(number))


def add(ledger: Ledger, *entries: Entry) -> None:
    ledger.apply(ledger.version + 1, f"s{ledger.version + 1}", ledger.tally(entries, NOW_S))


def judge(
    ledger: Ledger, *entries: Entry, settings: GateSettings = SHIPPED, yesterday: Totals | None = None
) -> list[str]:
    """Return the gates that hold a version, compared with the one before and, if given, with a day ago."""
    tally = ledger.tally(entries, NOW_S)
    baselines = [Baseline("before", tally.before)]
    if yesterday is not None:
        baselines.append(Baseline("yesterday", yesterday, is_a_day_old=True))
    return [difference.gate for difference in find_differences(tally, baselines, settings)]


def test_a_version_that_takes_a_market_from_too_many_tracks_is_held_and_says_which(ledger: Ledger) -> None:
    add(ledger, *(a_track(n, SE, DE) for n in range(700)))
    tally = ledger.tally([a_track(n, SE) for n in range(600)], NOW_S)
    (difference,) = find_differences(tally, [Baseline("with version 1", tally.before)], SHIPPED)
    assert difference.gate == "markets"
    assert (difference.before, difference.after) == (700, 100)
    assert difference.examples[0] == f"{0:022d}"
    assert "tracks playable in DE: 700 with version 1, 100 now" in str(difference)


def test_a_version_that_withdraws_too_much_is_held_for_documents_and_for_availability(ledger: Ledger) -> None:
    add(ledger, *(a_track(n, SE) for n in range(1200)))
    assert judge(ledger, *(gone(n) for n in range(1100))) == ["documents", "availability", "markets"]


def test_rights_that_begin_some_day_play_in_no_market_today(ledger: Ledger) -> None:
    add(ledger, *(a_track(n, SE) for n in range(700)))
    assert judge(ledger, *(a_track(n, SE, start_s=NOW_S + 1) for n in range(700))) == ["availability", "markets"]
    assert judge(ledger, *(a_track(n, SE, end_s=NOW_S) for n in range(700))) == ["availability", "markets"]
    assert judge(ledger, *(a_track(n, SE, end_s=NOW_S + 1) for n in range(700))) == []


def test_small_swings_of_each_version_are_held_when_they_add_up_to_a_day(ledger: Ledger) -> None:
    add(ledger, *(a_track(n, SE) for n in range(12_000)))
    yesterday = ledger.totals
    settings = GateSettings(fall_share=0.1)
    add(ledger, *(gone(n) for n in range(1_000)))
    assert judge(ledger, *(gone(n) for n in range(1_000, 1_400)), settings=settings) == []
    assert set(judge(ledger, *(gone(n) for n in range(1_000, 1_400)), settings=settings, yesterday=yesterday)) == {
        "documents",
        "availability",
        "markets",
    }


def test_what_makes_up_for_a_fall_is_not_held_though_less_is_there_than_yesterday(ledger: Ledger) -> None:
    add(ledger, *(a_track(n, SE) for n in range(100)))
    yesterday = Totals(documents={int(DocumentKind.TRACK_MEDIA): 9_000}, playable=9_000, markets=(9_000,) * 250)
    assert judge(ledger, a_track(1_000, SE), yesterday=yesterday) == []


def test_a_first_publication_and_a_small_catalogue_are_never_held(ledger: Ledger) -> None:
    assert judge(ledger, *(a_track(n, SE, DE) for n in range(5_000))) == []
    add(ledger, *(a_track(n, SE, DE) for n in range(400)))
    assert judge(ledger, *(gone(n) for n in range(400)), yesterday=ledger.totals) == []


def test_growth_is_held_against_a_day_ago_alone(ledger: Ledger) -> None:
    settings = GateSettings(rise_documents=100, rise_tracks=100)
    add(ledger, *(a_track(n, SE) for n in range(150)))
    more = [a_track(n, SE) for n in range(150, 400)]
    assert judge(ledger, *more, settings=settings) == []
    assert judge(ledger, *more, settings=settings, yesterday=ledger.totals) == ["documents", "availability", "markets"]


def test_a_canary_holds_what_withdraws_it_or_takes_its_market(ledger: Ledger) -> None:
    settings = GateSettings(canaries=(Canary(f"{1:022d}", SE), Canary(f"{2:022d}")))
    assert judge(ledger, a_track(7, SE), settings=settings) == [], "one that was never there is waited for"
    add(ledger, a_track(1, SE, DE), a_track(2, SE))
    assert judge(ledger, gone(1), settings=settings) == ["canary"]
    assert judge(ledger, a_track(1, DE), settings=settings) == ["canary"]
    assert judge(ledger, gone(2), settings=settings) == ["canary"]
    assert judge(ledger, a_track(1, SE), a_track(2), settings=settings) == []


def test_a_key_given_twice_is_a_fault_that_nobody_can_accept() -> None:
    (fault,) = find_faults([a_track(1, SE), a_track(1, DE)])
    assert (fault.gate, fault.can_be_accepted) == ("duplicate_keys", False)


@pytest.mark.parametrize("limit", ["fall=1", "fall_share=much", "fall_tracks=-1", "canaries=x"])
def test_a_limit_that_is_none_is_refused(limit: str) -> None:
    with pytest.raises(Refused):
        read_gate_settings([limit], [])
    with pytest.raises(Refused, match="write ENTITY_ID"):
        read_gate_settings([], ["x@Sweden"])


def test_limits_and_canaries_are_read_and_the_rest_is_as_shipped() -> None:
    settings = read_gate_settings(["fall_share=0.2", "fall_tracks=7"], ["abc@SE", "def"])
    assert settings == GateSettings(fall_share=0.2, fall_tracks=7, canaries=(Canary("abc", SE), Canary("def")))


def test_the_ledger_comes_to_what_counting_everything_anew_comes_to(tmp_path: Path) -> None:
    chance = Random(20261122)
    print("seed 20261122")
    blobs, kept = FolderBlobs(tmp_path / "blobs"), Ledger(tmp_path / "kept")
    parent = ""
    for version in range(1, 31):
        numbers = chance.sample(range(60), 12)
        entries = [
            gone(n)
            if chance.random() < 0.3
            else a_track(n, *chance.sample((SE, DE, Territory("US")), chance.randrange(4)))
            for n in numbers
        ]
        segment = blobs.put(encode_segment(entries, parent))
        record = VersionRecord(
            version=version, segment=segment, parent=parent, record_version=version, announced_at="2026-11-22"
        )
        blobs.put_named(version_name(version), encode_version(record))
        parent = segment
        if version in (3, 17, 30):
            kept.follow(blobs, version, segment, NOW)
        if version == 10:
            build_snapshot(blobs, tmp_path / "scratch")
    anew = Ledger(tmp_path / "anew")
    anew.follow(blobs, 30, parent, NOW)
    assert (kept.totals, kept.version, kept.segment) == (anew.totals, 30, parent)
    assert kept.totals.playable == sum(
        kept.tally([gone(n)], NOW_S).totals.playable < kept.totals.playable for n in range(60)
    )
    kept.close()
    again = Ledger(tmp_path / "kept")
    assert (again.totals, again.version) == (anew.totals, 30)
    again.follow(blobs, 0, "", NOW)
    assert again.totals == NO_TOTALS
    assert decode_totals(encode_totals(anew.totals)) == anew.totals
    for ledger in (again, anew):
        ledger.close()
