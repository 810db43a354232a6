"""What files came to, and which files count for which resources."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from antiphon.model.entities import EntityKind
from antiphon.model.media import ResourceMedia
from antiphon.record.bodies import BODY_FORMAT, decode_body, encode_body
from antiphon.record.tables import applied_statements, links, media, resources

RENDERING_POLICY = 1
"""The version of what is made of a file: profiles, sizes, loudness. A later one replaces what an earlier one made."""

# Built once, since every delivery makes them: see ``entries``.
_ADD_RESOURCES = insert(resources)
_OF_DELIVERY = (
    select(
        resources.c.reference,
        resources.c.anchor,
        media.c.source,
        media.c.body,
        media.c.body_format,
        applied_statements.c.release_key,
    )
    .join(applied_statements, applied_statements.c.delivery_id == resources.c.delivery_id)
    .outerjoin(media, media.c.source == resources.c.source)
    .where(resources.c.delivery_id == bindparam("delivery"))
    .order_by(resources.c.reference)
)
_RENDERED = (
    select(resources.c.anchor, resources.c.source)
    .join(applied_statements, applied_statements.c.delivery_id == resources.c.delivery_id)
    .join(media, media.c.source == resources.c.source)
    .where(
        resources.c.provider == bindparam("of_provider"), resources.c.anchor.in_(bindparam("anchors", expanding=True))
    )
    .order_by(
        applied_statements.c.release_key == bindparam("of_key"),
        applied_statements.c.created_at,
        applied_statements.c.arranged_at,
        applied_statements.c.receipt,
    )
)

# The provider is compared outside: told of it too, SQLite would read every recording of the provider.
_MEANING_THE_SAME = select(links.c.provider, links.c.anchor, links.c.entity_id).where(
    links.c.entity_id.in_(
        select(links.c.entity_id).where(
            links.c.provider == bindparam("of_provider"),
            links.c.kind == EntityKind.RECORDING.value,
            links.c.anchor.in_(bindparam("anchors", expanding=True)),
        )
    )
)


class DeliveredResource(msgspec.Struct, frozen=True, kw_only=True):
    """A resource of a delivery: its anchor, and the content hash of its file; None: the delivery brought none."""

    reference: str
    anchor: str
    source: str | None


def store_media(conn: Connection, found: ResourceMedia, policy_version: int = RENDERING_POLICY) -> None:
    """Keep what a file came to, under its content hash, in place of what an earlier policy made of it.

    Two deliveries that bring one file may be rendered at once: the first result is kept, and the other was the same.
    """
    known = conn.execute(select(media.c.policy_version).where(media.c.source == found.source)).scalar_one_or_none()
    if known is not None and known > policy_version:
        return
    conn.execute(delete(media).where(media.c.source == found.source))
    row = {"source": found.source, "policy_version": policy_version}
    with suppress(IntegrityError), conn.begin_nested():
        conn.execute(insert(media).values(row | {"body_format": BODY_FORMAT, "body": encode_body(found)}))


def load_media(conn: Connection, sources: Iterable[str]) -> dict[str, ResourceMedia]:
    """Return what files came to, by content hash; files that were never rendered are left out."""
    asked = sorted(set(sources))
    rows = conn.execute(select(media).where(media.c.source.in_(asked))) if asked else ()
    return {row.source: decode_body(row.body, row.body_format, ResourceMedia) for row in rows}


def add_resources(conn: Connection, delivery_id: str, provider: str, found: Iterable[DeliveredResource]) -> None:
    """Record which resources a delivery describes and which file it brought for each."""
    rows = [{"delivery_id": delivery_id, "provider": provider} | msgspec.structs.asdict(resource) for resource in found]
    if rows:
        conn.execute(_ADD_RESOURCES, rows)


def resolve_media(conn: Connection, provider: str, delivery_id: str) -> Mapping[str, ResourceMedia]:
    """Return the media of a delivery's resources by local reference: its own, else the newest another delivery brought.

    The other is one of the same provider for the same recording or image, by the order of statements, superseded ones
    included; first those about the same release count, then those about others. Source: formats 4, updates without
    binaries.
    """
    rows = conn.execute(_OF_DELIVERY, {"delivery": delivery_id}).all()
    lacking = [row.anchor for row in rows if row.source is None]
    inherited = _find_inherited(conn, provider, rows[0].release_key, lacking) if lacking else {}
    found = load_media(conn, inherited.values())
    found |= {row.source: decode_body(row.body, row.body_format, ResourceMedia) for row in rows if row.source}
    sources = ((row.reference, row.source or inherited.get(row.anchor)) for row in rows)
    return {reference: found[source] for reference, source in sources if source is not None}


def find_lacking(conn: Connection, provider: str, anchors: Iterable[str], beside: Collection[str]) -> frozenset[str]:
    """Return those anchors whose recording or image another statement of the provider describes without a file.

    It may be using the newest file that some delivery brought for it. ``beside``: deliveries that do not count.
    """
    meant = _group_anchors(conn, provider, anchors)
    query = select(resources.c.anchor).where(
        resources.c.provider == provider,
        resources.c.anchor.in_(sorted(meant)),
        resources.c.source.is_(None),
        resources.c.delivery_id.not_in(sorted(beside)),
    )
    lacking = {meant[anchor] for anchor in conn.execute(query).scalars()}
    return frozenset(anchor for anchor in anchors if meant[anchor] in lacking)


def find_brought(conn: Connection, provider: str, anchors: Iterable[str], among: Collection[str]) -> frozenset[str]:
    """Return the files that some deliveries of a provider brought for the recordings or images of some anchors."""
    query = select(resources.c.source).where(
        resources.c.provider == provider,
        resources.c.anchor.in_(sorted(_group_anchors(conn, provider, anchors))),
        resources.c.source.is_not(None),
        resources.c.delivery_id.in_(sorted(among)),
    )
    return frozenset(conn.execute(query).scalars())


def releases_lacking(
    conn: Connection, provider: str, release_key: str, brought: Iterable[DeliveredResource]
) -> tuple[str, ...]:
    """Return the keys of the provider's releases beside one that may use what it was brought, sorted; mostly none.

    A statement of theirs describes one of its recordings and came without the file.
    """
    anchors = [resource.anchor for resource in brought if resource.source is not None]
    if not anchors:
        return ()
    query = (
        select(applied_statements.c.release_key)
        .distinct()
        .join(resources, resources.c.delivery_id == applied_statements.c.delivery_id)
        .where(
            resources.c.provider == provider,
            resources.c.anchor.in_(sorted(_group_anchors(conn, provider, anchors))),
            resources.c.source.is_(None),
            applied_statements.c.release_key != release_key,
        )
        .order_by(applied_statements.c.release_key)
    )
    return tuple(conn.execute(query).scalars())


def _find_inherited(conn: Connection, provider: str, release_key: str, anchors: Iterable[str]) -> dict[str, str]:
    """Return the rendered file that counts for each anchor, by anchor."""
    entities = _group_anchors(conn, provider, anchors)
    asked = {"of_provider": provider, "of_key": release_key, "anchors": sorted(entities)}
    newest = {entities[row.anchor]: row.source for row in conn.execute(_RENDERED, asked)}
    return {anchor: newest[entity] for anchor, entity in entities.items() if entity in newest}


def _group_anchors(conn: Connection, provider: str, anchors: Iterable[str]) -> dict[str, str]:
    """Return what each anchor means, by anchor, with every other anchor of the provider that means the same.

    A recording outlives its anchors: one that is known by its ISRC may be given an id of the label's own. An anchor
    that is not linked, an image's, means itself.
    """
    given = set(anchors)
    asked = {"of_provider": provider, "anchors": sorted(given)}
    found = {row.anchor: row.entity_id for row in conn.execute(_MEANING_THE_SAME, asked) if row.provider == provider}
    return {anchor: anchor for anchor in given} | found
