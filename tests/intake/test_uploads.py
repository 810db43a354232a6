"""Uploads and their completion below HTTP, on each engine: announced, appended, completed once, forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest

from antiphon.intake.completion import Completion, complete_uploads
from antiphon.intake.uploads import UPLOAD_TTL, Uploads
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.deliveries import list_deliveries
from antiphon.record.uploads import Upload
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import PROVIDER, Installation, now


def open_uploads(site: Installation) -> Uploads:
    return Uploads(site.engine, site.root / "uploads")


def send(uploads: Uploads, path: str, data: bytes) -> Upload:
    """Send a file whole, in two pieces."""
    upload = uploads.create(PROVIDER, "a client", path=path, size_bytes=len(data), sha256="", now=now())
    half = len(data) // 2
    for start, piece in ((0, data[:half]), (half, data[half:])):
        with uploads.append(upload, start, now()) as writer:
            writer.write(piece)
    return upload


def send_folder(uploads: Uploads, folder: Path) -> list[str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [send(uploads, path.relative_to(folder.parent).as_posix(), path.read_bytes()).id for path in files]


def complete(site: Installation, uploads: Uploads, ids: list[str]) -> Completion:
    return complete_uploads(site.engine, site.blobs, site.queue, uploads, PROVIDER, ids, now())


def test_a_completion_is_done_once_and_says_the_same_also_when_its_uploads_are_forgotten(
    site: Installation, tmp_path: Path
) -> None:
    uploads = open_uploads(site)
    ids = send_folder(uploads, write_delivery(tmp_path / "out", a_small_statement(1)))
    first = complete(site, uploads, ids)
    again = complete(site, uploads, ids)
    assert (first.is_repeated, again.is_repeated) == (False, True)
    assert first.outcome == again.outcome
    assert uploads.list_open(PROVIDER) == ()
    assert uploads.sweep(now() + UPLOAD_TTL + timedelta(seconds=1)) == len(ids)
    assert complete(site, uploads, ids).outcome == first.outcome
    with reading(site.engine) as connection:
        assert len(list_deliveries(connection)) == 1


def test_a_completion_that_died_before_it_was_written_down_is_done_again_with_the_same_ids(
    site: Installation, tmp_path: Path
) -> None:
    uploads = open_uploads(site)
    folder = write_delivery(tmp_path / "out", a_small_statement(1))
    ids = send_folder(uploads, folder)
    (receipt,) = site.accept(folder)  # what a killed completion leaves behind: accepted, and nothing said of it
    (told,) = complete(site, uploads, ids).outcome.receipts
    assert (told.delivery_id, told.is_duplicate) == (receipt.delivery_id, True)


def test_an_upload_is_part_of_one_delivery_alone(site: Installation, tmp_path: Path) -> None:
    uploads = open_uploads(site)
    ids = send_folder(uploads, write_delivery(tmp_path / "out", a_small_statement(1)))
    complete(site, uploads, ids)
    with pytest.raises(Refused, match="part of another delivery"):
        complete(site, uploads, ids[:1])
    upload = uploads.find(ids[0], PROVIDER)
    assert uploads.measure(upload) == upload.size_bytes
    uploads.remove(upload)
    assert uploads.find(ids[0], PROVIDER) == upload, "what is part of a delivery is not given up"
    with pytest.raises(Refused, match="no upload"):
        uploads.find(ids[0], "another")
