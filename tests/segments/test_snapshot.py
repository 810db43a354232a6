"""Snapshots: what they hold is what the log says, whatever was damaged, and what did not change is stored once."""

from pathlib import Path
from random import Random

import pytest

from antiphon.blobs import BlobCorrupt, BlobMissing, FolderBlobs
from antiphon.model.errors import Broken
from antiphon.segments import Entry, encode_segment, version_name
from antiphon.segments import runs as runs_module
from antiphon.segments import snapshot as snapshot_module
from antiphon.segments.log import list_snapshots
from antiphon.segments.runs import ChangeRuns
from antiphon.segments.snapshot import Snapshot, load_snapshot, snapshot_name
from antiphon.segments.state import iter_chunks, list_bases, open_state
from tests.replica.nodes import Build
from tests.replica.publishing import Publisher, a_track, a_withdrawal

SEED = 20_261_122


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot_module, "ENTRIES_PER_CHUNK", 8)


def tracks(*numbers: int, title: str = "one") -> list[Entry]:
    return [a_track(f"t{number:03}", title) for number in numbers]


def read(blobs: FolderBlobs, snapshot: Snapshot) -> dict[bytes, Entry]:
    entries = list(iter_chunks(blobs, snapshot.chunks))
    assert [entry.key for entry in entries] == sorted({entry.key for entry in entries})
    return {entry.key: entry for entry in entries}


def damage(blobs: FolderBlobs, blob: str) -> None:
    path = blobs.local_path(blob)
    assert path is not None
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_there_is_no_snapshot_of_nothing(build: Build) -> None:
    with pytest.raises(Broken, match="no version was announced"):
        build()


def test_a_snapshot_of_a_version_that_was_never_announced_is_refused(publisher: Publisher, build: Build) -> None:
    publisher.announce(tracks(1))
    with pytest.raises(Broken, match="version 3 cannot be reached"):
        build(3)


def test_no_snapshot_is_made_across_a_break_in_the_log(
    blobs: FolderBlobs, publisher: Publisher, build: Build, tmp_path: Path
) -> None:
    publisher.announce(tracks(1))
    segment = publisher.announce(tracks(2))
    publisher.announce(tracks(3))
    damage(blobs, segment)
    with pytest.raises(BlobCorrupt):
        build()
    blobs.delete(segment)
    with pytest.raises(BlobMissing):
        build(3)
    assert build(1).version.version == 1
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_segment_that_follows_another_than_its_version_says_is_another_logs(
    blobs: FolderBlobs, publisher: Publisher, build: Build
) -> None:
    first = publisher.announce(tracks(1))
    second = publisher.announce(tracks(2))
    forged = blobs.put(encode_segment(tracks(2), "ab" * 32))
    record = blobs.get_named(version_name(2))
    assert record is not None
    blobs.put_named(version_name(2), record.replace(second.encode(), forged.encode()))
    with pytest.raises(Broken, match="another log") as raised:
        build()
    assert first in str(raised.value)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"form":"snapshot/2","manifest":"x"}', b"\xff"])
def test_a_name_that_leads_to_no_manifest_is_broken(blobs: FolderBlobs, content: bytes) -> None:
    blobs.put_named(snapshot_name(1), content)
    with pytest.raises(Broken):
        load_snapshot(blobs, 1)


def test_a_manifest_that_is_none_or_anothers_is_broken(blobs: FolderBlobs, publisher: Publisher, build: Build) -> None:
    publisher.announce(tracks(1))
    build()
    named = blobs.get_named(snapshot_name(1))
    assert named is not None
    blobs.put_named(snapshot_name(2), named)
    with pytest.raises(Broken, match="manifest of version 1"):
        load_snapshot(blobs, 2)
    blobs.put_named(snapshot_name(3), b'{"form":"snapshot/1","manifest":"%s"}' % blobs.put(b"none").encode())
    with pytest.raises(Broken, match="not readable"):
        load_snapshot(blobs, 3)


def test_chunks_out_of_order_or_of_another_form_are_broken(
    blobs: FolderBlobs, publisher: Publisher, build: Build
) -> None:
    publisher.announce(tracks(*range(100)))
    chunks = build().chunks
    assert len(chunks) > 3
    with pytest.raises(Broken, match="the one before it ends with"):
        list(iter_chunks(blobs, chunks[::-1]))
    with pytest.raises(Broken, match="begin"):
        list(iter_chunks(blobs, [_replaced(chunks[1], blob=chunks[2].blob)]))
    with pytest.raises(Broken, match="manifest says"):
        list(iter_chunks(blobs, [_replaced(chunks[1], entries=999)]))
    with pytest.raises(Broken, match="starts with"):
        list(iter_chunks(blobs, [_replaced(chunks[1], blob=blobs.put(b"no chunk"))]))


def _replaced(chunk: snapshot_module.Chunk, **changes: object) -> snapshot_module.Chunk:
    values = {name: getattr(chunk, name) for name in chunk.__struct_fields__}
    return snapshot_module.Chunk(**{**values, **changes})


def test_a_snapshot_holds_every_document_of_its_version_with_its_row(
    blobs: FolderBlobs, publisher: Publisher, build: Build
) -> None:
    publisher.announce(tracks(1, 2, 3))
    publisher.announce([a_track("t002", "two"), a_withdrawal("t003"), a_withdrawal("never there")])
    (first,), (second,) = tracks(1), [a_track("t002", "two")]
    snapshot = build()
    assert read(blobs, snapshot) == {first.key: first, second.key: second}
    assert (snapshot.version.version, snapshot.version.record_version, snapshot.entries) == (2, 20, 2)
    assert load_snapshot(blobs, 2) == snapshot
    assert build(1).version.version == 1
    assert list_snapshots(blobs) == (1, 2)


def test_a_snapshot_that_is_there_is_not_built_again(publisher: Publisher, build: Build) -> None:
    publisher.announce(tracks(*range(50)))
    assert build() == build(1)


def test_chunks_nothing_changed_in_are_shared(publisher: Publisher, build: Build) -> None:
    publisher.announce(tracks(*range(200)))
    before = {chunk.blob for chunk in build().chunks}
    publisher.announce([a_track("t100", "changed")])
    after = {chunk.blob for chunk in build().chunks}
    assert len(before) > 10
    assert len(after - before) == 1


def test_chunks_made_for_two_versions_are_never_the_same_blob(publisher: Publisher, build: Build) -> None:
    publisher.announce(tracks(1))
    publisher.announce(tracks(1, title="two"))
    publisher.announce(tracks(1))
    blobs = [build(version).chunks[0].blob for version in (1, 2, 3)]
    assert len(set(blobs)) == 3


def test_a_damaged_chunk_is_noticed_though_nothing_changed_in_it_and_the_snapshot_before_is_used(
    blobs: FolderBlobs, publisher: Publisher, build: Build
) -> None:
    publisher.announce(tracks(*range(100)))
    publisher.announce([a_track(f"t{number:03}", "two") for number in range(100)])
    build(1)
    second = build(2)
    publisher.announce([a_track("t000", "three")])
    damage(blobs, second.chunks[-1].blob)
    third = build()
    assert len(read(blobs, third)) == 100
    assert not {chunk.blob for chunk in third.chunks} & {chunk.blob for chunk in second.chunks}


def test_a_chunk_that_grows_without_a_cut_is_cut_by_its_size(
    blobs: FolderBlobs, publisher: Publisher, build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot_module, "ENTRIES_PER_CHUNK", 1 << 40)
    monkeypatch.setattr("antiphon.segments.snapshot_building.MAX_CHUNK_BYTES", 5_000)
    publisher.announce(tracks(*range(100)))
    snapshot = build()
    assert len(snapshot.chunks) > 5
    publisher.announce([a_withdrawal("t000"), a_track("t050", "two")])
    assert len(read(blobs, build())) == 99


@pytest.mark.parametrize("run_bytes", [1, 2_000, runs_module.RUN_BYTES])
def test_any_log_of_puts_and_deletes_comes_to_the_same_state_by_any_snapshots(
    blobs: FolderBlobs,
    publisher: Publisher,
    build: Build,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    run_bytes: int,
) -> None:
    print(f"seed {SEED}")
    chance = Random(SEED)
    monkeypatch.setattr(ChangeRuns.__init__, "__defaults__", (run_bytes,))
    documents = [[a_track(f"t{number:03}", f"title {form}") for form in range(3)] for number in range(60)]
    states: list[dict[bytes, Entry]] = [{}]
    for version in range(1, 25):
        changed = chance.sample(range(60), chance.randint(0, 20))
        entries = [
            a_withdrawal(f"t{number:03}") if chance.random() < 0.4 else chance.choice(documents[number])
            for number in changed
        ]
        publisher.announce(entries)
        states.append(dict(states[-1]))
        for entry in entries:
            states[-1].pop(entry.key, None)
            if entry.document is not None:
                states[-1][entry.key] = entry
        if chance.random() < 0.3:
            assert read(blobs, build(chance.randint(max(1, version - 3), version))).keys() <= {
                entry.key for forms in documents for entry in forms
            }
    for version in range(1, 25):
        with open_state(blobs, tmp_path / "scratch", list_bases(blobs, version)[0], version) as state:
            assert {entry.key: entry for entry in state} == states[version]
    for number in list_snapshots(blobs):
        snapshot = load_snapshot(blobs, number)
        assert snapshot is not None
        assert read(blobs, snapshot) == states[number]
