"""The publisher: turns changes of the record into announced versions, in four steps that anyone may repeat.

(1) the segment goes into the store under its content hash; (2) it passes the gate; (3) the record announces it by
compare-and-set; (4) ``versions/N``, whose bytes that row determines, goes into the store. Only the fourth is seen by
nodes. A publisher killed anywhere leaves at most a blob nobody names, or an announced row whose fourth step the next
one repeats: nobody announces N + 1 before ``versions/N`` is there, so at most the newest is ever missing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken, Refused
from antiphon.publication.announcing import finish_version, newest_stored
from antiphon.publication.backlog import Backlog, Built
from antiphon.publication.denials import list_unknown, mend_overlay
from antiphon.publication.erasing import finish_erasures
from antiphon.publication.gate import Baseline, fault_of, find_differences
from antiphon.publication.gate_settings import GateSettings
from antiphon.publication.holding import hold_version
from antiphon.publication.ledger import Ledger, Tally
from antiphon.publication.totals import Totals, decode_totals, encode_totals
from antiphon.record import reading, writing
from antiphon.record.changes import head_version
from antiphon.record.instants import format_instant
from antiphon.record.publication_holds import Hold, find_hold
from antiphon.record.publication_totals import VersionTotals, add_totals, find_baseline, newest_totals
from antiphon.record.publications import Announced, announce, announced_head
from antiphon.segments.entry import Entry
from antiphon.segments.segment import NO_PARENT

DAY = timedelta(hours=24)
"""How far back the gate compares besides the version before: what many small versions do together shows in a day."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """One announced version. ``deliveries`` went live with it; ``documents`` is how many it carries."""

    version: int
    record_version: int
    documents: int
    deliveries: tuple[str, ...]


class Publisher:
    """Publishes what is committed and not announced yet. Two of them may run: the slower one is refused a number.

    ``folder`` keeps its ledger, so that a restart need not count the catalogue again; None: in one that goes with it.
    ``processes`` build a large backlog. ``hold`` is what stops publication, as of the last look; None: nothing does.
    """

    def __init__(
        self,
        engine: Engine,
        blobs: BlobStore,
        folder: Path | None = None,
        gates: GateSettings | None = None,
        processes: int = 1,
    ) -> None:
        self._engine = engine
        self._blobs = blobs
        self._backlog = Backlog(engine, processes)
        self._gates = gates if gates is not None else GateSettings()
        self._ledger = Ledger(folder)
        self._finished = 0
        self.hold: Hold | None = None

    def recover(self, now: datetime) -> None:
        """Finish what a killed publisher may have left: the last announced version in the store, its deliveries live.

        A store without an overlay gets one first, since a node that finds none takes it for "nothing is taken down".
        Raises: Refused where the store holds a version the record does not know: the record was restored from a
        backup, and its next number would mean two things.
        """
        with reading(self._engine) as conn:
            head = announced_head(conn)
        version = head.version if head is not None else 0
        stored = newest_stored(self._blobs)
        if stored > version:
            raise Refused(
                "StoreAhead",
                f"the store holds version {stored}, the record has announced {version}: the record is older than "
                "what nodes serve; restore a newer one, or run `antiphon publication recover` to go on from this one",
            )
        self.mend_overlay(now)
        finish_erasures(self._engine, self._blobs, now)
        if head is not None:
            finish_version(self._engine, self._blobs, head, now)
            self._finished = head.version

    def mend_overlay(self, now: datetime) -> int:
        """Bring the overlay to what the record denies, and return how many denials the record does not know."""
        with writing(self._engine) as conn:
            mend_overlay(conn, self._blobs, now)
            return len(list_unknown(conn, self._blobs, now))

    def publish(self, now: datetime) -> Published | None:
        """Publish the oldest unannounced changes as one version; None: there are none, or publication is held.

        A version that the gate does not let through holds publication: ``hold`` says why.
        Raises: Refused where another publisher took the number first: ask again.
        """
        with reading(self._engine) as conn:
            head, newest, self.hold = announced_head(conn), head_version(conn), find_hold(conn)
        if head is not None and head.version != self._finished:
            # Somebody else announced it, and may be dead before its last step.
            finish_version(self._engine, self._blobs, head, now)
            self._finished = head.version
        done = head.record_version if head is not None else 0
        if self.hold is not None:
            self._backlog.drop()
        if self.hold is not None or newest <= done:
            return None
        try:
            built = self._backlog.build_next(done, newest)
        except Broken as error:
            built = Built(entries=(), record_version=newest, faults=(fault_of("unbuildable", str(error)),))
        return self._publish(head, built, now)

    def close(self) -> None:
        """Close the ledger, and let go of what was built ahead."""
        self._backlog.drop()
        self._ledger.close()

    def _publish(self, head: Announced | None, built: Built, now: datetime) -> Published | None:
        parent = head.segment if head is not None else NO_PARENT
        draft = Announced(
            version=head.version + 1 if head is not None else 1,
            segment="",
            parent=parent,
            record_version=built.record_version,
            announced_at=format_instant(now),
        )
        if built.faults:
            self.hold = hold_version(self._engine, draft, built.faults, b"", now)
            return None
        draft = msgspec.structs.replace(draft, segment=self._blobs.put(built.encode(parent)))
        tally = self._tally(head, built.entries, now)
        differences = find_differences(tally, self._baselines(head, tally, now), self._gates)
        if differences:
            self.hold = hold_version(self._engine, draft, differences, encode_totals(tally.totals), now)
            return None
        self._announce(head, draft, tally, now)
        deliveries = finish_version(self._engine, self._blobs, draft, now)
        self._finished = draft.version
        self._ledger.apply(draft.version, draft.segment, tally)
        return Published(
            version=draft.version,
            record_version=draft.record_version,
            documents=len(built.entries),
            deliveries=deliveries,
        )

    def _tally(self, head: Announced | None, entries: Sequence[Entry], now: datetime) -> Tally:
        self._ledger.follow(self._blobs, head.version if head is not None else 0, head.segment if head else "", now)
        return self._ledger.tally(entries, int(now.timestamp()))

    def _baselines(self, head: Announced | None, tally: Tally, now: datetime) -> tuple[Baseline, ...]:
        """Return what a version is compared with: the one before, and what was served a day ago."""
        if head is None or not tally.moves:
            return ()
        before = Baseline(f"with version {head.version}", tally.before)
        with reading(self._engine) as conn:
            then = find_baseline(conn, now - DAY)
        if then is None:
            return (before,)
        said = f"with version {then.version} of {then.announced_at[:16]}Z"
        return before, Baseline(said, decode_totals(then.body), is_a_day_old=True)

    def _announce(self, head: Announced | None, announced: Announced, tally: Tally, now: datetime) -> None:
        with writing(self._engine) as conn:
            announce(conn, announced)
            known = newest_totals(conn)
            if head is not None and known is not None and known.version < head.version:
                # A rollback or a recovery announced it, which count nothing.
                add_totals(conn, _total(head, tally.before), now)
            add_totals(conn, _total(announced, tally.totals), now)


def _total(announced: Announced, totals: Totals) -> VersionTotals:
    return VersionTotals(
        version=announced.version,
        announced_at=announced.announced_at,
        is_accepted=False,
        body=encode_totals(totals),
    )
