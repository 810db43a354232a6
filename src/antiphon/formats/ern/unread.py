"""What a reader left in a message: parts it has no place for, kept so that a later version can read them.

An entry is a path, a blank and XML: an element whole, or an attribute as it stood. Elements and attributes that say
nothing (no text, no children) are not kept.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.reading import Reading

MAX_UNREAD_PARTS = 2_000
"""Entries of one message. The oddest real message needs some hundreds."""

MAX_UNREAD_CHARACTERS = 2 * 2**20
"""Characters of all entries of a message: a message is kept as it came anyway, and a statement is read often."""

_HAS_ATTRIBUTES_BELOW = etree.XPath("boolean(/*/descendant::*/@*)")
_ABOUT_XML = ("{http://www.w3.org/2001/XMLSchema-instance}", "{http://www.w3.org/XML/1998/namespace}")
"""Attributes of these namespaces are about the document, not about the release."""


Part = tuple[Element, str]
"""An element, and the name of its attribute that is meant; "": the element itself."""


def list_unread(root: Element, reading: Reading) -> tuple[str, ...]:
    """Return what nobody took, elements before attributes, up to the limits; a last entry tells how many are beyond.

    Parts beyond the limits are counted and nothing else, so that a message of nothing but them costs little.
    """
    kept: list[str] = []
    characters = 0
    beyond = 0
    paths = _Paths(root)
    for part in _list_parts(root, reading):
        if beyond or len(kept) == MAX_UNREAD_PARTS:
            beyond += 1
            continue
        entry = _describe_part(part, paths)
        characters += len(entry)
        if characters > MAX_UNREAD_CHARACTERS:
            beyond = 1
        else:
            kept.append(entry)
    return (*kept, f"/ and {beyond} more, beyond what is kept") if beyond else tuple(kept)


class _Paths:
    """Tells paths of elements. Siblings are counted once per parent, not once per path."""

    def __init__(self, root: Element) -> None:
        self._paths = {root: f"/{etree.QName(root).localname}"}

    def find_path(self, element: Element) -> str:
        """Return the path, with the number of an element among its namesakes where it has some."""
        if element not in self._paths:
            parent = element.getparent()
            if parent is None:
                return ""
            above = self.find_path(parent)
            counts = Counter(child.tag for child in parent)
            seen: Counter[str] = Counter()
            for child in parent:
                seen[child.tag] += 1
                number = f"[{seen[child.tag]}]" if counts[child.tag] > 1 else ""
                self._paths[child] = f"{above}/{child.tag}{number}"
        return self._paths[element]


def _describe_part(part: Part, paths: _Paths) -> str:
    element, attribute = part
    path = paths.find_path(element)
    if attribute:
        return f"{path}/@{attribute} {(element.get(attribute) or '').strip()}"
    # A copy declares the namespaces it uses, not all that its message declares.
    return f"{path} {etree.tostring(deepcopy(element), encoding='unicode', with_tail=False)}"


def _list_parts(root: Element, reading: Reading) -> Iterator[Part]:
    left = {
        element
        for _, content in reading.opened
        if content
        for elements in content.values()
        for element in elements
        if _says_something(element)
    }
    if left:
        for _, content in reading.opened:
            for elements in content.values():
                yield from ((element, "") for element in elements if element in left)
    has_odd_ones = left or _HAS_ATTRIBUTES_BELOW(root)
    for element in root.iter() if has_odd_ones else [root]:
        if element.attrib and not _is_inside(element, left):
            for name, text in element.items():
                if text.strip() and not str(name).startswith(_ABOUT_XML):
                    yield element, str(name)


def _says_something(element: Element) -> bool:
    return bool(len(element) or element.attrib or (element.text and not element.text.isspace()))


def _is_inside(element: Element, left: set[Element]) -> bool:
    one: Element | None = element
    while one is not None:
        if one in left:
            return True
        one = one.getparent()
    return False
