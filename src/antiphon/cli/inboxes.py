"""The inboxes' process: a thread for each place that is watched, taking in what lies there and answering beside it."""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.installation import Installation
from antiphon.cli.loops import repeat
from antiphon.cli.options import WatchedPlace, data_option, log_option, watch_option
from antiphon.model.errors import Refused
from antiphon.telemetry import Metrics, definitions, log_event

if TYPE_CHECKING:
    from antiphon.intake.queue import DeliveryQueue

LOOK_EVERY_S = 2.0
"""How often a place is looked at: what an inbox adds to the time to live. One listing, of an object store too."""

LOOK_SHARE = 10
"""A long look is followed by a wait of so many times its length: at most a tenth of a core, however much lies there."""

NOBODY_PAUSE_S = 10.0
"""How long an inbox whose provider is unknown waits before it asks again: somebody is setting things up."""


@click.command()
@data_option
@log_option
@watch_option
def inbox(data: Path, log_format: str, watched: tuple[WatchedPlace, ...]) -> None:
    """Watch folders and object stores: take in what providers put there, and put our answers beside it.

    With ",semaphore" a release folder is taken only when a file NAME.complete says so; without, also when it has come
    to rest and all files it names are there. Batches always wait for their BatchComplete.
    """
    from antiphon.cli.installation import open_installation
    from antiphon.cli.processes import begin_process
    from antiphon.cli.reporting import handing_over

    if not watched:
        raise Refused("NoInbox", "there is nothing to watch; name a place: --inbox PROVIDER=FOLDER")
    stop = begin_process("inbox", log_format, is_patient=True)
    parts = open_installation(data, create=True)
    with handing_over(Metrics(), parts.places.metrics, f"inbox-{os.getpid()}") as metrics:
        run_inboxes(parts, watched, stop, metrics)


def run_inboxes(parts: Installation, watched: Sequence[WatchedPlace], stop: Event, metrics: Metrics) -> None:
    """Watch every place until ``stop`` is set. Raises: what ended one of them; then all end."""
    from antiphon.intake.queue import open_queue

    queue = open_queue(parts.engine)
    failures: list[BaseException] = []

    def watch(place: WatchedPlace) -> None:
        try:
            look = make_look(parts, queue, place, stop, metrics)
            repeat(look, stop, poll_s=LOOK_EVERY_S)
        except BaseException as failure:  # noqa: BLE001 - a thread's end must become the process's
            failures.append(failure)
            stop.set()

    threads = [Thread(target=watch, args=(place,), name=f"inbox-{place.provider}") for place in watched]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queue.close()
    if failures:
        raise failures[0]


def make_look(
    parts: Installation, queue: "DeliveryQueue", place: WatchedPlace, stop: Event, metrics: Metrics
) -> Callable[[], bool]:
    """Return what looks at a place once, takes what is complete and sends what is owed; True: look again at once."""
    from antiphon.intake.answering import ANSWERS_AT_ONCE, send_answers
    from antiphon.intake.inbox import Inbox, InboxSettings
    from antiphon.intake.shelves import open_shelf

    shelf = open_shelf(place.location, parts.places.scratch)
    settings = InboxSettings(provider=place.provider, needs_semaphore=place.needs_semaphore)
    watched = Inbox(settings, shelf, parts.engine, parts.blobs, queue, metrics, parts.places.scratch)

    def look() -> bool:
        started_s = time.monotonic()
        try:
            watched.look(read_clock())
        except Refused as refused:
            if refused.code != "UnknownProvider":
                raise
            log_event(definitions.INBOX_PROBLEM, inbox=shelf.location, unit="", problem=str(refused))
            stop.wait(NOBODY_PAUSE_S)
        sent = send_answers(parts.engine, shelf, read_clock())
        stop.wait((time.monotonic() - started_s) * LOOK_SHARE)
        return sent == ANSWERS_AT_ONCE

    return look
