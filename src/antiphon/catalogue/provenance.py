"""Which statement, file or decision gave a field: asked of the very choice that built the entity.

``choose_release`` notes the objects each value was taken from. Here they are found again: an element by where it
stands in the statement, so by its line in the message; a file by who brought it; a decision by its id. Nothing of this
is stored: it is computed when somebody asks, from what the record keeps anyway.

Example: a track's ``title`` is from ``resources[3].titles[0]`` of North's message of 1 March, inside the element at
line 412. Its ``duration_ms`` is from the file ``resources/04.flac``, and its ``explicit`` from a decision of Ana's.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from antiphon.catalogue.albums import ChosenRelease
from antiphon.catalogue.choices import Chosen, Credits, Part, Source
from antiphon.model.deals import Deal
from antiphon.model.decisions import Decision
from antiphon.model.entities import EntityKind
from antiphon.model.media import ResourceMedia
from antiphon.model.statement import Statement

Fields = Mapping[str, Chosen[object] | Credits]
"""The fields of one entity by name, as the model calls them, in the model's order."""


class ElementPlace(NamedTuple):
    """Where an element stands. ``part``: its way into the statement as the record keeps it, ``releases[0].titles[1]``.

    ``line`` and ``path`` are in the message: of the nearest element around it whose place is known; 0 and empty: none.
    """

    part: str
    line: int
    path: str


class GivenField(msgspec.Struct, frozen=True, kw_only=True):
    """A field with all that gave it. Without any of the three nobody says anything: the value is what that means."""

    name: str
    value: object
    places: tuple[ElementPlace, ...] = ()
    files: tuple[ResourceMedia, ...] = ()
    decisions: tuple[Decision, ...] = ()


def fields_of(chosen: ChosenRelease, kind: EntityKind, entity_id: str) -> Fields | None:
    """Return what a release says of an entity, field by field; None: it says nothing of it."""
    if kind is EntityKind.ALBUM:
        return chosen.fields._asdict() if chosen.album_id == entity_id else None
    if kind is EntityKind.TRACK:
        return next((track.fields._asdict() for track in chosen.tracks if track.track_id == entity_id), None)
    if kind is EntityKind.RECORDING:
        return _fields_of_recording(chosen, entity_id)
    if kind is EntityKind.WORK:
        return chosen.works.works[entity_id]._asdict() if entity_id in chosen.works.works else None
    return {"name": chosen.names[entity_id]} if entity_id in chosen.names else None


def _fields_of_recording(chosen: ChosenRelease, recording_id: str) -> Fields | None:
    if recording_id not in chosen.recordings:
        return None
    work_ids = chosen.works.of_recordings.get(recording_id, Chosen(()))
    return {**chosen.recordings[recording_id]._asdict(), "work_ids": work_ids}


def trace_fields(statement: Statement, fields: Fields) -> tuple[GivenField, ...]:
    """Return each field with what gave it; ``statement`` is the one its elements are part of."""
    places = _Places(statement)
    return tuple(_trace(name, chosen, places) for name, chosen in fields.items())


class _Places:
    """Where every element of a statement stands, by the object itself."""

    def __init__(self, statement: Statement) -> None:
        walked = list(_walk(statement, ElementPlace("", 0, "")))
        self._by_object = {id(element): place for element, place in walked}
        self._deals = {(e.line, e.path): place for e, place in walked if isinstance(e, Deal)}

    def find(self, source: Source) -> ElementPlace | None:
        """Return where a source stands; None: it is no part of the statement."""
        if isinstance(source, Part):
            place = self._by_object.get(id(source.element))
            return place._replace(part=f"{place.part}.{source.member}") if place is not None else None
        place = self._by_object.get(id(source))
        # Of a deal that cascades from the album to its tracks, a part counts: a copy, which keeps its place.
        return self._deals.get((source.line, source.path)) if place is None and isinstance(source, Deal) else place


def _walk(element: msgspec.Struct, around: ElementPlace) -> Iterator[tuple[msgspec.Struct, ElementPlace]]:
    place = ElementPlace(around.part, getattr(element, "line", 0) or around.line, getattr(element, "path", around.path))
    yield element, place
    for name in element.__struct_fields__:
        value = getattr(element, name)
        way = f"{place.part}.{name}" if place.part else name
        if isinstance(value, msgspec.Struct):
            yield from _walk(value, place._replace(part=way))
        elif isinstance(value, tuple):
            for number, inner in enumerate(value):
                if isinstance(inner, msgspec.Struct):
                    yield from _walk(inner, place._replace(part=f"{way}[{number}]"))


def _trace(name: str, chosen: Chosen[object] | Credits, places: _Places) -> GivenField:
    sources = chosen.sources
    return GivenField(
        name=name,
        value=chosen.value,
        places=tuple(place for source in sources if (place := places.find(source)) is not None),
        files=tuple(source for source in sources if isinstance(source, ResourceMedia)),
        decisions=tuple(source for source in sources if isinstance(source, Decision)),
    )
