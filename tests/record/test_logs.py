"""Changes, publications, decisions and clients: what cannot be changed, and what may not be added."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import Engine, delete, insert, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from antiphon.model.clients import AccessRole, Client
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Broken, Refused
from antiphon.record import open_record, reading, writing
from antiphon.record.bodies import decode_body
from antiphon.record.changes import Cause, append_changes, changes_after, head_version, lock_head
from antiphon.record.clients import add_client, find_client, list_clients
from antiphon.record.deciding import undo
from antiphon.record.decisions import list_decisions
from antiphon.record.publications import Announced, announce, announced_head, list_publications
from antiphon.record.tables import changes, head, metadata, publications
from tests.record.deliveries import NOW, accept

FIRST = Announced(version=1, segment="s1", parent="", record_version=3, announced_at="2026-11-22T10:00:00.000000Z")
CLIENT = Client(client_id="c1", name="Player", secret_hash="0" * 64, roles=(AccessRole.OPERATOR, AccessRole.PROVIDER))


def test_a_version_that_does_not_follow_the_newest_is_refused(engine: Engine) -> None:
    with writing(engine) as conn:
        announce(conn, FIRST)
    for wrong in (
        FIRST,
        msgspec.structs.replace(FIRST, version=2),
        msgspec.structs.replace(FIRST, version=3, parent="s1"),
    ):
        with writing(engine) as conn, pytest.raises(Refused, match="does not follow"):
            announce(conn, wrong)


def test_versions_are_announced_in_order_and_listed_newest_first(engine: Engine) -> None:
    second = msgspec.structs.replace(FIRST, version=2, segment="s2", parent="s1")
    with writing(engine) as conn:
        assert announced_head(conn) is None
        announce(conn, FIRST)
        announce(conn, second)
        assert announced_head(conn) == second
        assert list_publications(conn, 5) == (second, FIRST)


def test_changes_are_numbered_from_one_without_a_gap(engine: Engine) -> None:
    with writing(engine) as conn:
        delivery = accept(conn, 1)
        cause = Cause(at=NOW, delivery_id=delivery.id)
        assert lock_head(conn) == 0
        assert append_changes(conn, [], cause) == 0
        assert append_changes(conn, [(EntityKind.ALBUM, "a"), (EntityKind.ARTIST, "b")], cause) == 2
        assert append_changes(conn, [(EntityKind.ALBUM, "a")], cause) == 3
    with reading(engine) as conn:
        assert head_version(conn) == 3
        assert [(c.version, c.entity_id) for c in changes_after(conn, 1, 10)] == [(2, "b"), (3, "a")]
        assert changes_after(conn, 0, 1)[0].delivery_id == delivery.id


def test_changes_of_a_rolled_back_transaction_leave_no_gap(engine: Engine) -> None:
    with engine.connect() as conn, conn.begin() as transaction:
        append_changes(conn, [(EntityKind.ALBUM, "a")], Cause(at=NOW))
        transaction.rollback()
    with writing(engine) as conn:
        assert append_changes(conn, [(EntityKind.ALBUM, "b")], Cause(at=NOW)) == 1


@pytest.mark.parametrize("table", [changes, publications])
def test_announced_and_logged_facts_stay(engine: Engine, table: object) -> None:
    with writing(engine) as conn:
        append_changes(conn, [(EntityKind.ALBUM, "a")], Cause(at=NOW))
        announce(conn, FIRST)
    for statement in (delete(table), update(table).values(version=9)):  # type: ignore[arg-type]
        with pytest.raises(DatabaseError, match="append-only"), writing(engine) as conn:
            conn.execute(statement)


def test_there_is_one_head_row(engine: Engine) -> None:
    with pytest.raises(IntegrityError), writing(engine) as conn:
        conn.execute(insert(head).values(id=2, version=0))


def test_a_record_whose_tables_were_made_by_something_else_is_broken(tmp_path: Path) -> None:
    engine = open_record(f"sqlite:///{tmp_path / 'record.sqlite'}")
    with writing(engine) as conn:
        metadata.create_all(conn)
        with pytest.raises(Broken, match="no head row"):
            lock_head(conn)
    engine.dispose()


def test_undoing_what_was_never_decided_is_refused(engine: Engine) -> None:
    with writing(engine) as conn:
        assert list_decisions(conn) == ()
        with pytest.raises(Refused, match="does not exist"):
            undo(conn, "d1", by="ana", now=NOW)


def test_a_client_id_is_taken_once_and_its_provider_must_exist(engine: Engine) -> None:
    with writing(engine) as conn:
        add_client(conn, CLIENT, NOW)
        for wrong in (CLIENT, msgspec.structs.replace(CLIENT, client_id="c2", provider="nobody")):
            with pytest.raises(Refused):
                add_client(conn, wrong, NOW)
        assert (find_client(conn, "c1"), find_client(conn, "c2"), list_clients(conn)) == (CLIENT, None, (CLIENT,))


def test_a_secret_that_is_not_hashed_is_refused(engine: Engine) -> None:
    with writing(engine) as conn, pytest.raises(Refused):
        add_client(conn, msgspec.structs.replace(CLIENT, secret_hash="hunter2"), NOW)


@pytest.mark.parametrize(("body", "body_format"), [(b"{}", 3), (b"{", 2), (b"\xff", 2), (b"[]", 1)])
def test_a_body_that_cannot_be_read_is_our_fault(body: bytes, body_format: int) -> None:
    with pytest.raises(Broken):
        decode_body(body, body_format, Client)
