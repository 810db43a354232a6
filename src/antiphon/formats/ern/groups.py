"""Resource groups: the order of a release, as nested as its sender likes, and the resources outside the order."""

from collections.abc import Sequence

import msgspec
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import parse_integer, source_line, take_attribute, trimmed_text
from antiphon.formats.ern.facets import FLAGS, take_flags
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.reading import EVERYWHERE, Content, Reading
from antiphon.formats.ern.sections import Section, take_elements
from antiphon.formats.ern.titles import read_titles
from antiphon.model.releases import ResourceGroup, ResourcePlace

_SECONDARY = "SecondaryResource"
_REFERENCE = "ReleaseResourceReference"
_LINK = "LinkedReleaseResourceReference"
_DISPLAY_TAGS = ("DisplayArtist", "DisplayConductor", "DisplayComposer")
_CONTRIBUTOR_TAGS = ("ResourceContributor", "IndirectResourceContributor")


class GroupReader:
    """Reads the trees of one release, and gathers the resources that are linked on the way."""

    def __init__(self, parties: PartyBook, reading: Reading) -> None:
        self._parties = parties
        self._reading = reading
        self._links: list[ResourcePlace] = []

    def read_groups(self, sections: Sequence[Section]) -> tuple[ResourceGroup, ...]:
        """Return a tree per section that has one, each with its scope; several side by side become one around them."""
        groups = []
        for section in sections:
            elements = section.children.take("ResourceGroup")
            if len(elements) == 1:
                group = self._read_group(elements[0], ())
            elif elements:
                inner = tuple(self._read_group(element, (i,)) for i, element in enumerate(elements))
                group = ResourceGroup(groups=inner)
            else:
                continue
            groups.append(msgspec.structs.replace(group, scope=section.scope) if section.scope != EVERYWHERE else group)
        return tuple(groups)

    def read_links(self, sections: Sequence[Section]) -> tuple[ResourcePlace, ...]:
        """Return the links outside the trees, then those found in them; to be called after ``read_groups``."""
        outside = [self._read_link(element) for element in take_elements(sections, _LINK)]
        return tuple(link for link in (*outside, *self._links) if link.resource_reference)

    def _read_group(self, element: Element, way: tuple[int, ...]) -> ResourceGroup:
        """Return one group with those inside it; the parser has bounded how deep they go."""
        reading = self._reading
        content = reading.open(element)
        section = (Section(EVERYWHERE, content),)
        sequence = _take_number(content, "SequenceNumber")
        items = [self._read_item(item) for item in content.take("ResourceGroupContentItem")]
        for reference_list in content.take("ResourceGroupResourceReferenceList"):
            references = reading.open(reference_list).take(_REFERENCE, "ResourceGroupResourceReference")
            items += [read_reference(reference) for reference in references]
        for link in content.take(_LINK):
            self._links.append(msgspec.structs.replace(self._read_link(link), linked_group=way))
        inner = content.take("ResourceGroup")
        group = ResourceGroup(
            kind=take_attribute(element, "ResourceGroupType"),
            sequence=sequence,
            titles=read_titles(section, reading),
            places=tuple(place for place in items if place.resource_reference),
            groups=tuple(self._read_group(one, (*way, i)) for i, one in enumerate(inner)),
        )
        return self._with_rarities(group, content) if content else group

    def _with_rarities(self, group: ResourceGroup, content: Content) -> ResourceGroup:
        """Return the group with what few groups say of themselves."""
        reading = self._reading
        section = (Section(EVERYWHERE, content),)
        return msgspec.structs.replace(
            group,
            display_sequence=content.take_text("DisplaySequence"),
            display_artists=self._parties.read_credits(section, _DISPLAY_TAGS),
            contributors=self._parties.read_credits(section, _CONTRIBUTOR_TAGS),
            carriers=reading.roles(content, "CarrierType"),
            duration_text=content.take_text("Duration"),
            flags=tuple(take_flags(content, sorted(FLAGS.intersection(content)))),
            release_reference=content.take_text("ResourceGroupReleaseReference"),
            release_ids=read_ids(content.take("ReleaseId")),
        )

    def _read_item(self, element: Element) -> ResourcePlace:
        content = self._reading.open(element)
        sequence = _take_number(content, "SequenceNumber")
        reference = content.take_first(_REFERENCE)
        if reference is None:
            return ResourcePlace(resource_reference="")
        name = trimmed_text(reference)
        is_primary = take_attribute(reference, "ReleaseResourceType") != _SECONDARY
        for link in content.take(_LINK):
            self._links.append(msgspec.structs.replace(self._read_link(link), linked_to=name))
        if not content:
            return ResourcePlace(
                resource_reference=name, sequence=sequence, is_primary=is_primary, line=source_line(element)
            )
        content.take_text("ResourceType")  # the resource itself says of which kind it is
        return ResourcePlace(
            resource_reference=name,
            sequence=sequence,
            is_primary=is_primary,
            is_hidden=content.take_flag("IsHiddenResource") or False,
            is_bonus=content.take_flag("IsBonusResource") or False,
            line=source_line(element),
            sub_sequence=_take_number(content, "SequenceSubNumber"),
            display_sequence=content.take_text("DisplaySequence"),
            duration_text=content.take_text("Duration"),
            flags=tuple(take_flags(content, sorted(FLAGS.intersection(content)))),
        )

    def _read_link(self, element: Element) -> ResourcePlace:
        link = take_attribute(element, "LinkDescription")
        return ResourcePlace(
            resource_reference=trimmed_text(element), link=link, is_primary=False, line=source_line(element)
        )


def read_listed(sections: Sequence[Section], reading: Reading) -> tuple[ResourcePlace, ...]:
    """Return the flat list of ERN 3, or the one resource of a track release."""
    listed = [
        reference
        for reference_list in take_elements(sections, "ReleaseResourceReferenceList")
        for reference in reading.open(reference_list).take(_REFERENCE)
    ]
    places = (read_reference(element) for element in (*listed, *take_elements(sections, _REFERENCE)))
    return tuple(place for place in places if place.resource_reference)


def read_reference(element: Element) -> ResourcePlace:
    """Return the place a plain reference gives a resource."""
    is_primary = take_attribute(element, "ReleaseResourceType") != _SECONDARY
    return ResourcePlace(resource_reference=trimmed_text(element), is_primary=is_primary, line=source_line(element))


def join_places(listed: Sequence[ResourcePlace], links: Sequence[ResourcePlace]) -> tuple[ResourcePlace, ...]:
    """Return the resources of a release outside its tree, each once: the listed ones, then the linked ones.

    A linked resource that is listed already gives its link to the place there.
    """
    places: dict[str, ResourcePlace] = {}
    for place in listed:
        places.setdefault(place.resource_reference, place)
    for linked in links:
        found = places.get(linked.resource_reference)
        if found is None:
            places[linked.resource_reference] = msgspec.structs.replace(linked, linked_to="", linked_group=())
        elif linked.link and not found.link:
            places[linked.resource_reference] = msgspec.structs.replace(found, link=linked.link)
    return tuple(places.values())


def find_located_links(links: tuple[ResourcePlace, ...], groups: Sequence[ResourceGroup]) -> tuple[ResourcePlace, ...]:
    """Return the links where it matters on what they hang; none where all hang on the release as a whole.

    ERN 3 has links on items only, so what hangs on the first item hangs on the release.
    """
    first = find_first_reference(groups[0]) if groups else ""
    is_plain = all(not link.linked_group and link.linked_to in {"", first} for link in links)
    return () if is_plain and len({link.resource_reference for link in links}) == len(links) else links


def find_first_reference(group: ResourceGroup) -> str:
    """Return the reference of the first place as a writer walks a tree: inner groups first; "" where there is none."""
    for inner in group.groups:
        if first := find_first_reference(inner):
            return first
    return group.places[0].resource_reference if group.places else ""


def _take_number(content: Content, tag: str) -> int | None:
    elements = content.get(tag, ())
    number = parse_integer(elements[0].text) if elements else None
    if number is not None:
        content.take_first(tag)
    return number
