"""Releases and track releases, and which of them the message is about. Source: formats 2.1."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec
from lxml.etree import _Element as Element

from antiphon.formats.ern.descriptions import (
    read_advisories,
    read_copyright_lines,
    read_credits,
    read_genres,
    read_texts,
)
from antiphon.formats.ern.elements import first_text, is_true, parse_flag, source_line, trimmed_text, unique_values
from antiphon.formats.ern.groups import read_group, read_places
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.sections import Section, elements_named, read_scoped, split_sections
from antiphon.formats.ern.titles import read_titles
from antiphon.formats.ern.values import Values, parse_duration_ms
from antiphon.model.claims import Role, Scope, ScopedText
from antiphon.model.periods import Moment
from antiphon.model.releases import Release

_TRACK_TYPES = frozenset({"TrackRelease", "VideoTrackRelease"})
_FIRST_REFERENCE = "R0"


def read_releases(release_lists: Iterable[Element], parties: PartyBook, values: Values) -> tuple[Release, ...]:
    """Return the releases in message order, the main one marked.

    Main is what says so; else the first that is no track release; else the one with reference R0.
    """
    releases = []
    for release_list in release_lists:
        seen: Counter[str] = Counter()
        for element in release_list:
            if element.tag in {"Release", "TrackRelease"}:
                seen[element.tag] += 1
                path = f"/NewReleaseMessage/ReleaseList/{element.tag}[{seen[element.tag]}]"
                releases.append(read_release(element, path, parties, values))
    return _mark_main_release(releases)


def read_release(element: Element, path: str, parties: PartyBook, values: Values) -> Release:
    """Return what the message says about one release (Release, TrackRelease, PurgedRelease)."""
    sections = split_sections(element, values)
    own = sections[0].children
    types = _read_types(sections, values)
    is_track_element = element.tag == "TrackRelease"
    return Release(
        reference=first_text(own, "ReleaseReference"),
        types=types,
        is_main=is_true(element.get("IsMainRelease") or element.get("isMainRelease")),
        is_track_release=is_track_element or any(role.value in _TRACK_TYPES for role in types),
        is_track_element=is_track_element,
        ids=read_ids(own.get("ReleaseId", ())),
        titles=read_titles(sections, values),
        display_artists=read_credits(sections, ("DisplayArtist",), parties, values),
        display_artist_names=read_texts(sections, "DisplayArtistName", "", values),
        labels=_read_labels(sections, parties, values),
        genres=read_genres(sections, values),
        p_lines=read_copyright_lines(sections, "PLine", values),
        c_lines=read_copyright_lines(sections, "CLine", values),
        advisories=read_advisories(sections, values),
        release_date=_read_date(sections, values, "ReleaseDate", "GlobalReleaseDate"),
        original_release_date=_read_date(sections, values, "OriginalReleaseDate", "GlobalOriginalReleaseDate"),
        duration_ms=parse_duration_ms(first_text(own, "Duration")),
        is_compilation=_read_is_compilation(sections),
        resources=read_places(sections),
        group=read_group(sections, values),
        line=source_line(element),
        path=path,
    )


def _mark_main_release(releases: list[Release]) -> tuple[Release, ...]:
    if not any(release.is_main for release in releases):
        main = next((release for release in releases if not release.is_track_release), None) or next(
            (release for release in releases if release.reference == _FIRST_REFERENCE), None
        )
        if main is not None:
            # ERN 4 has one Release element, which is the main one without saying so.
            is_choice = sum(not release.is_track_element for release in releases) > 1
            releases[releases.index(main)] = msgspec.structs.replace(main, is_main=True, is_main_inferred=is_choice)
    return tuple(releases)


def _read_types(sections: Sequence[Section], values: Values) -> tuple[Role, ...]:
    roles = (values.role(element) for element in elements_named(sections, "ReleaseType"))
    return unique_values(role for role in roles if role.value)


def _read_labels(sections: Sequence[Section], parties: PartyBook, values: Values) -> tuple[ScopedText, ...]:
    """Return the labels: names in ERN 3, references to parties in ERN 4."""

    def read_label(element: Element, section: Scope) -> ScopedText:
        name = parties.find_party(trimmed_text(element)).name
        kind = (element.get("LabelType") or "").strip()
        return ScopedText(value=name, kind=kind, scope=values.scope(element, section))

    referenced = read_scoped(sections, ("ReleaseLabelReference",), read_label)
    return (*read_texts(sections, "LabelName", "LabelNameType", values), *(text for text in referenced if text.value))


def _read_date(sections: Sequence[Section], values: Values, *tags: str) -> Moment | None:
    for tag in tags:
        for section in sections:
            moment = values.moment(section.children, tag)
            if moment is not None:
                return moment
    return None


def _read_is_compilation(sections: Sequence[Section]) -> bool | None:
    for section in sections:
        text = first_text(section.children, "IsMultiArtistCompilation")
        if text:
            return parse_flag(text)
    return None
