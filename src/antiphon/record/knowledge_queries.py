"""The queries of ``knowledge``, built once: building one costs more than the database takes to answer it.

Each goes through an index named beside it, and is cut where even a message cannot bound its rows. ``delivery`` is the
one that asks; what it brought itself is no knowledge.
"""

from sqlalchemy import BindParameter, bindparam, select

from antiphon.catalogue import SONG
from antiphon.model.entities import EntityKind
from antiphon.record.tables import applied_statements, contributions, entities, identifiers, links, resources

MATCHES_LIMIT = 2_000
"""Rows of one answer. A name like "Various Artists" or an ISRC of a hit means thousands of things; some will do."""

_delivery: BindParameter[str] = bindparam("delivery")
_provider: BindParameter[str] = bindparam("provider")

# ix_links_entity_id
SELECT_ANCHORS = (
    select(links.c.anchor)
    .where(links.c.entity_id.in_(bindparam("albums", expanding=True)))
    .order_by(links.c.position)
    .limit(MATCHES_LIMIT)
)

# pk_identifiers
SELECT_RECORDINGS_OF_ISRCS = (
    select(identifiers.c.value, identifiers.c.entity_id)
    .where(
        identifiers.c.scheme == "isrc",
        identifiers.c.value.in_(bindparam("isrcs", expanding=True)),
        identifiers.c.kind == EntityKind.RECORDING.value,
    )
    .distinct()
    .limit(MATCHES_LIMIT)
)

# pk_identifiers
SELECT_ALBUMS_OF_BARCODES = (
    select(identifiers.c.value, identifiers.c.album_id)
    .where(
        identifiers.c.scheme == "icpn",
        identifiers.c.value.in_(bindparam("barcodes", expanding=True)),
        identifiers.c.kind == EntityKind.ALBUM.value,
    )
    .limit(MATCHES_LIMIT)
)

# ix_resources_source, then pk_links
SELECT_RECORDINGS_OF_FILES = (
    select(resources.c.source, links.c.entity_id)
    .join(
        links,
        (links.c.provider == resources.c.provider)
        & (links.c.kind == EntityKind.RECORDING.value)
        & (links.c.anchor == resources.c.anchor),
    )
    .where(resources.c.source.in_(bindparam("blobs", expanding=True)), resources.c.delivery_id != _delivery)
    .limit(MATCHES_LIMIT)
)

# ix_contributions_entity_id_statement_order, then pk_applied_statements
SELECT_ALBUMS_OF_RECORDINGS = (
    select(contributions.c.entity_id, contributions.c.album_id, applied_statements.c.provider)
    .join(applied_statements, applied_statements.c.delivery_id == contributions.c.delivery_id)
    .where(
        contributions.c.entity_id.in_(bindparam("recordings", expanding=True)),
        contributions.c.kind == EntityKind.RECORDING.value,
        contributions.c.delivery_id != _delivery,
    )
    .limit(MATCHES_LIMIT)
)

# pk_entities
SELECT_ALBUM_BODIES = select(entities.c.body, entities.c.body_format).where(
    entities.c.id.in_(bindparam("albums", expanding=True)), entities.c.kind == EntityKind.ALBUM.value
)

# ix_links_kind_anchor, then pk_entities
SELECT_ARTISTS = (
    select(links.c.anchor, links.c.provider, links.c.entity_id, entities.c.body, entities.c.body_format)
    .join(entities, entities.c.id == links.c.entity_id)
    .where(
        links.c.kind == EntityKind.ARTIST.value,
        links.c.anchor.in_(bindparam("anchors", expanding=True)),
        links.c.delivery_id != _delivery,
    )
    .order_by(links.c.anchor)
    .limit(MATCHES_LIMIT)
)

# pk_identifiers, then pk_entities
SELECT_RECORDING_BODIES = (
    select(identifiers.c.value, entities.c.body, entities.c.body_format)
    .join(entities, entities.c.id == identifiers.c.entity_id)
    .where(
        identifiers.c.scheme.in_(["isrc", SONG]),
        identifiers.c.value.in_(bindparam("keys", expanding=True)),
        identifiers.c.kind == EntityKind.RECORDING.value,
    )
    .distinct()
    .limit(MATCHES_LIMIT)
)

# ix_links_entity_id
SELECT_KNOWN_TO_PROVIDER = (
    select(links.c.entity_id)
    .where(
        links.c.entity_id.in_(bindparam("artists", expanding=True)),
        links.c.provider == _provider,
        links.c.delivery_id != _delivery,
    )
    .distinct()
)

# ix_contributions_entity_id_statement_order
SELECT_LEADING = (
    select(contributions.c.entity_id)
    .where(
        contributions.c.entity_id.in_(bindparam("artists", expanding=True)),
        contributions.c.kind == EntityKind.ARTIST.value,
        contributions.c.is_leading,
    )
    .limit(MATCHES_LIMIT)
)
