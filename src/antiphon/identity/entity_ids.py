"""Ids of entities: short, opaque, computed by whoever needs one."""

import hashlib

from antiphon.model.entities import EntityKind

ENTITY_ID_LENGTH = 22
"""characters; 22 base-62 digits hold 130 bits, the length app developers know from ids of this shape."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def entity_id(kind: EntityKind, provider: str, anchor: str) -> str:
    """Return the id of the entity whose first link this is: 22 base-62 characters of a SHA-256."""
    digest = hashlib.sha256("\0".join((kind.value, provider, anchor)).encode()).digest()
    number = int.from_bytes(digest)
    characters = []
    for _ in range(ENTITY_ID_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        characters.append(_DIGITS[digit])
    return "".join(characters)
