"""Parties: inline as in ERN 3, or by reference to the party list of ERN 4. Both give credits with name and ids."""

from collections.abc import Iterable, Sequence

import msgspec
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import Children, first_text, group_children, parse_integer, source_line, trimmed_text
from antiphon.formats.ern.identifiers import read_party_ids
from antiphon.formats.ern.values import Values
from antiphon.model.claims import Credit, DeliveredId, Scope

_REFERENCES = ("ArtistPartyReference", "ContributorPartyReference", "PartyReference")
_ROLES = (
    "DisplayArtistRole",
    "ArtisticRole",
    "ArtistRole",
    "ResourceContributorRole",
    "IndirectResourceContributorRole",
    "Role",
)


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One party of the message. Nameless where only a reference stood that leads nowhere."""

    name: str = ""
    ids: tuple[DeliveredId, ...] = ()


class PartyBook:
    """The parties of one message by their local references (P...)."""

    def __init__(self, party_lists: Iterable[Element]) -> None:
        self._parties: dict[str, Party] = {}
        for party_list in party_lists:
            for element in party_list:
                children = group_children(element)
                reference = first_text(children, "PartyReference")
                self._parties.setdefault(reference, _inline_party(children))

    def find_party(self, reference: str) -> Party:
        """Return the party of a reference, a nameless one where there is none."""
        return self._parties.get(reference, Party())

    def read_party(self, children: Children) -> Party:
        """Return the party that an element's children name, by reference or inline."""
        reference = first_text(children, *_REFERENCES)
        if reference and reference in self._parties:
            return self._parties[reference]
        return _inline_party(children)

    def read_credits(self, elements: Sequence[Element], section: Scope, values: Values) -> tuple[Credit, ...]:
        """Return a credit per element (DisplayArtist, Contributor, ResourceContributor ...), in message order."""
        found = []
        for element in elements:
            children = group_children(element)
            party = self.read_party(children)
            found.append(
                Credit(
                    name=party.name,
                    ids=party.ids,
                    roles=values.roles(children, *_ROLES),
                    sequence=parse_integer(element.get("SequenceNumber")),
                    scope=values.scope(element, section),
                    line=source_line(element),
                )
            )
        return tuple(found)


def read_party_name(elements: Sequence[Element]) -> str:
    """Return a party's name: the one without a language first, since others are translations of it.

    Text directly in PartyName is tolerated, and a name in parts is put together.
    """
    for element in sorted(elements, key=lambda element: element.get("LanguageAndScriptCode") is not None):
        parts = group_children(element)
        name = first_text(parts, "FullName")
        if not name:
            pieces = [first_text(parts, tag) for tag in ("NamesBeforeKeyName", "KeyName", "NamesAfterKeyName")]
            name = " ".join(piece for piece in pieces if piece)
        if name := name or trimmed_text(element):
            return name
    return ""


def _inline_party(children: Children) -> Party:
    name = read_party_name(children.get("PartyName", ()))
    return Party(name=name or first_text(children, "TradingName"), ids=read_party_ids(children.get("PartyId", ())))
