"""What a field of the catalogue is, and what made it so: a value that keeps its sources."""

from typing import Generic, NamedTuple, TypeVar

import msgspec

V = TypeVar("V")


class Part(NamedTuple):
    """One member of an element of a statement, where the element says several things: a resource's ``duration_ms``."""

    element: msgspec.Struct
    member: str


Source = msgspec.Struct | Part
"""What a value is taken from, the object itself: an element of the statement, a file's ``ResourceMedia``, a decision.

Which object it is costs nothing to note while an album is built; where it stands is found when somebody asks.
"""


class Chosen(NamedTuple, Generic[V]):
    """A value, and all it was taken from; without sources nobody says anything, and the value is what that means."""

    value: V
    sources: tuple[Source, ...] = ()
