"""Identifiers by which providers mean different things: what the catalogue has of them, and what waits because of them.

Worked out when somebody asks: what is recorded is what providers say, and a conflict is in that or it is not.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, func, select

from antiphon.catalogue import Conflict, IdentifierClaim, claim_held, find_conflicts
from antiphon.model.claims import IdScheme
from antiphon.model.entities import Album, EntityKind
from antiphon.model.findings import Severity
from antiphon.record.catalogue import load_album
from antiphon.record.held import HELD_LIMIT, list_held
from antiphon.record.statements import find_statement
from antiphon.record.tables import findings, identifiers, links

CONFLICTS_LIMIT = 500
"""Identifiers of one answer: more than anybody settles in a week."""

HOLDING_RULES = {"I5": IdScheme.ISRC, "I8": IdScheme.ICPN}
"""The rules by which a delivery waits because somebody else means something by its identifier, and of which scheme."""

_NAMES_SOMETHING = (
    (IdScheme.ISRC.value, EntityKind.RECORDING.value),
    (IdScheme.ICPN.value, EntityKind.ALBUM.value),
)
"""What conflicts can be about: which kind an identifier of which scheme means."""

_mine, _theirs = identifiers.alias("mine"), identifiers.alias("theirs")

# From the provider's albums (pk_links) to their identifiers (ix_identifiers_album_id) to others' (pk_identifiers).
# A scheme with nothing appended is no key of an index: else SQLite begins with every ISRC there is, for each album.
_OF_PROVIDER = (
    select(_mine.c.scheme, _mine.c.value)
    .select_from(links)
    .join(_mine, _mine.c.album_id == links.c.entity_id)
    .join(
        _theirs,
        (_theirs.c.scheme == _mine.c.scheme)
        & (_theirs.c.value == _mine.c.value)
        & (_theirs.c.kind == _mine.c.kind)
        & (_theirs.c.entity_id != _mine.c.entity_id),
    )
    .where(
        links.c.provider == bindparam("provider"),
        links.c.kind == EntityKind.ALBUM.value,
        (_mine.c.scheme + "").in_([scheme for scheme, _ in _NAMES_SOMETHING]),
        _mine.c.kind.in_([kind for _, kind in _NAMES_SOMETHING]),
    )
    .distinct()
    .limit(CONFLICTS_LIMIT)
)

# One walk along pk_identifiers: an operator's question, which takes as long as the catalogue is large.
_OF_ANYBODY = (
    select(identifiers.c.scheme, identifiers.c.value)
    .where(
        identifiers.c.scheme.in_([scheme for scheme, _ in _NAMES_SOMETHING]),
        identifiers.c.kind.in_([kind for _, kind in _NAMES_SOMETHING]),
    )
    .group_by(identifiers.c.scheme, identifiers.c.value)
    .having(func.count(identifiers.c.entity_id.distinct()) > 1)
    .limit(CONFLICTS_LIMIT)
)

_NAMED = select(identifiers.c.value, identifiers.c.entity_id, identifiers.c.album_id).where(
    identifiers.c.scheme == bindparam("scheme"),
    identifiers.c.kind == bindparam("kind"),
    identifiers.c.value.in_(bindparam("values", expanding=True)),
)

_HOLDING = select(findings.c.delivery_id, findings.c.rule, findings.c.path).where(
    findings.c.delivery_id.in_(bindparam("deliveries", expanding=True)),
    findings.c.severity == Severity.HOLD.value,
    findings.c.rule.in_(list(HOLDING_RULES)),
)


def list_conflicts(conn: Connection, now_s: int, *, provider: str | None = None) -> tuple[Conflict, ...]:
    """Return the conflicts there are, by identifier: a provider's, or (None) everybody's; at most ``CONFLICTS_LIMIT``.

    ``now_s``: seconds since the epoch; what was granted until then only is in nobody's way.
    """
    held = _load_held_claims(conn)
    query, asked = (_OF_PROVIDER, {"provider": provider}) if provider is not None else (_OF_ANYBODY, {})
    contested = {(row.scheme, row.value) for row in conn.execute(query, asked)}
    contested |= {(claim.scheme, claim.value) for claim in held}
    claims = [*_load_claims(conn, contested, now_s), *held]
    involved = (c for c in find_conflicts(claims) if provider is None or any(s.provider == provider for s in c.claims))
    return tuple(involved)[:CONFLICTS_LIMIT]


def _load_claims(conn: Connection, contested: Collection[tuple[str, str]], now_s: int) -> Iterable[IdentifierClaim]:
    """Yield what the catalogue's albums mean by some identifiers."""
    albums: dict[str, Album | None] = {}
    for scheme, kind in _NAMES_SOMETHING:
        values = sorted(value for of_scheme, value in contested if of_scheme == scheme)
        rows = conn.execute(_NAMED, {"scheme": scheme, "kind": kind, "values": values}) if values else ()
        for value, entity_id, album_id in sorted(map(tuple, rows)):
            if album_id not in albums:
                albums[album_id] = load_album(conn, album_id)
            album = albums[album_id]
            if album is not None:
                yield _claim_of_album(album, scheme, value, entity_id, now_s)


def _claim_of_album(album: Album, scheme: str, value: str, entity_id: str, now_s: int) -> IdentifierClaim:
    track = next((t for t in album.tracks if t.recording_id == entity_id and t.isrc == value), None)
    shown = track or album
    return IdentifierClaim(
        scheme=scheme,
        value=value,
        provider=album.provider,
        delivery_id=album.delivery_id,
        title=shown.title,
        artists=tuple(credit.name for credit in shown.artists),
        duration_ms=track.duration_ms if track is not None else 0,
        entity_id=entity_id,
        album_id=album.id,
        territories=_unite_territories(album, now_s) if track is None else 0,
    )


def _unite_territories(album: Album, now_s: int) -> int:
    bits = 0
    for interval in (interval for track in album.tracks for interval in track.intervals):
        if interval.ends_at is None or interval.ends_at > now_s:
            bits |= interval.territories
    return bits


def _load_held_claims(conn: Connection) -> list[IdentifierClaim]:
    """Return what held deliveries mean by the identifiers they are held for."""
    held = {delivery.id: delivery for delivery in list_held(conn, limit=HELD_LIMIT)}
    places: dict[str, list[tuple[str, str]]] = {}
    for row in conn.execute(_HOLDING, {"deliveries": sorted(held)}) if held else ():
        places.setdefault(row.delivery_id, []).append((row.rule, row.path))
    claims: list[IdentifierClaim] = []
    for delivery_id, found in sorted(places.items())[:CONFLICTS_LIMIT]:
        schemes = frozenset(HOLDING_RULES[rule] for rule, _ in found)
        paths = frozenset(path for _, path in found)
        statement = find_statement(conn, delivery_id)
        if statement is None:  # it was erased while it was held
            continue
        claims += claim_held(held[delivery_id].provider, delivery_id, statement, schemes, paths)
    return claims
