"""What today's rules of identity would make of everything that was delivered, beside what the record made of it.

Links are never changed, so a catalogue keeps what the rules of its day said. Here every delivery is committed again, in
the order in which they were, into a scratch record: a file that is thrown away, by the code that commits deliveries. So
memory stays bounded, and the record is only read. What comes out otherwise is proposed, for people to decide.

Two labels' "Mira Vale" were linked to A and B by an older policy. Today's finds that they share a recording: it
proposes to merge B into A. Where it would give one entity's anchors to two, it proposes a split. What people merged or
split is theirs to say, and not proposed again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    Table,
    Text,
    func,
    insert,
    select,
)

from antiphon.catalogue import correct_links
from antiphon.intake.commit import place_statement
from antiphon.model.decisions import TARGETS, DecisionKind, TargetKind
from antiphon.model.entities import EntityKind
from antiphon.record import migrate, open_record, reading, writing
from antiphon.record.decisions import leading_decisions
from antiphon.record.deliveries import add_delivery, load_delivery
from antiphon.record.media import load_media, store_media
from antiphon.record.providers import Provider, add_provider, list_providers
from antiphon.record.statements import find_statement, store_statement
from antiphon.record.tables import applied_statements, links

DELIVERIES_AT_ONCE = 100
"""Committed to the scratch record in one transaction: nobody else waits for it, and a disk write each costs more."""

SHARED = frozenset(kind.value for kind in TARGETS[DecisionKind.MERGE])
"""The kinds that can be merged and split; others belong to one provider, who says itself what they are."""

_stood = Table(
    "stood",
    MetaData(),
    Column("provider", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("anchor", Text, nullable=False),
    Column("linked_id", Text, nullable=False),
    Column("meant_id", Text, nullable=False),
    PrimaryKeyConstraint("provider", "kind", "anchor"),
)
_IS_SAME_ANCHOR = (
    (links.c.provider == _stood.c.provider) & (links.c.kind == _stood.c.kind) & (links.c.anchor == _stood.c.anchor)
)
_BOTH = select(_stood, links.c.entity_id, links.c.score, links.c.reasons).join(links, _IS_SAME_ANCHOR)

Report = Callable[[int, int], None]
"""Told how many deliveries of how many are done."""


class MovedAnchor(msgspec.Struct, frozen=True, kw_only=True):
    """An anchor that today's policy would link to another entity."""

    provider: str
    anchor: str


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What today's policy says of an entity: that it is ``into_id`` too, or, where ``moved`` names anchors, that these
    are somebody else. ``score`` and ``reasons`` are those of the link that says so.
    """

    kind: TargetKind
    entity_id: str
    into_id: str = ""
    moved: tuple[MovedAnchor, ...] = ()
    score: float
    reasons: str


def propose_relinks(engine: Engine, now: datetime, report: Report) -> list[Proposal]:
    """Return what today's policy would join or part, in a stable order; the record is not changed."""
    with TemporaryDirectory(prefix="antiphon-relink-") as folder:
        scratch = open_record(f"sqlite:///{Path(folder) / 'scratch.sqlite'}")
        try:
            migrate(scratch)
            with reading(engine) as conn:
                _replay(conn, scratch, now, report)
                with reading(scratch) as relinked:
                    return [*_find_joined(conn, relinked), *_find_parted(relinked)]
        finally:
            scratch.dispose()


def list_in_order(conn: Connection) -> list[str]:
    """Return every applied delivery in the order they were applied, as far as their links tell.

    One that linked nothing comes after those that arrived before it.
    """
    query = (
        select(applied_statements.c.delivery_id, func.min(links.c.position).label("position"))
        .join(links, links.c.delivery_id == applied_statements.c.delivery_id, isouter=True)
        .group_by(applied_statements.c.delivery_id, applied_statements.c.receipt)
        .order_by(applied_statements.c.receipt)
    )
    placed: list[tuple[int, int, str]] = []
    newest = 0
    for number, row in enumerate(conn.execute(query)):
        newest = max(newest, row.position or 0)
        placed.append((row.position or newest, number, row.delivery_id))
    return [delivery for _, _, delivery in sorted(placed)]


def _replay(conn: Connection, scratch: Engine, now: datetime, report: Report) -> None:
    """Commit every delivery to the scratch record, with what its anchors mean in the record."""
    deliveries = list_in_order(conn)
    with writing(scratch) as into:
        _stood.create(into)
        for provider in list_providers(conn):
            add_provider(into, Provider(id=provider.id, name=provider.name), now)
    waiting = iter(deliveries)
    done = 0
    while some := list(islice(waiting, DELIVERIES_AT_ONCE)):
        with writing(scratch) as into:
            for delivery_id in some:
                _replay_delivery(conn, into, delivery_id, now)
        done += len(some)
        report(done, len(deliveries))


def _replay_delivery(conn: Connection, into: Connection, delivery_id: str, now: datetime) -> None:
    delivery, statement = load_delivery(conn, delivery_id), find_statement(conn, delivery_id)
    if statement is None:  # it was erased: what it was linked to stands, and nothing can be read of why
        return
    query = select(applied_statements.c.release_key).where(applied_statements.c.delivery_id == delivery_id)
    key = conn.execute(query).scalar_one()
    for media in load_media(conn, (file.blob for file in delivery.files)).values():
        store_media(into, media)
    add_delivery(into, delivery, delivery.id, "")
    store_statement(into, delivery.id, delivery.provider, key, statement)
    place_statement(into, delivery, statement, now, ())
    rows = [_read_meaning(conn, row) for row in conn.execute(select(links).where(links.c.delivery_id == delivery_id))]
    if rows:
        into.execute(insert(_stood), rows)


def _read_meaning(conn: Connection, row: Row[Any]) -> dict[str, str]:
    """Return what an anchor was linked to, and what it means since people merged and split, as a row."""
    kind, linked_id = EntityKind(row.kind), row.entity_id
    decisions = leading_decisions(conn, [linked_id])
    meant = correct_links(row.provider, "", {(kind, row.anchor): linked_id}, decisions)
    name = {"provider": row.provider, "kind": row.kind, "anchor": row.anchor}
    return name | {"linked_id": linked_id, "meant_id": meant[kind, row.anchor]}


def _find_joined(conn: Connection, relinked: Connection) -> Iterator[Proposal]:
    """Yield entities that today's policy takes for one, but for those that people told apart."""
    several = (
        select(links.c.entity_id)
        .join(_stood, _IS_SAME_ANCHOR)
        .where(links.c.kind.in_(SHARED))
        .group_by(links.c.entity_id)
        .having(func.count(_stood.c.meant_id.distinct()) > 1)
    )
    for entity_id in relinked.execute(several.order_by(links.c.entity_id)).scalars().all():
        rows = relinked.execute(_BOTH.where(links.c.entity_id == entity_id).order_by(links.c.position)).all()
        first, *others = dict.fromkeys(row.meant_id for row in rows)
        apart = {frozenset((d.target_id, d.into_id)) for d in leading_decisions(conn, [first, *others])}
        for other in others:
            if frozenset((first, other)) not in apart:
                # What is least sure is what a person has to judge.
                joining = min((row for row in rows if row.meant_id == other), key=lambda row: row.score)
                yield Proposal(
                    kind=TargetKind(joining.kind),
                    entity_id=other,
                    into_id=first,
                    score=joining.score,
                    reasons=joining.reasons,
                )


def _find_parted(relinked: Connection) -> Iterator[Proposal]:
    """Yield entities some of whose anchors today's policy takes for somebody else: those linked first keep the id."""
    several = (
        select(_stood.c.linked_id)
        .join(links, _IS_SAME_ANCHOR)
        .where(links.c.kind.in_(SHARED))
        .group_by(_stood.c.linked_id)
        .having(func.count(links.c.entity_id.distinct()) > 1)
    )
    for linked_id in relinked.execute(several.order_by(_stood.c.linked_id)).scalars().all():
        rows = relinked.execute(_BOTH.where(_stood.c.linked_id == linked_id).order_by(links.c.position)).all()
        _, *others = dict.fromkeys(row.entity_id for row in rows)
        for other in others:
            moved = [row for row in rows if row.entity_id == other]
            yield Proposal(
                kind=TargetKind(moved[0].kind),
                entity_id=moved[0].meant_id,
                moved=tuple(MovedAnchor(provider=row.provider, anchor=row.anchor) for row in moved),
                score=moved[0].score,
                reasons=moved[0].reasons,
            )


def write_commands(proposal: Proposal) -> Sequence[str]:
    """Return the commands by which a person decides as proposed, less the reason that they give.

    A split makes a new entity of one anchor; further ones follow it to the id that the first command names.
    """
    if proposal.into_id:
        return (f"antiphon merge {proposal.kind} {proposal.entity_id} --into {proposal.into_id}",)
    first, *others = (f"--provider {quote(name.provider)} --anchor {quote(name.anchor)}" for name in proposal.moved)
    target = f"{proposal.kind} {proposal.entity_id}"
    return (
        f"antiphon split {target} {first}",
        *(f"antiphon reassign {target} --into NEW {other}" for other in others),
    )
