"""Releases that a statement's ids lead to beside the one it is taken for: they arrived apart and belong together."""

from antiphon.identity.anchors import release_keys, scheme_of
from antiphon.identity.links import LinkBook
from antiphon.model.entities import EntityKind
from antiphon.model.statement import Statement


def find_rival_keys(provider: str, statement: Statement, known: LinkBook) -> tuple[str, ...]:
    """Return the keys of a statement that mean another release of the provider than its strongest does; mostly none.

    A purge by GRid that overtakes everything and a first delivery by ICPN are two releases to us until a message names
    both ids. A release that has an id of its own under a scheme the statement names another by is another one indeed.
    Raises: Rejected where the statement names no release.
    """
    keys = release_keys(statement)
    if len(keys) == 1:
        return ()
    meant = {key: link.entity_id for key in keys if (link := known.find_link(provider, EntityKind.ALBUM, key))}
    first = next(iter(meant.values()), None)
    return tuple(
        key for key, entity in meant.items() if entity != first and not _is_another(provider, entity, keys, known)
    )


def _is_another(provider: str, entity: str, keys: tuple[str, ...], known: LinkBook) -> bool:
    named = {scheme_of(key) for key in keys}
    return any(anchor not in keys and scheme_of(anchor) in named for anchor in known.anchors_of(provider, entity))
