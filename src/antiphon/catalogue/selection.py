"""Which of several contributions a shared entity shows."""

from collections.abc import Iterable
from typing import TypeVar

from antiphon.catalogue.ordering import StatementOrder

T = TypeVar("T")


def select_newest(contributions: Iterable[tuple[StatementOrder, T]]) -> T | None:
    """Return what the newest statement says; None: no album speaks of the entity any more, so there is none.

    The receipt number is unique, so the answer does not depend on the order they are given in.
    """
    newest = max(contributions, key=lambda contribution: contribution[0], default=None)
    return newest[1] if newest is not None else None
