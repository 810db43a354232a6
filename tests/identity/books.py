"""A link book on a list, in the order of linking."""

from collections.abc import Iterable

from antiphon.identity import (
    Link,
    artist_anchors,
    display_artists,
    find_isrc,
    match_release,
    propose_links,
    resource_anchors,
    sketch_recording,
    song_key,
)
from antiphon.identity.sketches import sketch_resource
from antiphon.model.entities import ArtistCredit, EntityKind, Recording
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import Statement


class ListBook:
    """The links of a test, with the recordings they were made for."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.recordings: dict[str, Recording] = {}

    def find_link(self, provider: str, kind: EntityKind, anchor: str) -> Link | None:
        return next((link for link in self.find_links(kind, anchor) if link.provider == provider), None)

    def find_links(self, kind: EntityKind, anchor: str) -> tuple[Link, ...]:
        return tuple(link for link in self.links if (link.kind, link.anchor) == (kind, anchor))

    def anchors_of(self, provider: str, entity_id: str) -> tuple[str, ...]:
        return tuple(k.anchor for k in self.links if (k.provider, k.entity_id) == (provider, entity_id))

    def all_anchors_of(self, entity_id: str) -> tuple[str, ...]:
        return tuple(k.anchor for k in self.links if k.entity_id == entity_id)

    def find_recordings(self, isrc: str) -> tuple[Recording, ...]:
        return tuple(r for _, r in sorted(self.recordings.items()) if r.isrc == isrc)

    def find_songs(self, song: str) -> tuple[Recording, ...]:
        return tuple(r for _, r in sorted(self.recordings.items()) if song_key(sketch_recording(r)) == song)

    def add(self, links: Iterable[Link]) -> None:
        """Record the links that are new."""
        self.links += [k for k in links if self.find_link(k.provider, k.kind, k.anchor) is None]

    def link(self, provider: str, statement: Statement) -> dict[tuple[EntityKind, str], str]:
        """Match, propose and record the links of a statement; return the entity of each of its anchors."""
        release = match_release(provider, statement, self)
        links = propose_links(provider, release, statement, self)
        self.add(links)
        entities = {(link.kind, link.anchor): link.entity_id for link in links}
        anchors = resource_anchors(statement, release)
        for resource in statement.resources:
            if resource.kind is not ResourceKind.IMAGE and resource.reference in anchors:
                recording_id = entities[EntityKind.RECORDING, anchors[resource.reference]]
                self.recordings.setdefault(recording_id, self._record(recording_id, resource, entities))
        return entities

    def _record(self, recording_id: str, resource: Resource, entities: dict[tuple[EntityKind, str], str]) -> Recording:
        sketch = sketch_resource(resource)
        return Recording(
            id=recording_id,
            title=f"{sketch.title} ({sketch.version})" if sketch.version else sketch.title,
            isrc=find_isrc(resource),
            duration_ms=sketch.duration_ms or 0,
            artists=tuple(
                ArtistCredit(artist_id=entities[EntityKind.ARTIST, artist_anchors(credit)[0]], name=credit.name)
                for credit in display_artists(resource)
            ),
            is_explicit=bool(sketch.is_explicit),
        )
