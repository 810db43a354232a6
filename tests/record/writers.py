"""Writers and a reader at work on one record at once: threads here, or a process of its own (``python -m``).

The writers apply deliveries that share artists, recordings and releases; some of their transactions fall over at a
moment that a seed chooses, and are begun again, as a worker's are. The reader follows the change log by version.
"""

import os
import random
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine, event

from antiphon.intake.commit import apply_statement
from antiphon.model.errors import Transient
from antiphon.record import open_record, reading, writing
from antiphon.record.changes import Change, changes_after, head_version
from tests.builders import a_recording, changed
from tests.record.deliveries import NOW, an_album, receive

PROVIDERS = ("north", "south")
ICPNS = ("4006381333931", "96385074", "036000291452")
DAYS = 3
"""Each provider's messages about each release, which supersede each other."""

ATTEMPTS_MAX = 50
"""Of one transaction: what fails so often does not fail by chance."""

STATEMENTS_MAX = 60
"""Before which of its SQL statements a transaction falls over: an application has about as many."""

FAULTY_SHARE = 1 / 3
"""How many transactions fall over."""

KILLED = 9
"""The exit code of a process that a fault killed."""

PAGE = 7
"""Changes the reader takes at a time: fewer than an application makes, so that it stops in the middle of one."""


class FellOver(Exception):
    """A transaction that was to fall over did."""


def accept_deliveries(engine: Engine) -> list[str]:
    """Accept each provider's messages: three editions of three releases whose recordings overlap; return their ids."""
    with writing(engine) as conn:
        return [
            receive(
                conn,
                an_album(
                    *(a_recording(recording) for recording in (number, number + 1)),
                    icpn=icpn,
                    day=day,
                    titles=(changed(a_recording().titles[0], value=f"Edition {day} of {number}"),),
                ),
                provider,
                files=(f"{number:064}", f"{number + 1:064}"),
            ).id
            for provider in PROVIDERS
            for number, icpn in enumerate(ICPNS, 1)
            for day in range(1, DAYS + 1)
        ]


class Faults:
    """Lets a share of the transactions of an engine's threads fall over, before a statement that the seed chooses."""

    def __init__(self, engine: Engine, seed: int, share: float, fall_over: Callable[[], None]) -> None:
        self._chance = random.Random(seed)
        self._share = share
        self._left = threading.local()
        self._fall_over = fall_over
        event.listen(engine, "begin", self._choose)
        event.listen(engine, "before_cursor_execute", self._count)

    def _choose(self, _conn: object) -> None:
        self._left.count = self._chance.randrange(STATEMENTS_MAX) if self._chance.random() < self._share else None

    def _count(self, *_: Any) -> None:
        if getattr(self._left, "count", None) is None:
            return
        self._left.count -= 1
        if self._left.count < 0:
            self._left.count = None
            self._fall_over()


def fall_over() -> None:
    """Let the transaction that runs be rolled back."""
    raise FellOver


def apply_all(engine: Engine, ids: Iterable[str], note: Callable[[str], object]) -> None:
    """Apply deliveries in the order given, each in a transaction that is begun again until it commits.

    Each is noted as the last thing its transaction does, with the head locked: so the notes are in order of commit.
    """
    for delivery_id in ids:
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                with writing(engine) as conn:
                    apply_statement(conn, delivery_id, NOW)
                    note(delivery_id)
                break
            except (FellOver, Transient):
                if attempt == ATTEMPTS_MAX:
                    raise


class Sighting(msgspec.Struct, frozen=True):
    """What a reader saw at once: the version it had come to, the changes behind it, and the head."""

    after: int
    found: tuple[Change, ...]
    head: int


def follow(engine: Engine, are_done: Callable[[], bool]) -> list[Sighting]:
    """Follow the change log until the writers are done and nothing is new; return all that was seen."""
    seen: list[Sighting] = []
    version = 0
    while True:
        was_done = are_done()
        with reading(engine) as conn:
            found = tuple(changes_after(conn, version, PAGE))
            seen.append(Sighting(version, found, head_version(conn)))
        if found:
            version = found[-1].version
        elif was_done:
            return seen


class Course(msgspec.Struct, frozen=True):
    """What came of writers at once: the deliveries in order of commit, and what a reader saw meanwhile."""

    order: tuple[str, ...]
    sightings: tuple[Sighting, ...]


def write_and_follow(engine: Engine, reader: Engine, ids: list[str], seed: int, writers: int) -> Course:
    """Let writers apply every delivery twice, each in an order of its own, while a reader follows."""
    chance, order = random.Random(seed), list[str]()
    twice = chance.sample([*ids, *ids], 2 * len(ids))
    with ThreadPoolExecutor(writers + 1) as threads:
        busy = [threads.submit(apply_all, engine, twice[first::writers], order.append) for first in range(writers)]
        follower = threads.submit(follow, reader, lambda: all(writer.done() for writer in busy))
        for writer in busy:
            writer.result()
        return Course(tuple(order), tuple(follower.result()))


def main(url: str, notes: str, seed: int, share: float, ids: list[str]) -> None:
    """Apply deliveries in an order that the seed chooses, as a process that a fault kills by its share."""
    engine = open_record(url)
    Faults(engine, seed, share, lambda: os._exit(KILLED))
    with Path(notes).open("a") as file:
        apply_all(engine, random.Random(seed).sample(ids, len(ids)), lambda done: print(done, file=file, flush=True))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5:])
