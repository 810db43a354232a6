"""The backlog: what is committed and not announced, as segments to be announced one after the other.

A release that came in a moment ago is built here and now. A backlog of millions of changes, such as that of a first
publication, is built by every core: processes build stretches of it ahead, each stretch becomes a segment, and whoever
announces takes them in order. All of them look at a state of the record that has the whole backlog. So a document is
built once, for the first change of its entity: it says already what the later ones came to.

Worked example. A record with 3,500,000 changes has never been published. Two processes take changes 1 to 20,000 and
20,001 to 40,000, and so on. An artist on 200 albums has a change for each of them; the first stretch that names it
lists all its albums, the other stretches skip it.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.model.entities import EntityKind
from antiphon.publication.building import CHANGES_AT_ONCE, Named, build_batch
from antiphon.publication.gate import Difference, find_faults
from antiphon.record.changes import list_changed
from antiphon.record.crew import open_crew
from antiphon.record.engine import reading
from antiphon.record.entity_lookups import find_changed
from antiphon.segments import NO_PARENT, Entry, decode_segment, encode_segment, name_parent
from antiphon.segments.entry import entry_bytes

CHANGES_PER_SEGMENT = 4_000
"""changes of a segment that is built here: some two hundred releases, a third of a second, so that deliveries do not
wait long for those before them. An artist of 1,000 tracks who is renamed comes to some 2,000, and is one version."""

LARGE_CHANGES = 40_000
"""changes from which on a backlog is built by processes: five seconds' work, of which starting them is one."""

CHANGES_PER_STRETCH = 20_000
"""changes a process builds at a time: two seconds' work, and 64 MB of documents where all of them are new."""

SEGMENT_BYTES = 64 << 20
"""bytes of entries at which a segment is cut: the publisher holds a few such, and a node writes one in a second or two,
in which it answers from the version before."""

CHANGES_PER_LOOK = 1_000_000
"""changes that are built from one state of the record: a minute or two, in which a SQLite file cannot shrink its log of
what others write."""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """The documents of all changes up to ``record_version`` that were not announced before, each key once.

    ``faults``: what no node could read. ``packed``: the segment without its parent, where it was packed beforehand.
    """

    entries: Sequence[Entry]
    record_version: int
    faults: tuple[Difference, ...] = ()
    packed: bytes = b""

    def encode(self, parent: str) -> bytes:
        """Return the bytes of the segment that follows a parent."""
        return name_parent(self.packed, parent) if self.packed else encode_segment(self.entries, parent)


class _Stretch(NamedTuple):
    """Changes after a version and through another one, of a backlog that begins after ``since``."""

    number: int
    since: int
    after: int
    through: int


class _Packed(NamedTuple):
    """A segment as it comes from another process."""

    segment: bytes
    record_version: int
    faults: tuple[Difference, ...]


class Backlog:
    """Builds what is to be announced next. ``processes``: how many build a large backlog; small ones are built here."""

    def __init__(self, engine: Engine, processes: int = 1) -> None:
        self._engine = engine
        self._processes = processes
        self._ahead: Generator[Built, None, None] | None = None
        self._built_through = 0

    def build_next(self, after: int, through: int) -> Built:
        """Return the next segment of what changed after one version and through another, the newest; there is some.

        What was built ahead is used where it goes on at ``after``, and dropped where somebody else was faster.
        Raises: Broken (our fault) for an entity no document can be made of.
        """
        if self._ahead is not None and self._built_through == after:
            built = next(self._ahead, None)
            if built is not None:
                self._built_through = built.record_version
                return built
        self.drop()
        if through - after < LARGE_CHANGES:
            return self._build_here(after, through)
        self._ahead = self._build_ahead(after, through)
        built = next(self._ahead)
        self._built_through = built.record_version
        return built

    def drop(self) -> None:
        """Let go of what was built ahead, and of who builds it."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.close()

    def _build_here(self, after: int, through: int) -> Built:
        stretch = _Stretch(0, after, after, min(through, after + CHANGES_PER_SEGMENT))
        with reading(self._engine) as conn:
            entries, record_version = next(_build_segments(conn, stretch))
        return Built(entries=entries, record_version=record_version, faults=find_faults(entries))

    def _build_ahead(self, after: int, through: int) -> Generator[Built, None, None]:
        with open_crew(self._engine, self._processes) as crew:
            for start in range(after, through, CHANGES_PER_LOOK):
                crew.look()
                stretches = _cut_stretches(after, start, min(through, start + CHANGES_PER_LOOK))
                for packed in _put_in_order(crew.run(_build_packed, stretches)):
                    yield Built(
                        entries=decode_segment(packed.segment) if packed.segment else (),
                        record_version=packed.record_version,
                        faults=packed.faults,
                        packed=packed.segment,
                    )


def _cut_stretches(since: int, after: int, through: int) -> Iterator[_Stretch]:
    for number, start in enumerate(range(after, through, CHANGES_PER_STRETCH)):
        yield _Stretch(number, since, start, min(through, start + CHANGES_PER_STRETCH))


def _put_in_order(answers: Iterable[tuple[int, list[_Packed]]]) -> Iterator[_Packed]:
    waiting: dict[int, list[_Packed]] = {}
    following = 0
    for number, built in answers:
        waiting[number] = built
        while following in waiting:
            yield from waiting.pop(following)
            following += 1


def _build_packed(conn: Connection, stretch: _Stretch) -> tuple[int, list[_Packed]]:
    """Return the segments of a stretch, with its number: what a process does."""
    built = []
    for entries, record_version in _build_segments(conn, stretch):
        faults = find_faults(entries)
        built.append(_Packed(b"" if faults else encode_segment(entries, NO_PARENT), record_version, faults))
    return stretch.number, built


def _build_segments(conn: Connection, stretch: _Stretch) -> Iterator[tuple[tuple[Entry, ...], int]]:
    """Yield the entries of each segment of a stretch, with the change up to which they hold everything."""
    entries: dict[bytes, Entry] = {}
    size_bytes = 0
    seen: set[str] = set()
    for first in range(stretch.after, stretch.through, CHANGES_AT_ONCE):
        last = min(stretch.through, first + CHANGES_AT_ONCE)
        named = [one for one in list_changed(conn, first, last) if one[1] not in seen]
        seen.update(entity_id for _, entity_id in named)
        built = _find_built(conn, named, stretch)
        for entry in build_batch(conn, [one for one in named if one[1] not in built]):
            entries[entry.key] = entry
            size_bytes += entry_bytes(entry)
        if size_bytes >= SEGMENT_BYTES or last == stretch.through:
            yield tuple(entries.values()), last
            entries, size_bytes = {}, 0


def _find_built(conn: Connection, named: Iterable[Named], stretch: _Stretch) -> set[str]:
    """Return those that an earlier stretch of the backlog has built."""
    if stretch.since == stretch.after:
        return set()
    # A track comes with its album, so asking about it here would cost more than to build what there is of it.
    asked = (entity_id for kind, entity_id in named if kind is not EntityKind.TRACK)
    return find_changed(conn, asked, stretch.since, stretch.after)
