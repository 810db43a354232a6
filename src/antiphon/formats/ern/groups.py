"""Resource groups: the order of a release, as nested as its sender likes, and the resources outside the order."""

from collections.abc import Iterator, Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import first_text, group_children, is_true, parse_integer, source_line, trimmed_text
from antiphon.formats.ern.sections import Section, elements_named
from antiphon.formats.ern.titles import read_titles
from antiphon.formats.ern.values import EVERYWHERE, Values
from antiphon.model.releases import ResourceGroup, ResourcePlace

_SECONDARY = "SecondaryResource"


def read_group(sections: Sequence[Section], values: Values) -> ResourceGroup | None:
    """Return the tree of the release; None where it has none.

    Of several territory blocks the first with a tree counts. Several trees side by side become one around them.
    """
    for section in sections:
        elements = section.children.get("ResourceGroup", ())
        if len(elements) == 1:
            return _read_group(elements[0], values)
        if elements:
            return ResourceGroup(groups=tuple(_read_group(element, values) for element in elements))
    return None


def read_places(sections: Sequence[Section]) -> tuple[ResourcePlace, ...]:
    """Return the flat list of ERN 3, or the one resource of a track release, then the linked resources.

    A linked resource that the flat list has already gives its link to the place there.
    """
    places: dict[str, ResourcePlace] = {}
    for element in _listed_resources(sections):
        place = _read_place(element, "ReleaseResourceReference")
        places.setdefault(place.resource_reference, place)
    for group in elements_named(sections, "LinkedReleaseResourceReference", "ResourceGroup"):
        for element in group.iter("LinkedReleaseResourceReference"):
            linked = _read_place(element, "LinkedReleaseResourceReference")
            listed = places.get(linked.resource_reference)
            if listed is None:
                places[linked.resource_reference] = linked
            elif linked.link and not listed.link:
                places[linked.resource_reference] = ResourcePlace(
                    resource_reference=listed.resource_reference,
                    link=linked.link,
                    is_primary=listed.is_primary,
                    line=listed.line,
                )
    return tuple(place for place in places.values() if place.resource_reference)


def _listed_resources(sections: Sequence[Section]) -> Iterator[Element]:
    for reference_list in elements_named(sections, "ReleaseResourceReferenceList"):
        yield from reference_list.iter("ReleaseResourceReference")
    yield from elements_named(sections, "ReleaseResourceReference")


def _read_place(element: Element, tag: str) -> ResourcePlace:
    is_linked = tag == "LinkedReleaseResourceReference"
    return ResourcePlace(
        resource_reference=trimmed_text(element),
        link=(element.get("LinkDescription") or "").strip() if is_linked else "",
        is_primary=not is_linked and element.get("ReleaseResourceType") != _SECONDARY,
        line=source_line(element),
    )


def _read_group(element: Element, values: Values) -> ResourceGroup:
    """Return one group with those inside it; the parser has bounded how deep they go."""
    children = group_children(element)
    items = [_read_item(item) for item in children.get("ResourceGroupContentItem", ())]
    for reference_list in children.get("ResourceGroupResourceReferenceList", ()):
        references = reference_list.iter("ReleaseResourceReference", "ResourceGroupResourceReference")
        items += [_read_place(reference, "ReleaseResourceReference") for reference in references]
    return ResourceGroup(
        kind=(element.get("ResourceGroupType") or "").strip(),
        sequence=parse_integer(first_text(children, "SequenceNumber")),
        titles=read_titles((Section(EVERYWHERE, children),), values),
        places=tuple(place for place in items if place.resource_reference),
        groups=tuple(_read_group(inner, values) for inner in children.get("ResourceGroup", ())),
    )


def _read_item(element: Element) -> ResourcePlace:
    children = group_children(element)
    references = children.get("ReleaseResourceReference", ())
    reference = references[0] if references else None
    return ResourcePlace(
        resource_reference=trimmed_text(reference) if reference is not None else "",
        sequence=parse_integer(first_text(children, "SequenceNumber")),
        is_primary=reference is None or reference.get("ReleaseResourceType") != _SECONDARY,
        is_hidden=is_true(first_text(children, "IsHiddenResource")),
        is_bonus=is_true(first_text(children, "IsBonusResource")),
        line=source_line(element),
    )
