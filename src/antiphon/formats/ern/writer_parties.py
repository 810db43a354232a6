"""Credits as written: with references to one party list in ERN 4, inline in ERN 3."""

from collections.abc import Iterable

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_element,
    add_ids,
    add_role,
    add_text,
    language_attributes,
)
from antiphon.formats.ern.scopes import scope_attributes
from antiphon.model.claims import Credit, DeliveredId, IdScheme, Role
from antiphon.model.statement import Statement

_WRITING_ROLES = frozenset(
    {
        "Adapter",
        "Arranger",
        "Author",
        "Composer",
        "ComposerLyricist",
        "Librettist",
        "Lyricist",
        "MusicPublisher",
        "OriginalPublisher",
        "SubArranger",
        "SubLyricist",
        "SubPublisher",
        "Translator",
    }
)
"""Roles in the work rather than in the recording. Source: ERN 3.8 IndirectResourceContributorRole."""

Name = tuple[str, tuple[DeliveredId, ...]]


class PartyList:
    """The parties of one ERN 4 message, each distinct one once, with references in order of appearance."""

    def __init__(self, statement: Statement) -> None:
        self._references: dict[Name, str] = {}
        for resource in statement.resources:
            self._add_parties((credit.name, credit.ids) for credit in resource.display_artists)
            self._add_parties((credit.name, credit.ids) for credit in resource.contributors)
        for release in statement.releases:
            self._add_parties((credit.name, credit.ids) for credit in release.display_artists)
        self._labels = {name: reference for (name, _), reference in reversed(self._references.items())}
        for release in statement.releases:
            for label in release.labels:
                if label.value not in self._labels:
                    self._add_parties([(label.value, ())])
                    self._labels[label.value] = self._references[label.value, ()]

    def find_label(self, name: str) -> str:
        """Return the reference of a label."""
        return self._labels[name]

    def add_list(self, root: Element) -> None:
        """Append the PartyList; nothing where the message names nobody."""
        party_list = add_element(root, "PartyList") if self._references else root
        for (name, ids), reference in self._references.items():
            party = add_element(party_list, "Party")
            add_text(party, "PartyReference", reference)
            if name:
                add_text(add_element(party, "PartyName"), "FullName", name)
            add_ids(party, "PartyId", ids)

    def add_display_artist(self, parent: Element, credit: Credit) -> None:
        """Append a DisplayArtist. Its first role is the one it is displayed in, the others are what it did."""
        element = add_element(parent, "DisplayArtist", credit_attributes(credit) | scope_attributes(credit.scope))
        add_text(element, "ArtistPartyReference", self._references[credit.name, credit.ids])
        for i, role in enumerate(credit.roles):
            if i == 0:
                add_role(element, "DisplayArtistRole", role)
            else:
                add_role(add_element(element, "ArtisticRole"), "Value", role)

    def add_contributor(self, parent: Element, credit: Credit) -> None:
        """Append a Contributor."""
        element = add_element(parent, "Contributor", credit_attributes(credit) | scope_attributes(credit.scope))
        add_text(element, "ContributorPartyReference", self._references[credit.name, credit.ids])
        for role in credit.roles:
            add_role(add_element(element, "Role"), "Value", role)

    def _add_parties(self, names: Iterable[Name]) -> None:
        for name in names:
            self._references.setdefault(name, f"P{len(self._references) + 1}")


def add_inline_credit(parent: Element, tag: str, role_tag: str, credit: Credit) -> None:
    """Append a party with its names, ids and roles, as ERN 3 has it."""
    attributes = credit_attributes(credit) | language_attributes(credit.scope.language)
    element = add_element(parent, tag, attributes)
    if credit.name:
        add_text(add_element(element, "PartyName"), "FullName", credit.name)
    for delivered in credit.ids:
        add_text(element, "PartyId", delivered.text, _flags(delivered))
    for role in credit.roles:
        add_role(element, role_tag, role)


def is_indirect(roles: Iterable[Role]) -> bool:
    """Tell whether the roles are in the work, so that ERN 3 calls the contributor indirect."""
    return any(role.value in _WRITING_ROLES for role in roles)


def credit_attributes(credit: Credit) -> Attributes:
    """Return the attribute that tells the display order, if any."""
    return {} if credit.sequence is None else {"SequenceNumber": str(credit.sequence)}


def _flags(delivered: DeliveredId) -> Attributes:
    match delivered.scheme:
        case IdScheme.ISNI:
            return {"IsISNI": "true"}
        case IdScheme.DPID:
            return {"IsDPID": "true"}
        case IdScheme.IPI:
            return {"Namespace": "IPI"}
        case _:
            return {"Namespace": delivered.namespace} if delivered.namespace else {}
