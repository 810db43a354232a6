"""Tokens open what they were issued for, within their time, and nothing else (S1, S2)."""

import base64
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from antiphon.access import (
    ACCESS_TOKEN_TTL_S,
    STREAM_TOKEN_TTL_S,
    AccessRole,
    Client,
    SigningKeys,
    Tier,
    TokenRefused,
    issue_access_token,
    issue_stream_token,
    verify_access_token,
    verify_stream_token,
)

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OLD_KEY = b"hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4"
NEW_KEY = b"r2W8yNfK5tXq1ZbV7mLc4HjD9gSpE3Ua"
KEYS = SigningKeys(current=OLD_KEY)
CLIENT = Client(
    client_id="0f" * 16,
    name="A label's tool",
    secret_hash="",
    tier=Tier.FREE,
    roles=(AccessRole.PROVIDER,),
    provider="northwind",
)
BLOB = "ab" * 32
SEED = 20261122
URL_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def an_access_token(keys: SigningKeys = KEYS) -> str:
    return issue_access_token(keys, CLIENT, NOW)


def a_stream_token(keys: SigningKeys = KEYS, ttl_s: int = STREAM_TOKEN_TTL_S) -> str:
    return issue_stream_token(
        keys,
        blob=BLOB,
        media_type="audio/flac",
        track_id="T" * 22,
        client_id=CLIENT.client_id,
        now=NOW,
        ttl_s=ttl_s,
    )


def a_forged_token(changes: dict[str, object] | None = None, *, key: bytes = OLD_KEY, algorithm: str = "HS256") -> str:
    """Return a token signed by whoever holds ``key``, with the claims of a good access token less the changes."""
    issued_at = int(NOW.timestamp())
    claims: dict[str, object] = {
        "iss": "antiphon",
        "aud": "antiphon/access",
        "sub": "somebody",
        "iat": issued_at,
        "exp": issued_at + 60,
    }
    claims.update(changes or {})
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm)


def test_a_stream_token_opens_no_interface() -> None:
    with pytest.raises(TokenRefused):
        verify_access_token(KEYS, a_stream_token(), NOW)


def test_an_access_token_opens_no_stream() -> None:
    with pytest.raises(TokenRefused):
        verify_stream_token(KEYS, an_access_token(), NOW)


@pytest.mark.parametrize(
    ("ttl_s", "verify", "issue"),
    [
        (ACCESS_TOKEN_TTL_S, verify_access_token, an_access_token),
        (STREAM_TOKEN_TTL_S, verify_stream_token, a_stream_token),
    ],
)
def test_a_token_ends_on_its_second(
    ttl_s: int, verify: Callable[[SigningKeys, str, datetime], object], issue: Callable[[], str]
) -> None:
    token = issue()
    end = NOW + timedelta(seconds=ttl_s)
    assert verify(KEYS, token, end - timedelta(milliseconds=1))
    with pytest.raises(TokenRefused, match="expired"):
        verify(KEYS, token, end)


def test_a_token_of_the_future_is_refused_beyond_the_skew_of_clocks() -> None:
    token = an_access_token()
    assert verify_access_token(KEYS, token, NOW - timedelta(seconds=60)).client_id == CLIENT.client_id
    with pytest.raises(TokenRefused):
        verify_access_token(KEYS, token, NOW - timedelta(seconds=61))


@pytest.mark.parametrize("ttl_s", [0, -1, STREAM_TOKEN_TTL_S + 1])
def test_no_stream_token_is_issued_for_longer_than_a_takedown_may_wait(ttl_s: int) -> None:
    with pytest.raises(ValueError, match="may live"):
        a_stream_token(ttl_s=ttl_s)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": None},
        {"iss": "somebody-else"},
        {"aud": None},
        {"aud": ["antiphon/access"]},
        {"aud": "antiphon"},
        {"sub": None},
        {"sub": 7},
        {"iat": None},
        {"exp": None},
        {"exp": "4102444800"},
        {"exp": int(NOW.timestamp()) + ACCESS_TOKEN_TTL_S + 1},
        {"tier": "gold"},
        {"roles": ["emperor"]},
        {"roles": "operator"},
        {"provider": 7},
    ],
)
def test_claims_of_another_shape_are_refused_even_when_signed(changes: dict[str, object]) -> None:
    with pytest.raises(TokenRefused):
        verify_access_token(KEYS, a_forged_token(changes), NOW)


def test_another_key_signs_nothing_for_us() -> None:
    with pytest.raises(TokenRefused, match="signature"):
        verify_access_token(KEYS, a_forged_token(key=NEW_KEY), NOW)


def test_the_token_does_not_choose_the_algorithm() -> None:
    assert verify_access_token(KEYS, a_forged_token(), NOW).client_id == "somebody"
    header, payload, signature = a_forged_token().split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "JWT"}).encode()).decode().rstrip("=")
    for token in (
        a_forged_token(key=OLD_KEY * 2, algorithm="HS512"),
        f"{unsigned}.{payload}.",
        f"{unsigned}.{payload}.{signature}",
        f"{header}.{payload}.",
    ):
        with pytest.raises(TokenRefused):
            verify_access_token(KEYS, token, NOW)


def test_a_token_has_one_spelling() -> None:
    token = an_access_token()
    body, last = token[:-1], token[-1]
    same_bits = URL_ALPHABET[URL_ALPHABET.index(last) + 1]
    for spelling in (
        token + "=",
        token + "==",
        body + same_bits,
        token + "\n",
        " " + token,
        token.replace(".", ".=", 1),
    ):
        with pytest.raises(TokenRefused):
            verify_access_token(KEYS, spelling, NOW)


@pytest.mark.parametrize("count", [2_000, pytest.param(100_000, marks=pytest.mark.fuzz)])
def test_no_mutation_of_a_token_is_accepted(count: int) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    originals = (an_access_token(), a_stream_token())
    accepted = []
    for _ in range(count):
        token = mutate(chance, chance.choice(originals))
        for verify in (verify_access_token, verify_stream_token):
            try:
                verify(KEYS, token, NOW)
            except TokenRefused:
                continue
            if token not in originals:
                accepted.append(token)
    assert accepted == []


def mutate(chance: random.Random, token: str) -> str:
    """Return the token with one change of a random kind; never the token itself."""
    place = chance.randrange(len(token))
    other = a_forged_token(key=NEW_KEY)
    mutations = (
        token[:place] + chance.choice(URL_ALPHABET.replace(token[place], "")) + token[place + 1 :],
        token[:place] + token[place + 1 :],
        token[:place] + chance.choice(URL_ALPHABET + ".=+/ %é\0") + token[place:],
        token[:place] + token[place].swapcase() + token[place + 1 :],
        token[:place],
        token[place:] + token[:place],
        ".".join((*token.split(".")[:2], other.split(".")[2])),
        ".".join((token.split(".")[0], other.split(".")[1], token.split(".")[2])),
    )
    return next(text for text in chance.sample(mutations, len(mutations)) if text != token)


def test_rotation_refuses_nobody() -> None:
    before = SigningKeys(current=OLD_KEY)
    during = SigningKeys(current=NEW_KEY, previous=OLD_KEY)
    after = SigningKeys(current=NEW_KEY)
    old_tokens, new_tokens = (
        (an_access_token(before), a_stream_token(before)),
        (
            an_access_token(during),
            a_stream_token(during),
        ),
    )
    for access, stream in (old_tokens, new_tokens):
        assert verify_access_token(during, access, NOW).client_id == CLIENT.client_id
        assert verify_stream_token(during, stream, NOW).blob == BLOB
    assert verify_access_token(after, new_tokens[0], NOW).client_id == CLIENT.client_id
    with pytest.raises(TokenRefused):
        verify_access_token(after, old_tokens[0], NOW)


def test_an_access_token_says_who_calls() -> None:
    caller = verify_access_token(KEYS, an_access_token(), NOW)
    assert (caller.client_id, caller.tier, caller.provider) == (CLIENT.client_id, Tier.FREE, "northwind")
    assert caller.roles == (AccessRole.PROVIDER,)
    assert caller.expires_at == int(NOW.timestamp()) + ACCESS_TOKEN_TTL_S


def test_a_caller_without_a_tier_is_premium() -> None:
    assert verify_access_token(KEYS, a_forged_token(), NOW).tier is Tier.PREMIUM


def test_a_stream_token_says_what_it_opens() -> None:
    grant = verify_stream_token(KEYS, a_stream_token(ttl_s=90), NOW)
    assert (grant.blob, grant.media_type, grant.track_id) == (BLOB, "audio/flac", "T" * 22)
    assert grant.expires_at == int(NOW.timestamp()) + 90
