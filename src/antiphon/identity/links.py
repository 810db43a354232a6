"""Links: recorded facts that an anchor means an entity, and what the policy must be able to ask about them."""

from typing import Protocol

import msgspec

from antiphon.model.entities import EntityKind, Recording

POLICY_VERSION = 4
"""The version of the rules in this package's docstring; every link says which one made it."""


MAX_CANDIDATES = 16
"""Recordings that one is compared with. Where more share an ISRC or a song key, it says nothing about any of them."""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """One link: what ``provider`` means by ``anchor`` is ``entity_id``.

    ``score``: how sure, above 0 to 1. ``reasons``: the rules that applied, in words, strongest first.
    """

    provider: str
    kind: EntityKind
    anchor: str
    entity_id: str
    score: float
    reasons: tuple[str, ...]
    policy_version: int = POLICY_VERSION


class LinkBook(Protocol):
    """The links known so far. The record implements it on its tables, tests on a list."""

    def find_link(self, provider: str, kind: EntityKind, anchor: str) -> Link | None:
        """Return the link of a provider's anchor; None: it is new."""

    def find_links(self, kind: EntityKind, anchor: str) -> tuple[Link, ...]:
        """Return every provider's link of an anchor, oldest first."""

    def anchors_of(self, provider: str, entity_id: str) -> tuple[str, ...]:
        """Return the anchors by which a provider knows an entity, oldest first."""

    def all_anchors_of(self, entity_id: str) -> tuple[str, ...]:
        """Return the anchors by which any provider knows an entity, oldest first."""

    def find_recordings(self, isrc: str) -> tuple[Recording, ...]:
        """Return the recordings that have an ISRC, by id: at most ``MAX_CANDIDATES`` and one."""

    def find_songs(self, song_key: str) -> tuple[Recording, ...]:
        """Return the recordings of a song by an artist, by id: at most ``MAX_CANDIDATES`` and one; see ``song_key``."""
