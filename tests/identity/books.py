"""A link book on a list, in the order of linking."""

from collections.abc import Iterable

from antiphon.identity import Link, match_release, propose_links
from antiphon.model.entities import EntityKind
from antiphon.model.statement import Statement


class ListBook:
    """The links of a test, with the recordings each ISRC names."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.recordings: dict[str, set[str]] = {}

    def find_link(self, provider: str, kind: EntityKind, anchor: str) -> Link | None:
        return next((link for link in self.find_links(kind, anchor) if link.provider == provider), None)

    def find_links(self, kind: EntityKind, anchor: str) -> tuple[Link, ...]:
        return tuple(link for link in self.links if (link.kind, link.anchor) == (kind, anchor))

    def anchors_of(self, provider: str, entity_id: str) -> tuple[str, ...]:
        return tuple(k.anchor for k in self.links if (k.provider, k.entity_id) == (provider, entity_id))

    def find_recordings(self, isrc: str) -> tuple[str, ...]:
        return tuple(sorted(self.recordings.get(isrc, ())))

    def add(self, links: Iterable[Link]) -> None:
        """Record the links that are new."""
        self.links += [k for k in links if self.find_link(k.provider, k.kind, k.anchor) is None]
        for link in self.links:
            scheme, _, value = link.anchor.partition(":")
            if link.kind is EntityKind.RECORDING and scheme == "isrc":
                self.recordings.setdefault(value, set()).add(link.entity_id)

    def link(self, provider: str, statement: Statement) -> dict[tuple[EntityKind, str], str]:
        """Match, propose and record the links of a statement; return the entity of each of its anchors."""
        links = propose_links(provider, match_release(provider, statement, self), statement, self)
        self.add(links)
        return {(link.kind, link.anchor): link.entity_id for link in links}
