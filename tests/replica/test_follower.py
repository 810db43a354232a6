"""Following: what a node does with a store that is empty, damaged, behind, ahead, or cut off; and with being killed."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from antiphon.blobs import BlobCorrupt, FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken, Refused
from antiphon.replica import LEASE_S, Follower, NotReady, Replica
from antiphon.replica import follower as follower_module
from antiphon.replica.index import index_path
from antiphon.segments import OVERLAY_NAME, DocumentKind, Entry, version_name
from tests.replica.nodes import Follow
from tests.replica.publishing import NOW, Publisher, a_track, a_withdrawal


def find(follower: Follower, text: str) -> set[str]:
    return set(follower.replica.search(EntityKind.TRACK, text).ids)


def holds(follower: Follower, track_id: str) -> bool:
    with follower.replica.transaction() as view:
        return view.get(DocumentKind.TRACK, track_id) is not None


def test_a_node_that_never_followed_is_not_ready(tmp_path: Path) -> None:
    with pytest.raises(NotReady):
        Replica(tmp_path / "node").transaction()


def test_threads_that_ask_at_once_open_the_files_once(publisher: Publisher, follow: Follow, tmp_path: Path) -> None:
    publisher.announce([a_track("t1", "one")])
    follower = follow()
    follower.poll(NOW)
    follower.close()
    replica = Replica(tmp_path / "node")
    together = Barrier(8)

    def read_version(_: int) -> int:
        together.wait()
        with replica.transaction() as view:
            return view.version

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(read_version, range(8))) == {1}
    replica.close()


def test_a_damaged_segment_stops_at_the_version_before(
    blobs: FolderBlobs, publisher: Publisher, follow: Follow
) -> None:
    publisher.announce([a_track("t1", "one")])
    follower = follow()
    follower.poll(NOW)
    path = blobs.local_path(publisher.announce([a_track("t2", "two")]))
    assert path is not None
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1])
    later = NOW + timedelta(seconds=60)
    with pytest.raises(BlobCorrupt):
        follower.poll(later)
    assert follower.version == 1
    assert find(follower, "one") == {"t1"}
    freshness = follower.replica.freshness(later)
    assert freshness.lease_left_s == LEASE_S  # the overlay was read: music goes on
    assert freshness.level_age_s == 60


def test_a_document_that_is_none_is_never_stored(publisher: Publisher, follow: Follow) -> None:
    publisher.announce([Entry(key=b"\x04t1", document=b"no document")])
    follower = follow()
    with pytest.raises(Broken, match="document"):
        follower.poll(NOW)
    assert not holds(follower, "t1")


def test_keys_that_are_not_a_documents_are_refused(publisher: Publisher, follow: Follow) -> None:
    publisher.announce([Entry(key=b"\x00head", document=a_track("t", "t").document)])
    with pytest.raises(Broken, match="expected a kind and an id"):
        follow().poll(NOW)


def test_another_log_is_not_followed(publisher: Publisher, follow: Follow) -> None:
    publisher.announce([a_track("t1", "one")])
    publisher.announce([a_track("t2", "two")], parent="ab" * 32)
    follower = follow()
    with pytest.raises(Broken, match="another log"):
        follower.poll(NOW)
    assert follower.version == 1


def test_a_version_under_another_number_is_refused(blobs: FolderBlobs, publisher: Publisher, follow: Follow) -> None:
    publisher.announce([a_track("t1", "one")])
    data = blobs.get_named(version_name(1))
    assert data is not None
    blobs.put_named(version_name(1), data.replace(b'"version":1', b'"version":7'))
    with pytest.raises(Broken, match="holds version 7"):
        follow().poll(NOW)


def test_an_older_overlay_is_refused_and_does_not_renew_the_lease(publisher: Publisher, follow: Follow) -> None:
    publisher.deny(2, "t1", "t2")
    follower = follow()
    follower.poll(NOW)
    publisher.deny(1, "t1")
    with pytest.raises(Broken, match="sequence 1"):
        follower.poll(NOW + timedelta(seconds=200))
    restarted = follow()
    with pytest.raises(Broken, match="sequence 1"):
        restarted.poll(NOW + timedelta(seconds=200))
    with restarted.replica.transaction() as view:
        assert b"t2" in view.overlay.denied_at(0).ids
    assert restarted.replica.freshness(NOW + timedelta(seconds=200)).lease_left_s == LEASE_S - 200


def test_a_lost_or_unreadable_overlay_is_refused(blobs: FolderBlobs, publisher: Publisher, follow: Follow) -> None:
    publisher.deny(1, "t1")
    follower = follow()
    follower.poll(NOW)
    blobs.put_named(OVERLAY_NAME, b"{")
    with pytest.raises(Broken, match="not readable"):
        follower.poll(NOW)
    next(path for path in blobs_files(blobs) if path.name == OVERLAY_NAME).unlink()
    with pytest.raises(Broken, match="has no overlay"):
        follower.poll(NOW)


def blobs_files(blobs: FolderBlobs) -> list[Path]:
    path = blobs.local_path(blobs.put(b"x"))
    assert path is not None
    return [file for file in path.parents[2].rglob("*") if file.is_file()]


def test_two_followers_do_not_write_one_folder(blobs: FolderBlobs, follow: Follow, tmp_path: Path) -> None:
    follow()
    probe = (
        "import sys; from pathlib import Path; from antiphon.blobs import FolderBlobs; from antiphon.replica import "
        "Follower; Follower(FolderBlobs(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    arguments = [sys.executable, "-c", probe, str(tmp_path / "blobs"), str(tmp_path / "node")]
    result = subprocess.run(arguments, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert Refused.__name__ in result.stderr
    assert "another follower" in result.stderr


def test_an_empty_store_is_followed_until_something_comes(publisher: Publisher, follow: Follow) -> None:
    follower = follow()
    follower.poll(NOW)
    assert follower.poll(NOW) is False
    assert follower.version == 0
    assert find(follower, "one") == set()
    publisher.announce([a_track("t1", "one")])
    assert follower.poll(NOW) is True
    assert find(follower, "one") == {"t1"}


def test_versions_are_applied_in_order_and_what_is_withdrawn_goes(publisher: Publisher, follow: Follow) -> None:
    publisher.announce([a_track("t1", "one"), a_track("t2", "two")])
    publisher.announce([a_track("t1", "uno"), a_withdrawal("t2"), a_withdrawal("never there")])
    follower = follow()
    follower.poll(NOW)
    assert follower.version == 2
    assert (holds(follower, "t1"), holds(follower, "t2")) == (True, False)
    assert (find(follower, "one"), find(follower, "two"), find(follower, "uno")) == (set(), set(), {"t1"})
    with follower.replica.transaction() as view:
        assert view.head.record_version == 20
        assert view.head.announced_at_ms == int((NOW - timedelta(minutes=1)).timestamp() * 1000)


def test_a_poll_ends_before_the_lease_does_however_far_behind_the_node_is(
    publisher: Publisher, follow: Follow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower_module, "VERSIONS_PER_POLL", 2)
    for number in range(5):
        publisher.announce([a_track(f"t{number}", "one")])
    follower = follow()
    later = NOW + timedelta(seconds=10)
    assert [follower.poll(NOW), follower.version] == [True, 2]
    assert follower.replica.freshness(NOW).level_age_s > 1_000_000
    assert [follower.poll(later), follower.version] == [True, 4]
    assert [follower.poll(later), follower.version] == [True, 5]
    assert follower.replica.freshness(later).level_age_s == 0
    assert len(find(follower, "one")) == 5


def test_a_view_stays_at_its_version(publisher: Publisher, follow: Follow) -> None:
    publisher.announce([a_track("t1", "one")])
    follower = follow()
    follower.poll(NOW)
    with follower.replica.transaction() as view:
        before = view.get(DocumentKind.TRACK, "t1")
        publisher.announce([a_track("t1", "uno")])
        follower.poll(NOW)
        assert view.get_many(DocumentKind.TRACK, ["t1", "t2"]) == [before, None]
        assert view.version == 1


def test_a_takedown_arrives_with_no_publisher_running(publisher: Publisher, follow: Follow) -> None:
    publisher.announce([a_track("t1", "one")])
    follower = follow()
    follower.poll(NOW)
    publisher.deny(1, "t1")
    assert follower.poll(NOW) is True
    with follower.replica.transaction() as view:
        assert b"t1" in view.overlay.denied_at(0).ids


def test_reading_an_unchanged_overlay_renews_the_lease_and_isolation_ends_it(follow: Follow) -> None:
    follower = follow()
    for seconds in (0, 100, 200):
        follower.poll(NOW + timedelta(seconds=seconds))
    left = [follower.replica.freshness(NOW + timedelta(seconds=s)).lease_left_s for s in (200, 499, 500, 9999)]
    assert left == [LEASE_S, 1, 0, 0]
    assert follow().replica.freshness(NOW + timedelta(seconds=499)).lease_left_s == 1  # a restart renews nothing


def test_a_clock_that_was_set_back_ends_the_lease_until_the_store_is_read_again(follow: Follow) -> None:
    follower = follow()
    follower.poll(NOW)
    earlier = NOW - timedelta(hours=1)
    assert follower.replica.freshness(earlier).lease_left_s == 0
    follower.poll(earlier)
    assert follower.replica.freshness(earlier).lease_left_s == LEASE_S


def test_ids_of_any_form_are_asked_for_safely(follow: Follow) -> None:
    follower = follow()
    follower.poll(NOW)
    with follower.replica.transaction() as view:
        assert view.get_many(DocumentKind.TRACK, ["", "x" * 10_000, "\udcff", "\x00", "../.."]) == [None] * 5


def test_the_map_grows_when_documents_need_it(blobs: FolderBlobs, publisher: Publisher, tmp_path: Path) -> None:
    publisher.announce([a_track(f"t{i}", "word " * 200) for i in range(400)])
    follower = Follower(blobs, tmp_path / "small", map_size_bytes=1 << 18)
    follower.poll(NOW)
    assert holds(follower, "t399")
    follower.close()


def test_a_lost_index_is_made_again_from_the_segments(publisher: Publisher, follow: Follow, tmp_path: Path) -> None:
    for number in range(5):
        publisher.announce([a_track(f"t{number}", f"title number{number}"), a_withdrawal(f"t{number - 3}")])
    follower = follow()
    follower.poll(NOW)
    follower.close()
    path = index_path(tmp_path / "node")
    for file in path.iterdir():
        file.unlink()
    follower = follow()
    follower.poll(NOW)
    assert find(follower, "title") == {"t2", "t3", "t4"}


def test_a_damaged_index_is_made_again_from_the_segments(publisher: Publisher, follow: Follow, tmp_path: Path) -> None:
    publisher.announce([a_track("t1", "one")])
    follower = follow()
    follower.poll(NOW)
    follower.close()
    (index_path(tmp_path / "node") / "meta.json").write_text("{")
    follower = follow()
    follower.poll(NOW)
    assert find(follower, "one") == {"t1"}


KILLED_FOLLOWER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from antiphon.blobs import FolderBlobs
from antiphon.replica.files import NodeFiles
from antiphon.replica.follower import Follower
from antiphon.replica.index import IndexWriter

def killed_before(owner, name, count):
    original, calls = getattr(owner, name), []
    def call(*arguments, **keywords):
        calls.append(name)
        if len(calls) == count:
            os._exit(9)
        return original(*arguments, **keywords)
    setattr(owner, name, call)

blobs, node, step, count = sys.argv[1:]
steps = {"store_overlay": NodeFiles, "apply": NodeFiles, "write": IndexWriter, "commit": IndexWriter}
steps["change_head"] = NodeFiles
killed_before(steps[step], step, int(count))
follower = Follower(FolderBlobs(Path(blobs)), Path(node))
follower.poll(datetime(2026, 11, 22, tzinfo=UTC))
os._exit(0)
"""


@pytest.mark.process
@pytest.mark.parametrize(
    ("step", "count"),
    [("store_overlay", 1), ("apply", 1), ("apply", 2), ("write", 2), ("commit", 1), ("commit", 2), ("change_head", 2)],
)
def test_killed_between_any_two_steps_it_ends_where_it_would_have(
    publisher: Publisher, follow: Follow, tmp_path: Path, step: str, count: int
) -> None:
    publisher.deny(1, "t2")
    publisher.announce([a_track("t1", "one"), a_track("t2", "two")])
    publisher.announce([a_withdrawal("t1"), a_track("t3", "three")])
    arguments = [sys.executable, "-c", KILLED_FOLLOWER, str(tmp_path / "blobs"), str(tmp_path / "node"), step]
    assert subprocess.run([*arguments, str(count)], env=dict(os.environ), check=False).returncode == 9
    follower = follow()
    follower.poll(NOW)
    assert follower.version == 2
    assert [holds(follower, track) for track in ("t1", "t2", "t3")] == [False, True, True]
    assert [find(follower, word) for word in ("one", "two", "three")] == [set(), {"t2"}, {"t3"}]


@pytest.mark.process
def test_another_process_reads_what_the_follower_writes(publisher: Publisher, follow: Follow, tmp_path: Path) -> None:
    publisher.announce([a_track("t1", "one")])
    follow().poll(NOW)
    probe = (
        "import sys; from pathlib import Path; from antiphon.replica import Replica;"
        "from antiphon.model.entities import EntityKind; replica = Replica(Path(sys.argv[1]));"
        "print(replica.search(EntityKind.TRACK, 'one').ids, replica.transaction().version)"
    )
    arguments = [sys.executable, "-c", probe, str(tmp_path / "node")]
    assert subprocess.run(arguments, capture_output=True, text=True, check=True).stdout == "('t1',) 1\n"


def test_a_node_never_loads_the_record() -> None:
    probe = (
        "import sys, antiphon.replica;"
        "print(*[m for m in sys.modules if m == 'sqlalchemy' or m.startswith('antiphon.record')])"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert result.stdout == "\n"
