"""Typed values as bytes and back: the form statements, entities and media have in the record.

JSON, because a territory bitset is an integer of 250 bits, and because an operator can read it with nothing but SQL.
The number beside each body says which code wrote it, so that a later form can be read beside this one.
"""

from typing import TypeVar

import msgspec

from antiphon.model.errors import Broken

BODY_FORMAT = 1
"""The form ``encode_body`` writes: JSON of the struct as the model declares it."""

T = TypeVar("T")


def encode_body(value: msgspec.Struct) -> bytes:
    """Return the value as bytes; equal values give equal bytes."""
    return msgspec.json.encode(value)


def decode_body(body: bytes, body_format: int, as_type: type[T]) -> T:
    """Return the value a body holds. Raises: Broken for a form this version does not know, or a damaged body."""
    if body_format != BODY_FORMAT:
        raise Broken(f"a body of format {body_format} in the record; this version reads {BODY_FORMAT}: upgrade it")
    try:
        return msgspec.json.decode(body, type=as_type)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Broken(f"a {as_type.__name__} of the record is damaged: {error}; restore it from a backup") from error
