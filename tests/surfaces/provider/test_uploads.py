"""Files in pieces: what is acknowledged is kept, what is not is asked for again, and nobody touches another's."""

import base64
import errno
import hashlib
import io
import os
import random
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from antiphon.intake import flood
from antiphon.intake.uploads import MAX_UPLOAD_BYTES, UPLOAD_TTL, Uploads
from antiphon.record import reading
from antiphon.record.deliveries import list_deliveries
from tests.docs.house import LISTENER, NOBODY, OPERATOR, STRANGER
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import PROVIDER, now
from tests.surfaces.provider.dockside import DELIVERIES, PIECE, PROTOCOL, UPLOADS, Dockside, announcement


def zip_folder(folder: Path) -> bytes:
    """Return a release folder as a ZIP with the folder in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder.parent))
    return packed.getvalue()


def staged_files(dock: Dockside) -> list[Path]:
    return sorted((dock.data / "uploads").iterdir())


def deliveries_of(dock: Dockside) -> list[str]:
    with reading(dock.site.engine) as connection:
        return [delivery.id for delivery in list_deliveries(connection)]


def reason_of(answer: httpx.Response) -> str:
    return str(answer.json().get("reason", ""))


def fill_disk(monkeypatch: pytest.MonkeyPatch, *, after_bytes: int) -> None:
    """Let the file system take so many bytes more, and then no other."""
    left = [after_bytes]
    write = os.write

    def write_while_there_is_room(descriptor: int, data: Any) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = write(descriptor, bytes(data)[: left[0]])
        left[0] -= taken
        return taken

    monkeypatch.setattr(os, "write", write_while_there_is_room)


@pytest.mark.parametrize(
    "path", ["", "/etc/passwd", "../R2/R2.xml", "a/../../b", "a\\b", "a//b", "C:x", "%2e%2e/x", "x" * 300, "a\nb"]
)
def test_a_path_that_is_none_of_a_deliverys_files_is_refused(dock: Dockside, path: str) -> None:
    answer = dock.ask("POST", UPLOADS, headers=announcement(path, 1))
    assert (answer.status_code, reason_of(answer)) == (400, "UploadPath")
    assert staged_files(dock) == []


def test_what_is_no_upload_of_the_protocol_is_refused(dock: Dockside) -> None:
    assert dock.ask("POST", UPLOADS, headers=announcement("a", MAX_UPLOAD_BYTES + 1)).status_code == 413
    assert dock.ask("POST", UPLOADS, headers=announcement("a", 1) | {"tus-resumable": "0.2.2"}).status_code == 412
    assert dock.ask("POST", UPLOADS, headers=announcement("a", 1) | {"upload-length": "-1"}).status_code == 400
    assert dock.ask("POST", UPLOADS, headers=announcement("a", 1, sha256="abc")).status_code == 400
    assert dock.ask("POST", UPLOADS, headers=PROTOCOL | {"upload-metadata": "path %%%"}).status_code == 400
    address = dock.announce("a", 1)
    assert dock.send(address, b"x", headers={"content-type": "text/plain"}).status_code == 415


def test_anothers_upload_is_not_there_and_only_providers_upload(dock: Dockside) -> None:
    address = dock.announce("R1.xml", 3)
    piece = PROTOCOL | {"upload-offset": "0", "content-type": PIECE}
    for method, options in (("HEAD", PROTOCOL), ("GET", {}), ("PATCH", piece), ("DELETE", PROTOCOL)):
        assert dock.ask(method, address, STRANGER, headers=options).status_code == 404, method
        assert dock.ask(method, address, LISTENER, headers=options).status_code == 403, method
        assert dock.ask(method, address, OPERATOR, headers=options).status_code == 403, method
        assert dock.ask(method, address, NOBODY, headers=options).status_code == 401, method
    upload_id = address.rpartition("/")[2]
    assert dock.ask("POST", DELIVERIES, STRANGER, json={"uploads": [upload_id]}).status_code == 404
    assert dock.ask("GET", UPLOADS, STRANGER).json() == {"uploads": []}
    assert dock.measure(address) == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_upload_that_breaks_off_anywhere_goes_on_where_it_ended(dock: Dockside, seed: int) -> None:
    chance = random.Random(seed)
    data = chance.randbytes(chance.randint(2, 6) * 1024 * 1024)
    address = dock.announce("R1/resources/01.flac", len(data), sha256=hashlib.sha256(data).hexdigest())
    while (here := dock.measure(address)) < len(data):
        headers = PROTOCOL | {"upload-offset": str(here), "content-type": PIECE}
        chunks = [data[here + i * 65_536 : here + (i + 1) * 65_536] for i in range(chance.randint(1, 40))]
        messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        ending = {"type": "http.disconnect"} if chance.random() < 0.8 else {"type": "http.request", "more_body": False}
        assert dock.call("PATCH", address, headers, *messages, ending) in (0, 204)
        assert dock.measure(address) > here, "what came before the connection broke is kept"
    (staged,) = staged_files(dock)
    assert staged.read_bytes() == data


def test_a_piece_for_another_place_is_refused_and_says_where_to_go_on(dock: Dockside) -> None:
    address = dock.announce("R1.xml", 10)
    assert dock.send(address, b"01234").headers["upload-offset"] == "5"
    answer = dock.send(address, b"xxx", 3)
    assert (answer.status_code, reason_of(answer)) == (409, "UploadOffset")
    assert "at byte 5" in answer.json()["error"]["message"]
    assert dock.send(address, b"567890", 5).status_code == 413
    assert dock.measure(address) == 5


def test_a_piece_that_is_not_what_its_checksum_says_is_not_kept(dock: Dockside) -> None:
    address = dock.announce("R1.xml", 6)
    for name in ("sha1", "sha256"):
        digest = base64.b64encode(hashlib.new(name, b"abc").digest()).decode()
        assert dock.send(address, b"abX", headers={"upload-checksum": f"{name} {digest}"}).status_code == 460
        assert dock.measure(address) == 0
    digest = base64.b64encode(hashlib.sha1(b"abc", usedforsecurity=False).digest()).decode()
    assert dock.send(address, b"abc", headers={"upload-checksum": f"sha1 {digest}"}).status_code == 204
    assert dock.send(address, b"abc", 3, headers={"upload-checksum": "crc32 AAAA"}).status_code == 400


def test_two_never_write_to_one_upload_at_a_time(dock: Dockside) -> None:
    address = dock.announce("R1.xml", 6)
    uploads = Uploads(dock.site.engine, dock.data / "uploads")
    upload = uploads.find(address.rpartition("/")[2], PROVIDER)
    with uploads.append(upload, 0, now()) as writer:
        writer.write(b"abc")
        answer = dock.send(address, b"abc")
    assert (answer.status_code, reason_of(answer)) == (423, "UploadBusy")
    assert answer.headers["retry-after"] == "1"
    assert dock.measure(address) == 3


def test_an_upload_that_nobody_goes_on_with_expires_with_its_bytes(dock: Dockside) -> None:
    uploads = Uploads(dock.site.engine, dock.data / "uploads")
    abandoned, living = dock.announce("R1.xml", 6), dock.announce("R2.xml", 6)
    dock.send(abandoned, b"abc")
    dock.send(living, b"abc")
    upload = uploads.find(living.rpartition("/")[2], PROVIDER)
    with uploads.append(upload, 3, now() + timedelta(hours=23)) as writer:
        writer.write(b"d")
    assert uploads.sweep(now() + UPLOAD_TTL + timedelta(seconds=1)) == 1
    assert dock.ask("HEAD", abandoned, headers=PROTOCOL).status_code == 404
    assert dock.measure(living) == 4
    assert len(staged_files(dock)) == 1


def test_an_upload_that_is_given_up_is_gone(dock: Dockside) -> None:
    address = dock.announce("R1.xml", 6)
    dock.send(address, b"abc")
    assert dock.ask("DELETE", address, headers=PROTOCOL).status_code == 204
    assert dock.ask("HEAD", address, headers=PROTOCOL).status_code == 404
    assert staged_files(dock) == []


def test_a_full_disk_keeps_what_came_and_goes_on_when_there_is_room(
    dock: Dockside, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = bytes(range(256)) * 8192
    address = dock.announce("R1/resources/01.flac", len(data))
    with monkeypatch.context() as full:
        fill_disk(full, after_bytes=1_200_000)
        answer = dock.send(address, data)
    assert (answer.status_code, reason_of(answer)) == (507, "StoreFull")
    assert answer.headers["retry-after"]
    here = dock.measure(address)
    assert 0 < here <= 1_200_000
    assert dock.send(address, data[here:], here).status_code == 204
    (staged,) = staged_files(dock)
    assert staged.read_bytes() == data


def test_an_upload_leaves_room_for_the_record_that_others_need(dock: Dockside, monkeypatch: pytest.MonkeyPatch) -> None:
    address = dock.announce("R1/resources/01.flac", 6)
    measure = os.fstatvfs

    def measure_as_nearly_full(descriptor: int) -> os.statvfs_result:
        return os.statvfs_result([*measure(descriptor)[:4], 1, *measure(descriptor)[5:]])

    with monkeypatch.context() as nearly_full:
        nearly_full.setattr(os, "fstatvfs", measure_as_nearly_full)
        assert dock.send(address, b"abc").status_code == 507
        assert dock.ask("DELETE", dock.announce("R2.xml", 1), headers=PROTOCOL).status_code == 204
    assert dock.send(address, b"abc").status_code == 204


def test_a_store_in_trouble_accepts_nothing_and_the_same_call_works_later(
    dock: Dockside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = zip_folder(write_delivery(tmp_path / "out", a_small_statement(1)))
    upload_id = dock.upload("delivery.zip", packed)
    for trouble, status in ((errno.EIO, 503), (errno.ENOSPC, 507)):
        with monkeypatch.context() as broken:

            def fail(trouble: int = trouble, **_: object) -> None:
                raise OSError(trouble, os.strerror(trouble))

            broken.setattr("antiphon.blobs.folder.tempfile.mkstemp", fail)
            answer = dock.complete(upload_id)
        assert answer.status_code == status, answer.text
        assert answer.headers["retry-after"]
        assert deliveries_of(dock) == []
    assert dock.complete(upload_id).status_code == 201
    assert len(deliveries_of(dock)) == 1


def test_a_provider_with_too_much_waiting_or_open_is_told_when_to_come_back(
    dock: Dockside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_id = dock.upload("delivery.zip", zip_folder(write_delivery(tmp_path / "out", a_small_statement(1))))
    with monkeypatch.context() as flooded:
        flooded.setattr(flood, "WAITING_MAX", 0)
        waiting = dock.complete(upload_id)
        flooded.setattr("antiphon.intake.uploads.OPEN_LIMIT", 1)
        too_many = dock.ask("POST", UPLOADS, headers=announcement("R2.xml", 1))
    assert (waiting.status_code, reason_of(waiting)) == (429, "TooManyWaiting")
    assert (too_many.status_code, reason_of(too_many)) == (429, "TooManyUploads")
    assert waiting.headers["retry-after"] == too_many.headers["retry-after"] == "60"
    assert deliveries_of(dock) == []
    assert dock.complete(upload_id).status_code == 201


def test_only_whole_and_undamaged_uploads_become_a_delivery(dock: Dockside) -> None:
    half = dock.announce("R1.xml", 6)
    dock.send(half, b"abc")
    answer = dock.complete(half.rpartition("/")[2])
    assert (answer.status_code, reason_of(answer)) == (409, "UploadIncomplete")
    damaged = dock.announce("R1.xml", 3, sha256=hashlib.sha256(b"abc").hexdigest())
    dock.send(damaged, b"abX")
    answer = dock.complete(damaged.rpartition("/")[2])
    assert (answer.status_code, reason_of(answer)) == (422, "UploadDamaged")
    assert dock.complete("nothing").status_code == 404
    assert dock.complete().status_code == 400
    assert deliveries_of(dock) == []


def test_uploads_that_are_no_delivery_say_why_and_stay(dock: Dockside) -> None:
    upload_id = dock.upload("R1/readme.txt", b"no message here")
    answer = dock.complete(upload_id, dock.upload("R1/notes.txt", b"nor here"))
    assert answer.status_code in (400, 422), answer.text
    assert next(line["id"] for line in dock.ask("GET", UPLOADS).json()["uploads"]) == upload_id


def test_files_that_could_not_lie_in_one_folder_are_refused(dock: Dockside) -> None:
    same = dock.upload("R1/R1.xml", b"<a/>"), dock.upload("R1/r1.XML", b"<b/>")
    assert reason_of(dock.complete(*same)) == "ArchiveUnsafe"
    inside = dock.upload("R1/R1.xml", b"<a/>"), dock.upload("R1/R1.xml/cover.jpg", b"x")
    assert reason_of(dock.complete(*inside)) == "ArchiveUnsafe"


def test_files_completed_by_one_call_are_a_delivery_and_a_repeated_call_says_the_same(
    dock: Dockside, tmp_path: Path
) -> None:
    folder = write_delivery(tmp_path / "out", a_small_statement(1))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    ids = [dock.upload(path.relative_to(folder.parent).as_posix(), path.read_bytes()) for path in files]
    answer = dock.complete(*ids)
    assert answer.status_code == 201
    (delivery,) = answer.json()["deliveries"]
    assert staged_files(dock) == [], "the bytes are in the blob store now"
    again = dock.complete(*reversed(ids))
    assert (again.status_code, again.json()) == (200, answer.json())
    assert reason_of(dock.complete(ids[0])) == "UploadTaken"
    report = dock.ask("GET", delivery["url"]).json()
    assert report["delivery"]["message"]["path"] == files[0].name
    assert len(report["delivery"]["files"]) == len(files) - 1
    assert dock.ask("GET", delivery["url"], STRANGER).status_code == 404


def test_an_archive_in_one_body_an_upload_and_the_folder_itself_are_one_delivery(
    dock: Dockside, tmp_path: Path
) -> None:
    folder = write_delivery(tmp_path / "out", a_small_statement(1))
    packed = zip_folder(folder)
    by_body = dock.ask("POST", DELIVERIES, content=packed, headers={"content-type": "application/zip"})
    assert by_body.status_code == 201, by_body.text
    by_upload = dock.complete(dock.upload("anything.zip", packed))
    assert by_upload.status_code == 200
    (receipt,) = dock.site.accept(folder)
    ids = {by_body.json()["deliveries"][0]["id"], by_upload.json()["deliveries"][0]["id"], receipt.delivery_id}
    assert len(ids) == 1
    assert receipt.is_duplicate


def test_a_body_that_breaks_off_is_no_delivery_and_leaves_nothing(dock: Dockside) -> None:
    headers = {"content-type": "application/zip", "content-length": "1000"}
    ending = {"type": "http.request", "body": b"PK\x03\x04", "more_body": True}, {"type": "http.disconnect"}
    assert dock.call("POST", DELIVERIES, headers, *ending) in (0, 400)
    assert (staged_files(dock), deliveries_of(dock)) == ([], [])
    assert dock.ask("POST", DELIVERIES, content=b"x", headers={"content-type": "text/plain"}).status_code == 415
