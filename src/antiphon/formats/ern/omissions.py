"""What a message says less than the statement it was written from: found by reading it back, so by no list of ours.

A fact counts as left out where the statement says something and the message read back does not say the same in the
same place. What a message says more (a flat list its schema asks for, a type) is no omission.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from antiphon.model.statement import Statement

_ABOUT_THE_MESSAGE = frozenset(
    {
        "avs_version",
        "is_main_inferred",
        "is_track_element",
        "line",
        "path",
        "schema_version",
        "update_indicator",
        "version",
    }
)
"""Fields that tell where or how something is written, not what is said."""


def list_omissions(statement: Statement, written: Statement) -> tuple[str, ...]:
    """Return the paths of the facts that the statement has and the written message has not, in their order."""
    return tuple(_compare(statement, written, ""))


def _compare(fact: Any, written: Any, path: str) -> Iterator[str]:
    if isinstance(fact, msgspec.Struct):
        if type(fact) is not type(written):
            yield path
            return
        for field in msgspec.structs.fields(fact):
            said = getattr(fact, field.name)
            if field.name not in _ABOUT_THE_MESSAGE and said != field.default:
                yield from _compare(said, getattr(written, field.name), f"{path}.{field.name}".removeprefix("."))
    elif isinstance(fact, tuple):
        yield from _compare_lists(fact, written, path)
    elif fact != written:
        yield path


def _compare_lists(facts: tuple[Any, ...], written: Any, path: str) -> Iterator[str]:
    """Compare item by item; where the message has other items in between, look for each among those that follow."""
    if len(facts) == len(written):
        for number, (fact, one) in enumerate(zip(facts, written, strict=True)):
            yield from _compare(fact, one, f"{path}[{number}]")
        return
    remaining = iter(written)
    for number, fact in enumerate(facts):
        if not any(next(_compare(fact, one, ""), None) is None for one in remaining):
            yield f"{path}[{number}]"
            remaining = iter(written)
