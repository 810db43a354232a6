"""Resources: recordings, videos, images and texts, read section by section. Source: formats 2.1."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from lxml.etree import _Element as Element

from antiphon.formats.ern.descriptions import (
    read_advisories,
    read_copyright_lines,
    read_credits,
    read_genres,
    read_texts,
)
from antiphon.formats.ern.elements import first_text, group_children, source_line, unique_values
from antiphon.formats.ern.files import read_files
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.sections import Section, elements_named, split_sections
from antiphon.formats.ern.titles import read_titles
from antiphon.formats.ern.values import Values, parse_duration_ms
from antiphon.model.claims import DeliveredId
from antiphon.model.resources import Resource, ResourceKind

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
_CONTRIBUTOR_TAGS = ("Contributor", "ResourceContributor", "IndirectResourceContributor")

WorkIds = Mapping[str, tuple[DeliveredId, ...]]
"""Ids of the works of a 3.x work list by their local references (W...)."""


def find_resources(resource_lists: Iterable[Element], body: Element) -> Iterator[tuple[Element, str]]:
    """Yield the resource elements with their paths: all of the resource lists, whatever their kind.

    Without a list, recordings that a sender put inside its releases are found there.
    """
    has_list = False
    for resource_list in resource_lists:
        has_list = True
        seen: Counter[str] = Counter()
        for element in resource_list:
            seen[element.tag] += 1
            yield element, f"/{_local_name(body)}/ResourceList/{element.tag}[{seen[element.tag]}]"
    if has_list:
        return
    for element in body.iter("SoundRecording", "Video"):
        if element.find(f"{element.tag}Id") is not None or element.find("ResourceReference") is not None:
            yield element, element.getroottree().getelementpath(element)


def read_resource(element: Element, path: str, parties: PartyBook, works: WorkIds, values: Values) -> Resource:
    """Return what the message says about one resource."""
    sections = split_sections(element, values)
    own = sections[0].children
    duration = next((text for section in sections if (text := first_text(section.children, "Duration"))), "")
    kind = KINDS.get(element.tag, ResourceKind.OTHER)
    return Resource(
        reference=first_text(own, "ResourceReference"),
        kind=kind,
        type=first_text(own, *_TYPE_TAGS) or (element.tag if kind is ResourceKind.OTHER else ""),
        ids=read_ids(elements_named(sections, *_ID_TAGS)),
        work_ids=_read_work_ids(sections, works),
        titles=read_titles(sections, values),
        display_artists=read_credits(sections, ("DisplayArtist",), parties, values),
        display_artist_names=read_texts(sections, "DisplayArtistName", "", values),
        contributors=read_credits(sections, _CONTRIBUTOR_TAGS, parties, values),
        duration_ms=parse_duration_ms(duration),
        duration_text=duration,
        language=first_text(own, "LanguageOfPerformance", "LanguageOfText"),
        genres=read_genres(sections, values),
        p_lines=read_copyright_lines(sections, "PLine", values),
        c_lines=read_copyright_lines(sections, "CLine", values),
        advisories=read_advisories(sections, values),
        files=read_files(sections),
        line=source_line(element),
        path=path,
    )


def read_works(work_lists: Iterable[Element]) -> WorkIds:
    """Return the ids of the works in 3.x work lists, for the recordings that refer to them."""
    works: dict[str, tuple[DeliveredId, ...]] = {}
    for work_list in work_lists:
        for element in work_list:
            children = group_children(element)
            ids = read_ids(children.get("MusicalWorkId", ()))
            works.setdefault(first_text(children, "MusicalWorkReference"), ids)
    return works


def _read_work_ids(sections: tuple[Section, ...], works: WorkIds) -> tuple[DeliveredId, ...]:
    ids = list(read_ids(elements_named(sections, *_WORK_ID_TAGS)))
    if works:
        for reference_list in elements_named(sections, "ResourceMusicalWorkReferenceList"):
            for element in reference_list.iter("ResourceMusicalWorkReference"):
                ids += works.get((element.text or "").strip(), ())
    return unique_values(ids)


def _local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
