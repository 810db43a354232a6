"""Whose a release is, found in the record, and what counts for one that changed hands."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, bindparam, select

from antiphon.catalogue import CurrentStatement, list_owners, withdraw_deals
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.entities import EntityKind
from antiphon.record.decision_tables import decision_undos, decisions
from antiphon.record.decisions import find_decision
from antiphon.record.links import list_links, load_links
from antiphon.record.statements import load_current

_DISPOSITIONS = (
    select(decisions.c.id)
    .join(decision_undos, decision_undos.c.decision_id == decisions.c.id, isouter=True)
    .where(
        decisions.c.target_id.in_(bindparam("albums", expanding=True)),
        decisions.c.kind.in_((DecisionKind.TRANSFER.value, DecisionKind.ERASE.value)),
        decision_undos.c.decision_id.is_(None),
    )
    .order_by(decisions.c.decided_at, decisions.c.id)
)


def find_dispositions(conn: Connection, album_ids: Iterable[str]) -> tuple[Decision, ...]:
    """Return what was decided of whose some albums are, transfers and erasures, oldest first; mostly nothing was."""
    asked = sorted(set(album_ids))
    found = conn.execute(_DISPOSITIONS, {"albums": asked}).scalars().all() if asked else ()
    return tuple(d for decision_id in found if (d := find_decision(conn, decision_id)) is not None)


def find_owners(conn: Connection, album_id: str) -> tuple[str, ...]:
    """Return the owners of a release, the present one last. Raises: IndexError where no provider has it linked."""
    return list_owners(list_links(conn, EntityKind.ALBUM, [album_id]), find_dispositions(conn, [album_id]))


def load_owned(conn: Connection, provider: str, release_key: str) -> CurrentStatement | None:
    """Return what counts for a release that changed hands, whichever of its owners it is asked for by.

    It is the present owner's current statement, else the last one's that has one, with nothing granted. None: it was
    never linked, or nothing describes it.
    """
    album_id = load_links(conn, provider, [(EntityKind.ALBUM, release_key)]).get((EntityKind.ALBUM, release_key))
    if album_id is None:
        return None
    owners = find_owners(conn, album_id)
    found = (load_current(conn, owner, release_key) for owner in reversed(owners))
    current = next((one for one in found if one is not None), None)
    if current is None or current.provider == owners[-1]:
        return current
    statement = withdraw_deals(current.statement)
    return msgspec.structs.replace(current, owner=owners[-1], statement=statement)
