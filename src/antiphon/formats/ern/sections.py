"""Sections: the places of one resource or release in which its facts may stand.

ERN 3 says most facts in blocks per territory, ERN 4.3 some in editions, ERN 4 the rest in the element itself. A section
is one such place with the scope of the values in it.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import Children, group_children
from antiphon.formats.ern.values import EVERYWHERE, Values
from antiphon.model.claims import Scope

Value = TypeVar("Value")


class Section(NamedTuple):
    """One place: for whom its values are meant, and its children by name."""

    scope: Scope
    children: Children


def split_sections(element: Element, values: Values) -> tuple[Section, ...]:
    """Return the element itself, then its editions and territory blocks in message order."""
    children = group_children(element)
    sections = [Section(EVERYWHERE, children)]
    for tag, elements in children.items():
        if tag.endswith("Edition"):
            sections += [Section(EVERYWHERE, group_children(edition)) for edition in elements]
        elif tag.endswith("DetailsByTerritory"):
            blocks = [group_children(block) for block in elements]
            sections += [Section(values.block_scope(block), block) for block in blocks]
    return tuple(sections)


def elements_named(sections: Sequence[Section], *tags: str) -> Iterator[Element]:
    """Yield the elements of these names from all sections."""
    for section in sections:
        for tag in tags:
            yield from section.children.get(tag, ())


def read_scoped(
    sections: Sequence[Section], tags: Sequence[str], read: Callable[[Element, Scope], Value]
) -> tuple[Value, ...]:
    """Return what ``read`` makes of each element of these names, in the scope of its section."""
    return tuple(
        read(element, section.scope)
        for section in sections
        for tag in tags
        for element in section.children.get(tag, ())
    )
