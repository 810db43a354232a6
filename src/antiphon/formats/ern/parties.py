"""Parties: inline as in ERN 3, or by reference to the party list of ERN 4. Both give credits with name and ids."""

from collections.abc import Iterable, Sequence

import msgspec
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import parse_integer, source_line, take_attribute, trimmed_text
from antiphon.formats.ern.facets import FLAGS, take_flags
from antiphon.formats.ern.identifiers import read_party_ids
from antiphon.formats.ern.reading import EVERYWHERE, Content, Reading, only_child
from antiphon.formats.ern.sections import Section
from antiphon.model.claims import Credit, DeliveredId, Flag, PartyName, Role, Scope

_REFERENCES = (
    "ArtistPartyReference",
    "ContributorPartyReference",
    "RightsControllerPartyReference",
    "RecordCompanyPartyReference",
    "PartyReference",
)
_SPECIALS = ("SpecialDisplayArtist", "SpecialContributor")
_ROLES = (
    "DisplayArtistRole",
    "ArtisticRole",
    "ArtistRole",
    "ResourceContributorRole",
    "IndirectResourceContributorRole",
    "Role",
)
_PARTS = {
    "full": "FullName",
    "ascii": "FullNameAsciiTranscribed",
    "indexed": "FullNameIndexed",
    "before_key": "NamesBeforeKeyName",
    "key": "KeyName",
    "after_key": "NamesAfterKeyName",
    "abbreviated": "AbbreviatedName",
}
_KINDS = frozenset({"DisplayConductor", "DisplayComposer", "EditionContributor"})
"""Elements of credits that say more than the list of credits they are read into."""


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One party of the message. Nameless where only a reference stood that leads nowhere."""

    name: str = ""
    ids: tuple[DeliveredId, ...] = ()
    names: tuple[PartyName, ...] = ()


class PartyBook:
    """The parties of one message by their local references (P...). A party that nothing refers to is left unread."""

    def __init__(self, party_lists: Iterable[Element], reading: Reading) -> None:
        self._reading = reading
        self._contents: dict[str, Content] = {}
        self._parties: dict[str, Party] = {}
        for party_list in party_lists:
            for element in reading.open(party_list).take("Party"):
                content = reading.open(element)
                self._contents.setdefault(content.take_text("PartyReference"), content)

    def find_party(self, reference: str) -> Party:
        """Return the party of a reference, a nameless one where there is none."""
        if reference not in self._parties:
            content = self._contents.get(reference)
            self._parties[reference] = Party() if content is None else read_inline_party(content, self._reading)
        return self._parties[reference]

    def read_party(self, content: Content) -> Party:
        """Take the party that an element's children name, by reference or inline."""
        reference = content.take_text(*_REFERENCES)
        if reference and reference in self._contents:
            return self.find_party(reference)
        return read_inline_party(content, self._reading)

    def read_credits(self, sections: Sequence[Section], tags: Sequence[str]) -> tuple[Credit, ...]:
        """Return the credits of these names, by section, then name, then message order."""
        found: list[Credit] = []
        for scope, content, _ in sections:
            for tag in tags:
                if tag in content:
                    found += [self.read_credit(element, scope) for element in content.pop(tag)]
        return tuple(found)

    def read_credit(self, element: Element, section: Scope) -> Credit:
        """Return what an element (DisplayArtist, Contributor, ResourceContributor ...) says a party did."""
        reading = self._reading
        content = reading.open(element)
        party = self.read_party(content)
        roles = reading.roles(content, *_ROLES)
        if element.tag == "AdministratingRecordCompany" and (text := take_attribute(element, "Role")):
            user_value = take_attribute(element, "UserDefinedValue")
            roles = (Role(value=text, user_value=user_value, namespace=take_attribute(element, "Namespace")), *roles)
        special = ai_contribution = ""
        instruments: tuple[Role, ...] = ()
        nationalities: tuple[str, ...] = ()
        flags: tuple[Flag, ...] = ()
        if content:
            special = content.take_text(*_SPECIALS)
            ai_contribution = content.take_text("AiContribution")
            instruments = reading.roles(content, "InstrumentType")
            nationalities = content.take_texts("Nationality")
            flags = tuple(take_flags(content, sorted(FLAGS.intersection(content))))
        return Credit(
            name=party.name,
            ids=party.ids,
            roles=roles,
            sequence=_take_sequence(element),
            scope=reading.scope(element, section),
            ai_contribution=ai_contribution,
            line=source_line(element),
            names=party.names,
            kind=element.tag if element.tag in _KINDS else "",
            special=special,
            instruments=instruments,
            nationalities=nationalities,
            flags=flags,
        )


def read_inline_party(content: Content, reading: Reading) -> Party:
    """Take the party whose names and ids stand among these children."""
    names = [read_party_name(element, reading) for element in content.take("PartyName")]
    ids = read_party_ids(content.take("PartyId"))
    name = find_name(names) or content.take_text("TradingName")
    says_more = len(names) > 1 or any(one != PartyName(full=name) for one in names)
    return Party(name=name, ids=ids, names=tuple(names) if says_more else ())


def read_party_name(element: Element, reading: Reading) -> PartyName:
    """Return one name of a party. Text directly in PartyName is tolerated."""
    if not len(element):
        return PartyName(full=trimmed_text(element), scope=reading.scope(element, EVERYWHERE))
    only = only_child(element, "FullName")
    if only is not None:
        return PartyName(full=trimmed_text(only), scope=reading.scope(element, EVERYWHERE))
    content = reading.open(element)
    full = content.take_text("FullName")
    if not content and full and not element.attrib:
        return PartyName(full=full)
    parts = {field: content.take_text(tag) for field, tag in _PARTS.items() if field != "full"}
    return PartyName(full=full or trimmed_text(element), scope=reading.scope(element, EVERYWHERE), **parts)


def read_plain_name(elements: Iterable[Element], reading: Reading) -> str:
    """Return the one name that is kept of a party whose other names and forms of names are left unread."""
    contents = [(element, reading.open(element)) for element in elements]
    contents.sort(key=lambda one: one[0].get("LanguageAndScriptCode") is not None)
    for element, content in contents:
        name = content.take_text("FullName") or trimmed_text(element)
        if name := name or " ".join(content.take_texts("NamesBeforeKeyName", "KeyName", "NamesAfterKeyName")):
            return name
    return ""


def find_name(names: Sequence[PartyName]) -> str:
    """Return a party's name: the one without a language first, since others are translations of it.

    A name in parts is put together.
    """
    for name in sorted(names, key=lambda name: bool(name.scope.language)):
        text = name.full or " ".join(part for part in (name.before_key, name.key, name.after_key) if part)
        if text:
            return text
    return ""


def _take_sequence(element: Element) -> int | None:
    text = element.get("SequenceNumber")
    if text is None:
        return None
    number = parse_integer(text)
    if number is not None:
        take_attribute(element, "SequenceNumber")
    return number
