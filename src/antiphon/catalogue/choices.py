"""What a field of the catalogue is, and what made it so: a value that keeps its sources."""

from collections.abc import Mapping
from typing import Generic, NamedTuple, TypeVar

import msgspec

from antiphon.model.entities import ArtistCredit

V_co = TypeVar("V_co", covariant=True)


class Part(NamedTuple):
    """One member of an element of a statement, where the element says several things: a resource's ``duration_ms``."""

    element: msgspec.Struct
    member: str


Source = msgspec.Struct | Part
"""What a value is taken from, the object itself: an element of the statement, a file's ``ResourceMedia``, a decision.

Which object it is costs nothing to note while an album is built; where it stands is found when somebody asks.
"""


class Chosen(NamedTuple, Generic[V_co]):
    """A value, and all it was taken from; without sources nobody says anything, and the value is what that means."""

    value: V_co
    sources: tuple[Source, ...] = ()


class Credits(NamedTuple):
    """Display artists as they were chosen. ``names``: what each one's name is taken from, by the artist's id."""

    value: tuple[ArtistCredit, ...]
    sources: tuple[Source, ...]
    names: Mapping[str, Source]
