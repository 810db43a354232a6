"""An inbox: one provider's shelf, looked at again and again; what is complete is accepted, once.

A look lists the shelf and takes every unit that is complete and not on record as taken. What makes one complete:

========  ============================================================================================================
batch     its ``BatchComplete_*``: never before
release   a semaphore; or it has not changed for ``STABLE_AFTER`` and every file its message names is there; or it has
          not changed for ``PATIENCE``, and then the rules say what is missing
message   a semaphore; or as a release, at the first look that finds it unchanged
archive   a semaphore; or it has not changed for ``STABLE_AFTER``
========  ============================================================================================================

On a shelf whose files appear whole (an object store) nothing has to rest first. Taking is accepting, which is once by
the key of each message, and then one row in the record; a process that dies between the two accepts again after its
restart, finds duplicates, and writes the row. What cannot be taken is answered, and stops nothing else.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.formats.ern import Generation, read_message
from antiphon.intake.acceptance import accept_batches
from antiphon.intake.acknowledging import describe_finding, find_release_name, render_refusal
from antiphon.intake.archives import open_delivery
from antiphon.intake.batches import COMPLETION_MARKER, Batch, as_problem, find_batches, find_timestamp
from antiphon.intake.folders import MAX_MESSAGE_BYTES
from antiphon.intake.queue import DeliveryQueue
from antiphon.intake.shelves import Shelf
from antiphon.intake.units import Unit, UnitKind, group_units
from antiphon.model.errors import Refused, Rejected, Transient
from antiphon.model.findings import Finding
from antiphon.model.statement import MessageParty
from antiphon.record.acknowledgements import queue_notice, safe_name
from antiphon.record.arrivals import add_taken, list_taken
from antiphon.record.engine import reading, writing
from antiphon.record.providers import find_provider
from antiphon.rules.references import resolve_file
from antiphon.telemetry import Metrics, definitions, log_event

STABLE_AFTER = timedelta(seconds=30)
"""How long what is still growing would not rest: transfer tools write every second, and resume within some. A partner
who wants it quicker puts a semaphore."""

PATIENCE = timedelta(minutes=15)
"""How long a release may rest with a file missing before it is taken as it is, so that its sender learns of it."""

OVERDUE_AFTER = timedelta(hours=6)
"""How long a unit may wait for its marker, from its last change, before its sender and our operators are told."""

RETRIED_AFTER = timedelta(seconds=30)
"""How long a unit rests that could not be taken for want of room: trying it reads all of it again."""

PARKED_FOR = timedelta(minutes=10)
"""How long a unit that met a fault of ours rests before it is tried again. It stays where it is: nothing is dropped."""

CHANGED_MEANWHILE = "FileChanged"
"""The code of a refusal that only says that a unit was not at rest after all."""


class InboxSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed with a provider about its shelf. ``needs_semaphore``: resting is not enough."""

    provider: str
    needs_semaphore: bool = False


class _Watched(msgspec.Struct, frozen=True):
    """How a unit was last seen: what it was, and since when it is so."""

    fingerprint: str
    since: datetime


class Inbox:
    """One provider's shelf and what was seen on it. One per process and shelf; ``scratch`` takes what is unpacked."""

    def __init__(
        self,
        settings: InboxSettings,
        shelf: Shelf,
        engine: Engine,
        blobs: BlobStore,
        queue: DeliveryQueue,
        metrics: Metrics,
        scratch: Path,
    ) -> None:
        self._settings = settings
        self._shelf = shelf
        self._engine = engine
        self._blobs = blobs
        self._queue = queue
        self._metrics = metrics
        self._scratch = scratch
        self._watched: dict[str, _Watched] = {}
        self._told: set[tuple[str, str]] = set()
        self._parked: dict[tuple[str, str], datetime] = {}

    def look(self, now: datetime) -> int:
        """Take every unit that is complete, and return how many that were.

        Raises: Transient where the shelf, the store or the record does not answer: look again. Refused where nothing
        can ever be taken: the provider is unknown.
        """
        units = group_units(self._shelf.list_files())
        self._watched = {unit.key: self._watch(unit, now) for unit in units}
        with reading(self._engine) as connection:
            if find_provider(connection, self._settings.provider) is None:
                raise Refused(
                    "UnknownProvider", f"there is no provider {self._settings.provider!r}; add it with its DPIDs first"
                )
            taken = list_taken(connection, self._shelf.location)
        waiting = [unit for unit in units if (unit.key, unit.fingerprint) not in taken]
        complete = [unit for unit in waiting if self._is_complete(unit, now)]
        for unit in waiting:
            if unit not in complete:
                self._tell_overdue(unit, now)
        return self._take_all(complete, now)

    def _take_all(self, complete: Iterable[Unit], now: datetime) -> int:
        """Take units; return how many. The boundary of each: whatever one of them does, the others are taken."""
        count = 0
        waiting: list[Transient] = []
        for unit in complete:
            if now < self._parked.get((unit.key, unit.fingerprint), now):
                continue
            try:
                count += self._take(unit, now)
            except Transient as transient:
                self._parked[unit.key, unit.fingerprint] = now + RETRIED_AFTER
                waiting.append(transient)
            except Exception as failure:  # noqa: BLE001 - the boundary of one unit: it is told of, and tried again
                self._parked[unit.key, unit.fingerprint] = now + PARKED_FOR
                self._metrics.count(definitions.INBOX_UNITS, outcome="failed")
                log_event(
                    definitions.INBOX_FAILED,
                    exc_info=failure,
                    inbox=self._shelf.location,
                    unit=unit.key,
                    error=type(failure).__name__,
                )
        if waiting:
            raise waiting[0]
        return count

    def _watch(self, unit: Unit, now: datetime) -> _Watched:
        before = self._watched.get(unit.key)
        is_same = before is not None and before.fingerprint == unit.fingerprint
        return before if before is not None and is_same else _Watched(unit.fingerprint, now)

    def _is_complete(self, unit: Unit, now: datetime) -> bool:
        rested = now - self._watched[unit.key].since
        is_settled = self._shelf.is_atomic or rested > timedelta()
        if unit.has_marker:
            return is_settled
        if unit.kind is UnitKind.BATCH or self._settings.needs_semaphore:
            return False
        if rested >= PATIENCE:
            return True
        needed = timedelta() if unit.kind is UnitKind.MESSAGE else STABLE_AFTER
        if not is_settled or (rested < needed and not self._shelf.is_atomic):
            return False
        return unit.kind is UnitKind.ARCHIVE or self._has_all_files(unit)

    def _has_all_files(self, unit: Unit) -> bool:
        """Tell whether a message can be read and every file it names is there; one that cannot be read waits longer."""
        prefix = "" if unit.kind is UnitKind.MESSAGE else f"{unit.name}/"
        files = {file.path.removeprefix(prefix) for file in unit.files}
        try:
            found = [read_message(self._shelf.read_file(path, MAX_MESSAGE_BYTES)) for path in unit.message_paths]
        except (Rejected, Refused):
            return False
        if unit.kind is UnitKind.MESSAGE:
            return True
        claims = [claim.uri for statement in found for resource in statement.resources for claim in resource.files]
        return all(resolve_file(uri, files) is not None for uri in claims)

    def _take(self, unit: Unit, now: datetime) -> bool:
        """Accept what a unit holds and record that it was; False: it was not at rest after all, or is gone."""
        location = self._shelf.location
        try:
            problems, choreography = self._accept(unit, now)
        except (Refused, Rejected) as error:
            if error.code == CHANGED_MEANWHILE:
                return False
            problems, choreography = [_as_finding(error, unit)], ""
        notices = [
            (_name_notice(place, unit), self._render_notice(place, found, choreography, now))
            for place, found in _group_problems(unit, problems).items()
        ]
        with writing(self._engine) as connection:
            for name, body in notices:
                queue_notice(connection, location, name, body, now)
            add_taken(connection, location, unit.key, unit.fingerprint, now, problem_count=len(problems))
        self._tell_taken(unit, problems)
        return True

    def _accept(self, unit: Unit, now: datetime) -> tuple[Sequence[Finding], str]:
        """Accept a unit; return what in it there is no delivery of, and the choreography its sender uses."""
        settings = self._settings
        with self._shelf.lend(unit.name) as lent, open_delivery(lent, self._scratch) as path:
            batches = find_batches(path)
            outcome = accept_batches(
                self._engine, self._blobs, self._queue, settings.provider, batches, now, source=self._shelf.location
            )
        return outcome.problems, _first_choreography(batches)

    def _render_notice(self, place: str, problems: Sequence[Finding], choreography: str, now: datetime) -> bytes:
        with reading(self._engine) as connection:
            provider = find_provider(connection, self._settings.provider)
        name, dpids = (provider.name, provider.dpids) if provider else ("", ())
        party = MessageParty(dpid=next(iter(dpids), ""), name=name)
        return render_refusal(place, problems, Generation.of_choreography(choreography), party, now)

    def _tell_taken(self, unit: Unit, problems: Sequence[Finding]) -> None:
        self._metrics.count(definitions.INBOX_UNITS, outcome="with_problems" if problems else "taken")
        log_event(
            definitions.INBOX_TAKEN,
            inbox=self._shelf.location,
            unit=unit.key,
            kind=unit.kind.value,
            problems=len(problems),
        )
        for problem in problems:
            log_event(
                definitions.INBOX_PROBLEM, inbox=self._shelf.location, unit=unit.key, problem=describe_finding(problem)
            )

    def _tell_overdue(self, unit: Unit, now: datetime) -> None:
        """Tell sender and operators, once, of a unit that lies there too long without being complete."""
        told = (unit.key, unit.fingerprint)
        if now - unit.changed_at < OVERDUE_AFTER or told in self._told:
            return
        self._told.add(told)
        expected = f"BatchComplete_{unit.name}.xml" if unit.kind is UnitKind.BATCH else f"{unit.name}.complete"
        waited = f"{OVERDUE_AFTER.total_seconds() / 3600:.0f} hours"
        problem = as_problem("BatchIncomplete", unit.key, f"nothing was added for {waited}, and no {expected} came")
        body = self._render_notice(unit.key, [problem], "", now)
        with writing(self._engine) as connection:
            is_new = queue_notice(connection, self._shelf.location, _name_notice(unit.key, unit), body, now)
        if is_new:
            self._metrics.count(definitions.INBOX_UNITS, outcome="overdue")
            log_event(definitions.INBOX_OVERDUE, inbox=self._shelf.location, unit=unit.key, expected=expected)


def _as_finding(error: Refused | Rejected, unit: Unit) -> Finding:
    return error.as_finding() if isinstance(error, Rejected) else as_problem(error.code, unit.key, str(error))


def _group_problems(unit: Unit, problems: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Return problems by where they are: in a folder of a batch, or in the unit as a whole."""
    groups: dict[str, list[Finding]] = {}
    for problem in problems:
        where = problem.place.file
        is_whole = where in ("", unit.key) or unit.kind is not UnitKind.BATCH or COMPLETION_MARKER.fullmatch(where)
        groups.setdefault(unit.key if is_whole else f"{unit.key}/{where}", []).append(problem)
    return groups


def _name_notice(place: str, unit: Unit) -> str:
    """Return the file name of a notice: once for each place and for each form in which the unit lay there."""
    folder = place.rpartition("/")[2]
    release = safe_name(find_release_name(folder) or folder)
    parts = ("ACK", find_timestamp(place), release, unit.fingerprint[:8])
    return "_".join(part for part in parts if part) + ".xml"


def _first_choreography(batches: Sequence[Batch]) -> str:
    return next((batch.choreography for batch in batches if batch.choreography), "")
