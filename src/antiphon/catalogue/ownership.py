"""Whose a release is: who first delivered it, unless it was transferred.

An owner's current statement alone says what a release is and grants what it grants. After a transfer that is the new
owner's. Until the new owner has delivered, the last owner's statement goes on describing the release, and grants
nothing: what it granted was the last owner's to grant.
"""

from collections.abc import Iterable, Sequence

from antiphon.catalogue.current import Links
from antiphon.identity import Link, entity_id
from antiphon.model.decisions import Decision, Erase, Transfer
from antiphon.model.entities import EntityKind


def has_changed_hands(provider: str, release_key: str, links: Links, decisions: Iterable[Decision]) -> bool:
    """Tell whether a provider's release is, or ever was, another's, or nobody's since it is erased: then find out."""
    album_id = links.get((EntityKind.ALBUM, release_key))
    if album_id is None:
        return False
    is_first = entity_id(EntityKind.ALBUM, provider, release_key) == album_id
    return not is_first or any(isinstance(d.effect, Transfer | Erase) and d.target_id == album_id for d in decisions)


def list_owners(links: Sequence[Link], transfers: Iterable[Decision]) -> tuple[str, ...]:
    """Return the owners of a release, the present one last.

    ``links`` are those of its album, oldest first, so that the first one's provider brought it; ``transfers`` may be of
    others too.
    """
    first = links[0]
    moved = sorted((d for d in transfers if d.target_id == first.entity_id), key=lambda d: (d.decided_at, d.id))
    return (first.provider, *(d.effect.to_provider for d in moved if isinstance(d.effect, Transfer)))
