"""What every store promises; each test runs against the folder and against object stores."""

import doctest
import hashlib
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import antiphon.blobs
from antiphon.blobs import (
    BlobCorrupt,
    BlobMissing,
    BlobStore,
    InvalidBlobName,
    RangeOutOfBounds,
    SourceChanged,
    open_blobs,
)
from antiphon.blobs.chunks import CHUNK_BYTES, read_unchanged
from tests.blobs.conftest import StoreUnderTest

ABSENT = "0" * 64
SEED = 20260701

ESCAPES = (
    "",
    "..",
    "../overlay",
    "versions/../../overlay",
    "/overlay",
    "versions//1",
    "versions/",
    "versions\\1",
    "Overlay",
    "overlay\n",
    "over\0lay",
    "overlay.tmp",
    "%2e%2e/overlay",
    "．．/overlay",
    "a/b/c/d/e",
    "tmp/overlay",
    "sha256/00",
    "v" * 121,
)


@pytest.mark.parametrize("name", ESCAPES)
def test_a_name_that_could_leave_the_store_is_refused(blobs: BlobStore, name: str) -> None:
    with pytest.raises(InvalidBlobName):
        blobs.put_named(name, b"x")
    for ask in (blobs.get_named, blobs.list_names, blobs.delete_named):
        with pytest.raises(InvalidBlobName):
            ask(name)


@pytest.mark.parametrize(
    "blob", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n", "/" + "0" * 63]
)
def test_what_is_no_hash_is_refused_by_every_method(blobs: BlobStore, blob: str, tmp_path: Path) -> None:
    for ask in (blobs.get, blobs.has, blobs.size, blobs.local_path):
        with pytest.raises(InvalidBlobName):
            ask(blob)
    with pytest.raises(InvalidBlobName):
        blobs.read_range(blob, 0, 1)
    with pytest.raises(InvalidBlobName):
        blobs.get_file(blob, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_an_absent_blob_is_missing_not_empty(blobs: BlobStore, tmp_path: Path) -> None:
    assert not blobs.has(ABSENT)
    assert blobs.local_path(ABSENT) is None
    with pytest.raises(BlobMissing, match=ABSENT):
        blobs.get(ABSENT)
    with pytest.raises(BlobMissing):
        blobs.size(ABSENT)
    for start, stop in ((0, 1), (0, 0)):
        with pytest.raises(BlobMissing):
            blobs.read_range(ABSENT, start, stop)
    with pytest.raises(BlobMissing):
        blobs.get_file(ABSENT, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, 6), (5, 6), (6, 6), (6, 9), (-3, -1)])
def test_a_range_outside_the_blob_is_refused(blobs: BlobStore, start: int, stop: int) -> None:
    blob = blobs.put(b"hello")
    with pytest.raises(RangeOutOfBounds, match=blob):
        blobs.read_range(blob, start, stop)


def test_a_flipped_byte_anywhere_is_found_before_a_byte_is_returned(under_test: StoreUnderTest, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    content = chance.randbytes(5000)
    blob = under_test.blobs.put(content)
    for _ in range(50):
        damaged = bytearray(content)
        damaged[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        under_test.overwrite(blob, bytes(damaged))
        with pytest.raises(BlobCorrupt, match=blob):
            under_test.blobs.get(blob)
        with pytest.raises(BlobCorrupt):
            under_test.blobs.get_file(blob, tmp_path / "copy")
        assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("size", [0, 1, 4999])
def test_a_truncated_blob_is_found(under_test: StoreUnderTest, size: int) -> None:
    content = random.Random(SEED).randbytes(5000)
    blob = under_test.blobs.put(content)
    under_test.overwrite(blob, content[:size])
    with pytest.raises(BlobCorrupt):
        under_test.blobs.get(blob)


def test_putting_the_content_again_heals_a_damaged_blob(under_test: StoreUnderTest, tmp_path: Path) -> None:
    blob = under_test.blobs.put(b"what was sung")
    under_test.overwrite(blob, b"what was sunk")
    assert under_test.blobs.put(b"what was sung") == blob
    assert under_test.blobs.get(blob) == b"what was sung"
    under_test.overwrite(blob, b"what")
    (tmp_path / "again").write_bytes(b"what was sung")
    assert under_test.blobs.put_file(tmp_path / "again") == blob
    assert under_test.blobs.get(blob) == b"what was sung"


def test_a_file_that_changes_while_it_is_read_is_not_stored(blobs: BlobStore, tmp_path: Path) -> None:
    path = tmp_path / "growing"
    path.write_bytes(b"first")
    chunks = read_unchanged(path, hashlib.sha256(b"second").hexdigest())
    with pytest.raises(SourceChanged, match="growing"):
        list(chunks)


def test_a_copy_never_replaces_a_file_that_is_there(blobs: BlobStore, tmp_path: Path) -> None:
    (tmp_path / "mine").write_bytes(b"keep me")
    with pytest.raises(FileExistsError):
        blobs.get_file(blobs.put(b"other"), tmp_path / "mine")
    assert (tmp_path / "mine").read_bytes() == b"keep me"


@pytest.mark.parametrize("content", [b"", b"hello", bytes(range(256)) * 20])
def test_what_was_put_comes_back(blobs: BlobStore, content: bytes, tmp_path: Path) -> None:
    blob = blobs.put(content)
    assert blob == hashlib.sha256(content).hexdigest()
    assert blobs.has(blob)
    assert blobs.size(blob) == len(content)
    assert blobs.get(blob) == content
    blobs.get_file(blob, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == content


def test_a_file_larger_than_any_buffer_comes_back(blobs: BlobStore, tmp_path: Path) -> None:
    content = random.Random(SEED).randbytes(7 * CHUNK_BYTES + 11)
    (tmp_path / "song.wav").write_bytes(content)
    blob = blobs.put_file(tmp_path / "song.wav")
    assert blob == hashlib.sha256(content).hexdigest()
    blobs.get_file(blob, tmp_path / "copy.wav")
    assert (tmp_path / "copy.wav").read_bytes() == content
    path = blobs.local_path(blob)
    assert path is None or path.read_bytes() == content


def test_ranges_equal_slices_of_the_blob(blobs: BlobStore) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    content = chance.randbytes(3000)
    blob = blobs.put(content)
    edges = [(0, 0), (0, 3000), (3000, 3000), (2999, 3000), (1500, 1500)]
    for start, stop in edges + [tuple(sorted(chance.choices(range(3001), k=2))) for _ in range(100)]:
        assert blobs.read_range(blob, start, stop) == content[start:stop]


def test_a_named_object_is_absent_until_put_and_then_what_was_put_last(blobs: BlobStore) -> None:
    assert blobs.get_named("versions/00000012") is None
    blobs.put_named("versions/00000012", b"one")
    blobs.put_named("overlay", b"")
    assert blobs.get_named("versions/00000012") == b"one"
    assert blobs.get_named("overlay") == b""
    blobs.put_named("versions/00000012", b"another")
    assert blobs.get_named("versions/00000012") == b"another"


def test_the_names_in_a_folder_are_listed_in_order_and_nothing_else_is(blobs: BlobStore) -> None:
    assert blobs.list_names("snapshots") == ()
    for name in ("snapshots/00000012", "snapshots/00000003", "snapshots/deeper/1", "snapshots-2/1", "overlay"):
        blobs.put_named(name, b"x")
    blobs.put(b"a blob")
    assert blobs.list_names("snapshots") == ("snapshots/00000003", "snapshots/00000012")
    assert blobs.list_names("overlay") == ()


def test_more_names_than_a_store_lists_at_once_are_all_listed(blobs: BlobStore) -> None:
    names = [f"versions/{number:08}" for number in range(1, 1101)]
    for name in names:
        blobs.put_named(name, b"")
    assert blobs.list_names("versions") == tuple(names)


def test_a_deleted_name_is_gone_and_deleting_it_again_is_no_error(blobs: BlobStore) -> None:
    for name in ("versions/00000001", "versions/00000002"):
        blobs.put_named(name, b"x")
    for _ in range(2):
        blobs.delete_named("versions/00000001")
    blobs.delete_named("never/there")
    assert blobs.get_named("versions/00000001") is None
    assert blobs.list_names("versions") == ("versions/00000002",)


def test_a_deleted_blob_is_missing_and_deleting_it_again_is_no_error(blobs: BlobStore) -> None:
    kept, gone = blobs.put(b"kept"), blobs.put(b"gone")
    blobs.delete(gone)
    blobs.delete(gone)
    assert (blobs.has(kept), blobs.has(gone)) == (True, False)
    with pytest.raises(BlobMissing):
        blobs.get(gone)
    assert blobs.put(b"gone") == gone
    assert blobs.get(gone) == b"gone"


def test_many_threads_may_put_the_same_content_at_once(blobs: BlobStore) -> None:
    content = random.Random(SEED).randbytes(300_000)
    with ThreadPoolExecutor(8) as threads:
        stored = list(threads.map(blobs.put, [content] * 16))
    assert stored == [hashlib.sha256(content).hexdigest()] * 16
    assert blobs.get(stored[0]) == content


def test_every_kind_of_location_opens_its_store(tmp_path: Path) -> None:
    for location in (str(tmp_path / "plain"), f"file://{tmp_path}/with%20space", "memory://"):
        blobs = open_blobs(location)
        assert blobs.get(blobs.put(b"x")) == b"x"
    assert (tmp_path / "with space" / "sha256").is_dir()
    assert "bucket" in repr(open_blobs("s3://bucket/prefix"))


@pytest.mark.parametrize("location", ["http://example.com/x", "ftp://example.com", "://x"])
def test_an_unknown_kind_of_location_is_refused(location: str) -> None:
    with pytest.raises(InvalidBlobName, match="s3://"):
        open_blobs(location)


def test_the_example_of_the_package_docstring_holds() -> None:
    results = doctest.testmod(antiphon.blobs)
    assert results.attempted
    assert not results.failed


def test_a_check_finds_what_a_range_would_have_served(under_test: StoreUnderTest) -> None:
    blobs, content = under_test.blobs, random.Random(SEED).randbytes(CHUNK_BYTES + 5)
    blob = blobs.put(content)
    blobs.check(blob)
    for damaged in (content[:-1], bytes((content[0] ^ 1,)) + content[1:], b""):
        under_test.overwrite(blob, damaged)
        assert blobs.stamp(blob).size_bytes == len(damaged)
        with pytest.raises(BlobCorrupt):
            blobs.check(blob)
    for ask in (blobs.stamp, blobs.check):
        with pytest.raises(BlobMissing):
            ask(ABSENT)
        with pytest.raises(InvalidBlobName):
            ask("../overlay")


def test_a_stamp_changes_when_a_blob_is_written_again_and_not_before(under_test: StoreUnderTest) -> None:
    blob = under_test.blobs.put(b"sound")
    stamp = under_test.blobs.stamp(blob)
    assert stamp == under_test.blobs.stamp(blob)
    under_test.overwrite(blob, b"bound!")
    assert stamp != under_test.blobs.stamp(blob)
