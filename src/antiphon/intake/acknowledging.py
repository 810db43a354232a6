"""What a sender is told of a delivery, in the words of its choreography: status codes of the standard, our findings as
text.

An answer says how a delivery stood at one entry of its timeline, so it comes out the same whenever it is made. What
became of it decides the status:

==========  ===================================================================================================
committed   FileOK; warnings as text. Ingested, or not available where the message withdraws the release
superseded  FileOK: a newer message had been applied, so this one changed nothing
held        the code of each finding that holds it; a person looks at it, and the sender is answered again
rejected    the code of each finding that ended it, and what must come again
==========  ===================================================================================================
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.formats.ern import (
    Acknowledgement,
    Generation,
    MessageStatus,
    ProposedAction,
    ReleaseStatus,
    write_acknowledgement,
)
from antiphon.formats.ern.acknowledgement import MESSAGE_TYPES
from antiphon.intake.batches import find_timestamp
from antiphon.intake.trials import TEST_RULE
from antiphon.model.claims import DeliveredId
from antiphon.model.delivery import Delivery, Stage, TimelineEntry
from antiphon.model.errors import Refused
from antiphon.model.findings import Finding, Severity
from antiphon.model.statement import MessageKind, MessageParty, Statement
from antiphon.record.acknowledgements import ACKNOWLEDGED_STAGES
from antiphon.record.arrivals import Arrival, find_arrivals
from antiphon.record.deliveries import find_delivery, find_message_id
from antiphon.record.providers import find_provider
from antiphon.record.statements import find_statement
from antiphon.record.timeline import load_findings, load_timeline
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import is_takedown
from antiphon.rules.rule_book import find_rule

STATUSES_LIMIT = 100
"""Statuses of one answer: who has more wrong reads the first and repairs the program that wrote them."""

TEXT_LIMIT = 8_000
"""Characters of one answer's text for a person: some screens."""

_FILE_CODES = frozenset(
    {
        AckCode.RESOURCE_CORRUPT,
        AckCode.RESOURCE_MISSING,
        AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
        AckCode.HASH_SUM_WRONG,
    }
)
"""Codes after which files must come, also where none came before."""

_ON_THE_WAY = "It is safely received; checking it is not finished, and may still find something."

_CODES = {code.value: code for code in AckCode}

_RELEASE_FOLDER = re.compile(r"(?:[PMN]_)?(?P<release>.+?)(?:_20\d{12}(?:\d{3})?)?")
"""A release folder's name: priority, release id, timestamp, of which only the id must be there. Source: formats 6."""


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """Everything an answer is made of. ``statement`` None: the message was not read, or could not be."""

    delivery: Delivery
    message_id: str
    position: int
    entry: TimelineEntry
    findings: tuple[Finding, ...]
    statement: Statement | None
    arrival: Arrival | None
    provider: MessageParty

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What keeps the delivery where it is: worst first; none where it went through."""
        if self.entry.stage is Stage.REJECTED:
            fatal = tuple(finding for finding in self.findings if finding.severity is Severity.FATAL)
            return fatal or self._holds()
        return self._holds() if self.entry.stage is Stage.HELD else ()

    def _holds(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity is Severity.HOLD)


def render_acknowledgement(
    connection: Connection,
    delivery_id: str,
    *,
    generation: Generation | None = None,
    position: int | None = None,
    finding_count: int | None = None,
) -> bytes:
    """Return the answer to a delivery, as XML.

    It tells how the delivery stood at ``position`` of its timeline, when it had its first ``finding_count`` findings;
    without them, what it has come to so far. ``generation`` None: the one its sender uses.
    Raises: Refused where there is no such delivery.
    """
    case = _load_case(connection, delivery_id, position, finding_count)
    chosen = generation or _choose_generation(case)
    folder = case.arrival.place.rpartition("/")[2].removesuffix(".xml") if case.arrival else ""
    return write_acknowledgement(
        msgspec.structs.replace(
            _describe_outcome(case),
            generation=chosen,
            folder=find_release_name(folder) or case.delivery.message.path.removesuffix(".xml"),
            date=_find_date(case),
        )
    )


def render_refusal(
    place: str, problems: Sequence[Finding], generation: Generation, party: MessageParty, now: datetime
) -> bytes:
    """Return the answer to what no delivery came of: a folder without a message, a manifest that cannot be read."""
    folder = place.rpartition("/")[2]
    stamp = find_timestamp(place)
    return write_acknowledgement(
        Acknowledgement(
            generation=generation,
            message_id=f"ACK-{folder}",
            recipient=party,
            created=now,
            folder=find_release_name(folder) or folder,
            date=f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}" if stamp else now.date().isoformat(),
            release_status=ReleaseStatus.FAILED,
            statuses=_list_statuses(problems),
            error_text=_join_texts(problems),
            proposed_action=ProposedAction.RESEND_ALL,
            is_manual_check_required=False,
            batch_id=place.rpartition("/")[0],
        )
    )


def find_release_name(folder: str) -> str:
    """Return the release id in a release folder's name; empty where there is no name."""
    found = _RELEASE_FOLDER.fullmatch(folder)
    return found["release"] if found else ""


def code_of(finding: Finding) -> AckCode:
    """Return the status code of the standard that fits a finding best."""
    rule = find_rule(finding.rule)
    if rule is not None:
        return rule.ack_code
    return _CODES.get(finding.rule, AckCode.USER_DEFINED)


def describe_finding(finding: Finding) -> str:
    """Return a finding in one line: which rule, where, what, and what to do."""
    facts = f"got {finding.got}; expected {finding.expected}" if finding.expected else finding.got
    said = "; ".join(text for text in (finding.message.rstrip("."), facts, finding.fix) if text)
    return f"{finding.rule} at {finding.place}: {said}"


def _load_case(connection: Connection, delivery_id: str, position: int | None, finding_count: int | None) -> _Case:
    delivery = find_delivery(connection, delivery_id)
    timeline = load_timeline(connection, delivery_id)
    if delivery is None or not timeline:
        raise Refused("NoSuchDelivery", f"there is no delivery {delivery_id!r}; `antiphon deliveries` lists them")
    told = [n for n, entry in enumerate(timeline, 1) if entry.stage in ACKNOWLEDGED_STAGES]
    chosen = position or (told[-1] if told else len(timeline))
    provider = find_provider(connection, delivery.provider)
    dpid = provider.dpids[0] if provider and provider.dpids else ""
    return _Case(
        delivery=delivery,
        message_id=find_message_id(connection, delivery_id),
        position=chosen,
        entry=timeline[chosen - 1],
        findings=load_findings(connection, delivery_id, first=finding_count),
        statement=find_statement(connection, delivery_id),
        arrival=next(iter(find_arrivals(connection, delivery_id)), None),
        provider=MessageParty(dpid=dpid, name=provider.name if provider else ""),
    )


def _describe_outcome(case: _Case) -> Acknowledgement:
    """Return the answer without what its generation decides."""
    header = case.statement.header if case.statement else None
    stops = case.stops
    kind = case.statement.kind if case.statement else MessageKind.NEW_RELEASE
    return Acknowledgement(
        message_id=f"ACK-{case.delivery.id}-{case.position}",
        sender=header.recipients[0] if header and header.recipients else MessageParty(),
        recipient=header.sender if header and header.sender.dpid else case.provider,
        created=datetime.fromisoformat(case.entry.at),
        release_ids=_find_release_ids(case.statement),
        release_status=_find_release_status(case),
        statuses=_list_statuses(stops) if stops and not _is_passed_test(case) else (_describe_success(case),),
        error_text=_describe_errors(case),
        proposed_action=_propose_action(case),
        is_manual_check_required=case.entry.stage is Stage.HELD and not _is_passed_test(case) if stops else None,
        affected_resources=_list_resources(case.statement, stops),
        message_type=MESSAGE_TYPES[kind],
        batch_id=case.delivery.batch,
        answered_message_id=case.message_id,
    )


def _choose_generation(case: _Case) -> Generation:
    if case.arrival is not None and case.arrival.generation:
        return Generation(case.arrival.generation)
    return Generation.of_message(case.statement.format.version) if case.statement else Generation.CURRENT


def _find_date(case: _Case) -> str:
    stamp = find_timestamp(case.arrival.place if case.arrival else "") or find_timestamp(case.delivery.batch)
    return f"{stamp[:4]}-{stamp[4:6]}-{stamp[6:8]}" if stamp else case.delivery.received_at[:10]


def _find_release_status(case: _Case) -> str:
    if case.entry.stage is Stage.REJECTED:
        return ReleaseStatus.FAILED
    if case.entry.stage in (Stage.COMMITTED, Stage.LIVE, Stage.SUPERSEDED):
        ingested = ReleaseStatus.AVAILABLE if case.entry.stage is Stage.LIVE else ReleaseStatus.INGESTED
        return ReleaseStatus.NOT_AVAILABLE if _is_withdrawal(case.statement) else ingested
    is_conflict = any(code_of(finding) is AckCode.CONFLICTING_AVAILABILITY_PERIODS for finding in case.stops)
    return ReleaseStatus.RIGHTS_CONFLICT if is_conflict else ReleaseStatus.RECEIVED


def _describe_success(case: _Case) -> MessageStatus:
    said = {
        **dict.fromkeys((Stage.ACCEPTED, Stage.READ, Stage.CHECKED, Stage.RENDERED), _ON_THE_WAY),
        Stage.SUPERSEDED: "A newer message of this release had been applied, so this one changed nothing.",
        Stage.HELD: "This is a test: it passed every check, and it is not published.",
    }
    return MessageStatus(code=AckCode.FILE_OK, text=said.get(case.entry.stage, ""))


def _describe_errors(case: _Case) -> str:
    """Return what a person is to read: what stops the delivery, else what is only doubtful."""
    if case.stops and not _is_passed_test(case):
        reason = case.entry.detail if case.entry.stage is Stage.REJECTED and not _has_fatal(case) else ""
        return _join_texts(case.stops, reason)
    return _join_texts([finding for finding in case.findings if finding.severity is Severity.WARN])


def _propose_action(case: _Case) -> str:
    """Return what to send again: all that came, since nothing of a rejected delivery is used."""
    if case.entry.stage is not Stage.REJECTED:
        return ""
    is_alone = not case.delivery.files and not {code_of(finding) for finding in case.stops} & _FILE_CODES
    return ProposedAction.RESEND_XML if is_alone else ProposedAction.RESEND_ALL


def _list_statuses(findings: Iterable[Finding]) -> tuple[MessageStatus, ...]:
    found = [MessageStatus(code=code_of(finding), text=describe_finding(finding)) for finding in findings]
    return tuple(found[:STATUSES_LIMIT]) or (MessageStatus(code=AckCode.USER_DEFINED),)


def _list_resources(statement: Statement | None, findings: Iterable[Finding]) -> tuple[tuple[DeliveredId, ...], ...]:
    """Return the ids of the resources that findings are about, each resource once, in message order."""
    paths = {finding.place.path for finding in findings}
    resources = statement.resources if statement else ()
    return tuple(resource.ids for resource in resources if resource.path in paths and resource.ids)[:STATUSES_LIMIT]


def _find_release_ids(statement: Statement | None) -> tuple[DeliveredId, ...]:
    if statement is None:
        return ()
    release = statement.main_release or next(iter(statement.releases), None)
    return tuple(i for i in release.ids if not i.is_replaced) if release else ()


def _join_texts(findings: Iterable[Finding], reason: str = "") -> str:
    lines = [text for text in (reason, *map(describe_finding, findings)) if text]
    text = "\n".join(lines)
    return text if len(text) <= TEXT_LIMIT else f"{text[:TEXT_LIMIT]}..."


def _is_withdrawal(statement: Statement | None) -> bool:
    return statement is not None and (statement.kind is MessageKind.PURGE or is_takedown(statement))


def _is_passed_test(case: _Case) -> bool:
    return case.entry.stage is Stage.HELD and {finding.rule for finding in case.stops} == {TEST_RULE}


def _has_fatal(case: _Case) -> bool:
    return any(finding.severity is Severity.FATAL for finding in case.findings)
