"""Clients on their way to nodes: as documents of the log, and, where they are refused, on the path of takedowns."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from antiphon.access import decode_client, make_api_key, make_client
from antiphon.blobs import FolderBlobs
from antiphon.publication.denials import REFUSED_FOR, mend_overlay, write_overlay
from antiphon.publication.publisher import Publisher
from antiphon.record import migrate, open_record, writing
from antiphon.record.clients import add_api_key, add_client, revoke_api_key, set_disabled
from antiphon.replica import Follower
from antiphon.segments import OVERLAY_NAME, DocumentKind, DocumentView, Overlay, encode_overlay

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLIENT, _ = make_client("Player")
KEY, _ = make_api_key(CLIENT, "on the wall", NOW)


class House:
    """A record, its store, and what is done in one transaction of it."""

    def __init__(self, root: Path, url: str) -> None:
        self.engine: Engine = open_record(url)
        migrate(self.engine)
        self.blobs = FolderBlobs(root / "blobs")

    def write(self, change: Callable[[Connection], object]) -> None:
        with writing(self.engine) as conn:
            change(conn)

    def refuse(self, *forget: str, now: datetime = NOW) -> tuple[str, ...]:
        """Write the overlay and return who it refuses."""
        with writing(self.engine) as conn:
            return write_overlay(conn, self.blobs, now, forget=forget).refused


@pytest.fixture
def house(tmp_path: Path, record_url: str) -> Iterator[House]:
    house = House(tmp_path, record_url)
    house.write(lambda conn: add_client(conn, CLIENT, NOW))
    house.write(lambda conn: add_api_key(conn, CLIENT.client_id, KEY, NOW))
    yield house
    house.engine.dispose()


def test_who_is_disabled_and_what_is_revoked_is_refused_with_no_version(house: House) -> None:
    assert house.refuse() == ()
    house.write(lambda conn: revoke_api_key(conn, CLIENT.client_id, KEY.name, NOW))
    house.write(lambda conn: set_disabled(conn, CLIENT.client_id, NOW, is_disabled=True))
    assert set(house.refuse()) == {CLIENT.client_id, KEY.key_hash}
    house.write(lambda conn: set_disabled(conn, CLIENT.client_id, NOW, is_disabled=False))
    assert house.refuse(CLIENT.client_id) == (KEY.key_hash,)


def test_a_revoked_key_is_refused_by_name_for_months_and_then_by_its_absence(house: House) -> None:
    house.write(lambda conn: revoke_api_key(conn, CLIENT.client_id, KEY.name, NOW))
    assert house.refuse(now=NOW + REFUSED_FOR) == (KEY.key_hash,)
    assert house.refuse(now=NOW + REFUSED_FOR + timedelta(days=1)) == ()


def test_a_restored_record_lets_nobody_in_again_that_it_does_not_know_to_be_out(house: House) -> None:
    stored = Overlay(sequence=7, written_at="", refused=(CLIENT.client_id, "f" * 64))
    house.blobs.put_named(OVERLAY_NAME, encode_overlay(stored))
    with writing(house.engine) as conn:
        assert mend_overlay(conn, house.blobs, NOW) == stored
    assert set(house.refuse()) == set(stored.refused)
    assert house.refuse(CLIENT.client_id) == ("f" * 64,)


def test_an_overlay_that_lacks_somebody_is_mended(house: House) -> None:
    house.refuse()
    house.write(lambda conn: set_disabled(conn, CLIENT.client_id, NOW, is_disabled=True))
    with writing(house.engine) as conn:
        assert mend_overlay(conn, house.blobs, NOW).refused == (CLIENT.client_id,)


def test_a_client_reaches_nodes_whole_with_the_keys_that_hold(house: House, tmp_path: Path) -> None:
    publisher = Publisher(house.engine, house.blobs)
    publisher.recover(NOW)
    follower = Follower(house.blobs, tmp_path / "node", map_size_bytes=16 << 20)

    def find_keys() -> list[str]:
        while publisher.publish(NOW) is not None:
            pass
        follower.poll(NOW)
        with follower.replica.transaction() as view:
            document = view.get(DocumentKind.CLIENT, CLIENT.client_id)
        assert document is not None
        return [key.key_hash for key in decode_client(DocumentView(document).body()).keys]

    assert find_keys() == [KEY.key_hash]
    house.write(lambda conn: revoke_api_key(conn, CLIENT.client_id, KEY.name, NOW))
    assert find_keys() == []
    follower.close()
    publisher.close()
