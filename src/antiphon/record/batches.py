"""The inputs of many releases at once: what ``catalogue.load_inputs`` gives for each, in a few queries for all.

Most releases have a current description that came with its files, and nobody has decided anything about them: those
are read together. The others are asked for one by one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, Row, bindparam, select

from antiphon.catalogue import CurrentStatement, StatementOrder, has_changed_hands, needed_links
from antiphon.model.media import ResourceMedia
from antiphon.model.statement import MessageKind, Statement
from antiphon.record.bodies import decode_body
from antiphon.record.catalogue import Inputs, load_inputs
from antiphon.record.decisions import decisions_bearing_on
from antiphon.record.links import load_links
from antiphon.record.media import load_media
from antiphon.record.tables import applied_statements, current_statements, resources, statements

RELEASES_AT_ONCE = 64
"""Releases of one batch: their anchors are parameters of one query, and SQLite takes 32,766."""

_CURRENT = (
    select(applied_statements, statements.c.body, statements.c.body_format)
    .join(current_statements, current_statements.c.delivery_id == applied_statements.c.delivery_id)
    .join(statements, statements.c.delivery_id == applied_statements.c.delivery_id)
    .where(
        current_statements.c.provider == bindparam("of_provider"),
        current_statements.c.release_key.in_(bindparam("keys", expanding=True)),
        applied_statements.c.kind == MessageKind.NEW_RELEASE.value,
    )
)
_RESOURCES = select(resources.c.delivery_id, resources.c.reference, resources.c.source).where(
    resources.c.delivery_id.in_(bindparam("deliveries", expanding=True))
)

Media = Mapping[str, ResourceMedia]
"""What the resources of one delivery came to, by local reference."""


def load_inputs_of(conn: Connection, provider: str, release_keys: Sequence[str]) -> Iterator[Inputs]:
    """Yield what the catalogue function reads of some releases of a provider, at most ``RELEASES_AT_ONCE``.

    Those that nothing describes are left out.
    """
    rows = {row.release_key: row for row in conn.execute(_CURRENT, {"of_provider": provider, "keys": release_keys})}
    media = _load_own_media(conn, [row.delivery_id for row in rows.values()])
    described = {
        key: decode_body(row.body, row.body_format, Statement)
        for key, row in rows.items()
        if row.delivery_id in media and row.body
    }
    needed = {key: needed_links(statement, key) for key, statement in described.items()}
    links = load_links(conn, provider, (pair for pairs in needed.values() for pair in pairs))
    decided = {decision.target_id for decision in decisions_bearing_on(conn, provider, set(links.values()))}
    for key in release_keys:
        own = {pair: links[pair] for pair in needed.get(key, ()) if pair in links}
        is_decided = not decided.isdisjoint((provider, *own.values())) or has_changed_hands(provider, key, own, ())
        if key in described and not is_decided:
            row = rows[key]
            yield Inputs(_make_current(row, described[key], media[row.delivery_id]), own, ())
        elif (inputs := load_inputs(conn, provider, key)) is not None:
            yield inputs


def _load_own_media(conn: Connection, delivery_ids: Iterable[str]) -> dict[str, Media]:
    """Return the media of those deliveries that brought a file for each of their resources, by delivery."""
    sources: dict[str, dict[str, str | None]] = {delivery: {} for delivery in delivery_ids}
    for row in conn.execute(_RESOURCES, {"deliveries": list(sources)}):
        sources[row.delivery_id][row.reference] = row.source
    found = load_media(conn, (source for own in sources.values() for source in own.values() if source is not None))
    return {
        delivery: {reference: found[source] for reference, source in own.items() if source is not None}
        for delivery, own in sources.items()
        if all(source in found for source in own.values())
    }


def _make_current(row: Row[tuple[object, ...]], statement: Statement, media: Media) -> CurrentStatement:
    return CurrentStatement(
        provider=row.provider,
        release_key=row.release_key,
        delivery_id=row.delivery_id,
        order=StatementOrder(created_at=row.created_at, arranged_at=row.arranged_at, receipt=row.receipt),
        statement=statement,
        media=media,
        described_by=row.delivery_id,
    )
