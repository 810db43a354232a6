"""The proof that the catalogue is a function of statements, links and decisions: compute it again and compare.

Releases are computed in batches, by as many processes as there are cores, and compared with what is stored of each.
What several albums speak of is compared in ranges of ids after that. So nothing is held of the catalogue but the ids of
its albums, whatever its size, and what is found to differ.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice

from sqlalchemy import Connection, Engine, and_, func, select

from antiphon.record.batches import RELEASES_AT_ONCE
from antiphon.record.changes import head_version, lock_head
from antiphon.record.comparison import (
    Difference,
    IdRange,
    ReleaseKeys,
    check_entities,
    check_releases,
    list_contributions,
    load_shared,
)
from antiphon.record.crew import Crew, Here, Runner, open_crew
from antiphon.record.engine import reading, writing
from antiphon.record.statements import list_current_keys
from antiphon.record.tables import contributions, current_statements, entities

ENTITIES_AT_ONCE = 10_000
"""Ids of one range: some megabytes of bodies."""

Report = Callable[[int, int], None]
"""Told how many releases of how many are done."""


def recompute(conn: Connection) -> list[str]:
    """Return the ids of the entities that are stored otherwise than they would be computed now, sorted; empty: proven.

    Computes from statements, links and decisions alone and writes nothing. Indexes that differ count for their album.
    """
    return _prove(conn, Here(conn), lambda _done, _total: None)


def recompute_with(engine: Engine, processes: int, report: Report) -> list[str]:
    """Return the same, computed by so many processes, while others may go on writing."""
    with open_crew(engine, processes) as crew, one_state(engine, crew) as conn:
        return _prove(conn, crew, report)


@contextmanager
def one_state(engine: Engine, crew: Crew) -> Iterator[Connection]:
    """Give a connection that reads the state a crew reads; who writes waits only until all have begun."""
    with reading(engine) as conn:
        with writing(engine) as locking:
            lock_head(locking)
            head_version(conn)
            crew.look()
        yield conn


def _prove(conn: Connection, runner: Runner, report: Report) -> list[str]:
    albums: set[str] = set()
    differing: set[str] = set()
    spoken = _Spoken()
    total, done = count_releases(conn), 0
    for checked in runner.run(check_releases, list_batches(conn)):
        albums.update(checked.albums)
        differing.update(difference.album_id for difference in checked.differences)
        for difference in checked.differences:
            spoken.add(difference)
        done += len(checked.albums)
        report(done, total)
    for found in runner.run(check_entities, list_ranges(conn)):
        differing.update(set(found.albums) - albums)
        shared = (d for d in found.differences if (d.kind, d.entity_id) not in spoken.said)
        differing.update(difference.entity_id for difference in shared)
    return sorted(differing | set(spoken.find_differing(conn)))


class _Spoken:
    """What albums that are stored otherwise would say of shared entities: those are judged by what is computed."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], dict[str, tuple[str, bytes] | None]] = defaultdict(dict)

    def add(self, difference: Difference) -> None:
        """Take in what an album would say; None: nothing, though it is stored as if it did."""
        for gone in difference.stored.contributions - difference.computed.contributions:
            self.said[gone.kind, gone.entity_id][difference.album_id] = None
        for said in difference.computed.contributions - difference.stored.contributions:
            self.said[said.kind, said.entity_id][difference.album_id] = said.statement_order, said.body

    def find_differing(self, conn: Connection) -> Iterator[str]:
        """Yield the ids of those that are not stored as the newest statement would have them."""
        for (kind, entity_id), said in self.said.items():
            others = and_(
                contributions.c.kind == kind,
                contributions.c.entity_id == entity_id,
                contributions.c.album_id.not_in(sorted(said)),
            )
            told = [(order, body) for _, _, order, body in list_contributions(conn, others)]
            told += [word for word in said.values() if word is not None]
            newest = max(told)[1] if told else None
            if load_shared(conn, kind, entity_id) != newest:
                yield entity_id


def count_releases(conn: Connection) -> int:
    """Return how many releases have a current statement."""
    return conn.execute(select(func.count()).select_from(current_statements)).scalar_one()


def list_batches(conn: Connection) -> Iterator[ReleaseKeys]:
    """Yield every release that has a current statement, in batches of one provider."""
    for provider, pairs in groupby(list_current_keys(conn), key=lambda pair: pair[0]):
        keys = (key for _, key in pairs)
        while batch := list(islice(keys, RELEASES_AT_ONCE)):
            yield ReleaseKeys(provider, batch)


def list_ranges(conn: Connection) -> Iterator[IdRange]:
    """Yield ranges that have all ids between them, each with some thousands of entities."""
    after = ""
    step = select(entities.c.id).order_by(entities.c.id).offset(ENTITIES_AT_ONCE).limit(1)
    while (upto := conn.execute(step.where(entities.c.id > after)).scalar_one_or_none()) is not None:
        yield IdRange(after, upto)
        after = upto
    yield IdRange(after, "")
