"""What links come to once people have said who is who.

Links are never changed. Corrections are applied to what they say, in the order they were decided: each sees what the
ones before it left. So the last word counts, nothing can go round in circles, and undoing one gives exactly what there
would be had it never been made.

Example: both labels' "Mira Vale" were linked to artists A and B. A merge of B into A makes B's credits A's. A split
that moves the anchor ``name:mira vale`` of South out of A gives South's credits to a third artist and leaves the rest
with A; one that moves it on a single release leaves South's other credits with A as well.
"""

from collections.abc import Iterable, Sequence

from antiphon.catalogue.current import Links
from antiphon.identity import entity_id as make_entity_id
from antiphon.model.corrections import AnchorName, Correction, CorrectionKind
from antiphon.model.entities import EntityKind


def correct_links(provider: str, release: str, links: Links, corrections: Iterable[Correction]) -> Links:
    """Return a provider's links as they count on one of its releases, the corrections in force applied.

    ``release`` is the release's key; empty: as they count where no release is told apart.
    """
    ordered = order_corrections(corrections)
    if not ordered:
        return links
    return {
        (kind, anchor): _follow([c for c in ordered if c.target_kind is kind], entity_id, (provider, anchor, release))
        for (kind, anchor), entity_id in links.items()
    }


def follow_merges(entity_id: str, corrections: Iterable[Correction]) -> str:
    """Return the entity that an id redirects to; itself where it was never merged into another."""
    return _follow(order_corrections(corrections), entity_id)


def plan_split(correction_id: str, kind: EntityKind, anchors: Sequence[AnchorName]) -> str:
    """Return the id of the entity that a split makes: it follows from the correction and its first anchor."""
    return make_entity_id(kind, correction_id, anchors[0].anchor)


def order_corrections(corrections: Iterable[Correction]) -> list[Correction]:
    """Return those in force, in the order they were decided."""
    return sorted((c for c in corrections if c.is_in_force), key=lambda c: (c.decided_at, c.id))


def _follow(ordered: Iterable[Correction], entity_id: str, asked: tuple[str, str, str] = ("", "", "")) -> str:
    for correction in ordered:
        if correction.target_id == entity_id and (
            correction.kind is CorrectionKind.MERGE or any(_moves(moved, asked) for moved in correction.anchors)
        ):
            entity_id = correction.into_id
    return entity_id


def _moves(moved: AnchorName, asked: tuple[str, str, str]) -> bool:
    provider, anchor, release = asked
    return moved.provider == provider and moved.anchor == anchor and moved.release in ("", release)
