"""Whether a message acts within its sender's authority: who brings it, who signs it and whose release it is must agree.

Otherwise anyone with an account could take down or purge another's music. What does not agree holds the delivery, with
a finding and an alarm; only a person lets it go on, one delivery at a time. It is never said whose the other's is.
"""

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import list_owners
from antiphon.identity import LinkBook, release_keys
from antiphon.identity.anchors import replaced_release_keys
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.decisions import Decision, DecisionKind
from antiphon.model.entities import EntityKind
from antiphon.model.findings import Finding, Place, Severity
from antiphon.model.identifiers import InvalidIdentifier, parse_dpid
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.model.statement import Statement
from antiphon.record.ownership import find_dispositions
from antiphon.record.providers import Provider, find_foreign_parties
from antiphon.telemetry import Metrics, definitions, log_event

SENDER_RULE = "SenderNotAuthorised"
PARTY_RULE = "PartyNotRepresented"
RELEASE_RULE = "ReleaseNotOwned"
NAMESPACE_RULE = "NamespaceNotOwned"

AUTHORITY_RULES = frozenset({SENDER_RULE, PARTY_RULE, RELEASE_RULE, NAMESPACE_RULE})
"""Findings that raise the alarm, and that no waiver reaches: who may speak for whom is agreed, not waived."""

_HEADER = "MessageHeader"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the record knows of who may say what a message says.

    ``foreign_keys`` are keys of the message's release that only other providers have delivered;
    ``foreign_parties`` the DPIDs among its namespaces that are on file for another provider. ``disposition``: the
    decision by which the release went from this provider to another, or was erased; None: it always was another's.
    """

    provider: Provider | None
    foreign_keys: tuple[str, ...] = ()
    foreign_parties: frozenset[str] = frozenset()
    disposition: Decision | None = None

    @property
    def own_parties(self) -> frozenset[str]:
        """The DPIDs the provider may act for: its own, and those of the parties it represents."""
        if self.provider is None:
            return frozenset()
        return frozenset(map(normalise_dpid, (*self.provider.dpids, *self.provider.represented)))


def find_standing(
    connection: Connection, provider_id: str, provider: Provider | None, statement: Statement, known: LinkBook
) -> Standing:
    """Return what the record knows about a message's authority: the links of its keys, and whose other DPIDs are."""
    standing = Standing(provider=provider)
    named = {dpid for _, dpid in _list_namespaces(statement)} - standing.own_parties
    foreign = _find_foreign_keys(connection, known, provider_id, statement)
    return Standing(
        provider=provider,
        foreign_keys=tuple(key for key, _ in foreign),
        disposition=next((disposed for _, disposed in foreign if disposed is not None), None),
        foreign_parties=find_foreign_parties(connection, provider_id, named),
    )


def check_authority(statement: Statement, standing: Standing, message_file: str) -> tuple[Finding, ...]:
    """Return a hold for everything in a message that its provider has no authority for; empty: it may say all of it."""
    return (
        *_check_sender(statement, standing, message_file),
        *_check_party(statement, standing, message_file),
        *_check_release(statement, standing, message_file),
        *_check_namespaces(statement, standing, message_file),
    )


def raise_alarms(metrics: Metrics, delivery_id: str, provider_id: str, findings: Iterable[Finding]) -> None:
    """Count and log each doubt about authority: a forger knocks before somebody gets in."""
    for finding in findings:
        if finding.rule in AUTHORITY_RULES:
            metrics.count(definitions.AUTHORITY_ALARMS, rule=finding.rule)
            log_event(
                definitions.AUTHORITY_DOUBTED,
                delivery_id=delivery_id,
                provider=provider_id,
                rule=finding.rule,
                got=finding.got,
            )


def normalise_dpid(dpid: str) -> str:
    """Return the one form DPIDs are compared in; of what is none, its upper-case text, which equals none on file."""
    try:
        return parse_dpid(dpid)
    except InvalidIdentifier:
        return dpid.strip().upper()


def _check_sender(statement: Statement, standing: Standing, message_file: str) -> Iterator[Finding]:
    """A sender without a DPID is as unknown as a foreign one."""
    sender = normalise_dpid(statement.header.sender.dpid)
    on_file = standing.provider.dpids if standing.provider else ()
    if not sender or sender not in map(normalise_dpid, on_file):
        yield Finding(
            rule=SENDER_RULE,
            severity=Severity.HOLD,
            place=Place(file=message_file, path=f"{_HEADER}/MessageSender/PartyId"),
            got=sender or "no DPID",
            expected=" or ".join(on_file) or "a DPID that is on file for this provider",
            fix="send with the DPID that is on file, or have this one added to the provider",
        )


def _check_party(statement: Statement, standing: Standing, message_file: str) -> Iterator[Finding]:
    """Who is spoken for must be on file: a party that is only named could be anybody's label."""
    party = statement.header.sent_on_behalf_of
    if party is None or normalise_dpid(party.dpid) in standing.own_parties - {""}:
        return
    yield Finding(
        rule=PARTY_RULE,
        severity=Severity.HOLD,
        place=Place(file=message_file, path=f"{_HEADER}/SentOnBehalfOf/PartyId"),
        got=normalise_dpid(party.dpid) or f"no DPID for {party.name!r}",
        expected="a party on file for this provider, or no SentOnBehalfOf",
        fix="have the party's DPID added to those this provider may speak for",
    )


def _check_release(statement: Statement, standing: Standing, message_file: str) -> Iterator[Finding]:
    for key in standing.foreign_keys[:1]:
        release = statement.main_release or next(iter(statement.releases), None)
        yield Finding(
            rule=RELEASE_RULE,
            severity=Severity.HOLD,
            place=Place(file=message_file, line=release.line if release else 0, path=release.path if release else ""),
            got=key,
            expected="a release this provider delivered, or one that nobody has",
            fix="ask for the release to be transferred if it has moved to you; else correct its identifiers",
            message=_say_whose(standing.disposition),
        )


def _say_whose(disposition: Decision | None) -> str:
    if disposition is None:
        return "The release belongs to another provider."
    done = "erased" if disposition.kind is DecisionKind.ERASE else "transferred to another provider"
    return f"The release was {done} by decision {disposition.id} on {disposition.decided_at[:10]}."


def _check_namespaces(statement: Statement, standing: Standing, message_file: str) -> Iterator[Finding]:
    told = set()
    for place, dpid in _list_namespaces(statement):
        if dpid in standing.foreign_parties and dpid not in told:
            told.add(dpid)
            yield Finding(
                rule=NAMESPACE_RULE,
                severity=Severity.HOLD,
                place=Place(file=message_file, line=place.line, path=place.path),
                got=dpid,
                expected="proprietary ids in a namespace of this provider or of a party it speaks for",
                fix="give the ids your own DPID as namespace, or have the party added to those you speak for",
            )


def _find_foreign_keys(
    connection: Connection, known: LinkBook, provider_id: str, statement: Statement
) -> list[tuple[str, Decision | None]]:
    """Return the keys of the release that are others', strongest first; none where one is this provider's.

    With each comes the decision by which it became so; None: it always was. What was erased is nobody's. Catalogue
    numbers, and proprietary ids that do not say whose they are, mean different releases to different providers, so they
    tell nothing.
    """
    keys = [key for key in (*release_keys(statement), *replaced_release_keys(statement)) if _is_shared_key(key)]
    links = {key: known.find_links(EntityKind.ALBUM, key) for key in keys}
    decided = find_dispositions(connection, {link.entity_id for found in links.values() for link in found})
    foreign: list[tuple[str, Decision | None]] = []
    for key, found in links.items():
        albums = {link.entity_id: [one for one in found if one.entity_id == link.entity_id] for link in found}
        disposed = [decision for decision in decided if decision.target_id in albums]
        if any(decision.kind is DecisionKind.ERASE for decision in disposed):
            return [(key, disposed[-1])]
        owners = [list_owners(of_album, decided) for of_album in albums.values()]
        if any(chain[-1] == provider_id for chain in owners):
            return []
        if owners:
            was_own = any(provider_id in chain for chain in owners)
            foreign.append((key, disposed[-1] if was_own and disposed else None))
    return foreign


def _is_shared_key(key: str) -> bool:
    scheme, _, rest = key.partition(":")
    if scheme == IdScheme.PROPRIETARY:
        return _is_dpid(rest.rpartition(":")[0])
    return scheme in (IdScheme.GRID, IdScheme.ICPN)


def _list_namespaces(statement: Statement) -> Iterator[tuple[Release | Resource, str]]:
    """Yield the DPIDs that releases and resources have proprietary ids from, each with where it stands."""
    places: tuple[Release | Resource, ...] = (*statement.releases, *statement.resources)
    for place in places:
        for delivered in place.ids:
            if _is_party_namespace(delivered):
                yield place, normalise_dpid(delivered.namespace)


def _is_party_namespace(delivered: DeliveredId) -> bool:
    return delivered.scheme is IdScheme.PROPRIETARY and _is_dpid(delivered.namespace)


def _is_dpid(text: str) -> bool:
    try:
        return bool(parse_dpid(text))
    except InvalidIdentifier:
        return False
