"""The current statement of a release with the media it resolves to: all the catalogue function reads of a delivery."""

from collections.abc import Mapping

import msgspec

from antiphon.catalogue.ordering import StatementOrder
from antiphon.identity import list_anchors
from antiphon.model.entities import EntityKind
from antiphon.model.media import ResourceMedia
from antiphon.model.statement import Statement

Links = Mapping[tuple[EntityKind, str], str]
"""The entity of each (kind, anchor) of one provider."""


class CurrentStatement(msgspec.Struct, frozen=True, kw_only=True):
    """What counts for (provider, release key) now.

    ``delivery_id``: the delivery that made it so. ``media``: by local resource reference, of this delivery's files or,
    where it brought none, of the newest other one's; a resource without a file is not in it. ``is_purged``: the
    delivery purged the release, which the statement only describes. ``described_by``: the delivery whose message the
    statement is: ``delivery_id`` but after a purge. ``owner``: whose the release is since a transfer, where that
    provider has not delivered it yet; empty: ``provider``'s.
    """

    provider: str
    release_key: str
    delivery_id: str
    order: StatementOrder
    statement: Statement
    media: Mapping[str, ResourceMedia]
    is_purged: bool = False
    described_by: str = ""
    owner: str = ""


def needed_links(statement: Statement, release_key: str) -> tuple[tuple[EntityKind, str], ...]:
    """Return the (kind, anchor) pairs that ``build_album`` will look up, each once."""
    return list_anchors(statement, release_key)


def withdraw_deals(statement: Statement) -> Statement:
    """Return the statement with nothing granted: what a release is described by after its purge."""
    return msgspec.structs.replace(statement, release_deals=(), visibilities=())
