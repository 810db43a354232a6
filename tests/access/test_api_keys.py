"""API keys: made, told from tokens, compared whole, and good for nothing once they are not among their client's."""

from datetime import UTC, datetime

import msgspec
import pytest

from antiphon.access import (
    KEY_PREFIX,
    Caller,
    SigningKeys,
    TokenRefused,
    check_standing,
    decode_client,
    encode_client,
    issue_access_token,
    make_api_key,
    make_client,
    read_key_owner,
    verify_access_token,
    verify_api_key,
)
from antiphon.model.errors import Broken

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = SigningKeys(current=b"hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4")
BARE, SECRET = make_client("A player")
KEY, TEXT = make_api_key(BARE, "on the wall", NOW)
CLIENT = msgspec.structs.replace(BARE, keys=(KEY,))


def test_a_token_and_a_secret_are_no_keys() -> None:
    for text in (issue_access_token(KEYS, CLIENT, NOW), SECRET, "", TEXT[:-1], TEXT + "=", f" {TEXT}"):
        with pytest.raises(TokenRefused):
            read_key_owner(text)
    with pytest.raises(TokenRefused):
        verify_access_token(KEYS, TEXT, NOW)


def test_a_key_is_not_what_is_kept_of_it() -> None:
    assert TEXT.startswith(KEY_PREFIX)
    assert TEXT[-43:].encode() not in encode_client(CLIENT)
    assert decode_client(encode_client(CLIENT)) == CLIENT


def test_a_key_says_whose_it_is_and_only_its_client_answers_for_it() -> None:
    assert read_key_owner(TEXT) == CLIENT.client_id
    caller = verify_api_key(CLIENT, TEXT, NOW)
    assert (caller.client_id, caller.tier, caller.key_hash) == (CLIENT.client_id, CLIENT.tier, KEY.key_hash)
    for other in (None, BARE, make_client("Another")[0], msgspec.structs.replace(CLIENT, is_disabled=True)):
        with pytest.raises(TokenRefused):
            verify_api_key(other, TEXT, NOW)


def test_who_was_verified_may_be_refused_later() -> None:
    by_key = verify_api_key(CLIENT, TEXT, NOW)
    by_token = verify_access_token(KEYS, issue_access_token(KEYS, CLIENT, NOW), NOW)
    disabled = msgspec.structs.replace(CLIENT, is_disabled=True)
    for client, caller in ((disabled, by_key), (disabled, by_token), (BARE, by_key), (None, by_key)):
        with pytest.raises(TokenRefused):
            check_standing(client, caller)
    for client, caller in ((CLIENT, by_key), (CLIENT, by_token), (BARE, by_token), (None, by_token)):
        check_standing(client, caller)


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b"\xff", b'{"client_id":1,"name":"","secret_hash":""}'])
def test_a_document_that_holds_no_client_is_our_fault(body: bytes) -> None:
    with pytest.raises(Broken):
        decode_client(body)


def verify(text: str) -> Caller:
    """Return who calls with a key, as a node finds out that knows one client."""
    clients = {CLIENT.client_id: CLIENT}
    return verify_api_key(clients.get(read_key_owner(text)), text, NOW)


def test_no_mutation_of_a_key_is_accepted() -> None:
    assert verify(TEXT).client_id == CLIENT.client_id
    for place in range(len(TEXT)):
        for other in {"a", "B", "0", "_", "-", "é", "\n", ""} - {TEXT[place]}:
            with pytest.raises(TokenRefused):
                verify(TEXT[:place] + other + TEXT[place + 1 :])
