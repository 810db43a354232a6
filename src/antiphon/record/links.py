"""Links in the record: what every anchor of every provider means, append-only."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select

from antiphon.catalogue import MAX_CANDIDATES, SONG, Link, Links
from antiphon.model.entities import RECORDED_KINDS, EntityKind, Recording
from antiphon.record.bodies import decode_body
from antiphon.record.tables import entities, identifiers, links

_REASON_SEPARATOR = "; "

# Built once, since every delivery makes them: see ``entries``.
_IS_PROVIDERS = links.c.provider == bindparam("of_provider")
_IS_ENTITYS = links.c.entity_id == bindparam("of_entity")
_IN_ORDER = select(links).order_by(links.c.position)
_OF_PROVIDERS_ENTITY, _OF_ENTITY = _IN_ORDER.where(_IS_PROVIDERS, _IS_ENTITYS), _IN_ORDER.where(_IS_ENTITYS)
_ARE_THESE = (
    links.c.kind.in_(bindparam("kinds", expanding=True)),
    links.c.anchor.in_(bindparam("anchors", expanding=True)),
)
_OF_ANCHORS = _IN_ORDER.where(*_ARE_THESE)
_MEANT = select(links.c.kind, links.c.anchor, links.c.entity_id).where(_IS_PROVIDERS, *_ARE_THESE)
_NEWEST_POSITION = select(func.coalesce(func.max(links.c.position), 0))
_ADD_LINKS = insert(links)
_IDENTIFIED = (
    select(identifiers.c.entity_id)
    .where(
        identifiers.c.scheme == bindparam("of_scheme"),
        identifiers.c.value == bindparam("of_value"),
        identifiers.c.kind == EntityKind.RECORDING.value,
    )
    .distinct()
    .limit(MAX_CANDIDATES + 1)
)
_RECORDINGS = (
    select(entities.c.body, entities.c.body_format).where(entities.c.id.in_(_IDENTIFIED)).order_by(entities.c.id)
)

EVERY_KIND = tuple(kind.value for kind in RECORDED_KINDS)
"""Named in queries of any kind: an index is of use only from its first column on, and anchors come after the kind."""


class RecordedLinks:
    """The link book of ``identity``, read from the record as it is when the book is opened.

    It remembers what it has read: to add links, open it under the head row's lock, since then nobody else can.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._read: dict[tuple[EntityKind, str], list[Link]] = {}

    def look_up(self, anchors: Iterable[tuple[EntityKind, str]]) -> None:
        """Read the links of some anchors in one query; what is asked without this costs a query each."""
        fresh: dict[tuple[EntityKind, str], list[Link]] = {pair: [] for pair in anchors if pair not in self._read}
        if fresh:
            for link in self._load(_OF_ANCHORS, {"kinds": EVERY_KIND, "anchors": sorted({a for _, a in fresh})}):
                if (link.kind, link.anchor) in fresh:
                    fresh[link.kind, link.anchor].append(link)
            self._read |= fresh

    def find_link(self, provider: str, kind: EntityKind, anchor: str) -> Link | None:
        """Return the link of a provider's anchor; None: it is new."""
        return next((link for link in self.find_links(kind, anchor) if link.provider == provider), None)

    def find_links(self, kind: EntityKind, anchor: str) -> tuple[Link, ...]:
        """Return every provider's link of an anchor, oldest first."""
        self.look_up([(kind, anchor)])
        return tuple(self._read[kind, anchor])

    def add_links(self, proposed: Iterable[Link], delivery_id: str) -> int:
        """Record the links that are new and return how many were; the head row must be locked."""
        fresh = [link for link in proposed if self.find_link(link.provider, link.kind, link.anchor) is None]
        if fresh:
            position = self._conn.execute(_NEWEST_POSITION).scalar_one()
            rows = [_link_row(link, delivery_id) | {"position": position + n} for n, link in enumerate(fresh, 1)]
            self._conn.execute(_ADD_LINKS, rows)
        for link in fresh:
            self._read[link.kind, link.anchor].append(link)
        return len(fresh)

    def anchors_of(self, provider: str, entity_id: str) -> tuple[str, ...]:
        """Return the anchors by which a provider knows an entity, oldest first."""
        where = {"of_provider": provider, "of_entity": entity_id}
        return tuple(link.anchor for link in self._load(_OF_PROVIDERS_ENTITY, where))

    def all_anchors_of(self, entity_id: str) -> tuple[str, ...]:
        """Return the anchors by which any provider knows an entity, oldest first."""
        return tuple(link.anchor for link in self._load(_OF_ENTITY, {"of_entity": entity_id}))

    def find_recordings(self, isrc: str) -> tuple[Recording, ...]:
        """Return the recordings that have an ISRC, by id."""
        return self._load_recordings("isrc", isrc)

    def find_songs(self, song_key: str) -> tuple[Recording, ...]:
        """Return the recordings of a song by an artist, by id."""
        return self._load_recordings(SONG, song_key)

    def _load_recordings(self, scheme: str, value: str) -> tuple[Recording, ...]:
        rows = self._conn.execute(_RECORDINGS, {"of_scheme": scheme, "of_value": value})
        return tuple(decode_body(row.body, row.body_format, Recording) for row in rows)

    def _load(self, query: Select[Any], where: Mapping[str, object]) -> tuple[Link, ...]:
        return tuple(_read_link(row) for row in self._conn.execute(query, where))


def list_links(conn: Connection, kind: EntityKind, entity_ids: Iterable[str]) -> tuple[Link, ...]:
    """Return every provider's links to some entities, oldest first."""
    query = select(links).where(links.c.kind == kind.value, links.c.entity_id.in_(sorted(set(entity_ids))))
    return tuple(_read_link(row) for row in conn.execute(query.order_by(links.c.position)))


def load_links(conn: Connection, provider: str, needed: Iterable[tuple[EntityKind, str]]) -> Links:
    """Return the entities of some (kind, anchor) pairs of a provider; those never linked are left out."""
    pairs = set(needed)
    asked = {"kinds": EVERY_KIND, "anchors": sorted({anchor for _, anchor in pairs}), "of_provider": provider}
    found = {(EntityKind(row.kind), row.anchor): row.entity_id for row in conn.execute(_MEANT, asked)}
    return {pair: entity_id for pair, entity_id in found.items() if pair in pairs}


def _link_row(link: Link, delivery_id: str) -> dict[str, object]:
    return {
        "provider": link.provider,
        "kind": link.kind.value,
        "anchor": link.anchor,
        "entity_id": link.entity_id,
        "score": link.score,
        "reasons": _REASON_SEPARATOR.join(link.reasons),
        "policy_version": link.policy_version,
        "delivery_id": delivery_id,
    }


def _read_link(row: Row[tuple[object, ...]]) -> Link:
    return Link(
        provider=row.provider,
        kind=EntityKind(row.kind),
        anchor=row.anchor,
        entity_id=row.entity_id,
        score=row.score,
        reasons=tuple(row.reasons.split(_REASON_SEPARATOR)),
        policy_version=row.policy_version,
    )
