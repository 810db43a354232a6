"""Links in the record: what every anchor of every provider means, append-only."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select

from antiphon.catalogue import MAX_CANDIDATES, SONG, Link, Links
from antiphon.model.entities import EntityKind, Recording
from antiphon.record.bodies import decode_body
from antiphon.record.tables import entities, identifiers, links

_REASON_SEPARATOR = "; "

# Built once, since every delivery makes them: see ``entries``.
_IS_PROVIDERS = links.c.provider == bindparam("of_provider")
_IS_ANCHORS = (links.c.kind == bindparam("of_kind"), links.c.anchor == bindparam("of_anchor"))
_IS_ENTITYS = links.c.entity_id == bindparam("of_entity")
_IN_ORDER = select(links).order_by(links.c.position)
_ONE, _OF_ANCHOR = _IN_ORDER.where(_IS_PROVIDERS, *_IS_ANCHORS), _IN_ORDER.where(*_IS_ANCHORS)
_OF_PROVIDERS_ENTITY, _OF_ENTITY = _IN_ORDER.where(_IS_PROVIDERS, _IS_ENTITYS), _IN_ORDER.where(_IS_ENTITYS)
_ARE_THESE = (
    links.c.kind.in_(bindparam("kinds", expanding=True)),
    links.c.anchor.in_(bindparam("anchors", expanding=True)),
)
_LINKED = select(links.c.provider, links.c.kind, links.c.anchor).where(*_ARE_THESE)
_MEANT = select(links.c.kind, links.c.anchor, links.c.entity_id).where(_IS_PROVIDERS, *_ARE_THESE)
_NEWEST_POSITION = select(func.coalesce(func.max(links.c.position), 0))

EVERY_KIND = tuple(kind.value for kind in EntityKind)
"""Named in queries of any kind: an index is of use only from its first column on, and anchors come after the kind."""


class RecordedLinks:
    """The link book of ``identity``, read from the record as it is when the book is opened.

    Open it under the head row's lock: it remembers what it has read, which then nobody else can change.
    """

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._read: dict[tuple[str, EntityKind, str], Link | None] = {}

    def find_link(self, provider: str, kind: EntityKind, anchor: str) -> Link | None:
        """Return the link of a provider's anchor; None: it is new."""
        asked = (provider, kind, anchor)
        if asked not in self._read:
            where = {"of_provider": provider, "of_kind": kind.value, "of_anchor": anchor}
            self._read[asked] = next(iter(self._load(_ONE, where)), None)
        return self._read[asked]

    def find_links(self, kind: EntityKind, anchor: str) -> tuple[Link, ...]:
        """Return every provider's link of an anchor, oldest first."""
        return self._load(_OF_ANCHOR, {"of_kind": kind.value, "of_anchor": anchor})

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
        named = (
            select(identifiers.c.entity_id)
            .where(
                identifiers.c.scheme == scheme,
                identifiers.c.value == value,
                identifiers.c.kind == EntityKind.RECORDING.value,
            )
            .distinct()
            .limit(MAX_CANDIDATES + 1)
        )
        query = select(entities.c.body, entities.c.body_format).where(entities.c.id.in_(named)).order_by(entities.c.id)
        return tuple(decode_body(row.body, row.body_format, Recording) for row in self._conn.execute(query))

    def _load(self, query: Select[Any], where: Mapping[str, str]) -> tuple[Link, ...]:
        return tuple(_read_link(row) for row in self._conn.execute(query, where))


def store_links(conn: Connection, proposed: Iterable[Link], delivery_id: str) -> int:
    """Record the links that are new and return how many were; the head row must be locked."""
    given = list(proposed)
    asked = {"kinds": EVERY_KIND, "anchors": sorted({link.anchor for link in given})}
    found = {(row.provider, row.kind, row.anchor) for row in conn.execute(_LINKED, asked)}
    fresh = [link for link in given if (link.provider, link.kind, link.anchor) not in found]
    position = conn.execute(_NEWEST_POSITION).scalar_one()
    rows = [_link_row(link, delivery_id) | {"position": position + number} for number, link in enumerate(fresh, 1)]
    if rows:
        conn.execute(insert(links), rows)
    return len(rows)


def list_release_owners(conn: Connection, keys: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the providers that have a release under each of some keys; a key that nobody has is left out."""
    query = select(links.c.anchor, links.c.provider).where(
        links.c.kind == EntityKind.ALBUM.value, links.c.anchor.in_(sorted(set(keys)))
    )
    owners: dict[str, set[str]] = {}
    for row in conn.execute(query):
        owners.setdefault(row.anchor, set()).add(row.provider)
    return {key: frozenset(providers) for key, providers in owners.items()}


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
