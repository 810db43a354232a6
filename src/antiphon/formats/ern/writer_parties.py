"""Credits as written: with references to one party list in ERN 4, inline in ERN 3."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_element,
    add_flag,
    add_ids,
    add_role,
    add_text,
    add_texts,
    language_attributes,
)
from antiphon.formats.ern.scopes import scope_attributes
from antiphon.model.claims import Credit, DeliveredId, IdScheme, PartyName, Role, Scope
from antiphon.model.releases import Release, ResourceGroup
from antiphon.model.resources import Resource
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

_NEW_FLAGS = ("HasMadeFeaturedContribution", "HasMadeContractedContribution", "IsCredited")
_OLD_FLAGS = ("IsFeaturedArtist", "IsContractedArtist")


class Named(Protocol):
    """Whoever has a name and ids: a credit, a rights controller."""

    @property
    def name(self) -> str: ...
    @property
    def ids(self) -> tuple[DeliveredId, ...]: ...
    @property
    def names(self) -> tuple[PartyName, ...]: ...


Identity = tuple[str, tuple[DeliveredId, ...], tuple[PartyName, ...]]


class PartyList:
    """The parties of one ERN 4 message, each distinct one once, with references in order of appearance."""

    def __init__(self, statement: Statement) -> None:
        self._references: dict[Identity, str] = {}
        for named in _list_named(statement):
            self._refer(named)
        self._labels = {name: reference for (name, _, _), reference in reversed(self._references.items())}
        for label in _list_labels(statement):
            if label not in self._labels:
                self._labels[label] = self._refer(Credit(name=label))

    def find_label(self, name: str) -> str:
        """Return the reference of a label."""
        return self._labels[name]

    def find_party(self, named: Named) -> str:
        """Return the reference of a party."""
        return self._references[named.name, named.ids, named.names]

    def add_list(self, root: Element) -> None:
        """Append the PartyList; nothing where the message names nobody."""
        party_list = add_element(root, "PartyList") if self._references else root
        for (name, ids, names), reference in self._references.items():
            party = add_element(party_list, "Party")
            add_text(party, "PartyReference", reference)
            add_names(party, name, names, scope_attributes)
            add_ids(party, "PartyId", ids)

    def add_display_artist(self, parent: Element, credit: Credit) -> None:
        """Append a DisplayArtist. Its first role is the one it is displayed in, the others are what it did."""
        element = add_element(parent, "DisplayArtist", credit_attributes(credit) | scope_attributes(credit.scope))
        self._add_who(element, credit, "ArtistPartyReference", "SpecialDisplayArtist")
        for i, role in enumerate(credit.roles):
            if i == 0:
                add_role(element, "DisplayArtistRole", role)
            else:
                add_role(add_element(element, "ArtisticRole"), "Value", role)

    def add_contributor(self, parent: Element, credit: Credit, tag: str = "Contributor") -> None:
        """Append a Contributor, or the contributor to an edition."""
        element = add_element(parent, tag, credit_attributes(credit) | scope_attributes(credit.scope))
        self._add_who(element, credit, "ContributorPartyReference", "SpecialContributor")
        for role in credit.roles:
            add_role(add_element(element, "Role"), "Value", role)
        for instrument in credit.instruments:
            add_role(element, "InstrumentType", instrument)
        add_text(element, "AiContribution", credit.ai_contribution)
        for name in _NEW_FLAGS:
            for flag in credit.flags:
                if flag.name == name:
                    add_flag(element, name, flag.is_set)

    def add_administrator(self, parent: Element, credit: Credit) -> None:
        """Append an AdministratingRecordCompany."""
        element = add_element(parent, "AdministratingRecordCompany")
        add_text(element, "RecordCompanyPartyReference", self.find_party(credit))
        for role in credit.roles:
            add_role(element, "Role", role)

    def _add_who(self, element: Element, credit: Credit, reference_tag: str, special_tag: str) -> None:
        if credit.special:
            add_text(element, special_tag, credit.special)
        else:
            add_text(element, reference_tag, self.find_party(credit))

    def _refer(self, named: Named) -> str:
        key = (named.name, named.ids, named.names)
        return self._references.setdefault(key, f"P{len(self._references) + 1}")


def _list_named(statement: Statement) -> Iterator[Named]:
    """Yield whoever the message names by reference, in the order of the message."""
    for resource in statement.resources:
        yield from _without_specials(resource.display_artists)
        yield from _without_specials(resource.contributors)
        yield from resource.rights_controllers
    for release in statement.releases:
        yield from _without_specials(release.display_artists)
        yield from release.administrators
        if release.group is not None:
            yield from _without_specials(_list_group_artists(release.group))


def _without_specials(credited: Iterable[Credit]) -> Iterator[Credit]:
    return (credit for credit in credited if not credit.special)


def _list_group_artists(group: ResourceGroup) -> Iterator[Credit]:
    yield from group.display_artists
    for inner in group.groups:
        yield from _list_group_artists(inner)


def _list_labels(statement: Statement) -> Iterator[str]:
    subjects: list[Resource | Release] = [*statement.resources, *statement.releases]
    for subject in subjects:
        yield from (label.value for label in subject.labels)
        yield from (label.value for relation in subject.relations for label in relation.labels)


def add_names(parent: Element, name: str, names: tuple[PartyName, ...], scoping: Callable[[Scope], Attributes]) -> None:
    """Append the names of a party: all forms of them, or the one that is known."""
    for one in names or ((PartyName(full=name),) if name else ()):
        element = add_element(parent, "PartyName", scoping(one.scope))
        for tag, text in (
            ("FullName", one.full),
            ("FullNameAsciiTranscribed", one.ascii),
            ("FullNameIndexed", one.indexed),
            ("NamesBeforeKeyName", one.before_key),
            ("KeyName", one.key),
            ("NamesAfterKeyName", one.after_key),
            ("AbbreviatedName", one.abbreviated),
        ):
            add_text(element, tag, text)


def add_inline_party(element: Element, named: Named) -> None:
    """Append a party's names and ids as ERN 3 has them inside whatever names a party."""
    add_names(element, named.name, named.names, lambda scope: language_attributes(scope.language))
    for delivered in named.ids:
        add_text(element, "PartyId", delivered.text, _flags(delivered))


def add_inline_credit(parent: Element, tag: str, role_tag: str, credit: Credit) -> None:
    """Append a party with its names, ids and roles, as ERN 3 has it."""
    attributes = credit_attributes(credit) | language_attributes(credit.scope.language)
    element = add_element(parent, tag, attributes)
    add_inline_party(element, credit)
    for role in credit.roles:
        add_role(element, role_tag, role)
    for flag in credit.flags:
        if flag.name in _OLD_FLAGS:
            add_flag(element, flag.name, flag.is_set)
    for instrument in credit.instruments:
        add_role(element, "InstrumentType", instrument)
    add_texts(element, "Nationality", credit.nationalities)


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
