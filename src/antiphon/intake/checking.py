"""The second stage: what the rules and the sender's authority say of a statement."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.formats.ern.values import parse_moment
from antiphon.identity import LinkBook, match_release, release_keys
from antiphon.identity.anchors import replaced_release_keys
from antiphon.intake.agreements import find_policy
from antiphon.intake.authority import check_authority, find_standing, raise_alarms
from antiphon.intake.hashes import hash_blobs
from antiphon.intake.message_history import check_history
from antiphon.intake.verdicts import weigh_findings
from antiphon.intake.work import Case, Mark, Parts, measure_ms
from antiphon.model.delivery import Delivery, Stage
from antiphon.model.entities import EntityKind
from antiphon.model.findings import sort_findings
from antiphon.model.statement import Statement
from antiphon.record.arrivals import Arrival, find_arrivals
from antiphon.record.deliveries import find_release_files
from antiphon.record.engine import reading
from antiphon.record.knowledge import RecordedKnowledge
from antiphon.record.links import RecordedLinks
from antiphon.record.providers import find_provider
from antiphon.record.statements import find_current_created
from antiphon.record.turns import count_update, find_update_count
from antiphon.record.waivers import waivers_in_force
from antiphon.rules import CheckContext, check_statement, declared_algorithms
from antiphon.rules.evidence import BatchFacts


def check_delivery(parts: Parts, case: Case) -> Mark:
    """Check a delivery that has been read and return the mark that records the findings: checked, held or rejected."""
    started_at = parts.clock()
    delivery, statement = case.delivery, case.statement
    hashes = hash_blobs(delivery.files, declared_algorithms(statement), parts.blobs)
    with reading(parts.engine) as connection:
        provider = find_provider(connection, delivery.provider)
        known = open_links(connection, statement)
        standing = find_standing(connection, delivery.provider, provider, statement, known)
        waivers = waivers_in_force(connection, delivery.provider, started_at)
        context = make_context(connection, delivery, statement, known, started_at)
        is_known = context.is_known_release is True
        findings = sort_findings(
            [
                *check_statement(statement, msgspec.structs.replace(context, hashes=hashes), find_policy(provider)),
                *check_authority(statement, standing, delivery.message.path),
                *check_history(connection, delivery, statement, known, is_known_release=is_known),
            ]
        )
    case.found += findings
    raise_alarms(parts.metrics, delivery.id, delivery.provider, findings)
    verdict = weigh_findings(findings, case.task, Stage.CHECKED, waivers, statement)

    def count(connection: Connection) -> Stage:
        if context.is_known_release and case.task.run == 1:
            count_update(connection, delivery.provider, started_at)
        return verdict.stage

    return Mark(
        stage=Stage.CHECKED,
        reached=verdict.stage,
        elapsed_ms=measure_ms(parts, started_at),
        effect=count,
        findings=tuple(findings),
        detail=verdict.detail,
    )


def open_links(connection: Connection, statement: Statement) -> RecordedLinks:
    """Return the link book with what every provider means by the keys of a statement's release: all a check asks for.

    Raises: Rejected where the statement names no release by an identifier.
    """
    known = RecordedLinks(connection)
    keys = (*release_keys(statement), *replaced_release_keys(statement))
    known.look_up((EntityKind.ALBUM, key) for key in keys)
    return known


def make_context(
    connection: Connection, delivery: Delivery, statement: Statement, known: LinkBook, now: datetime
) -> CheckContext:
    """Return what the rules are told about a delivery beside its statement, but for hash sums."""
    known_as = match_release(delivery.provider, statement, known)
    album = known.find_link(delivery.provider, EntityKind.ALBUM, known_as)
    applied_created = find_current_created(connection, delivery.provider, known_as) if album is not None else ""
    keys = {known_as, *release_keys(statement)}
    earlier = find_release_files(connection, delivery.provider, keys, beside=delivery.id)
    arrival = next(iter(find_arrivals(connection, delivery.id)), None)
    return CheckContext(
        now=now,
        message_file=delivery.message.path,
        files={file.path: file.size_bytes for file in delivery.files},
        earlier_files=earlier or {},
        is_known_release=earlier is not None,
        knowledge=RecordedKnowledge(
            connection.engine, delivery, album.entity_id if album is not None else None, conn=connection
        ),
        folder=_find_folder(arrival),
        batch=msgspec.json.decode(arrival.facts, type=BatchFacts) if arrival and arrival.facts else None,
        applied_created=parse_moment(applied_created),
        updates_today=find_update_count(connection, delivery.provider, now) + 1 if earlier is not None else 0,
    )


def _find_folder(arrival: Arrival | None) -> str:
    """Return the name of the release folder; empty: the message came without one, or nobody knows."""
    name = arrival.place.rpartition("/")[2] if arrival else ""
    return "" if name.endswith(".xml") else name
