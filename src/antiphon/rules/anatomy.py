"""Ways through a statement that several rules take."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from antiphon.model.claims import Credit, DeliveredId, FileClaim, Genre, ScopedText
from antiphon.model.deals import Deal
from antiphon.model.releases import Release, ResourceGroup, ResourcePlace
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import MessageKind, Statement
from antiphon.model.territories import TERRITORIES, WORLDWIDE, Territory, UnknownTerritory, parse_territory

_VERSION = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})")
RECORDING_KINDS = frozenset({ResourceKind.SOUND_RECORDING, ResourceKind.VIDEO})
"""Kinds that are recordings: what an ISRC identifies."""

TRACKS_NAMED_LIMIT = 3
"""Tracks that a finding about several names by title; of more it gives the references."""

TRACK_REFERENCES_LIMIT = 12
"""Track references that a finding lists: an album's, so that a box does not fill a screen."""


def places_of(release: Release) -> Iterator[ResourcePlace]:
    """Yield every place of a release: the flat list first, then the groups in order. A resource may come twice."""
    yield from release.resources
    if release.group is not None:
        yield from _grouped_places(release.group)


def resources_by_reference(statement: Statement) -> dict[str, Resource]:
    """Return the resources by their local references; of two with one reference the first."""
    by_reference: dict[str, Resource] = {}
    for resource in statement.resources:
        by_reference.setdefault(resource.reference, resource)
    return by_reference


def tracks_of(statement: Statement) -> tuple[Resource, ...]:
    """Return the sound recordings of the main release, each once, in the order of its places; no main release: all."""
    by_reference = resources_by_reference(statement)
    main = statement.main_release
    references = by_reference if main is None else dict.fromkeys(place.resource_reference for place in places_of(main))
    found = (by_reference[reference] for reference in references if reference in by_reference)
    return tuple(resource for resource in found if resource.kind is ResourceKind.SOUND_RECORDING)


def described_parts(statement: Statement) -> tuple[Release | Resource, ...]:
    """Return what listeners get to see: the main release, if there is one, and its tracks."""
    main = statement.main_release
    return (*((main,) if main else ()), *tracks_of(statement))


def ids_of_file(resource: Resource, file: FileClaim) -> tuple[DeliveredId, ...]:
    """Return the ids that are a file's: those of its edition, where its resource has several."""
    return resource.editions[file.edition].ids if file.edition < len(resource.editions) else resource.ids


def track_releases(statement: Statement) -> tuple[Release, ...]:
    """Return the track releases in message order."""
    return tuple(release for release in statement.releases if release.is_track_release)


def genres_by_track(statement: Statement) -> dict[str, tuple[Genre, ...]]:
    """Return the genres of each resource by its reference: its own (ERN 3), and its track releases' (ERN 4)."""
    genres = {resource.reference: resource.genres for resource in statement.resources if resource.genres}
    for release in track_releases(statement):
        if release.genres:
            for place in places_of(release):
                genres[place.resource_reference] = (*genres.get(place.resource_reference, ()), *release.genres)
    return genres


def deals_by_release(statement: Statement) -> dict[str, list[Deal]]:
    """Return the deals of each release that any deal names, by its local reference."""
    deals: dict[str, list[Deal]] = {}
    for entry in statement.release_deals:
        for reference in entry.release_references:
            deals.setdefault(reference, []).extend(entry.deals)
    return deals


def all_deals(statement: Statement) -> Iterator[Deal]:
    """Yield every deal once, in message order, however many releases it is for."""
    for entry in statement.release_deals:
        yield from entry.deals


def is_withdrawal(deal: Deal) -> bool:
    """Tell whether a deal takes away and so needs neither model nor use type."""
    return deal.is_takedown or deal.is_all_deals_cancelled


def list_granted_territories(deals: Iterable[Deal]) -> frozenset[Territory]:
    """Return where some deals may grant anything, as far as codes can be read; a part of a country counts as all."""
    granted: set[Territory] = set()
    for deal in deals:
        is_everywhere = WORLDWIDE in deal.territories or (bool(deal.excluded_territories) and not deal.territories)
        named = set(TERRITORIES) if is_everywhere else _read_territories(deal.territories)
        granted |= named - _read_territories(code for code in deal.excluded_territories if "-" not in code)
    return frozenset(granted)


def _read_territories(codes: Iterable[str]) -> set[Territory]:
    found = set()
    for code in codes:
        with suppress(UnknownTerritory):
            found.add(parse_territory(code))
    return found


def is_takedown(statement: Statement) -> bool:
    """Tell whether a message leaves nothing granted: no deals at all, or only such as withdraw. Source: formats 4."""
    return statement.kind is MessageKind.NEW_RELEASE and all(map(is_withdrawal, all_deals(statement)))


def shown_title(titles: tuple[ScopedText, ...]) -> str:
    """Return the display title with its version in brackets; empty where there is none."""
    if not titles:
        return ""
    return f"{titles[0].value} ({titles[0].subtitle})" if titles[0].subtitle else titles[0].value


def artist_names(artists: tuple[Credit, ...], names: tuple[ScopedText, ...]) -> tuple[str, ...]:
    """Return the display artists' names: of the credits or, where those have none, as the display line has them."""
    return tuple(a.name for a in artists if a.name) or tuple(n.value for n in names if n.value)


def list_tracks(some: Sequence[Resource], tracks: Sequence[Resource]) -> str:
    """Return words for some of a message's tracks: which they are, or how many where they are many.

    >>> list_tracks(tracks[:1], tracks)
    "A1 'Harbour Light'"
    """
    if len(some) == len(tracks) > 1:
        return "both tracks" if len(tracks) == 2 else f"all {len(tracks)} tracks"
    if len(some) <= TRACKS_NAMED_LIMIT:
        return ", ".join(f"{track.reference} {shown_title(track.titles)!r}" for track in some)
    shown = ", ".join(track.reference for track in some[:TRACK_REFERENCES_LIMIT])
    more = ", ..." if len(some) > TRACK_REFERENCES_LIMIT else ""
    return f"{len(some)} of {len(tracks)} tracks: {shown}{more}"


def _grouped_places(group: ResourceGroup) -> Iterator[ResourcePlace]:
    yield from group.places
    for inner in group.groups:
        yield from _grouped_places(inner)


def version_numbers(version: str) -> tuple[int, ...]:
    """Return the first two numbers of a dotted version ("4.3.2": 4, 3); empty for what is none."""
    match = _VERSION.match(version)
    return (int(match[1]), int(match[2])) if match else ()
