"""Hash sums of delivered files."""

import hashlib
from pathlib import Path

import pytest

from antiphon.blobs import BlobCorrupt, FolderBlobs
from antiphon.blobs.names import blob_key
from antiphon.intake.hashes import CHUNK_BYTES, hash_blobs, hash_files
from antiphon.model.delivery import DeliveredFile

DATA = b"music" * (CHUNK_BYTES // 4)
ALGORITHMS = frozenset({"md5", "sha3_256"})
EXPECTED = {"md5": hashlib.md5(DATA).hexdigest(), "sha3_256": hashlib.sha3_256(DATA).hexdigest()}


def test_a_file_that_was_damaged_here_is_not_blamed_on_its_sender(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    file = DeliveredFile(path="01.flac", blob=blobs.put(DATA), size_bytes=len(DATA))
    path = tmp_path / blob_key(file.blob)
    path.chmod(0o600)
    path.write_bytes(DATA[:-1] + b"!")
    with pytest.raises(BlobCorrupt):
        hash_blobs([file], ALGORITHMS, blobs)


def test_files_and_blobs_have_the_same_sums(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    file = DeliveredFile(path="01.flac", blob=blobs.put(DATA), size_bytes=len(DATA))
    (tmp_path / "01.flac").write_bytes(DATA)
    stored = hash_blobs([file], ALGORITHMS, blobs)
    assert {name: stored["01.flac"][name] for name in EXPECTED} == EXPECTED
    assert hash_files(tmp_path, ["01.flac"], ALGORITHMS) == {"01.flac": EXPECTED}


def test_nothing_is_read_where_nothing_is_declared(tmp_path: Path) -> None:
    missing = DeliveredFile(path="01.flac", blob="0" * 64, size_bytes=1)
    assert hash_blobs([missing], frozenset(), FolderBlobs(tmp_path)) == {}
    assert hash_files(tmp_path, ["01.flac"], frozenset()) == {}
