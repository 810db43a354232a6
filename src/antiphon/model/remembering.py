"""Answers remembered by which object was asked about: for values that are one object wherever they are used.

Comparing or hashing a set of eighty intervals costs more than what is to be found out about it, and the tracks of an
album have one such object between them.
"""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def remembering(kept: int) -> Callable[[Callable[[A], R]], Callable[[A], R]]:
    """Return a decorator: a pure function of one immutable argument answers at once for an object it has met.

    ``kept``: how many objects are held before all are let go.
    """

    def decorate(function: Callable[[A], R]) -> Callable[[A], R]:
        known: dict[int, tuple[A, R]] = {}

        @wraps(function)
        def answer(argument: A) -> R:
            met = known.get(id(argument))
            if met is not None:  # the object is held, so its identity is not another's
                return met[1]
            if len(known) >= kept:
                known.clear()
            found = function(argument)
            known[id(argument)] = (argument, found)
            return found

        return answer

    return decorate
