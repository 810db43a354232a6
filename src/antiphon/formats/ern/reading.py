"""The reading of one message: what was taken out of it, what is left, and values that repeat, built once.

Reading *takes*. ``Reading.open`` groups the children of an element by name; each child that a reader reads leaves its
group, each attribute it reads leaves its element. So when the message is read, whatever is still there was read by
nobody, and ``unread`` keeps it: no table says what the reader knows, so none can be wrong. Each element is opened once.

>>> from lxml import etree
>>> reading = Reading()
>>> content = reading.open(etree.fromstring("<Image><Type>FrontCoverImage</Type><Mood>calm</Mood></Image>"))
>>> content.take_text("Type"), list(content)
('FrontCoverImage', ['Mood'])
"""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import group_children, is_true, take_attribute
from antiphon.formats.ern.values import parse_moment
from antiphon.model.claims import DatedEvent, Flag, Role, Scope, ScopedText, Term
from antiphon.model.periods import Moment

EVERYWHERE = Scope()
_WORLDWIDE = ("Worldwide",)
_NONE: Sequence[Element] = ()


_SCOPING = frozenset(
    {"ApplicableTerritoryCode", "TerritoryCode", "LanguageAndScriptCode", "IsDefault", "IsInOriginalLanguage"}
)
"""Attributes that tell for whom an element is meant."""


class Content(dict[str, list[Element]]):
    """The children of one element by local name, each list in message order, less those that were taken."""

    __slots__ = ()

    def take(self, *tags: str) -> Sequence[Element]:
        """Take all children of these names, by name, then in message order."""
        if len(tags) == 1:
            return self.pop(tags[0], _NONE)
        return [element for tag in tags for element in self.pop(tag, _NONE)]

    def take_first(self, *tags: str) -> Element | None:
        """Take the first child of these names; names tried in order."""
        for tag in tags:
            elements = self.get(tag)
            if elements:
                if len(elements) == 1:
                    del self[tag]
                else:
                    self[tag] = elements[1:]
                return elements[0]
        return None

    def take_text(self, tag: str, *others: str) -> str:
        """Take the first child of these names that has a text, and return it trimmed; "" where there is none."""
        elements = self.get(tag)
        if elements is not None:
            for element in elements:
                text = element.text
                if text and (text := text.strip()):
                    if len(elements) == 1:
                        del self[tag]
                    else:
                        self[tag] = [one for one in elements if one is not element]
                    return text
        return self.take_text(*others) if others else ""

    def take_texts(self, *tags: str) -> tuple[str, ...]:
        """Take the children of these names that have a text, by name, then in message order."""
        found = []
        for tag in tags:
            elements = self.pop(tag, _NONE)
            for element in elements:
                text = element.text
                if text and (text := text.strip()):
                    found.append(text)
                else:
                    self.setdefault(tag, []).append(element)
        return tuple(found)

    def take_flag(self, *tags: str) -> bool | None:
        """Take a truth value; None where there is none."""
        text = self.take_text(*tags)
        return is_true(text) if text else None


class Reading:
    """Reads one message. Holds what was opened, and makes equal values once: deals repeat the same few by hundreds."""

    def __init__(self) -> None:
        self.opened: list[tuple[Element, Content]] = []
        self._roles: dict[str, Role] = {}
        self._scopes: dict[tuple[object, ...], tuple[Scope, tuple[str, ...]]] = {}
        self._moments: dict[str, Moment | None] = {}
        self._territories: dict[tuple[str, ...], tuple[str, ...]] = {}

    def open(self, element: Element) -> Content:
        """Return the children of an element by name. One pass: several times faster than a search per name."""
        content = Content(group_children(element))
        self.opened.append((element, content))
        return content

    def role(self, element: Element) -> Role:
        """Return the role an element names, in its text or (from ERN 4.3.1) in a Value inside it."""
        text = (element.text or "").strip()
        if not text and len(element):
            value = only_child(element, "Value")
            if value is None:
                value = self.open(element).take_first("Value")
            if value is not None:
                element, text = value, (value.text or "").strip()
        if element.attrib:
            user_value = take_attribute(element, "UserDefinedValue")
            namespace = take_attribute(element, "Namespace")
            if user_value or namespace:
                return Role(value=text, user_value=user_value, namespace=namespace)
        role = self._roles.get(text)
        if role is None:
            role = self._roles[text] = Role(value=text)
        return role

    def roles(self, content: Content, *tags: str) -> tuple[Role, ...]:
        """Take the roles the children of these names give, empty ones left out."""
        return tuple(role for tag in tags for element in content.pop(tag, _NONE) if (role := self.role(element)).value)

    def moment(self, content: Content, *tags: str) -> Moment | None:
        """Take the first date or time among the children of these names."""
        text = content.take_text(*tags)
        return self.parse_moment(text) if text else None

    def parse_moment(self, text: str) -> Moment | None:
        """Return a date or time from its lexical form; None for an empty text."""
        if text not in self._moments:
            self._moments[text] = parse_moment(text)
        return self._moments[text]

    def territories(self, content: Content, tag: str) -> tuple[str, ...]:
        """Take the territory codes as written; equal tuples are one object, since deals repeat long lists."""
        if tag not in content:
            return ()
        codes = content.take_texts(tag)
        return self._territories.setdefault(codes, codes)

    def scope(self, element: Element, section: Scope) -> Scope:
        """Take for whom an element is meant: as its attributes say (4.x), else as its section does (3.x blocks)."""
        attributes = element.items()
        if not attributes:
            return section
        key = (section, *attributes)
        known = self._scopes.get(key)
        if known is None:
            known = self._scopes[key] = (_scope_of(element, section), tuple(_SCOPING & dict(attributes).keys()))
        scope, names = known
        if len(names) == len(attributes):
            element.attrib.clear()
        else:
            for name in names:
                del element.attrib[name]
        return scope

    def block_scope(self, block: Content) -> Scope:
        """Take for whom a 3.x territory block is meant."""
        territories = self.territories(block, "TerritoryCode")
        excluded = self.territories(block, "ExcludedTerritoryCode")
        scope = Scope(territories=() if territories == _WORLDWIDE else territories, excluded=excluded)
        return EVERYWHERE if scope == EVERYWHERE else scope

    def text(self, element: Element, section: Scope, kind: str = "") -> ScopedText:
        """Return the text of an element with for whom it is; the text may be empty."""
        return ScopedText(value=(element.text or "").strip(), kind=kind, scope=self.scope(element, section))

    def event(self, element: Element, section: Scope) -> DatedEvent | None:
        """Return the date of an element by its name; None where it has no text of its own."""
        date = self.parse_moment((element.text or "").strip())
        if date is None:
            return None
        is_approximate = is_true(take_attribute(element, "IsApproximate"))
        return DatedEvent(
            name=element.tag, date=date, scope=self.scope(element, section), is_approximate=is_approximate
        )

    def term(self, element: Element) -> Term:
        """Return the value of an element by its name."""
        return Term(name=element.tag, role=self.role(element))


def only_child(element: Element, tag: str) -> Element | None:
    """Return the child of an element that has but one, of this name: such an element need not be opened."""
    if len(element) == 1:
        child = element[0]
        if child.tag == tag and not len(child):
            return child
    return None


def read_flag(element: Element) -> Flag:
    """Return what an element says by yes or no, by its name."""
    return Flag(name=element.tag, is_set=is_true(element.text))


def _scope_of(element: Element, section: Scope) -> Scope:
    codes = (element.get("ApplicableTerritoryCode") or element.get("TerritoryCode") or "").split()
    territories = tuple(codes) or section.territories
    scope = Scope(
        territories=() if territories == _WORLDWIDE else territories,
        excluded=() if codes else section.excluded,
        language=(element.get("LanguageAndScriptCode") or "").strip(),
        is_default=is_true(element.get("IsDefault")),
        is_original=is_true(element.get("IsInOriginalLanguage")),
    )
    return EVERYWHERE if scope == EVERYWHERE else scope
