"""Resources: recordings, videos, images and texts, read section by section. Source: formats 2.1."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from lxml.etree import _Element as Element

from antiphon.formats.ern.descriptions import (
    read_advisories,
    read_copyright_lines,
    read_genres,
    read_labels,
    read_relations,
    read_texts,
)
from antiphon.formats.ern.elements import is_true, source_line, take_attribute, trimmed_text, unique_values
from antiphon.formats.ern.facets import FACETS, read_facets
from antiphon.formats.ern.files import read_files
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.reading import Reading
from antiphon.formats.ern.rights_controllers import read_rights_controllers
from antiphon.formats.ern.sections import Section, split_sections, take_elements
from antiphon.formats.ern.titles import read_titles
from antiphon.formats.ern.values import parse_duration_ms
from antiphon.model.claims import CopyrightLine, DeliveredId, Flag, Role
from antiphon.model.resources import Edition, Resource, ResourceKind

KINDS = {
    "SoundRecording": ResourceKind.SOUND_RECORDING,
    "Video": ResourceKind.VIDEO,
    "Image": ResourceKind.IMAGE,
    "Text": ResourceKind.TEXT,
    "SheetMusic": ResourceKind.SHEET_MUSIC,
    "Software": ResourceKind.SOFTWARE,
    "MIDI": ResourceKind.MIDI,
    "UserDefinedResource": ResourceKind.OTHER,
}

_ID_TAGS = (
    "ResourceId",
    "SoundRecordingId",
    "VideoId",
    "ImageId",
    "TextId",
    "SheetMusicId",
    "SoftwareId",
    "MidiId",
    "UserDefinedResourceId",
)
_WORK_ID_TAGS = ("WorkId", *(f"Indirect{tag}" for tag in _ID_TAGS[1:]))
_TYPE_TAGS = ("Type", *(tag.removesuffix("Id") + "Type" for tag in _ID_TAGS[1:]))
_DISPLAY_TAGS = ("DisplayArtist", "DisplayConductor", "DisplayComposer")
_CONTRIBUTOR_TAGS = ("Contributor", "EditionContributor", "ResourceContributor", "IndirectResourceContributor")
_MARKS = ("IsUpdated", "IsSupplemental", "ApplyClassicalProfileVariant")
"""Attributes of a resource that are true or false."""

WorkIds = Mapping[str, tuple[DeliveredId, ...]]
"""Ids of the works of a 3.x work list by their local references (W...)."""


def find_resources(resource_lists: Iterable[Element], body: Element, reading: Reading) -> Iterator[tuple[Element, str]]:
    """Yield the resource elements with their paths: all of the resource lists, whatever their kind.

    Without a list, recordings that a sender put inside its releases are found there.
    """
    has_list = False
    for resource_list in resource_lists:
        has_list = True
        seen: Counter[str] = Counter()
        content = reading.open(resource_list)
        content.clear()
        for element in resource_list:
            seen[element.tag] += 1
            yield element, f"/{_local_name(body)}/ResourceList/{element.tag}[{seen[element.tag]}]"
    if has_list:
        return
    for element in body.iter("SoundRecording", "Video"):
        if element.find(f"{element.tag}Id") is not None or element.find("ResourceReference") is not None:
            yield element, element.getroottree().getelementpath(element)


def read_resource(element: Element, path: str, parties: PartyBook, works: WorkIds, reading: Reading) -> Resource:
    """Return what the message says about one resource."""
    sections = split_sections(element, reading)
    own = sections[0].children
    kind = KINDS.get(element.tag, ResourceKind.OTHER)
    type_text, user_type = _read_type(own.take_first(*_TYPE_TAGS), reading)
    editions, ids = _read_editions(sections, reading)
    advisories, advisory_scopes = read_advisories(sections, reading)
    duration = next((text for section in sections if (text := section.children.take_text("Duration"))), "")
    resource = Resource(
        reference=own.take_text("ResourceReference"),
        kind=kind,
        type=type_text or (element.tag if kind is ResourceKind.OTHER else ""),
        ids=ids,
        titles=read_titles(sections, reading),
        display_artists=parties.read_credits(sections, _DISPLAY_TAGS),
        display_artist_names=read_texts(sections, "DisplayArtistName", "", reading),
        contributors=parties.read_credits(sections, _CONTRIBUTOR_TAGS),
        duration_ms=parse_duration_ms(duration),
        duration_text=duration,
        language=own.take_text("LanguageOfPerformance", "LanguageOfText"),
        p_lines=_read_lines(sections, "PLine", editions, reading),
        c_lines=_read_lines(sections, "CLine", editions, reading),
        advisories=advisories,
        files=read_files(sections, reading),
        line=source_line(element),
        path=path,
        user_type=user_type,
        advisory_scopes=advisory_scopes,
        editions=editions if len(editions) > 1 or any(edition.kind for edition in editions) else (),
    )
    left = {tag for section in sections for tag in section.children}
    if not FACETS.issuperset(left):
        resource = _with_rarities(resource, sections, parties, works, reading)
    return _with_facets(resource, element, sections, reading) if element.attrib or left else resource


def _with_rarities(
    resource: Resource, sections: Sequence[Section], parties: PartyBook, works: WorkIds, reading: Reading
) -> Resource:
    """Return the resource with what is said of few."""
    return msgspec.structs.replace(
        resource,
        work_ids=_read_work_ids(sections, works, reading),
        genres=read_genres(sections, reading),
        ai_use=sections[0].children.take_text("ContainsAI"),
        labels=read_labels(sections, parties, reading),
        rights_controllers=read_rights_controllers(sections, parties, reading),
        relations=read_relations(sections, parties, reading),
    )


def _with_facets(resource: Resource, element: Element, sections: Sequence[Section], reading: Reading) -> Resource:
    """Return the resource with what remains to be said of it by single values and attributes."""
    default_language = ""
    marks: list[Flag] = []
    if element.attrib:
        default_language = take_attribute(element, "LanguageAndScriptCode")
        marks = [Flag(name=name, is_set=is_true(text)) for name in _MARKS if (text := take_attribute(element, name))]
    facets = read_facets(sections, reading)
    return msgspec.structs.replace(
        resource,
        default_language=default_language,
        flags=tuple(sorted((*facets.flags, *marks), key=lambda flag: flag.name)),
        terms=facets.terms,
        texts=facets.texts,
        dates=facets.dates,
    )


def read_works(work_lists: Iterable[Element], reading: Reading) -> WorkIds:
    """Return the ids of the works in 3.x work lists, for the recordings that refer to them."""
    works: dict[str, tuple[DeliveredId, ...]] = {}
    for work_list in work_lists:
        for element in reading.open(work_list).take("MusicalWork"):
            content = reading.open(element)
            ids = read_ids(content.take("MusicalWorkId"))
            works.setdefault(content.take_text("MusicalWorkReference"), ids)
    return works


def _read_type(element: Element | None, reading: Reading) -> tuple[str, Role | None]:
    if element is None:
        return "", None
    role = reading.role(element)
    return role.value, role if role.user_value or role.namespace else None


def _read_editions(
    sections: Sequence[Section], reading: Reading
) -> tuple[tuple[Edition, ...], tuple[DeliveredId, ...]]:
    """Return the editions, where there is more to say of them than of the one resource, and all ids."""
    editions = []
    ids = list(read_ids(take_elements(sections[:1], *_ID_TAGS)))
    for section in sections[1:]:
        if not section.is_edition:
            ids += read_ids(section.children.take(*_ID_TAGS))
            continue
        edition = Edition(
            kind=section.children.take_text("Type"),
            ids=read_ids(section.children.take(*_ID_TAGS)),
            p_lines=read_copyright_lines([section], "PLine", reading),
            c_lines=read_copyright_lines([section], "CLine", reading),
        )
        editions.append(edition)
        ids += edition.ids
    return tuple(editions), unique_values(ids)


def _read_work_ids(sections: Sequence[Section], works: WorkIds, reading: Reading) -> tuple[DeliveredId, ...]:
    ids = list(read_ids(take_elements(sections, *_WORK_ID_TAGS)))
    if works:
        for reference_list in take_elements(sections, "ResourceMusicalWorkReferenceList"):
            for listed in reading.open(reference_list).take("ResourceMusicalWorkReference"):
                reference = reading.open(listed).take_text("ResourceMusicalWorkReference") or trimmed_text(listed)
                ids += works.get(reference, ())
    return unique_values(ids)


def _read_lines(
    sections: Sequence[Section], tag: str, editions: tuple[Edition, ...], reading: Reading
) -> tuple[CopyrightLine, ...]:
    of_editions = [line for one in editions for line in (one.p_lines if tag == "PLine" else one.c_lines)]
    return unique_values((*of_editions, *read_copyright_lines(sections, tag, reading)))


def _local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
