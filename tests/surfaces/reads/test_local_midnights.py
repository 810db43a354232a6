"""F12: a track goes live, and ends, at the second its deal says by each market's clocks, through the real read path.

A node is asked at injected times: around each turn, and hour by hour over the two days about it, with clocks that are
put forward and back, on a leap day, and from UTC-11 to UTC+14. Nothing is early or late by a second.
"""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest

from antiphon.access import Tier
from antiphon.blobs import FolderBlobs
from antiphon.model.entities import AlbumType
from antiphon.publication.documents import album_entries
from antiphon.replica import Follower
from antiphon.rights import compute_intervals
from antiphon.segments import (
    NO_DENIALS,
    OVERLAY_NAME,
    VersionRecord,
    encode_overlay,
    encode_segment,
    encode_version,
    version_name,
)
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.builders import a_deal
from tests.catalogue.statements import some_audio
from tests.rights.reference import is_available
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, TIDEMARKS, an_album, an_id

MARKETS = {
    "AS": "Pacific/Pago_Pago",
    "PF": "Pacific/Tahiti",
    "US": "America/New_York",
    "CU": "America/Havana",
    "BR": "America/Sao_Paulo",
    "GB": "Europe/London",
    "SE": "Europe/Stockholm",
    "LB": "Asia/Beirut",
    "NP": "Asia/Kathmandu",
    "JP": "Asia/Tokyo",
    "NZ": "Pacific/Auckland",
    "TO": "Pacific/Tongatapu",
    "WS": "Pacific/Apia",
}
"""From UTC-11 to UTC+14, and what their zones are."""

DAYS = {
    "a leap day": ("2024-02-29", "2024-02-29"),
    "Cuba and the United States go forward": ("2026-03-08", "2026-03-08"),
    "Lebanon goes forward at midnight, Europe at one": ("2026-03-29", "2026-03-29"),
    "Europe goes back": ("2026-10-25", "2026-10-25"),
    "Cuba has two midnights": ("2026-11-01", "2026-11-01"),
    "Brazil has two midnights": ("2018-02-18", "2018-02-18"),
    "Samoa goes back at UTC+14, Brazil skipped its midnight": ("2018-11-04", "2019-04-07"),
    "a year turns": ("2019-12-31", "2020-01-01"),
}
"""First and last day of a deal, each with what clocks do about then."""

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def zones() -> Iterator[dict[str, ZoneInfo]]:
    """Return the markets' zones by Python's own lookup, kept from the system's files."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    yield {market: ZoneInfo.no_cache(name) for market, name in MARKETS.items()}
    zoneinfo.reset_tzpath(before)


@pytest.fixture(scope="module")
def read_path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReadPath]:
    """Return a read path over a node that has one track for each pair of days."""
    root: Path = tmp_path_factory.mktemp("midnights")
    blobs = FolderBlobs(root / "blobs")
    album = an_album("Midnights", AlbumType.ALBUM, TIDEMARKS, len(DAYS), "2018", (), some_audio().renditions)
    tracks = tuple(
        msgspec.structs.replace(track, intervals=compute_intervals([a_deal(start=first, end=last)]))
        for track, (first, last) in zip(album.tracks, DAYS.values(), strict=True)
    )
    entries = album_entries(msgspec.structs.replace(album, tracks=tracks))
    segment = blobs.put(encode_segment(entries, ""))
    version = VersionRecord(version=1, segment=segment, parent="", record_version=1, announced_at=NOW.isoformat())
    blobs.put_named(OVERLAY_NAME, encode_overlay(NO_DENIALS))
    blobs.put_named(version_name(1), encode_version(version))
    follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    yield ReadPath(follower.replica, blobs, KEYS, ReadSettings())
    follower.close()


def seconds_about(day: str, market: str) -> Iterator[datetime]:
    """Yield every hour from a day before a day to two days after it, in universal time, and the second before each.

    Where clocks are a quarter off the hour, so are these.
    """
    quarter = timedelta(minutes=15 if market == "NP" else 0)
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - 24 * HOUR + quarter
    for hour in range(72):
        yield start + hour * HOUR - timedelta(seconds=1)
        yield start + hour * HOUR


@pytest.mark.slow
@pytest.mark.parametrize("what", DAYS)
def test_nothing_is_early_or_late_by_a_second_whatever_clocks_do(
    read_path: ReadPath, zones: dict[str, ZoneInfo], what: str
) -> None:
    number, (first, last) = list(DAYS).index(what) + 1, DAYS[what]
    deal = a_deal(start=first, end=last)
    track_id = an_id(f"Midnights {number}")
    turns = dict.fromkeys(MARKETS, 0)
    for market, zone in zones.items():
        before = False
        for now in sorted({now for day in (first, last) for now in seconds_about(day, market)}):
            expected = is_available([deal], market, zone, "premium", "stream", now)
            got = ask(read_path, f"/v1/tracks/{track_id}?market={market}", tier=Tier.PREMIUM, now=now).content
            assert got["is_playable"] is expected, (market, now)
            turns[market] += expected is not before
            before = expected
    assert set(turns.values()) == {2}, "each market goes live once and ends once"
