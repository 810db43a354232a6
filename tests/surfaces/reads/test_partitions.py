"""F14 and its kin: what a node answers while the store, or everything else, is gone, by an injected clock.

The lease is 300 s, and a URL granted in its last second lives 300 s more; then nothing plays. Look-ups go on.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from antiphon.access import STREAM_TOKEN_TTL_S
from antiphon.blobs import FolderBlobs, StoreUnavailable
from antiphon.model.decisions import TargetKind
from antiphon.model.entities import AlbumType
from antiphon.model.errors import Transient
from antiphon.model.media import Rendition, RenditionProfile
from antiphon.publication.documents import album_entries
from antiphon.replica import LEASE_S, Follower, Replica
from antiphon.segments import OVERLAY_NAME, Denial, Overlay, encode_overlay
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.replica.publishing import Publisher
from tests.surfaces.reads.asking import Got, ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, OPUS, TIDEMARKS, an_album, an_id

SEED = 14
TAKEDOWNS = 200
CUT_S = 600
ALBUM = "The Long Way"
FIRST = 6
"""The first track of an album of these tests that everybody may play."""

READS = (
    "/v1/tracks/{track}?market=SE",
    "/v1/tracks?ids={track}&market=SE",
    "/v1/albums/{album}",
    "/v1/albums/{album}/tracks?limit=5",
    "/v1/search?q=long&type=album&market=SE",
    "/v1/markets",
)


class CuttableBlobs(FolderBlobs):
    """A folder that a node may be cut from. ``watch`` is called before a blob is read."""

    is_cut = False
    watch: Callable[[], object] | None = None

    def get(self, blob: str) -> bytes:
        self._reach()
        if self.watch is not None:
            self.watch()
        return super().get(blob)

    def get_named(self, name: str) -> bytes | None:
        self._reach()
        return super().get_named(name)

    def _reach(self) -> None:
        if self.is_cut:
            raise StoreUnavailable("the store", "the line is cut")


class Island:
    """A node that follows a store it may be cut from, and a decider who is not."""

    def __init__(self, root: Path) -> None:
        self.blobs = CuttableBlobs(root / "blobs")
        opus = Rendition(
            profile=RenditionProfile.OPUS,
            blob=self.blobs.put(OPUS),
            media_type="audio/ogg",
            size_bytes=len(OPUS),
            duration_ms=19_000,
            bitrate_bps=128_000,
        )
        album = an_album(ALBUM, AlbumType.ALBUM, TIDEMARKS, FIRST + TAKEDOWNS + 10, "2026", (), (opus,))
        self.publisher = Publisher(self.blobs)
        self.deny(0)
        self.publisher.announce(album_entries(album))
        self.follower = Follower(self.blobs, root / "node", map_size_bytes=64 << 20)
        self.read_path = ReadPath(
            self.follower.replica, self.blobs, KEYS, ReadSettings(public_url="https://music.example"), report=fail
        )

    def deny(self, count: int) -> None:
        """Take so many tracks down."""
        denials = tuple(
            Denial(decision_id=f"d{number}", kind=TargetKind.TRACK, entity_id=a_track(number))
            for number in range(count)
        )
        overlay = Overlay(sequence=count + 1, written_at=NOW.isoformat(), denials=denials)
        self.blobs.put_named(OVERLAY_NAME, encode_overlay(overlay))

    def grant(self, number: int, after_s: int) -> Got:
        """Return the answer to who wants to play a track."""
        return ask(self.read_path, f"/v1/tracks/{a_track(number)}/stream?market=SE", now=at(after_s))


def fail(error: Exception, operation: str) -> None:
    """Fail the test in which an error of ours happened."""
    raise AssertionError(f"{operation} failed") from error


def a_track(number: int) -> str:
    """Return the id of one of the tracks that everybody may play."""
    return an_id(f"{ALBUM} {FIRST + number}")


def at(after_s: int) -> datetime:
    """Return the time so many seconds after the node was cut from the store."""
    return NOW + timedelta(seconds=after_s)


@pytest.fixture
def island(tmp_path: Path) -> Iterator[Island]:
    island = Island(tmp_path)
    yield island
    island.follower.close()


def test_takedowns_hold_everywhere_after_lease_and_url_however_long_the_partition(island: Island) -> None:
    print(f"seed {SEED}")
    random = Random(SEED)
    island.follower.poll(NOW)
    island.blobs.is_cut = True
    urls: dict[int, str] = {}
    for after_s in range(CUT_S + 1):
        denied = min(TAKEDOWNS, after_s * TAKEDOWNS // LEASE_S)
        if after_s % 3 == 0:
            island.deny(denied)
            with pytest.raises(Transient):
                island.follower.poll(at(after_s))
        got = island.grant(random.randrange(max(1, denied)), after_s)
        if after_s < LEASE_S:
            assert got.status == 200, "a node cannot know, and goes on within the lease"
            urls[after_s] = got.content["url"].removeprefix("https://music.example")
        else:
            assert (got.status, got.content["reason"]) == (503, "lease_expired")
            assert island.grant(TAKEDOWNS + 1, after_s).status == 503
        read = ask(island.read_path, f"/v1/tracks/{a_track(0)}?market=SE", now=at(after_s))
        assert (read.status, read.headers["catalogue-age"]) == (200, str(after_s))
        oldest = after_s - STREAM_TOKEN_TTL_S
        for granted_at_s, expected in ((oldest, 403), (oldest + 1, 206)):
            if granted_at_s in urls:
                got = ask(
                    island.read_path, urls[granted_at_s], tier=None, now=at(after_s), headers={"range": "bytes=0-9"}
                )
                assert got.status == expected
    assert {ask(island.read_path, url, tier=None, now=at(CUT_S)).status for url in urls.values()} == {403}
    island.blobs.is_cut = False
    island.follower.poll(at(CUT_S))
    assert {island.grant(number, CUT_S).content["reason"] for number in range(TAKEDOWNS)} == {"market"}
    assert {island.grant(TAKEDOWNS + number, CUT_S).status for number in range(5)} == {200}


def test_a_node_answers_reads_from_its_files_alone_when_all_else_is_gone(island: Island, tmp_path: Path) -> None:
    island.follower.poll(NOW)
    island.follower.close()
    shutil.rmtree(tmp_path / "blobs")
    replica = Replica(tmp_path / "node")
    read_path = ReadPath(replica, island.blobs, KEYS, ReadSettings(public_url="https://music.example"), report=fail)
    paths = [path.format(track=a_track(0), album=an_id(ALBUM)) for path in READS]
    for after_s in range(0, CUT_S + 1, 10):
        for path in paths:
            got = ask(read_path, path, now=at(after_s))
            assert (path, got.status, got.headers["catalogue-age"]) == (path, 200, str(after_s))
        granted = ask(read_path, f"/v1/tracks/{a_track(0)}/stream?market=SE", now=at(after_s))
        assert granted.status == (200 if after_s < LEASE_S else 503)
    replica.close()


def test_a_new_node_denies_before_it_has_anything_to_deny(island: Island) -> None:
    island.deny(3)
    seen: list[tuple[int, int]] = []

    def look() -> None:
        with island.follower.replica.transaction() as view:
            seen.append((view.overlay.sequence, view.version))

    island.blobs.watch = look
    island.follower.poll(NOW)
    assert set(seen) == {(4, 0)}, "before the first document was read, the takedowns were there"
    assert island.grant(0, 0).content["reason"] == "market"
    assert island.grant(3, 0).status == 200


def test_a_node_that_was_away_grants_nothing_before_it_has_read_what_was_taken_down_since(
    island: Island, tmp_path: Path
) -> None:
    island.follower.poll(NOW)
    island.follower.close()
    island.deny(3)
    island.follower = Follower(island.blobs, tmp_path / "node", map_size_bytes=64 << 20)
    island.read_path = ReadPath(island.follower.replica, island.blobs, KEYS, ReadSettings(), report=fail)
    assert {island.grant(number, LEASE_S).status for number in (0, 3)} == {503}
    island.follower.poll(at(LEASE_S))
    assert [island.grant(number, LEASE_S).status for number in (0, 3)] == [403, 200]
