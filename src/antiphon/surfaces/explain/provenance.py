"""What ``/v1/provenance`` and ``antiphon provenance`` answer."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import CurrentStatement, GivenField, say_instant
from antiphon.model.availability import Interval
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.record.deliveries import load_delivery
from antiphon.record.provenance import TracedEntity, trace_entity
from antiphon.rights import territories_of


class Giver(StrEnum):
    """Who gave a field: what everybody may know."""

    PROVIDER = "provider"
    DECISION = "decision"
    NOBODY = "nobody"
    """Nothing is said of it: the value is what that means."""


class StatementSource(msgspec.Struct, frozen=True, kw_only=True, tag="statement"):
    """An element of a message. ``part``: its way into the statement as the record keeps it; empty: the whole message.

    ``line`` and ``path``: in the message file, of the nearest element around it whose place is known.
    """

    delivery_id: str
    message: str
    line: int
    path: str
    part: str


class FileSource(msgspec.Struct, frozen=True, kw_only=True, tag="file"):
    """A delivered file that was decoded. ``blob``: its content hash."""

    delivery_id: str
    path: str
    blob: str


class DecisionSource(msgspec.Struct, frozen=True, kw_only=True, tag="decision"):
    """A decision: its id, what it does, and who made it, when and why."""

    id: str
    kind: str
    decided_by: str
    decided_at: str
    reason: str


FieldSource = StatementSource | FileSource | DecisionSource


class AnsweredField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A field. ``value`` and ``sources`` are for the owning provider and operators alone."""

    field: str
    given_by: Giver
    value: Any = None
    sources: tuple[FieldSource, ...] = ()


class ProvenanceAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer. ``provider`` and ``delivery_id``: whose statement counts, and which."""

    kind: EntityKind
    id: str
    fields: tuple[AnsweredField, ...]
    provider: str = ""
    delivery_id: str = ""

    def for_everyone(self) -> "ProvenanceAnswer":
        """Return the answer without what only the owner and operators may know."""
        fields = tuple(AnsweredField(field=field.field, given_by=field.given_by) for field in self.fields)
        return ProvenanceAnswer(kind=self.kind, id=self.id, fields=fields)

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yield (field, value) and, beneath each, ("", source), for people."""
        for field in self.fields:
            yield field.field, say_value(field.value)
            for source in field.sources:
                yield "", say_source(source)
            if not field.sources:
                yield "", "nothing says"


def answer_provenance(conn: Connection, kind: EntityKind, entity_id: str, name: str = "") -> ProvenanceAnswer | None:
    """Return what gave each field of an entity, or the one that is named; None: there is no such entity.

    Raises: Refused for a field that entities of this kind do not have.
    """
    traced = trace_entity(conn, kind, entity_id)
    if traced is None:
        return None
    known = [field.name for field in traced.fields]
    if name and name not in known:
        raise Refused("NoSuchField", f"a {kind} has no field {name[:40]!r}; it has: {', '.join(known)}")
    message = load_delivery(conn, traced.current.described_by).message.path
    return ProvenanceAnswer(
        kind=kind,
        id=entity_id,
        fields=tuple(
            _answer_field(field, tuple(_list_sources(conn, field, traced, message)))
            for field in traced.fields
            if name in ("", field.name)
        ),
        provider=traced.current.provider,
        delivery_id=traced.current.delivery_id,
    )


def say_source(source: FieldSource) -> str:
    """Return a source in one line; a place in a message in the form editors jump to."""
    match source:
        case StatementSource():
            return f"{source.message}:{source.line or 1}  {source.path}  ({source.part or 'the whole message'})"
        case FileSource():
            return f"{source.path}  of delivery {source.delivery_id}"
        case DecisionSource():
            return f"{source.kind} {source.id} by {source.decided_by} at {source.decided_at}: {source.reason}"


def say_value(value: Any) -> str:
    """Return a value in one line; of a list its length, where its items are no texts."""
    if isinstance(value, list | tuple):
        names = [item["name"] if isinstance(item, dict) and "name" in item else item for item in value]
        if all(isinstance(name, str) for name in names):
            return ", ".join(names)
        return f"{len(value)} entries"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer_field(field: GivenField, sources: tuple[FieldSource, ...]) -> AnsweredField:
    return AnsweredField(
        field=field.name,
        given_by=Giver.DECISION if field.decisions else Giver.PROVIDER if sources else Giver.NOBODY,
        value=_plain_value(field.value),
        sources=sources,
    )


def _list_sources(conn: Connection, field: GivenField, traced: TracedEntity, message: str) -> Iterator[FieldSource]:
    for decision in field.decisions:
        yield DecisionSource(
            id=decision.id,
            kind=decision.kind.value,
            decided_by=decision.decided_by,
            decided_at=decision.decided_at,
            reason=decision.reason,
        )
    for place in field.places:
        yield StatementSource(
            delivery_id=traced.current.described_by,
            message=message,
            line=place.line,
            path=place.path,
            part=place.part,
        )
    for file in field.files:
        delivery_id, path = traced.brought.get(file.source, ("", ""))
        yield FileSource(delivery_id=delivery_id, path=path, blob=file.source)
    if field.name == "intervals" and traced.current.is_purged:
        yield _read_purge(conn, traced.current)


def _read_purge(conn: Connection, current: CurrentStatement) -> StatementSource:
    """Return the message that took everything back: none of what the statement grants holds."""
    message = load_delivery(conn, current.delivery_id).message.path
    return StatementSource(delivery_id=current.delivery_id, message=message, line=0, path="", part="")


def _plain_value(value: object) -> Any:
    """Return a value as JSON has it: rights with the codes of their territories, instants as text."""
    if isinstance(value, tuple) and value and isinstance(value[0], Interval):
        return [_plain_interval(interval) for interval in value]
    return msgspec.to_builtins(value)


def _plain_interval(interval: Interval) -> dict[str, Any]:
    return {
        "tier": interval.tier.value,
        "use": interval.use.value,
        "territories": list(territories_of(interval.territories)),
        "starts_at": say_instant(interval.starts_at),
        "ends_at": say_instant(interval.ends_at),
    }
