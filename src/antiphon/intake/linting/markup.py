"""The elements of a well-formed message with their places in its text, to the character.

The reader's parser knows lines; a caret and an edit need columns. This looks at text the parser has accepted: there is
no document type in it, and every element ends.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from html import unescape

import msgspec

MAX_MAPPED_CHARACTERS = 8 * 1024**2
"""Characters of a message whose elements are mapped: it takes a second. Real messages stay below 1 MB."""

_PIECE = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    r"|<(?P<closes>/?)(?P<name>[^\s/<>]+)(?P<attributes>(?:\s+[^\s=<>/]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_STEP = re.compile(r"([^\[\]]+)(?:\[(\d+)\])?")


class Element:
    """One element. ``start`` to ``opened`` is its opening tag, ``closing`` to ``end`` its closing one."""

    __slots__ = ("attributes_at", "children", "closing", "end", "name", "opened", "start")

    def __init__(self, name: str, start: int, opened: int, attributes_at: int) -> None:
        self.name = name
        self.start = start
        self.opened = opened
        self.attributes_at = attributes_at
        self.closing = opened
        self.end = opened
        self.children: list[Element] = []


class Span(msgspec.Struct, frozen=True, order=True):
    """Characters from ``start`` to before ``end``."""

    start: int
    end: int


class Markup:
    """A message's elements. ``root`` None: the text is too long to be mapped, or is no XML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = _map_elements(text) if len(text) <= MAX_MAPPED_CHARACTERS else None
        self._by_name: dict[Element, dict[str, list[Element]]] = {}

    def find(self, path: str) -> Element | None:
        """Return the element of a finding's path ("/Root/List/Item[2]"); the root's name may be left out."""
        steps = [step for step in path.split("/") if step]
        element = self.root
        if element is None or not steps:
            return element
        if _STEP.match(steps[0]) and _local(steps[0].partition("[")[0]) == element.name:
            steps = steps[1:]
        for step in steps:
            match = _STEP.fullmatch(step)
            alike = self._named_children(element).get(_local(match[1]), []) if match else []
            number = int(match[2] or 1) if match else 0
            if not 0 < number <= len(alike):
                return None
            element = alike[number - 1]
        return element

    def walk(self) -> Iterator[Element]:
        """Yield every element in the order of the text."""
        waiting = [self.root] if self.root else []
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)

    def find_value(self, value: str, inside: Span) -> Span | None:
        """Return where a value stands as the whole text of an element or attribute, the first inside a stretch."""
        places = self._values.get(value, ())
        first = bisect_left(places, Span(inside.start, 0))
        return places[first] if first < len(places) and places[first].end <= inside.end else None

    def core(self, element: Element) -> Span:
        """Return where the text of an element stands, without white space around it."""
        return _trim(self.text, element.opened, element.closing)

    def attributes(self, element: Element) -> Iterator[tuple[str, Span]]:
        """Yield the attributes of an element by name, with the places of their values."""
        for match in _ATTRIBUTE.finditer(self.text, element.attributes_at, element.opened):
            group = 2 if match[2] is not None else 3
            yield match[1], Span(*match.span(group))

    def _named_children(self, element: Element) -> dict[str, list[Element]]:
        """Return the children of an element by name. Kept: many findings are about elements of one long list."""
        if element not in self._by_name:
            named: dict[str, list[Element]] = {}
            for child in element.children:
                named.setdefault(child.name, []).append(child)
            self._by_name[element] = named
        return self._by_name[element]

    @cached_property
    def _values(self) -> dict[str, list[Span]]:
        places: dict[str, list[Span]] = {}
        for element in self.walk():
            if element.opened - element.start > len(element.name) + 2:
                for _, span in self.attributes(element):
                    places.setdefault(unescape(self.text[span.start : span.end].strip()), []).append(span)
            if not element.children:
                core = self.core(element)
                places.setdefault(unescape(self.text[core.start : core.end]), []).append(core)
        return places


def _map_elements(text: str) -> Element | None:
    top = Element("", 0, 0, 0)
    open_elements = [top]
    for match in _PIECE.finditer(text):
        name = match["name"]
        if name is None:
            continue
        if match["closes"]:
            if len(open_elements) == 1:
                return None
            element = open_elements.pop()
            element.closing, element.end = match.span()
            continue
        element = Element(_local(name), match.start(), match.end(), match.start("attributes"))
        open_elements[-1].children.append(element)
        if not match["empty"]:
            open_elements.append(element)
    return top.children[0] if top.children and len(open_elements) == 1 else None


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
