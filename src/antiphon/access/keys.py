"""Signing keys: read from text, and refused unless nobody could guess them."""

import secrets

import msgspec

from antiphon.model.errors import Refused

MIN_KEY_BYTES = 32
"""bytes; an HMAC-SHA-256 key shorter than its hash weakens it. Source: RFC 7518 3.2."""

MIN_DISTINCT_BYTES = 8
"""distinct bytes; 32 random hex digits hold fewer about once in 28 million keys, the shortest typed filler does."""

MIN_PERIOD_BYTES = 16
"""bytes; a key that is a shorter text said again and again is only as strong as that text."""

MAX_LIVE_KEYS = 2
"""keys; one signs and one still verifies. More would keep retired keys alive for no reason."""

_WELL_KNOWN_PARTS = (
    "changeme",
    "change-me",
    "change_me",
    "change this",
    "secret",
    "password",
    "default",
    "example",
    "insecure",
    "antiphon",
    "placeholder",
    "123456789",
    "abcdefgh",
    "qwerty",
)
"""What keys copied from documentation, templates and keyboards contain. A random key of 43 base-64 characters holds a
given one of them less often than once in 10 million (six letters, either case)."""


class SigningKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The live keys: ``current`` signs, both verify. ``previous`` None: no rotation is under way."""

    current: bytes
    previous: bytes | None = None

    def __repr__(self) -> str:
        return f"SigningKeys({1 if self.previous is None else 2} live)"

    @property
    def live(self) -> tuple[bytes, ...]:
        """The keys a token may be signed with, the likelier first."""
        return (self.current,) if self.previous is None else (self.current, self.previous)


def make_signing_key() -> str:
    """Return a new random key as text: 43 characters that hold 256 bits."""
    return secrets.token_urlsafe(MIN_KEY_BYTES)


def load_signing_keys(text: str) -> SigningKeys:
    """Return the signing keys a setting or a file holds.

    Shape: one key per line, the current one first, then the previous one if there is one; blank lines and lines that
    start with # do not count. A key is the UTF-8 bytes of its line.
    Raises: Refused (the operator's fault) for no key, more than two, or a key somebody could guess. The message never
    repeats the key.
    """
    lines = [line.strip() for line in text.splitlines()]
    keys = [line.encode() for line in lines if line and not line.startswith("#")]
    if not keys:
        raise Refused("SigningKeyMissing", f"no signing key is set; {_NEXT_STEP}")
    if len(keys) > MAX_LIVE_KEYS:
        raise Refused(
            "SigningKeySurplus",
            f"{len(keys)} signing keys are set, expected the current one and at most one previous; remove the oldest",
        )
    for place, key in zip(("current", "previous"), keys, strict=False):
        _refuse_guessable(place, key)
    if len(set(keys)) != len(keys):
        raise Refused("SigningKeyRepeated", "the previous signing key is the current one; remove the second line")
    return SigningKeys(current=keys[0], previous=keys[1] if len(keys) == MAX_LIVE_KEYS else None)


_NEXT_STEP = 'make one: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'


def _refuse_guessable(place: str, key: bytes) -> None:
    if len(key) < MIN_KEY_BYTES:
        got = f"has {len(key)} bytes, expected at least {MIN_KEY_BYTES}"
        raise Refused("SigningKeyShort", f"the {place} signing key {got}; {_NEXT_STEP}")
    if len(set(key)) < MIN_DISTINCT_BYTES or _find_period(key) < MIN_PERIOD_BYTES:
        raise Refused("SigningKeyRepetitive", f"the {place} signing key repeats a few characters; {_NEXT_STEP}")
    lowered = key.decode().lower()
    known = next((part for part in _WELL_KNOWN_PARTS if part in lowered), None)
    if known is not None:
        raise Refused(
            "SigningKeyWellKnown",
            f"the {place} signing key contains {known!r}, as keys in documentation and templates do; {_NEXT_STEP}",
        )


def _find_period(key: bytes) -> int:
    """Return the length of the shortest text that, said again and again, begins with the key; at most its length."""
    return next(period for period in range(1, len(key) + 1) if key[period:] == key[: len(key) - period])
