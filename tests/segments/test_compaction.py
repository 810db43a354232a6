"""Compaction: what the log is past goes, and nothing that any retained state or anything else still needs."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from antiphon.segments import Entry, iter_segment
from antiphon.segments import snapshot as snapshot_module
from antiphon.segments.compaction import KEPT_DAYS, KEPT_SNAPSHOTS, Compaction, compact_log
from antiphon.segments.log import list_snapshots, list_versions, load_segment, load_version
from antiphon.segments.snapshot import find_manifest, load_snapshot
from antiphon.segments.snapshot_building import build_snapshot
from antiphon.segments.state import list_bases, open_state
from tests.replica.publishing import NOW, Publisher, a_track, a_withdrawal

Compact = Callable[..., Compaction]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_module, "ENTRIES_PER_CHUNK", 4)


def nothing(_blobs: Collection[str]) -> Collection[str]:
    return ()


def announce(publisher: Publisher, number: int, days_ago: float) -> str:
    """Announce a version that changes one track of twenty, and takes another away."""
    at = (NOW - timedelta(days=days_ago)).isoformat()
    return publisher.announce([a_track(f"t{number % 20:02}", f"form {number}"), a_withdrawal("t99")], announced_at=at)


def state_at(blobs: FolderBlobs, scratch: Path, version: int) -> list[Entry]:
    with open_state(blobs, scratch, list_bases(blobs, version)[0], version) as state:
        return list(state)


def test_nothing_goes_while_no_snapshot_is_from_before_the_kept_days(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path
) -> None:
    for number in range(1, 6):
        announce(publisher, number, KEPT_DAYS - number)
        build_snapshot(blobs, tmp_path / "scratch")
    assert compact_log(blobs, NOW, nothing) == Compaction()
    assert (list_versions(blobs), list_snapshots(blobs)) == ((1, 2, 3, 4, 5), (1, 2, 3, 4, 5))


def test_of_snapshots_of_one_day_the_newest_stays_and_no_version_goes_with_the_others(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path
) -> None:
    for number in range(1, 11):
        announce(publisher, number, 0.01)
        build_snapshot(blobs, tmp_path / "scratch")
    compact_log(blobs, NOW, nothing)
    assert list_snapshots(blobs) == tuple(range(11 - KEPT_SNAPSHOTS, 11))
    assert list_versions(blobs) == tuple(range(1, 11))


def test_every_version_of_the_kept_days_can_still_be_reached_and_what_is_older_is_gone(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    segments, days_ago = {}, {}
    for number in range(1, 41):
        days_ago[number] = (41 - number) / 2
        segments[number] = announce(publisher, number, days_ago[number])
        if number % 3 == 0:
            build_snapshot(blobs, scratch)
    before = {number: state_at(blobs, scratch, number) for number in range(1, 41)}
    removed = compact_log(blobs, NOW, nothing)
    oldest = list_snapshots(blobs)[0]
    assert days_ago[oldest] >= KEPT_DAYS
    assert days_ago[oldest + 3] < KEPT_DAYS
    for number in range(oldest, 41):
        assert state_at(blobs, scratch, number) == before[number]
        record = load_version(blobs, number)
        assert record is not None
        assert list(iter_segment(load_segment(blobs, record)))
    assert removed.versions == tuple(range(1, oldest))
    assert not any(blobs.has(segments[number]) for number in removed.versions)
    assert all(blobs.has(segments[number]) for number in range(oldest, 41))
    assert compact_log(blobs, NOW, nothing) == Compaction()


def test_chunks_and_manifests_of_dropped_snapshots_go_unless_a_kept_one_shares_them(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path
) -> None:
    snapshots = []
    for number in range(1, 31):
        announce(publisher, number, 10)
        snapshots.append(build_snapshot(blobs, tmp_path / "scratch"))
    manifests = [find_manifest(blobs, snapshot.version.version) for snapshot in snapshots]
    compact_log(blobs, NOW, nothing)
    kept = {chunk.blob for snapshot in snapshots[-KEPT_SNAPSHOTS:] for chunk in snapshot.chunks}
    every = {chunk.blob for snapshot in snapshots for chunk in snapshot.chunks}
    assert kept & {chunk.blob for snapshot in snapshots[:-KEPT_SNAPSHOTS] for chunk in snapshot.chunks}
    assert {blob for blob in every if blobs.has(blob)} == kept
    assert [blobs.has(manifest or "") for manifest in manifests] == [False] * 27 + [True] * 3


def test_what_something_else_needs_stays_and_so_does_everything_the_log_never_named(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path
) -> None:
    media = blobs.put(b"a song")
    segments = [announce(publisher, number, 20) for number in range(1, 9)]
    for version in range(1, 9):
        build_snapshot(blobs, tmp_path / "scratch", version)
    asked: set[str] = set()

    def find_needed(found: Collection[str]) -> Collection[str]:
        asked.update(found)
        return {segments[1]}

    compact_log(blobs, NOW, find_needed)
    assert media not in asked
    assert asked >= set(segments[:5])
    assert [blobs.has(segment) for segment in segments] == [False, True, False, False, False, True, True, True]
    assert blobs.get(media) == b"a song"


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("call", [1, 4, 7, 11])
def test_killed_anywhere_it_is_finished_by_the_next_and_every_kept_state_is_whole_in_between(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    for number in range(1, 9):
        announce(publisher, number, 20)
        build_snapshot(blobs, tmp_path / "scratch")
    every = [chunk.blob for number in range(1, 9) for chunk in load(blobs, number).chunks]
    newest = state_at(blobs, tmp_path / "scratch", 8)
    calls = 0

    def counted(original: Callable[[str], None]) -> Callable[[str], None]:
        def delete(name: str) -> None:
            nonlocal calls
            calls += 1
            if calls == call * 2:
                raise Killed
            original(name)

        return delete

    with monkeypatch.context() as patched:
        patched.setattr(blobs, "delete", counted(blobs.delete))
        patched.setattr(blobs, "delete_named", counted(blobs.delete_named))
        with pytest.raises(Killed):
            compact_log(blobs, NOW, nothing)
    assert state_at(blobs, tmp_path / "scratch", 8) == newest
    compact_log(blobs, NOW, nothing)
    assert list_versions(blobs) == (6, 7, 8)
    assert list_snapshots(blobs) == (6, 7, 8)
    kept = {chunk.blob for number in (6, 7, 8) for chunk in load(blobs, number).chunks}
    assert {blob for blob in every if blobs.has(blob)} == kept


def load(blobs: FolderBlobs, number: int) -> snapshot_module.Snapshot:
    snapshot = load_snapshot(blobs, number)
    assert snapshot is not None
    return snapshot


def test_a_damaged_manifest_is_left_for_somebody_to_look_at(
    blobs: FolderBlobs, publisher: Publisher, tmp_path: Path
) -> None:
    for number in range(1, 6):
        announce(publisher, number, 20)
        build_snapshot(blobs, tmp_path / "scratch")
    path = blobs.local_path(find_manifest(blobs, 1) or "")
    assert path is not None
    path.write_bytes(b"damaged")
    compact_log(blobs, NOW, nothing)
    assert list_snapshots(blobs) == (1, 3, 4, 5)


def test_days_are_those_of_the_time_it_is_given(blobs: FolderBlobs, publisher: Publisher, tmp_path: Path) -> None:
    for number in range(1, 6):
        announce(publisher, number, 0)
        build_snapshot(blobs, tmp_path / "scratch")
    compact_log(blobs, NOW, nothing)
    assert list_versions(blobs) == (1, 2, 3, 4, 5)
    later: datetime = NOW + timedelta(days=KEPT_DAYS)
    assert compact_log(blobs, later, nothing).versions == (1, 2)
