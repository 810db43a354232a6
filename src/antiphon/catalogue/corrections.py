"""What links come to once people have said who is who.

Links are never changed. Corrections are applied to what they say, in the order they were decided: each sees what the
ones before it left. So the last word counts, nothing can go round in circles, and undoing one gives exactly what there
would be had it never been made.

Example: both labels' "Mira Vale" were linked to artists A and B. A merge of B into A makes B's credits A's. A split
that moves the anchor ``name:mira vale`` of South out of A gives South's credits to a third artist and leaves the rest
with A; one that moves it on a single release leaves South's other credits with A as well. One that moves it back into B
ends the redirect: everything is as it was before the merge.
"""

from collections.abc import Iterable, Sequence

from antiphon.catalogue.current import Links
from antiphon.identity import entity_id as make_entity_id
from antiphon.model.decisions import AnchorName, Decision, Merge, Split
from antiphon.model.entities import RECORDED_KINDS, EntityKind


def correct_links(provider: str, release: str, links: Links, decisions: Iterable[Decision]) -> Links:
    """Return a provider's links as they count on one of its releases, merges and splits applied.

    ``release`` is the release's key; empty: as they count where no release is told apart.
    """
    ordered = order_corrections(decisions)
    if not ordered:
        return links
    of_kind = {kind: [d for d in ordered if d.target_kind.value == kind.value] for kind in RECORDED_KINDS}
    return {
        (kind, anchor): _follow(of_kind[kind], entity_id, (provider, anchor, release))
        for (kind, anchor), entity_id in links.items()
    }


def follow_merges(entity_id: str, decisions: Iterable[Decision]) -> str:
    """Return the entity that an id redirects to.

    Itself where it was never merged into another, or a split out of that gave it back what it meant.
    """
    leads_to = entity_id
    for decision in order_corrections(decisions):
        if decision.target_id == leads_to and (isinstance(decision.effect, Merge) or decision.into_id == entity_id):
            leads_to = decision.into_id
    return leads_to


def resolve_merges(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return the entity that each merged id redirects to: what ``follow_merges`` says of every one, found at once."""
    leads_to: dict[str, str] = {}
    found_at: dict[str, set[str]] = {}
    for decision in order_corrections(decisions):
        if isinstance(decision.effect, Merge):
            target, into = decision.target_id, decision.into_id
            for entity_id in {target, into} - leads_to.keys():
                leads_to[entity_id], found_at[entity_id] = entity_id, {entity_id}
            moving = found_at.pop(target, set())
            leads_to |= dict.fromkeys(moving, into)
            found_at.setdefault(into, set()).update(moving)
        elif leads_to.get(decision.into_id) == decision.target_id:
            found_at[decision.target_id].remove(decision.into_id)
            leads_to[decision.into_id] = decision.into_id
            found_at.setdefault(decision.into_id, set()).add(decision.into_id)
    return {entity_id: into for entity_id, into in leads_to.items() if entity_id != into}


def plan_split(decision_id: str, kind: EntityKind, anchors: Sequence[AnchorName]) -> str:
    """Return the id of the entity that a split makes: it follows from the decision and its first anchor."""
    return make_entity_id(kind, decision_id, anchors[0].anchor)


def order_corrections(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the merges and splits that were not undone, in the order they were decided."""
    kept = (d for d in decisions if d.into_id and not d.is_undone)
    return sorted(kept, key=lambda d: (d.decided_at, d.id))


def _follow(ordered: Iterable[Decision], entity_id: str, asked: tuple[str, str, str]) -> str:
    for decision in ordered:
        if decision.target_id == entity_id and _leads_on(decision, asked):
            entity_id = decision.into_id
    return entity_id


def _leads_on(decision: Decision, asked: tuple[str, str, str]) -> bool:
    effect = decision.effect
    return isinstance(effect, Merge) or (
        isinstance(effect, Split) and any(_moves(moved, asked) for moved in effect.anchors)
    )


def _moves(moved: AnchorName, asked: tuple[str, str, str]) -> bool:
    provider, anchor, release = asked
    return moved.provider == provider and moved.anchor == anchor and moved.release in ("", release)
