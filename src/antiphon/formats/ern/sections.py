"""Sections: the places of one resource or release in which its facts may stand.

ERN 3 says most facts in blocks per territory, ERN 4.3 some in editions, ERN 4 the rest in the element itself. A section
is one such place with the scope of the values in it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from lxml.etree import _Element as Element

from antiphon.formats.ern.reading import EVERYWHERE, Content, Reading
from antiphon.model.claims import Scope

_STEMS = (
    "SoundRecording",
    "Video",
    "Image",
    "Text",
    "SheetMusic",
    "Software",
    "Midi",
    "UserDefinedResource",
    "Release",
)
_EDITIONS = frozenset({"SoundRecordingEdition", "VideoEdition"})
_PARTS = _EDITIONS | {f"{stem}DetailsByTerritory" for stem in _STEMS}
"""Parts of a resource or release with facts of their own."""

Value = TypeVar("Value")


class Section(NamedTuple):
    """One place: for whom its values are meant, its children by name, and whether it is an edition."""

    scope: Scope
    children: Content
    is_edition: bool = False


def split_sections(element: Element, reading: Reading) -> tuple[Section, ...]:
    """Return the element itself, then its editions and territory blocks in message order."""
    content = reading.open(element)
    sections = [Section(EVERYWHERE, content)]
    for tag in sorted(_PARTS.intersection(content)):
        for part in content.take(tag):
            inner = reading.open(part)
            is_edition = tag in _EDITIONS
            scope = EVERYWHERE if is_edition else reading.block_scope(inner)
            sections.append(Section(scope, inner, is_edition))
    return tuple(sections)


def take_elements(sections: Sequence[Section], *tags: str) -> list[Element]:
    """Take the elements of these names out of all sections."""
    found: list[Element] = []
    for _, content, _ in sections:
        for tag in tags:
            if tag in content:
                found += content.pop(tag)
    return found


def read_scoped(
    sections: Sequence[Section], tags: Sequence[str], read: Callable[[Element, Scope], Value]
) -> tuple[Value, ...]:
    """Return what ``read`` makes of each element of these names, in the scope of its section."""
    found = []
    for scope, content, _ in sections:
        for tag in tags:
            if tag in content:
                found += [read(element, scope) for element in content.pop(tag)]
    return tuple(found)
