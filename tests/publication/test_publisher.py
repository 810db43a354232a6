"""From a change of the record to what every node reads: each version once, in order, whatever dies in between."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine

from antiphon.access import Tier
from antiphon.blobs import BlobStore, FolderBlobs
from antiphon.intake.commit import apply_statement
from antiphon.model.decisions import Decision, Takedown, TargetKind
from antiphon.model.delivery import DeliveredFile, Delivery, Stage, TimelineEntry
from antiphon.model.entities import Album, EntityKind
from antiphon.model.errors import Refused
from antiphon.model.statement import Statement
from antiphon.model.territories import Territory
from antiphon.publication import backlog
from antiphon.publication import publisher as publisher_module
from antiphon.publication.deciding import decide, undo
from antiphon.publication.gate import find_faults
from antiphon.publication.gate_settings import GateSettings
from antiphon.publication.publisher import Publisher
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.changes import changes_after
from antiphon.record.deliveries import add_delivery, next_receipt
from antiphon.record.instants import format_instant
from antiphon.record.media import store_media
from antiphon.record.providers import Provider, add_provider
from antiphon.record.publications import Announced, announce, announced_head
from antiphon.record.statements import store_statement
from antiphon.record.timeline import append_timeline, load_timeline
from antiphon.replica import Follower
from antiphon.segments import DocumentKind, DocumentView, Entry, Playability, Reader, document_key
from antiphon.segments.overlay import OVERLAY_NAME
from antiphon.segments.version import decode_version, version_name
from tests.builders import a_moment, a_release, a_statement, changed
from tests.catalogue.statements import some_audio, some_cover

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
AUDIO, COVER = "a" * 64, "c" * 64


class House:
    """A record, a store, a publisher and a node in one folder."""

    def __init__(self, root: Path, url: str, gates: GateSettings | None = None, blobs: BlobStore | None = None) -> None:
        self.engine: Engine = open_record(url)
        migrate(self.engine)
        self.blobs: BlobStore = blobs if blobs is not None else FolderBlobs(root / "blobs")
        self.publisher = Publisher(self.engine, self.blobs, root / "ledger", gates)
        self.follower = Follower(self.blobs, root / "node")
        with writing(self.engine) as conn:
            for provider in ("north", "south"):
                add_provider(conn, Provider(id=provider, name=provider.title()), NOW)
            store_media(conn, some_audio(AUDIO))
            store_media(conn, some_cover(COVER))

    def commit(self, statement: Statement, number: int, provider: str = "north") -> str:
        """Apply a statement as the worker would; return the delivery's id."""
        files = tuple(
            DeliveredFile(path=file.uri, blob=COVER if file.uri.endswith(".jpg") else AUDIO, size_bytes=1)
            for resource in statement.resources
            for file in resource.files
        )
        with writing(self.engine) as conn:
            delivery = Delivery(
                id=f"d{number}",
                provider=provider,
                batch="",
                message=DeliveredFile(path="m.xml", blob=f"{number:064x}", size_bytes=1),
                files=files,
                received_at=format_instant(NOW),
                receipt=next_receipt(conn),
            )
            add_delivery(conn, delivery, f"m{number}", "")
            store_statement(conn, delivery.id, provider, "any", statement)
            reached = apply_statement(conn, delivery.id, NOW)
            append_timeline(conn, delivery.id, TimelineEntry(stage=reached, at=format_instant(NOW)))
        return delivery.id

    def close(self) -> None:
        """Let go of the node, the publisher and the record."""
        self.follower.close()
        self.publisher.close()
        self.engine.dispose()

    def catch_up(self) -> None:
        """Publish all that is committed, and let the node follow."""
        while self.publisher.publish(NOW) is not None:
            pass
        self.follower.poll(NOW)

    def stages(self, delivery_id: str) -> list[Stage]:
        with reading(self.engine) as conn:
            return [entry.stage for entry in load_timeline(conn, delivery_id)]

    def album(self) -> Album:
        from antiphon.record.catalogue import load_album

        with reading(self.engine) as conn:
            album_id = next(c.entity_id for c in changes_after(conn, 0, 100) if c.kind is EntityKind.ALBUM)
            album = load_album(conn, album_id)
        assert album is not None
        return album

    def playability(self, track_id: str, at: datetime = NOW) -> Playability | None:
        """Return whether the node grants a track in SE; None: it has no such track."""
        with self.follower.replica.transaction() as view:
            document = view.get(DocumentKind.TRACK_MEDIA, track_id)
            reader = Reader(
                market=Territory("SE"),
                tier=Tier.PREMIUM,
                now_s=int(at.timestamp()),
                base_url=b"http://test",
                overlay=view.overlay,
            )
        return DocumentView(document).playability(reader) if document is not None else None


def an_update(statement: Statement, day: int) -> Statement:
    return changed(statement, header=changed(statement.header, created=a_moment(f"2026-03-{day:02}T09:00:00Z")))


def test_a_record_older_than_what_nodes_serve_publishes_nothing(house: House) -> None:
    house.blobs.put_named(version_name(1), b"announced by a record that was lost")
    with pytest.raises(Refused, match="older than"):
        house.publisher.recover(NOW)


def test_the_slower_of_two_publishers_is_refused_the_number_and_loses_nothing(house: House) -> None:
    house.commit(a_statement(), 1)
    with reading(house.engine) as conn:
        newest = changes_after(conn, 0, 100)[-1].version
    with writing(house.engine) as conn:
        other = Announced(
            version=1, segment="f" * 64, parent="", record_version=newest, announced_at=format_instant(NOW)
        )
        announce(conn, other)
    with writing(house.engine) as conn, pytest.raises(Refused, match="look again"):
        announce(conn, msgspec.structs.replace(other, segment="e" * 64))
    assert house.publisher.publish(NOW) is None


def test_a_document_that_no_node_could_read_stops_at_the_gate() -> None:
    entry = Entry(key=document_key(DocumentKind.TRACK, "x" * 22), document=b"not a document")
    (fault,) = find_faults([entry])
    assert (fault.gate, fault.can_be_accepted) == ("unreadable", False)
    assert "x" * 22 in str(fault)


def test_nothing_changed_is_nothing_published(house: House) -> None:
    assert house.publisher.publish(NOW) is None


def test_what_is_committed_is_announced_once_and_its_delivery_is_live(house: House) -> None:
    delivery = house.commit(a_statement(), 1)
    published = house.publisher.publish(NOW)
    assert published is not None
    assert (published.version, published.deliveries) == (1, (delivery,))
    assert house.publisher.publish(NOW) is None
    assert house.stages(delivery) == [Stage.COMMITTED, Stage.LIVE]
    assert house.follower.poll(NOW)
    assert [house.playability(track.id) for track in house.album().tracks] == [Playability.PLAYABLE] * 2


def test_a_publisher_killed_before_the_last_step_is_finished_by_the_next(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = house.commit(a_statement(), 1)

    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(publisher_module, "finish_version", die)
    with pytest.raises(Killed):
        house.publisher.publish(NOW)
    assert house.blobs.get_named(version_name(1)) is None
    assert house.stages(delivery) == [Stage.COMMITTED]

    monkeypatch.undo()
    Publisher(house.engine, house.blobs).recover(NOW)
    stored = house.blobs.get_named(version_name(1))
    assert stored is not None
    with reading(house.engine) as conn:
        head = announced_head(conn)
    assert head is not None
    assert decode_version(stored).segment == head.segment
    assert house.stages(delivery) == [Stage.COMMITTED, Stage.LIVE]
    Publisher(house.engine, house.blobs).recover(NOW)
    assert house.stages(delivery) == [Stage.COMMITTED, Stage.LIVE]


def test_a_delivery_cut_by_the_end_of_a_segment_is_live_with_its_last_change(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "CHANGES_PER_SEGMENT", 1)
    delivery = house.commit(a_statement(), 1)
    with reading(house.engine) as conn:
        changes = len(changes_after(conn, 0, 100))
    assert changes > 1
    for _ in range(changes - 1):
        published = house.publisher.publish(NOW)
        assert published is not None
        assert published.deliveries == ()
    published = house.publisher.publish(NOW)
    assert published is not None
    assert published.deliveries == (delivery,)


def test_a_track_that_left_its_album_is_withdrawn_from_nodes(house: House) -> None:
    statement = a_statement()
    house.commit(statement, 1)
    house.publisher.publish(NOW)
    house.follower.poll(NOW)
    kept, dropped = (track.id for track in house.album().tracks)
    shorter = changed(
        an_update(statement, 9),
        resources=(statement.resources[0], statement.resources[-1]),
        releases=(a_release(1), statement.releases[1]),
        release_deals=(changed(statement.release_deals[0], release_references=("R1",)),),
    )
    house.commit(shorter, 2)
    house.publisher.publish(NOW)
    house.follower.poll(NOW)
    assert house.playability(kept) is Playability.PLAYABLE
    assert house.playability(dropped) is None


def test_a_takedown_reaches_nodes_by_the_overlay_alone_and_its_undo_gives_the_track_back(house: House) -> None:
    house.publisher.recover(NOW)
    house.commit(a_statement(), 1)
    house.publisher.publish(NOW)
    house.follower.poll(NOW)
    track = house.album().tracks[0]
    decision = Decision(
        id="t1",
        effect=Takedown(territories=("SE",)),
        target_kind=TargetKind.TRACK,
        target_id=track.id,
        decided_by="on call",
        decided_at=format_instant(NOW),
        reason="court order",
    )
    decide(house.engine, house.blobs, decision, NOW)
    house.follower.poll(NOW)  # nothing was published
    assert house.playability(track.id) is Playability.MARKET
    undo(house.engine, house.blobs, "t1", by="on call", now=NOW)
    house.publisher.publish(NOW)
    house.follower.poll(NOW)
    assert house.playability(track.id) is Playability.PLAYABLE


def test_a_takedown_of_what_the_catalogue_does_not_have_changes_nothing(house: House) -> None:
    house.publisher.recover(NOW)
    before = house.blobs.get_named(OVERLAY_NAME)
    decision = Decision(
        id="t1",
        effect=Takedown(),
        target_kind=TargetKind.TRACK,
        target_id="0" * 22,
        decided_by="on call",
        decided_at=format_instant(NOW),
        reason="mistyped",
    )
    with pytest.raises(Refused, match="no track"):
        decide(house.engine, house.blobs, decision, NOW)
    assert house.blobs.get_named(OVERLAY_NAME) == before


def test_a_store_gets_its_overlay_before_its_first_version(house: House) -> None:
    assert house.blobs.get_named(OVERLAY_NAME) is None
    house.publisher.recover(NOW)
    assert house.blobs.get_named(OVERLAY_NAME) is not None
