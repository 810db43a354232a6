"""What a reader left in a message: parts it has no place for, kept so that a later version can read them.

An entry is a path, a blank and XML: an element whole, or an attribute as it stood. Elements and attributes that say
nothing (no text, no children) are not kept.
"""

from collections.abc import Iterator

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


def list_unread(root: Element, reading: Reading) -> tuple[str, ...]:
    """Return what nobody took, elements before attributes, up to the limits; a last entry tells how many are beyond."""
    kept: list[str] = []
    characters = 0
    beyond = 0
    for entry in _list_parts(root, reading):
        characters += len(entry)
        if len(kept) < MAX_UNREAD_PARTS and characters <= MAX_UNREAD_CHARACTERS:
            kept.append(entry)
        else:
            beyond += 1
    return (*kept, f"/ and {beyond} more, beyond what is kept") if beyond else tuple(kept)


def _list_parts(root: Element, reading: Reading) -> Iterator[str]:
    left = {
        element
        for _, content in reading.opened
        if content
        for elements in content.values()
        for element in elements
        if _says_something(element)
    }
    for _, content in reading.opened:
        for element in (one for elements in content.values() for one in elements if one in left):
            # Exclusive canonical XML leaves out namespaces that the part does not use.
            xml = etree.tostring(element, method="c14n", exclusive=True, with_tail=False).decode()
            yield f"{_path_of(element, root)} {xml}"
    has_odd_ones = left or _HAS_ATTRIBUTES_BELOW(root)
    for element in root.iter() if has_odd_ones else [root]:
        if element.attrib and not _is_inside(element, left):
            for name, text in element.items():
                if text.strip() and not str(name).startswith(_ABOUT_XML):
                    yield f"{_path_of(element, root)}/@{name!s} {str(text).strip()}"


def _says_something(element: Element) -> bool:
    return bool(len(element) or element.attrib or (element.text and not element.text.isspace()))


def _is_inside(element: Element, left: set[Element]) -> bool:
    one: Element | None = element
    while one is not None:
        if one in left:
            return True
        one = one.getparent()
    return False


def _path_of(element: Element, root: Element) -> str:
    name = etree.QName(root).localname
    path = root.getroottree().getelementpath(element)
    return f"/{name}" if path == "." else f"/{name}/{path}"
