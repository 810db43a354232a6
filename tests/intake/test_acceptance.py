"""Accepting: durable, once, and only what is really there."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, func, select

from antiphon.blobs import FolderBlobs
from antiphon.formats.ern import Manifest, ManifestEntry, write_manifest
from antiphon.intake.acceptance import accept_batches, accept_delivery, announce_delivery
from antiphon.intake.batches import Priority, find_batches
from antiphon.intake.flood import TURNS_PER_PRIORITY
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.deliveries import list_deliveries, load_delivery
from antiphon.record.tables import deliveries
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, an_icpn, write_batch, write_cover, write_delivery
from tests.intake.effects import ask
from tests.intake.installation import PROVIDER, Installation, now


def count_queued(site: Installation) -> int:
    return len(ask(site.engine, "SELECT workflow_uuid FROM workflow_status"))


def test_an_unknown_provider_is_refused_and_leaves_nothing(site: Installation) -> None:
    with pytest.raises(Refused) as caught:
        site.accept(write_delivery(site.inbox, a_small_statement()), provider="nobody")
    assert caught.value.code == "UnknownProvider"
    assert count_queued(site) == 0


def test_a_file_that_became_a_link_after_it_was_seen_is_refused(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (batch,) = find_batches(folder)
    announced = announce_delivery(site.blobs, batch.folders[0], batch)
    (folder / "resources" / "cover.jpg").unlink()
    (folder / "resources" / "cover.jpg").symlink_to("/etc/passwd")
    with pytest.raises(Refused) as caught:
        accept_delivery(site.engine, site.blobs, site.queue, PROVIDER, announced, now())
    assert caught.value.code == "LinkInDelivery"


def test_a_folder_that_became_a_link_after_it_was_seen_is_refused(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (batch,) = find_batches(folder)
    announced = announce_delivery(site.blobs, batch.folders[0], batch)
    (folder / "resources").rename(site.root / "elsewhere")
    (folder / "resources").symlink_to(site.root / "elsewhere")
    with pytest.raises(Refused) as caught:
        accept_delivery(site.engine, site.blobs, site.queue, PROVIDER, announced, now())
    assert caught.value.code == "FileChanged"


def test_a_file_that_is_still_being_uploaded_is_refused(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (batch,) = find_batches(folder)
    announced = announce_delivery(site.blobs, batch.folders[0], batch)
    write_cover(folder / "resources" / "cover.jpg", seed=2, side_px=1_700)
    with pytest.raises(Refused) as caught:
        accept_delivery(site.engine, site.blobs, site.queue, PROVIDER, announced, now())
    assert caught.value.code == "FileChanged"


def test_a_link_swapped_in_while_a_file_is_stored_is_never_read(site: Installation, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"not the sender's to deliver")
    folder = write_delivery(site.inbox, a_small_statement())
    cover = folder / "resources" / "cover.jpg"
    delivered = cover.read_bytes()

    class Swapping(FolderBlobs):
        """Swaps the cover for a link each time before it stores something."""

        def put_file(self, path: Path) -> str:
            cover.unlink()
            cover.symlink_to(secret)
            stored = super().put_file(path)
            cover.unlink()
            cover.write_bytes(delivered)
            return stored

    (batch,) = find_batches(folder)
    blobs = Swapping(site.root / "blobs")
    with pytest.raises(Refused) as caught:
        accept_batches(site.engine, blobs, site.queue, PROVIDER, [batch], now())
    assert caught.value.code == "FileChanged"
    assert not blobs.has(hashlib.sha256(secret.read_bytes()).hexdigest())


def test_takedowns_go_first_then_what_is_urgent_then_the_oldest(site: Installation) -> None:
    takedown = changed(a_small_statement(5), release_deals=())
    write_batch(site.inbox, "N_20260101090000000", a_small_statement(1))
    write_batch(site.inbox, "20260102090000000", a_small_statement(2))
    write_batch(site.inbox, "M_20260103090000000", a_small_statement(3))
    write_batch(site.inbox, "P_20260104090000000", a_small_statement(4), takedown)
    receipts = site.accept(site.inbox)
    assert [receipt.name for receipt in receipts] == [an_icpn(number) for number in (5, 4, 3, 1, 2)]
    priorities = dict(ask(site.engine, "SELECT workflow_uuid, priority FROM workflow_status"))
    places = [priorities[receipt.delivery_id] for receipt in receipts]
    assert places == sorted(set(places)), "the least is worked on next"
    assert [place // TURNS_PER_PRIORITY for place in places] == [0, 1, 2, 3, 3]


def test_a_manifest_can_make_its_batch_urgent(site: Installation) -> None:
    entry = ManifestEntry(path=f"{an_icpn(1)}/{an_icpn(1)}.xml", delivery_type="HighPriorityDelivery")
    manifest = write_manifest(Manifest(declared_count=1, messages=(entry,)))
    (batch,) = find_batches(write_batch(site.inbox, "20260101090000000", a_small_statement(1), marker=manifest))
    assert (batch.priority, batch.problems) == (Priority.HIGH, ())


def test_a_delivery_is_recorded_whole_and_queued(site: Installation) -> None:
    batch = write_batch(site.inbox, "20260105090000000", a_small_statement(1), a_small_statement(2))
    receipts = site.accept(batch)
    assert [receipt.is_duplicate for receipt in receipts] == [False, False]
    with reading(site.engine) as connection:
        delivery = load_delivery(connection, receipts[0].delivery_id)
    assert (delivery.batch, delivery.receipt) == ("20260105090000000", 1)
    assert delivery.message.path == f"{receipts[0].name}.xml"
    assert [file.path for file in delivery.files] == [
        "resources/01.flac",
        "resources/02.flac",
        "resources/cover.jpg",
    ]
    on_disk = batch / receipts[0].name
    for file in (delivery.message, *delivery.files):
        assert site.blobs.get(file.blob) == (on_disk / file.path).read_bytes()
    assert site.stages(delivery.id) == [Stage.ACCEPTED]
    assert count_queued(site) == 2


def test_the_same_delivery_again_is_the_first_one(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (first,) = site.accept(folder)
    (again,) = site.accept(folder)
    assert (again.delivery_id, again.is_duplicate) == (first.delivery_id, True)
    assert site.stages(first.delivery_id) == [Stage.ACCEPTED]
    assert count_queued(site) == 1


def test_the_same_message_with_a_mended_file_is_a_new_delivery(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    (first,) = site.accept(folder)
    write_cover(folder / "resources" / "cover.jpg", seed=9)
    (second,) = site.accept(folder)
    assert second.delivery_id != first.delivery_id
    assert not second.is_duplicate


def test_a_message_that_cannot_be_read_is_accepted_all_the_same(site: Installation, tmp_path: Path) -> None:
    (tmp_path / "R1").mkdir()
    (tmp_path / "R1" / "R1.xml").write_bytes(b"<NewReleaseMessage")
    (receipt,) = site.accept(tmp_path / "R1")
    assert site.stages(receipt.delivery_id) == [Stage.ACCEPTED]


def test_a_commit_whose_outcome_got_lost_is_tried_again_and_happens_once(site: Installation) -> None:
    folder = write_delivery(site.inbox, a_small_statement())
    cuts: list[str] = []

    def commit_and_cut(connection: Connection) -> None:
        """Break the connection right after the commit reached the disk, once: the caller only sees an error."""
        if not cuts and connection.scalar(select(func.count()).select_from(deliveries)):
            cuts.append("cut")
            connection.exec_driver_sql("COMMIT")
            raise ConnectionError("the answer to COMMIT got lost")

    event.listen(site.engine, "commit", commit_and_cut)
    with pytest.raises(ConnectionError):
        site.accept(folder)
    (receipt,) = site.accept(folder)
    assert receipt.is_duplicate
    assert site.stages(receipt.delivery_id) == [Stage.ACCEPTED]
    assert count_queued(site) == 1
    with reading(site.engine) as connection:
        assert [delivery.id for delivery in list_deliveries(connection)] == [receipt.delivery_id]
