"""Releases and track releases, and which of them the message is about. Source: formats 2.1."""

from collections import Counter
from collections.abc import Iterable, Sequence

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
from antiphon.formats.ern.elements import is_true, source_line, take_attribute, unique_values
from antiphon.formats.ern.facets import NO_FACETS, read_facets
from antiphon.formats.ern.groups import GroupReader, find_located_links, join_places, read_listed
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.reading import EVERYWHERE, Reading
from antiphon.formats.ern.sections import Section, split_sections, take_elements
from antiphon.formats.ern.titles import read_titles
from antiphon.formats.ern.values import format_duration, parse_duration_ms
from antiphon.model.claims import DatedEvent, Role
from antiphon.model.periods import Moment
from antiphon.model.releases import Release

_RELEASE_TAGS = frozenset({"Release", "TrackRelease", "ClipRelease"})
_TRACK_TYPES = frozenset({"TrackRelease", "VideoTrackRelease"})
_DISPLAY_TAGS = ("DisplayArtist", "DisplayConductor", "DisplayComposer")
_CONTRIBUTOR_TAGS = ("Contributor", "ResourceContributor", "IndirectResourceContributor")
_FIRST_REFERENCE = "R0"


def read_releases(release_lists: Iterable[Element], parties: PartyBook, reading: Reading) -> tuple[Release, ...]:
    """Return the releases in message order, the main one marked.

    Main is what says so; else the first that is no track or clip release; else the one with reference R0.
    """
    releases = []
    for release_list in release_lists:
        seen: Counter[str] = Counter()
        content = reading.open(release_list)
        for tag in _RELEASE_TAGS:
            content.pop(tag, None)
        for element in release_list:
            if element.tag in _RELEASE_TAGS:
                seen[element.tag] += 1
                path = f"/NewReleaseMessage/ReleaseList/{element.tag}[{seen[element.tag]}]"
                releases.append(read_release(element, path, parties, reading))
    return _mark_main_release(releases)


def read_release(element: Element, path: str, parties: PartyBook, reading: Reading) -> Release:
    """Return what the message says about one release (Release, TrackRelease, ClipRelease, PurgedRelease)."""
    sections = split_sections(element, reading)
    own = sections[0].children
    types = _read_types(sections, reading)
    is_main = bool(element.attrib) and is_true(
        take_attribute(element, "IsMainRelease") or take_attribute(element, "isMainRelease")
    )
    group_reader = GroupReader(parties, reading)
    groups = group_reader.read_groups(sections)
    links = group_reader.read_links(sections)
    release = Release(
        reference=own.take_text("ReleaseReference"),
        types=types,
        is_main=is_main,
        is_track_release=element.tag == "TrackRelease" or any(role.value in _TRACK_TYPES for role in types),
        is_track_element=element.tag == "TrackRelease",
        is_clip=element.tag == "ClipRelease",
        ids=read_ids(own.take("ReleaseId")),
        titles=read_titles(sections, reading),
        labels=read_labels(sections, parties, reading),
        genres=read_genres(sections, reading),
        resources=join_places(read_listed(sections, reading), links),
        group=groups[0] if groups else None,
        other_groups=groups[1:],
        links=find_located_links(links, groups),
        visibility_references=own.take_texts("ReleaseVisibilityReference"),
        line=source_line(element),
        path=path,
    )
    if not element.attrib and not any(section.children for section in sections):
        return release
    return _with_more(release, element, sections, parties, reading)


def _with_more(
    release: Release, element: Element, sections: Sequence[Section], parties: PartyBook, reading: Reading
) -> Release:
    """Return the release with what track releases of ERN 4 do not say, and what few releases say."""
    own = sections[0].children
    advisories, advisory_scopes = read_advisories(sections, reading)
    duration = next((text for section in sections if (text := section.children.take_text("Duration"))), "")
    duration_ms = parse_duration_ms(duration)
    is_plain_duration = duration_ms is not None and format_duration(duration_ms) == duration
    is_compilation = _read_is_compilation(sections)
    default_language = take_attribute(element, "LanguageAndScriptCode")
    described = msgspec.structs.replace(
        release,
        display_artists=parties.read_credits(sections, _DISPLAY_TAGS),
        display_artist_names=read_texts(sections, "DisplayArtistName", "", reading),
        p_lines=read_copyright_lines(sections, "PLine", reading),
        c_lines=read_copyright_lines(sections, "CLine", reading),
        advisories=advisories,
        ai_use=own.take_text("ContainsAI"),
        duration_ms=duration_ms,
        duration_text="" if is_plain_duration else duration,
        is_compilation=is_compilation,
        contributors=parties.read_credits(sections, _CONTRIBUTOR_TAGS),
        administrators=parties.read_credits(sections, ("AdministratingRecordCompany",)),
        relations=read_relations(sections, parties, reading),
        advisory_scopes=advisory_scopes,
        default_language=default_language,
    )
    facets = read_facets(sections, reading)
    if facets is NO_FACETS:
        return described
    return msgspec.structs.replace(
        described,
        release_date=_find_date(facets.dates, "ReleaseDate", "GlobalReleaseDate"),
        original_release_date=_find_date(facets.dates, "OriginalReleaseDate", "GlobalOriginalReleaseDate"),
        flags=facets.flags,
        terms=facets.terms,
        texts=facets.texts,
        dates=tuple(_drop_plain(_drop_plain(facets.dates, "ReleaseDate"), "OriginalReleaseDate")),
    )


def _mark_main_release(releases: list[Release]) -> tuple[Release, ...]:
    if not any(release.is_main for release in releases):
        main = next(
            (release for release in releases if not (release.is_track_release or release.is_clip)), None
        ) or next((release for release in releases if release.reference == _FIRST_REFERENCE), None)
        if main is not None:
            # ERN 4 has one Release element, which is the main one without saying so.
            is_choice = sum(not (release.is_track_element or release.is_clip) for release in releases) > 1
            releases[releases.index(main)] = msgspec.structs.replace(main, is_main=True, is_main_inferred=is_choice)
    return tuple(releases)


def _read_types(sections: Sequence[Section], reading: Reading) -> tuple[Role, ...]:
    roles = (reading.role(element) for element in take_elements(sections, "ReleaseType"))
    return unique_values(role for role in roles if role.value)


def _find_date(dates: Iterable[DatedEvent], *names: str) -> Moment | None:
    listed = list(dates)
    return next((event.date for name in names for event in listed if event.name == name), None)


def _drop_plain(dates: Iterable[DatedEvent], name: str) -> list[DatedEvent]:
    """Return the dates without the first of this name, if a field of the release says all there is to it."""
    kept = list(dates)
    for event in kept:
        if event.name == name:
            if event == DatedEvent(name=name, date=event.date, scope=EVERYWHERE):
                kept.remove(event)
            break
    return kept


def _read_is_compilation(sections: Sequence[Section]) -> bool | None:
    flags = (section.children.take_flag("IsMultiArtistCompilation") for section in sections)
    return next((flag for flag in flags if flag is not None), None)
