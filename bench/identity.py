"""Whether intake finds out who is who: precision and recall on a made-up music business whose truth is known.

Every delivery goes through the identity rules that ship, one after the other, on a link book in memory. Then each
pair of mentions is looked at: of those said to be one, how many are (precision); of those that are one, how many were
found (recall). What nobody could know counts too: two artists of one name, at one label, without an ISNI.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable

import msgspec

from antiphon.identity import (
    Link,
    artist_anchors,
    display_artists,
    find_isrc,
    list_track_places,
    match_release,
    propose_links,
    resource_anchors,
    sketch_recording,
    sketch_resource,
    song_key,
)
from antiphon.model.entities import ArtistCredit, EntityKind, Recording
from bench.made_up_labels import Business, Told
from bench.results import Result

SEED = 20_261_122
ARTISTS = 1_000
LEAST_PRECISION = 0.995
LEAST_RECALL = 0.95

Mention = tuple[Hashable, Hashable]
"""Whom a mention really means, and which entity it was linked to."""


def measure() -> list[Result]:
    """Return precision and recall for artists, recordings and releases."""
    book = MemoryBook()
    mentions: dict[str, list[Mention]] = defaultdict(list)
    for told in Business(SEED, ARTISTS).tell():
        for kind, mention in book.take(told):
            mentions[kind].append(mention)
    results = []
    for kind, found in mentions.items():
        precision, recall = score_pairs(found)
        note = f"{len(found)} mentions, seed {SEED}"
        results.append(_result(f"identity {kind} precision", precision, LEAST_PRECISION, note))
        results.append(_result(f"identity {kind} recall", recall, LEAST_RECALL, ""))
    return results


def _result(name: str, share: float, bar: float, note: str) -> Result:
    return Result(name=name, against="the truth of a made-up business", unit="", ours=(share,), bar=bar, note=note)


def score_pairs(mentions: Iterable[Mention]) -> tuple[float, float]:
    """Return precision and recall over all pairs of mentions."""
    both, truth, said = Counter(mentions), Counter[Hashable](), Counter[Hashable]()
    for (real, entity), count in both.items():
        truth[real] += count
        said[entity] += count
    right = sum(count * (count - 1) for count in both.values())
    return right / sum(n * (n - 1) for n in said.values()), right / sum(n * (n - 1) for n in truth.values())


class MemoryBook:
    """A link book in memory, with the indexes a record has."""

    def __init__(self) -> None:
        self._own: dict[tuple[str, EntityKind, str], Link] = {}
        self._by_anchor: dict[tuple[EntityKind, str], list[Link]] = defaultdict(list)
        self._by_entity: dict[str, list[Link]] = defaultdict(list)
        self._recordings: dict[str, Recording] = {}
        self._by_isrc: dict[str, dict[str, None]] = defaultdict(dict)
        self._by_song: dict[str, dict[str, None]] = defaultdict(dict)

    def find_link(self, provider: str, kind: EntityKind, anchor: str) -> Link | None:
        """Return the link of a provider's anchor; None: it is new."""
        return self._own.get((provider, kind, anchor))

    def find_links(self, kind: EntityKind, anchor: str) -> tuple[Link, ...]:
        """Return every provider's link of an anchor, oldest first."""
        return tuple(self._by_anchor[kind, anchor])

    def anchors_of(self, provider: str, entity_id: str) -> tuple[str, ...]:
        """Return the anchors by which a provider knows an entity, oldest first."""
        return tuple(link.anchor for link in self._by_entity[entity_id] if link.provider == provider)

    def all_anchors_of(self, entity_id: str) -> tuple[str, ...]:
        """Return the anchors by which any provider knows an entity, oldest first."""
        return tuple(link.anchor for link in self._by_entity[entity_id])

    def find_recordings(self, isrc: str) -> tuple[Recording, ...]:
        """Return the recordings that have an ISRC, by id."""
        return tuple(self._recordings[i] for i in sorted(self._by_isrc[isrc]))

    def find_songs(self, song: str) -> tuple[Recording, ...]:
        """Return the recordings of a song by an artist, by id."""
        return tuple(self._recordings[i] for i in sorted(self._by_song[song]))

    def take(self, told: Told) -> list[tuple[str, Mention]]:
        """Link a delivery and return its mentions, each with its kind."""
        statement, provider = told.statement, told.label
        release = match_release(provider, statement, self)
        links = propose_links(provider, release, statement, self)
        entities = {(link.kind, link.anchor): link.entity_id for link in links}
        for link in links:
            self._add(link)
        anchors = resource_anchors(statement, release)
        resources = {resource.reference: resource for resource in statement.resources}
        mentions: list[tuple[str, Mention]] = [
            ("releases", (told.product, entities[EntityKind.ALBUM, release])),
        ]
        for place, song in zip(list_track_places(statement), told.songs, strict=True):
            resource = resources[place.resource_reference]
            recording_id = entities[EntityKind.RECORDING, anchors[resource.reference]]
            credit = display_artists(resource)[0]
            artist_id = entities[EntityKind.ARTIST, artist_anchors(credit)[0]]
            sketch = sketch_resource(resource)
            recording = Recording(
                id=recording_id,
                title=sketch.title,
                isrc=find_isrc(resource),
                duration_ms=sketch.duration_ms or 0,
                artists=(ArtistCredit(artist_id=artist_id, name=credit.name),),
            )
            self._remember(recording)
            mentions += [("recordings", (song.number, recording_id)), ("artists", (song.person.number, artist_id))]
        return mentions

    def _add(self, link: Link) -> None:
        key = (link.provider, link.kind, link.anchor)
        if key not in self._own:
            self._own[key] = link
            self._by_anchor[link.kind, link.anchor].append(link)
            self._by_entity[link.entity_id].append(link)

    def _remember(self, recording: Recording) -> None:
        known = self._recordings.get(recording.id)
        if known is not None:
            recording = msgspec.structs.replace(known, isrc=known.isrc or recording.isrc)
        self._recordings[recording.id] = recording
        self._by_isrc[recording.isrc][recording.id] = None
        if key := song_key(sketch_recording(recording)):
            self._by_song[key][recording.id] = None
