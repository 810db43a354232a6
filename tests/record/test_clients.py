"""Clients and their API keys in the record: what is refused, and that every change is one that reaches nodes."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import Engine

from antiphon.model.availability import Tier
from antiphon.model.clients import ApiKey, Client
from antiphon.model.errors import Refused
from antiphon.record import reading, writing
from antiphon.record.changes import CLIENT as CLIENT_KIND
from antiphon.record.changes import changes_after
from antiphon.record.clients import (
    MAX_KEYS,
    add_api_key,
    add_client,
    change_secret,
    change_tier,
    find_client,
    list_api_keys,
    load_client,
    revoke_api_key,
    set_disabled,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLIENT = Client(client_id="c1", name="Player", secret_hash="0" * 64)


def a_key(name: str, number: int = 0) -> ApiKey:
    """Return a key of a name, unlike those of other numbers."""
    return ApiKey(name=name, key_hash=f"{number:064x}", made_at="2026-11-22T12:00:00Z")


def test_what_is_not_there_cannot_be_changed(engine: Engine) -> None:
    with writing(engine) as conn:
        changes: tuple[Callable[[], object], ...] = (
            lambda: change_secret(conn, "c1", "1" * 64, NOW),
            lambda: change_tier(conn, "c1", Tier.FREE, NOW),
            lambda: set_disabled(conn, "c1", NOW, is_disabled=True),
            lambda: add_api_key(conn, "c1", a_key("a"), NOW),
            lambda: load_client(conn, "c1"),
        )
        for change in changes:
            with pytest.raises(Refused, match="there is no client 'c1'"):
                change()
        with pytest.raises(Refused, match="has no API key"):
            revoke_api_key(conn, "c1", "a", NOW)
        assert changes_after(conn, 0, 10) == []


def test_a_key_has_a_name_of_its_own_for_good(engine: Engine) -> None:
    with writing(engine) as conn:
        add_client(conn, CLIENT, NOW)
        add_api_key(conn, "c1", a_key("a", 1), NOW)
        for taken in (a_key("a", 2), a_key("b", 1)):
            with pytest.raises(Refused, match="another name"):
                add_api_key(conn, "c1", taken, NOW)
        assert revoke_api_key(conn, "c1", "a", NOW).keys == ()
        with pytest.raises(Refused, match="has no API key"):
            revoke_api_key(conn, "c1", "a", NOW)
        with pytest.raises(Refused, match="another name"):
            add_api_key(conn, "c1", a_key("a", 3), NOW)
        assert [(key.name, bool(key.revoked_at)) for key in list_api_keys(conn, "c1")] == [("a", True)]


def test_a_client_has_so_many_keys_and_no_more(engine: Engine) -> None:
    with writing(engine) as conn:
        add_client(conn, CLIENT, NOW)
        for number in range(MAX_KEYS):
            add_api_key(conn, "c1", a_key(f"key {number}", number), NOW)
        with pytest.raises(Refused, match="revoke one first"):
            add_api_key(conn, "c1", a_key("one more", MAX_KEYS), NOW)


def test_every_change_of_a_client_is_in_the_log_that_nodes_follow(engine: Engine) -> None:
    with writing(engine) as conn:
        add_client(conn, CLIENT, NOW)
        change_secret(conn, "c1", "1" * 64, NOW)
        change_tier(conn, "c1", Tier.FREE, NOW)
        set_disabled(conn, "c1", NOW, is_disabled=True)
        add_api_key(conn, "c1", a_key("a", 1), NOW)
        add_api_key(conn, "c1", a_key("b", 2), NOW)
        revoke_api_key(conn, "c1", "a", NOW)
    with reading(engine) as conn:
        changes = changes_after(conn, 0, 10)
        assert find_client(conn, "c1") == msgspec.structs.replace(
            CLIENT, secret_hash="1" * 64, tier=Tier.FREE, is_disabled=True, keys=(a_key("b", 2),)
        )
    assert [(change.version, change.kind, change.entity_id) for change in changes] == [
        (version, CLIENT_KIND, "c1") for version in range(1, 8)
    ]
