"""The second stage: what the rules and the sender's authority say of a statement."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.identity import match_release, release_keys
from antiphon.intake.hashes import hash_blobs
from antiphon.intake.work import Case, Mark, Parts, judge, measure_ms
from antiphon.model.delivery import Delivery, Stage
from antiphon.model.findings import Finding, Place, Severity, sort_findings
from antiphon.model.identifiers import InvalidIdentifier, parse_dpid
from antiphon.model.statement import Statement
from antiphon.record.deliveries import find_release_files
from antiphon.record.engine import reading
from antiphon.record.knowledge import RecordedKnowledge
from antiphon.record.links import RecordedLinks
from antiphon.record.providers import Provider, find_provider
from antiphon.rules import CheckContext, Policy, check_statement, declared_algorithms

SENDER_RULE = "SenderNotAuthorised"

INTAKE_POLICY = Policy(severities={"D12": Severity.WARN})
"""A takedown of a release we do not know is applied, not held: it may have overtaken the delivery it takes down, which
must then not go live. The sender is told, since it may as well be a first delivery whose deals were forgotten."""


def check_delivery(parts: Parts, case: Case) -> Mark:
    """Check a delivery that has been read and return the mark that records the findings: checked, held or rejected."""
    started_at = parts.clock()
    delivery, statement = case.delivery, case.statement
    with reading(parts.engine) as connection:
        provider = find_provider(connection, delivery.provider)
        context = make_context(connection, delivery, statement, started_at)
    hashes = hash_blobs(delivery.files, declared_algorithms(statement), parts.blobs)
    findings = sort_findings(
        [
            *check_statement(statement, msgspec.structs.replace(context, hashes=hashes), INTAKE_POLICY),
            *check_sender(statement, provider, delivery.message.path),
        ]
    )
    return Mark(
        stage=Stage.CHECKED,
        reached=judge(findings, case.task, Stage.CHECKED),
        elapsed_ms=measure_ms(parts, started_at),
        findings=tuple(findings),
        detail=case.task.clearance,
    )


def check_sender(statement: Statement, provider: Provider | None, message_file: str) -> tuple[Finding, ...]:
    """Return a hold if the message's sender is not one of the parties that speak for who delivered it.

    Who brings a message, who signs it and who owns the release must agree: otherwise anyone with an account could take
    down or purge another's music. A sender without a DPID is as unknown as a foreign one.
    """
    sender = _normalise(statement.header.sender.dpid)
    spoken_for = provider.dpids if provider else ()
    if sender and sender in map(_normalise, spoken_for):
        return ()
    return (
        Finding(
            rule=SENDER_RULE,
            severity=Severity.HOLD,
            place=Place(file=message_file, path="MessageHeader/MessageSender/PartyId"),
            got=sender or "no DPID",
            expected=" or ".join(spoken_for) or "a DPID that is on file for this provider",
            fix="send with the DPID that is on file, or have this one added to the provider",
        ),
    )


def make_context(connection: Connection, delivery: Delivery, statement: Statement, now: datetime) -> CheckContext:
    """Return what the rules are told about a delivery beside its statement, but for hash sums."""
    known_as = match_release(delivery.provider, statement, RecordedLinks(connection))
    keys = {known_as, *release_keys(statement)}
    earlier = find_release_files(connection, delivery.provider, keys, beside=delivery.id)
    return CheckContext(
        now=now,
        message_file=delivery.message.path,
        files={file.path: file.size_bytes for file in delivery.files},
        earlier_files=earlier or {},
        is_known_release=earlier is not None,
        knowledge=RecordedKnowledge(connection.engine, delivery, known_as),
    )


def _normalise(dpid: str) -> str:
    try:
        return parse_dpid(dpid)
    except InvalidIdentifier:
        return dpid.strip().upper()
