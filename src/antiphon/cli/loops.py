"""The loops of the processes that have no port: do what there is to do, wait a moment, until told to stop."""

from threading import Event

from antiphon.blobs import open_blobs
from antiphon.cli.installation import Installation
from antiphon.cli.options import read_clock
from antiphon.intake import WorkerSettings, run_worker
from antiphon.model.errors import Refused, Transient
from antiphon.publication.publisher import Publisher
from antiphon.replica import Follower
from antiphon.settings import Places

FAULT_PAUSE_S = 1.0
"""How long a loop waits after an error that may pass, so that it does not spin on a store that is down."""


def run_intake(parts: Installation, stop: Event, *, log_format: str) -> None:
    """Take deliveries through their workflow until ``stop`` is set."""
    run_worker(WorkerSettings(scratch=parts.places.scratch), parts.engine, parts.blobs, read_clock, stop)


def run_publisher(parts: Installation, stop: Event, *, log_format: str, poll_s: float) -> None:
    publisher = Publisher(parts.engine, parts.blobs)
    publisher.recover(read_clock())
    while not stop.is_set():
        try:
            published = publisher.publish(read_clock())
        except Transient:
            stop.wait(FAULT_PAUSE_S)
            continue
        except Refused as error:
            if error.code != "PublicationOvertaken":
                raise
            continue
        if published is None:
            stop.wait(poll_s)


def run_follower(places: Places, stop: Event, *, log_format: str, poll_s: float) -> None:
    """Bring this node's files to the newest version until ``stop`` is set; a store that is down is tried again."""
    follower = Follower(open_blobs(places.blobs_url), places.node)
    try:
        while not stop.is_set():
            try:
                applied = follower.poll(read_clock())
            except Transient:
                stop.wait(FAULT_PAUSE_S)
                continue
            if not applied:
                stop.wait(poll_s)
    finally:
        follower.close()
