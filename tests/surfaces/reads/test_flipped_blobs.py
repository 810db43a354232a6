"""F21 for audio: a blob that is not what was put is found before a byte of it is served, whole or in ranges."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from antiphon.access import issue_stream_token
from antiphon.blobs import BlobCorrupt, FolderBlobs, SoundBook
from antiphon.blobs.names import blob_key
from antiphon.blobs.soundness import CHECKED_FOR_S
from antiphon.model.errors import Broken
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.surfaces.reads.asking import Got, ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, Shelf

SEED = 21
FLIPPED, TRUNCATED = 1_000, 20
BLOB_BYTES = 4_096


class Stand:
    """A store of audio made of noise, a read path before it, and what its files are."""

    def __init__(self, shelf: Shelf, root: Path) -> None:
        self.blobs = FolderBlobs(root)
        self.root = root
        self.faults: list[Exception] = []
        self.restart(shelf)

    def restart(self, shelf: Shelf) -> None:
        """Put a process in the place of the one before, which remembers nothing."""
        self.read_path = ReadPath(shelf.replica, self.blobs, KEYS, ReadSettings(), report=self._note)

    def ask(self, blob: str, span: str | None = None, now: datetime = NOW) -> Got:
        """Return the answer to a stream URL of a blob."""
        token = issue_stream_token(
            KEYS, blob=blob, media_type="audio/ogg", track_id="t", client_id="c", now=now, ttl_s=300
        )
        headers = {"range": span} if span else None
        return ask(self.read_path, f"/stream/{token}", tier=None, headers=headers, now=now)

    def damage(self, blob: str, data: bytes) -> None:
        """Write other bytes in a blob's place, and hide that anybody did."""
        path = self.root / blob_key(blob)
        before = path.stat()
        path.write_bytes(data)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    def _note(self, error: Exception, _operation: str) -> None:
        self.faults.append(error)


def flip(data: bytes, random: Random) -> bytes:
    """Return bytes with one bit of them flipped."""
    at = random.randrange(len(data))
    return data[:at] + bytes((data[at] ^ 1 << random.randrange(8),)) + data[at + 1 :]


def test_no_byte_of_a_flipped_or_truncated_blob_is_served(shelf: Shelf, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    random = Random(SEED)
    stand = Stand(shelf, tmp_path / "blobs")
    whole = [random.randbytes(BLOB_BYTES) for _ in range(FLIPPED + TRUNCATED)]
    blobs = [stand.blobs.put(data) for data in whole]
    served_before = blobs[::2]
    assert {stand.ask(blob).status for blob in served_before} == {200}
    for number, (blob, data) in enumerate(zip(blobs, whole, strict=True)):
        cut = data[: random.randrange(BLOB_BYTES)]
        stand.damage(blob, flip(data, random) if number < FLIPPED else cut)
    for blob in blobs:
        for span in (None, "bytes=0-0", "bytes=-100"):
            got = stand.ask(blob, span)
            assert (got.status, got.content["error"]["status"]) == (500, 500)
    assert len(stand.faults) == 3 * len(blobs)
    assert {type(error) for error in stand.faults} == {BlobCorrupt}


def test_a_blob_that_was_healed_is_served_again(shelf: Shelf, tmp_path: Path) -> None:
    stand = Stand(shelf, tmp_path / "blobs")
    blob = stand.blobs.put(b"sound")
    stand.damage(blob, b"bound")
    assert stand.ask(blob).status == 500
    stand.blobs.put(b"sound")
    assert stand.ask(blob, "bytes=1-2").body == b"ou"


def test_a_sound_blob_is_read_whole_once_a_day_and_process(shelf: Shelf, tmp_path: Path) -> None:
    stand = Stand(shelf, tmp_path / "blobs")
    blob = stand.blobs.put(b"sound")
    assert stand.ask(blob).status == 200
    stand.blobs.check = refuse_to_check  # type: ignore[method-assign]  # who would check again would fail
    tomorrow = NOW + timedelta(seconds=CHECKED_FOR_S)
    assert stand.ask(blob, now=tomorrow - timedelta(seconds=1)).status == 200
    assert stand.ask(blob, now=tomorrow).status == 500
    stand.restart(shelf)
    assert stand.ask(blob).status == 500


def refuse_to_check(blob: str) -> None:
    """Stand in for a store that would have to read a blob whole."""
    raise Broken(f"{blob} would be read again")


def test_the_book_of_sound_blobs_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon.blobs.soundness.MAX_KEPT", 3)
    blobs = FolderBlobs(tmp_path)
    book = SoundBook(blobs)
    for number in range(5):
        assert book.ensure_sound(blobs.put(bytes(number)), NOW.timestamp()) == number
    assert len(book._seen) == 3
