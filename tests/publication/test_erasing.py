"""Erase a release: what goes, what stays, and that it goes on wherever it broke off; on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError

from antiphon.blobs import FolderBlobs
from antiphon.intake.authority import check_authority, find_standing
from antiphon.intake.checking import open_links
from antiphon.intake.relinking import propose_relinks
from antiphon.model.decisions import Decision, Erase, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.model.media import CoverSize, ResourceMedia
from antiphon.publication import deciding
from antiphon.publication.building import build_entries
from antiphon.publication.erasing import finish_erasures
from antiphon.publication.publisher import Publisher
from antiphon.record import open_record, reading, writing
from antiphon.record.audit import list_acts
from antiphon.record.catalogue import find_track, load_album
from antiphon.record.changes import changes_after, head_version
from antiphon.record.conflicts import list_conflicts
from antiphon.record.decisions import list_erased
from antiphon.record.entity_lookups import list_albums_of
from antiphon.record.erasing import list_unfinished
from antiphon.record.media import store_media
from antiphon.record.providers import find_provider
from antiphon.record.statements import find_statement
from antiphon.record.tables import deliveries, delivery_files, statements
from antiphon.segments.export import Export, ExportFile, list_exports, put_export
from antiphon.segments.overlay import OVERLAY_NAME, decode_overlay
from tests.builders import a_release, changed
from tests.catalogue.statements import some_audio, some_cover
from tests.supply import NOW, Supply, entitled

OTHER_ICPN = "00602577318801"
COMPILED = (OTHER_ICPN, "00000096385074")


class Store:
    """A record with a blob store, in which files of deliveries and what they became really lie."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.supply, self.engine = Supply(engine), engine
        self.blobs = FolderBlobs(folder)
        self._texts: dict[str, str] = {}

    def bring(self, name: str) -> str:
        """Put an audio file and its one rendition into the store; return its blob."""
        source, made = self._put(f"{name} audio"), self._put(f"{name} opus")
        renditions = (changed(some_audio().renditions[0], blob=made),)
        self._keep(changed(some_audio(source), renditions=renditions))
        return source

    def bring_cover(self, name: str) -> str:
        """Put a cover and its one size into the store; return its blob."""
        source = self._put(f"{name} cover")
        size = CoverSize(blob=self._put(f"{name} small"), width_px=64, height_px=64)
        self._keep(changed(some_cover(source), covers=(size,)))
        return source

    def _put(self, said: str) -> str:
        blob = self.blobs.put(said.encode())
        self._texts[blob] = said
        return blob

    def _keep(self, media: ResourceMedia) -> None:
        with writing(self.engine) as conn:
            store_media(conn, media)

    def stored(self) -> set[str]:
        """Return what still lies in the store: the texts of the blobs that were put."""
        return {said for blob, said in self._texts.items() if self.blobs.has(blob)}

    def erase(self, album_id: str, *, number: int = 1) -> None:
        deciding.decide(self.engine, self.blobs, changed(an_erasure(album_id), id=f"erasure{number}"), NOW)


def an_erasure(album_id: str) -> Decision:
    return Decision(
        id="erasure1",
        effect=Erase(),
        target_kind=TargetKind.ALBUM,
        target_id=album_id,
        decided_by="ana",
        decided_at="2026-11-22T09:00:00Z",
        reason="a court ordered it",
    )


@pytest.fixture
def store(record_url: str, tmp_path: Path) -> Iterator[Store]:
    engine = open_record(record_url)
    yield Store(engine, tmp_path / "blobs")
    engine.dispose()


def deliver_two(store: Store) -> None:
    """Deliver a release twice, and another one that shares the second audio file with it."""
    first, second, cover = store.bring("first"), store.bring("second"), store.bring_cover("front")
    files = {"resources/01.flac": first, "resources/02.flac": second, "resources/cover.jpg": cover}
    store.supply.deliver(entitled("Harbour Lights", 1), files=files)
    store.supply.deliver(entitled("Harbour Lights", 2), files={"resources/02.flac": second})
    other = entitled("Another", 1)
    ids = (changed(a_release().ids[0], text=OTHER_ICPN),)
    store.supply.deliver(
        changed(other, releases=(changed(other.releases[0], ids=ids), *other.releases[1:])),
        provider="south",
        files={"resources/01.flac": second},
    )


def test_what_was_decided_to_be_erased_cannot_be_taken_back_and_only_a_release_can_be(store: Store) -> None:
    deliver_two(store)
    album = store.supply.album()
    wrong = changed(an_erasure(album.tracks[0].id), target_kind=TargetKind.TRACK)
    with pytest.raises(Refused, match="erase is about one of: album"):
        deciding.decide(store.engine, store.blobs, wrong, NOW)
    store.erase(album.id)
    with pytest.raises(Refused, match="cannot be taken back"):
        deciding.undo(store.engine, store.blobs, "erasure1", by="ana", now=NOW)


def test_it_is_denied_at_once_and_gone_from_the_catalogue_before_a_byte_is_destroyed(store: Store) -> None:
    deliver_two(store)
    album = store.supply.album()
    with reading(store.engine) as conn:
        version = head_version(conn)
    store.erase(album.id)
    overlay = store.blobs.get_named(OVERLAY_NAME)
    assert overlay is not None
    assert {(denial.kind, denial.entity_id) for denial in decode_overlay(overlay).denials} == {("album", album.id)}
    with reading(store.engine) as conn:
        assert load_album(conn, album.id) is None
        assert find_track(conn, album.tracks[0].id) is None
        changed_now = {(c.kind, c.entity_id) for c in changes_after(conn, version, 100)}
        withdrawn = [
            entry for entry in build_entries(conn, changes_after(conn, version, 100)) if entry.document is None
        ]
        artist_id = album.artists[0].artist_id
        assert list_albums_of(conn, [artist_id]) == {artist_id: [store.supply.album(OTHER_ICPN).id]}
    assert {(EntityKind.ALBUM, album.id), (EntityKind.TRACK, album.tracks[0].id)} <= changed_now
    assert withdrawn
    assert store.supply.is_proven()
    assert "first audio" in store.stored()


def test_its_bytes_go_and_what_something_else_uses_stays(store: Store) -> None:
    deliver_two(store)
    other = store.supply.album(OTHER_ICPN)
    store.erase(store.supply.album().id)
    assert finish_erasures(store.engine, store.blobs, NOW) == 2
    assert store.stored() == {"second audio", "second opus"}
    assert store.supply.album(OTHER_ICPN) == other
    assert store.supply.is_proven()
    assert finish_erasures(store.engine, store.blobs, NOW) == 0


def test_every_export_of_before_goes_with_it(store: Store) -> None:
    deliver_two(store)
    file = store.blobs.put(b"a table with its title")
    table = ExportFile(name="albums.parquet", says="", blob=file, size_bytes=22, rows=1, columns=())
    put_export(store.blobs, Export(version=1, announced_at="", made_at="2026-11-22", overlay=0, files=(table,)))
    store.erase(store.supply.album().id)
    finish_erasures(store.engine, store.blobs, NOW)
    assert list_exports(store.blobs) == ()
    assert not store.blobs.has(file)
    with reading(store.engine) as conn:
        assert len(list_erased(conn)) == 1


def test_a_file_that_another_release_plays_without_having_brought_it_stays_until_none_does(store: Store) -> None:
    first, cover = store.bring("first"), store.bring_cover("front")
    store.supply.deliver(entitled("With audio", 1), files={"resources/01.flac": first, "resources/cover.jpg": cover})
    for day, icpn in enumerate(COMPILED, 2):
        other = entitled("Compiled", day)
        ids = (changed(a_release().ids[0], text=icpn),)
        compiled = changed(other, releases=(changed(other.releases[0], ids=ids), *other.releases[1:]))
        store.supply.deliver(compiled, files={})
    before = [store.supply.album(icpn) for icpn in COMPILED]
    assert all(album.tracks[0].renditions for album in before)
    for number, album in enumerate((store.supply.album(), *before)):
        assert [store.supply.album(icpn) for icpn in COMPILED[max(0, number - 1) :]] == before[max(0, number - 1) :]
        store.erase(album.id, number=number)
        finish_erasures(store.engine, store.blobs, NOW)
        assert store.stored() == ({"first audio", "first opus"} if number < len(before) else set())
        assert store.supply.is_proven()


def test_hashes_rows_and_the_audit_stay_and_what_the_message_said_does_not(store: Store) -> None:
    deliver_two(store)
    with reading(store.engine) as conn:
        before = [conn.execute(select(table)).all() for table in (deliveries, delivery_files)]
    store.erase(store.supply.album().id)
    finish_erasures(store.engine, store.blobs, NOW)
    with reading(store.engine) as conn:
        assert [conn.execute(select(table)).all() for table in (deliveries, delivery_files)] == before
        headers = {row.delivery_id: (row.release_key, row.body) for row in conn.execute(select(statements))}
        assert headers["delivery-1"] == ("icpn:04006381333931", b"")
        assert headers["delivery-3"][1]
        assert find_statement(conn, "delivery-1") is None
        assert [act.action for act in list_acts(conn)] == ["erase"]


def test_a_body_is_emptied_only_where_an_erasure_was_decided_and_never_otherwise_changed(store: Store) -> None:
    deliver_two(store)
    for change in ("body = ''", "body = 'x'", "release_key = 'x', body = ''"):
        with pytest.raises(DBAPIError, match="append-only"), writing(store.engine) as conn:
            conn.execute(text(f"UPDATE statements SET {change}"))
    store.erase(store.supply.album().id)
    with pytest.raises(DBAPIError, match="append-only"), writing(store.engine) as conn:
        conn.execute(text("UPDATE statements SET body = 'x' WHERE delivery_id = 'delivery-1'"))
    with pytest.raises(DBAPIError, match="append-only"), writing(store.engine) as conn:
        conn.execute(text("DELETE FROM statements WHERE delivery_id = 'delivery-1'"))


@pytest.mark.parametrize("survived", range(1, 5))
def test_killed_between_any_two_steps_the_next_publisher_destroys_the_rest(
    store: Store, survived: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver_two(store)
    store.erase(store.supply.album().id)
    deletions = 0

    class Killed(BaseException):
        pass

    def delete_and_die(blobs: FolderBlobs, blob: str) -> None:
        nonlocal deletions
        deletions += 1
        if deletions == survived:
            raise Killed
        real(blobs, blob)

    real = FolderBlobs.delete
    monkeypatch.setattr(FolderBlobs, "delete", delete_and_die)
    with pytest.raises(Killed):
        finish_erasures(store.engine, store.blobs, NOW)
    monkeypatch.undo()
    with reading(store.engine) as conn:
        assert list_unfinished(conn)
    assert store.supply.is_proven()
    Publisher(store.engine, store.blobs).recover(NOW)
    with reading(store.engine) as conn:
        assert list_unfinished(conn) == ()
    assert store.stored() == {"second audio", "second opus"}
    assert store.supply.is_proven()


def test_what_looks_through_old_deliveries_passes_erased_ones_over(store: Store) -> None:
    deliver_two(store)
    before = propose_relinks(store.engine, NOW, lambda _done, _total: None)
    store.erase(store.supply.album().id)
    finish_erasures(store.engine, store.blobs, NOW)
    assert propose_relinks(store.engine, NOW, lambda _done, _total: None) == before
    with reading(store.engine) as conn:
        assert list_conflicts(conn, int(NOW.timestamp())) == ()


def test_who_delivers_it_again_is_held_by_a_finding_that_names_the_erasure(store: Store) -> None:
    deliver_two(store)
    store.erase(store.supply.album().id)
    finish_erasures(store.engine, store.blobs, NOW)
    again = entitled("Harbour Lights", 9)
    with reading(store.engine) as conn:
        known = open_links(conn, again)
        standing = find_standing(conn, "north", find_provider(conn, "north"), again, known)
    said = [finding.message for finding in check_authority(again, standing, "m.xml")]
    assert "The release was erased by decision erasure1 on 2026-11-22." in said
    store.supply.deliver(again)
    with reading(store.engine) as conn:
        assert find_statement(conn, "delivery-4") is not None
    assert store.supply.is_proven()
