"""The follower: from announced versions and the overlay to the node's files. The only process that writes them.

LMDB commits first and is the version. The index follows; the head remembers how far it got, and whatever a crash left
undone is done again from the log, which is harmless where it had been done.
"""

import shutil
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.replica.files import MAP_SIZE_BYTES, NodeFiles
from antiphon.replica.head import to_ms
from antiphon.replica.index_keeping import IndexKeeper
from antiphon.replica.overlay import OverlayReader
from antiphon.replica.pin import read_pin
from antiphon.replica.reading import Replica
from antiphon.replica.recovery import check_entry, describe_head, recover_documents
from antiphon.segments import decode_segment
from antiphon.segments.log import list_snapshots, load_segment, load_version
from antiphon.segments.state import AnotherLog, check_follows

NOTE_EVERY_MS = 1000
"""How often it is written down that there is no newer version: each writing is a commit."""

LOOK_EVERY_S = 30
"""How often a node that finds no next version looks whether it was away for longer than versions are kept. It lists
names, which an object store charges for."""

JUMP_VERSIONS = 2_000
"""How far behind a snapshot a node takes it up rather than follow: some 30 ms a version make a minute, and in that time
a million tracks are taken up whole."""

VERSIONS_PER_POLL = 500
"""How many versions one poll applies at most: the lease counts from its beginning, so it must not outlast it."""

RECOVER_EVERY_S = 60
"""How often a recovery that failed is tried again: it reads a whole snapshot. Looking at what was broken goes on."""


class Follower:
    """Follows one store into one folder. Opening it reads nothing from the store.

    Raises: Refused if another follower has the folder; Broken for an overlay in it that is not readable.
    """

    def __init__(self, blobs: BlobStore, root: Path, *, map_size_bytes: int = MAP_SIZE_BYTES) -> None:
        self._blobs = blobs
        self._root = root
        self._scratch = root / "scratch"
        self._files = NodeFiles(root, map_size_bytes)
        self._index = IndexKeeper(blobs, self._files, root)
        self._overlay = OverlayReader(blobs, self._files)
        self._looked_at: datetime | None = None
        self._recovered_at: datetime | None = None
        self._mended_at: datetime | None = None
        shutil.rmtree(self._scratch, ignore_errors=True)  # of a recovery that was killed
        self.replica = Replica(root, environment=self._files.environment)
        """Reads for this very process."""

    def poll(self, now: datetime) -> bool:
        """Read the overlay, then take up every version announced since; tell whether anything changed.

        ``now`` is the time before the call: the lease counts from it.
        Raises: Broken where the store holds what cannot be served (a damaged segment, a log that is not the one we
        followed, an overlay older than ours) and no snapshot leads past it; Transient where it does not answer. Either
        way the node goes on serving what it had, notes what it lacks, and the next poll tries again.
        """
        try:
            has_changed = self._overlay.read(now)
            has_changed = self._advance(now) or has_changed
            self._mend_index(now)
        except Broken as error:
            self._files.note_trouble(str(error))
            raise
        self._files.note_trouble("")
        return has_changed

    @property
    def version(self) -> int:
        """The version this node serves; 0: none yet."""
        return self._files.load_head().version

    @property
    def trouble(self) -> str:
        """What kept this node from following when it last tried; "": nothing."""
        return self._files.load_trouble()

    def close(self) -> None:
        """Let go of the files."""
        self._index.close()
        self.replica.close()
        self._files.close()

    def _advance(self, now: datetime) -> bool:
        """Take up what was announced, up to the pin; tell whether there was anything."""
        pin = read_pin(self._root)
        head = self._files.load_head()
        if (pin or 0) != head.pin:
            self._files.change_head(pin=pin or 0)
        has_changed = False
        if pin is not None and head.version > pin:
            self._recover(pin, now, may_go_back=True)
            has_changed = True
        elif self._is_due(self._looked_at, LOOK_EVERY_S, now):
            has_changed = self._jump(pin, now)
        for _ in range(VERSIONS_PER_POLL):
            if not self._follow_next(pin, now):
                break
            has_changed = True
            self._overlay.read(now)  # a long way to catch up must not delay a takedown
        else:
            return True
        head = self._files.load_head()
        if pin is None and abs(to_ms(now) - head.level_at_ms) >= NOTE_EVERY_MS:
            self._files.change_head(level_at_ms=to_ms(now))
        return has_changed

    def _jump(self, pin: int | None, now: datetime) -> bool:
        """Take up the newest snapshot where there is no way on to it, or a long one; tell whether that was so."""
        newest = self._find_newer_snapshot(pin)
        head = self._files.load_head()
        must_jump = newest is not None and (
            not head.version
            or newest >= head.version + JUMP_VERSIONS
            or load_version(self._blobs, head.version + 1) is None
        )
        if must_jump:
            self._recover(newest, now)
        self._looked_at = now
        return must_jump

    def _follow_next(self, pin: int | None, now: datetime) -> bool:
        """Apply the next version, or get past it where it cannot be; tell whether there was one.

        Raises: Broken where it cannot, and no snapshot helps.
        """
        if pin is not None and self._files.load_head().version >= pin:
            return False
        try:
            return self._apply_next()
        except Broken as error:
            newest = self._find_newer_snapshot(pin)
            if newest is None and not isinstance(error, AnotherLog):
                raise
            try:
                self._recover(newest or pin, now)
            except Broken as failure:
                raise error from failure
            return True

    def _apply_next(self) -> bool:
        """Apply the next version; tell whether there was one."""
        head = self._files.load_head()
        version = load_version(self._blobs, head.version + 1)
        if version is None:
            return False
        check_follows(version, self._files.load_segment())
        entries = decode_segment(load_segment(self._blobs, version))
        for entry in entries:
            check_entry(entry)
        self._files.apply(entries, version.segment, **describe_head(version))
        self._index.write(entries, version.version)
        return True

    def _recover(self, upto: int | None, now: datetime, *, may_go_back: bool = False) -> None:
        """Make the documents those of a version, or of the newest. Raises: Broken, also where it just has failed."""
        if not self._is_due(self._recovered_at, RECOVER_EVERY_S, now):
            raise Broken(self._files.load_trouble() or f"version {upto} was not reached; it is tried again in a moment")
        self._recovered_at = now
        with ExitStack() as undoing:
            undoing.callback(self._index.abandon)
            if upto is not None:
                self._index.fill_ahead(upto)
            recover_documents(self._blobs, self._files, self._scratch, upto, may_go_back=may_go_back)
            undoing.pop_all()
        self._recovered_at = self._mended_at = None
        self._overlay.read(now)

    def _mend_index(self, now: datetime) -> None:
        """Bring an index that was left behind to the version of the documents."""
        head = self._files.load_head()
        if head.search_version == head.version and not self._index.is_filling:
            return
        if not self._is_due(self._mended_at, RECOVER_EVERY_S, now):
            raise Broken(self._files.load_trouble() or f"the index is not at version {head.version} yet")
        self._mended_at = now
        self._index.mend(self._scratch, lambda: self._overlay.read(now))
        self._mended_at = None

    def _find_newer_snapshot(self, pin: int | None) -> int | None:
        """Return the newest snapshot up to the pin that is newer than the node's documents; None: there is none."""
        version = self._files.load_head().version
        newer = [n for n in list_snapshots(self._blobs) if n > version and (pin is None or n <= pin)]
        return newer[-1] if newer else None

    @staticmethod
    def _is_due(last: datetime | None, every_s: int, now: datetime) -> bool:
        return last is None or abs((now - last).total_seconds()) >= every_s
