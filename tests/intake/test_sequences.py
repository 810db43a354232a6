"""Batches through the real intake: in order, reversed and repeated they come to one catalogue, with its audio."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from antiphon.intake.archives import open_archive
from antiphon.intake.holds import clear_hold
from antiphon.model.claims import ScopedText
from antiphon.model.delivery import Stage
from antiphon.model.entities import AlbumType
from antiphon.record import reading, writing
from antiphon.record.catalogue import find_entities, load_album
from antiphon.record.providers import Provider, add_provider
from antiphon.record.rebuild import recompute
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, an_icpn, write_batch, write_xml
from tests.intake.installation import PROVIDER, Installation, installed, now

SENDER = "DPID_OF_THE_SENDER"
LABEL = "label"
UPC = "00721620118165"
ORDERS = [(1, 2), (2, 1), (1, 1, 2, 2), (2, 1, 2, 1)]


@pytest.fixture(scope="module")
def sequence(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """Return the two batches of a partner's conformance sequence: a release, and its update without audio.

    Message ids are empty, both messages claim one time, and only the names of the batches tell their order.
    """
    scratch = tmp_path_factory.mktemp("sequence")
    first, second = (shared / "samples" / "ern" / f"batch_ern382_seqA_{n}.zip" for n in ("1_initial", "2_update"))
    with open_archive(first, scratch) as initial, open_archive(second, scratch) as update:
        yield initial, update


def _deliver(site: Installation, batches: Sequence[Path], order: Sequence[int], provider: str) -> list[str]:
    """Deliver batches in an order, clearing every hold as a goalie would; return the ids of what came of them."""
    found: list[str] = []
    with site.worker():
        for number in order:
            for receipt in site.accept(batches[number - 1], provider):
                found.append(receipt.delivery_id)
                stage, *_ = site.wait_for_end(receipt.delivery_id)
                while stage is Stage.HELD:
                    holds = site.stages(receipt.delivery_id).count(Stage.HELD)
                    clear_hold(site.engine, site.queue, receipt.delivery_id, by="ana", reason="known tests", now=now())
                    stage, *_ = site.wait_for_end(receipt.delivery_id, ends=holds + 1)
    return found


class _SeenTrack(NamedTuple):
    """A track as anybody can see it, without its id."""

    title: str
    isrc: str
    duration_ms: int
    renditions: tuple[str, ...]
    territories: tuple[int, ...]


class _SeenAlbum(NamedTuple):
    """An album as anybody can see it, without its id."""

    title: str
    type: AlbumType
    label: str
    release_date: str
    covers: tuple[str, ...]
    tracks: tuple[_SeenTrack, ...]


def _see(site: Installation, icpn: str) -> _SeenAlbum:
    """Return the one album there is, whatever its ids are."""
    with reading(site.engine) as connection:
        assert recompute(connection) == []
        albums = [load_album(connection, i) for _, i in find_entities(connection, "icpn", icpn)]
    (album,) = (album for album in albums if album is not None)
    return _SeenAlbum(
        title=album.title,
        type=album.type,
        label=album.label,
        release_date=album.release_date,
        covers=tuple(cover.blob for cover in album.covers),
        tracks=tuple(
            _SeenTrack(
                title=track.title,
                isrc=track.isrc,
                duration_ms=track.duration_ms,
                renditions=tuple(rendition.blob for rendition in track.renditions),
                territories=tuple(interval.territories for interval in track.intervals),
            )
            for track in album.tracks
        ),
    )


def _play(folder: Path, batches: Sequence[Path], provider: str, icpn: str) -> dict[tuple[int, ...], _SeenAlbum]:
    """Deliver batches to one installation for each order; return the one album there is in the end, by order."""
    seen = {}
    for order in ORDERS:
        with installed(folder / "".join(map(str, order))) as site:
            if provider != PROVIDER:
                with writing(site.engine) as connection:
                    add_provider(connection, Provider(id=provider, name="Label", dpids=(SENDER,)), now())
            delivered = _deliver(site, batches, order, provider)
            assert len(set(delivered)) == 2
            seen[order] = _see(site, icpn)
    return seen


@pytest.mark.process
def test_a_release_and_its_update_without_audio_end_in_one_catalogue_in_any_order(tmp_path: Path) -> None:
    statement = a_small_statement()
    untold = changed(statement, header=changed(statement.header, message_id=""))
    retitled = changed(untold.releases[0], titles=(ScopedText(value="Harbour Lights, again"),))
    initial = write_batch(tmp_path / "sent", "20260105090000001", untold)
    update = write_batch(tmp_path / "sent", "20260105090000002")
    (update / an_icpn(1)).mkdir()
    write_xml(update / an_icpn(1), changed(untold, releases=(retitled, *untold.releases[1:])))
    seen = _play(tmp_path, (initial, update), PROVIDER, an_icpn(1).zfill(14))
    assert len(set(seen.values())) == 1, seen
    (album,) = set(seen.values())
    assert album.title == "Harbour Lights, again"
    assert album.covers
    assert [bool(track.renditions) for track in album.tracks] == [True, True]


@pytest.mark.process
def test_a_partners_sequence_ends_in_one_catalogue_with_its_audio(sequence: tuple[Path, Path], tmp_path: Path) -> None:
    seen = _play(tmp_path, sequence, LABEL, UPC)
    assert len(set(seen.values())) == 1, seen
    (album,) = set(seen.values())
    assert album.covers
    assert [bool(track.renditions) for track in album.tracks] == [True, True]
