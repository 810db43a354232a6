"""Which recordings stand where on the release a statement is about: the order both anchors and tracks follow."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

import msgspec

from antiphon.model.releases import Release, ResourceGroup, ResourcePlace
from antiphon.model.resources import ResourceKind
from antiphon.model.statement import Statement

_WORK_PART = "MultiWorkPart"
"""The group type of the movements of a work: an order inside a disc, not a disc. Source: ERN 4 ResourceGroupType."""

Child = TypeVar("Child", bound=ResourcePlace | ResourceGroup)


class TrackPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A recording's place. Discs, and the tracks of each, count from 1 without a gap."""

    disc_number: int
    track_number: int
    resource_reference: str


def list_track_places(statement: Statement) -> tuple[TrackPlace, ...]:
    """Return the places of the sound recordings on the main release, in order; empty: it names none.

    Groups nested in the release's group are discs, unless they are parts of a work or stand among single tracks.
    Without groups the release's flat list counts, without that the order of the track releases.
    Source: ERN ResourceGroup and SequenceNumber; ERN 3 ReleaseResourceReferenceList.
    """
    return tuple(
        TrackPlace(disc_number=disc, track_number=track, resource_reference=reference)
        for disc, references in enumerate(_read_layout(statement).discs, 1)
        for track, reference in enumerate(references, 1)
    )


def layout_elements(statement: Statement) -> tuple[msgspec.Struct, ...]:
    """Return the elements of a statement that ``list_track_places`` went by, all of which count; empty: there is none.

    They are the release's group, or the places of its flat list, or the track releases.
    """
    return _read_layout(statement).given_by


class _Layout(NamedTuple):
    """References by disc, and the elements that say so."""

    discs: list[list[str]]
    given_by: tuple[msgspec.Struct, ...]


def _read_layout(statement: Statement) -> _Layout:
    release = statement.main_release
    if release is None:
        return _Layout([], ())
    recordings = {r.reference for r in statement.resources if r.kind is ResourceKind.SOUND_RECORDING}
    if release.group is not None and (discs := _discs_of(release.group, recordings)):
        return _Layout(discs, (release.group,))
    if flat := _flat_list(release, recordings):
        return _Layout([flat], tuple(place for place in release.resources if _is_track(place, recordings)))
    listed = _track_release_list(statement, recordings)
    return _Layout([listed] if listed else [], tuple(r for r in statement.releases if r.is_track_release and listed))


def _discs_of(root: ResourceGroup, recordings: set[str]) -> list[list[str]]:
    loose = [place for place in root.places if _is_track(place, recordings)]
    inner = [group for group in _in_order(root.groups) if _walk_group(group, recordings)]
    if loose or all(group.kind == _WORK_PART for group in inner):
        whole = _walk_group(root, recordings)
        return [whole] if whole else []
    if len(inner) == 1 and inner[0].groups:
        return _discs_of(inner[0], recordings)
    return [_walk_group(group, recordings) for group in inner]


def _walk_group(group: ResourceGroup, recordings: set[str]) -> list[str]:
    """Return the recordings of a group and of the groups inside it, in order."""
    places = [place for place in group.places if _is_track(place, recordings)]
    return list(_references_of(_in_order([*places, *group.groups]), recordings))


def _references_of(children: Iterable[ResourcePlace | ResourceGroup], recordings: set[str]) -> Iterator[str]:
    for child in children:
        if isinstance(child, ResourceGroup):
            yield from _walk_group(child, recordings)
        else:
            yield child.resource_reference


def _is_track(place: ResourcePlace, recordings: set[str]) -> bool:
    return place.is_primary and place.resource_reference in recordings


def _in_order(children: Iterable[Child]) -> list[Child]:
    return sorted(children, key=lambda child: _rank(child.sequence))


def _rank(sequence: int | None) -> float:
    return float("inf") if sequence is None else sequence


def _flat_list(release: Release, recordings: set[str]) -> list[str]:
    places = [place for place in release.resources if _is_track(place, recordings)]
    return [place.resource_reference for place in _in_order(places)]


def _track_release_list(statement: Statement, recordings: set[str]) -> list[str]:
    firsts = (
        next((place.resource_reference for place in release.resources if _is_track(place, recordings)), None)
        for release in statement.releases
        if release.is_track_release
    )
    return list(dict.fromkeys(reference for reference in firsts if reference is not None))
