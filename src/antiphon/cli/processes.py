"""The processes of an installation, each a command of its own, and the two commands that keep a set of them alive.

Each command imports its own parts. They start at the same time, and on two cores what one of them does not need, such
as a database to a follower, keeps all of them waiting.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import Any

import click

from antiphon.cli.clock import read_clock
from antiphon.cli.options import (
    WatchedPlace,
    data_option,
    gate_options,
    log_option,
    node_options,
    watch_option,
    web_options,
)
from antiphon.cli.reporting import handing_over, start_logging
from antiphon.cli.supervisor import ProcessPlan, Supervisor, die_with_parent, replace_on_hangup, stop_on_signals
from antiphon.settings import Places, Web, child_environment, find_places, make_folders
from antiphon.telemetry import Metrics

PATIENT_NICENESS = 10
"""What the kernel is told of processes that take deliveries in: a tenth of the share of one that answers readers, where
both want the same processor at the same time. On processors of their own it changes nothing."""


@click.command()
@data_option
@log_option
@web_options
@watch_option
def serve(data: Path, log_format: str, watched: tuple[WatchedPlace, ...], **web_settings: Any) -> None:
    """Run a whole installation on this machine: web workers, intake worker, publisher and follower, and its inboxes.

    Each is a process that is started again when it dies. Needs a signing key: ANTIPHON_SIGNING_KEY.
    """
    from antiphon.cli.installation import open_installation
    from antiphon.cli.signing import read_signing_keys

    read_signing_keys()
    parts = open_installation(data, create=True)
    parts.engine.dispose()
    supervise(parts.places, plan_installation(Web(**web_settings), watched), log_format)


@click.command()
@data_option
@log_option
@node_options
def node(data: Path, log_format: str, **web_settings: Any) -> None:
    """Run a read-only node: a follower, and the read path alone on its fastest interface.

    It needs the object store (ANTIPHON_BLOBS_URL) and the signing key, no database.
    """
    from antiphon.cli.signing import read_signing_keys

    read_signing_keys()
    places = find_places(data, os.environ)
    make_folders(places)
    reads = ProcessPlan("web", ("web", "--reads-only", *web_arguments(Web(**web_settings))), may_overlap=True)
    supervise(places, [ProcessPlan("follower", ("follower",)), reads], log_format)


@click.command()
@data_option
@log_option
def worker(data: Path, log_format: str) -> None:
    """Run the intake worker: takes accepted deliveries through their workflow."""
    from antiphon.cli.installation import open_installation
    from antiphon.intake.worker import WorkerSettings, run_worker

    stop = begin_process("worker", log_format, is_patient=True)
    parts = open_installation(data, create=True)
    with handing_over(Metrics(), parts.places.metrics, "worker") as metrics:
        settings = WorkerSettings(scratch=parts.places.scratch)
        run_worker(settings, parts.engine, parts.blobs, read_clock, stop, metrics)


@click.command()
@data_option
@log_option
@gate_options
def publisher(data: Path, log_format: str, limits: tuple[str, ...], canaries: tuple[str, ...]) -> None:
    """Run the publisher: announces what is committed as numbered versions.

    A version that swings too far, or takes away a canary, is held: see `antiphon publication status`.
    """
    from antiphon.cli.installation import open_installation
    from antiphon.cli.publishing import run_publisher
    from antiphon.publication.gate_settings import read_gate_settings

    gates = read_gate_settings(limits, canaries)

    stop = begin_process("publisher", log_format)
    parts = open_installation(data, create=True)
    with handing_over(Metrics(), parts.places.metrics, "publisher") as metrics:
        run_publisher(parts, gates, stop, metrics)


@click.command()
@data_option
@log_option
def follower(data: Path, log_format: str) -> None:
    """Run the follower: brings this node's local files to the newest version."""
    from antiphon.cli.following import run_follower

    stop = begin_process("follower", log_format)
    places = find_places(data, os.environ)
    make_folders(places)
    with handing_over(Metrics(), places.metrics, "follower") as metrics:
        run_follower(places, stop, metrics)


@click.command()
@data_option
@log_option
@web_options
@click.option("--reads-only", is_flag=True, help="Serve the read path alone, on RSGI.")
def web(data: Path, log_format: str, *, reads_only: bool, **web_settings: Any) -> None:
    """Run the web workers."""
    from granian.constants import Interfaces

    from antiphon.cli.signing import read_signing_keys
    from antiphon.cli.webserver import run_web

    die_with_parent()
    read_signing_keys()
    places, settings = find_places(data, os.environ), Web(**web_settings)
    if reads_only:
        from antiphon.cli.reads import build_reads

        run_web(lambda: build_reads(places, settings), Interfaces.RSGI, settings, log_format=log_format)
    else:
        from antiphon.cli.application import build_application

        run_web(lambda: build_application(places, settings), Interfaces.ASGINL, settings, log_format=log_format)


def begin_process(name: str, log_format: str, *, is_patient: bool = False) -> Event:
    """Begin a process that has no port: its log, its end with its parent; return the event that tells it to stop.

    ``is_patient``: where processors are scarce it waits for those that are not.
    """
    die_with_parent()
    if is_patient:
        os.nice(PATIENT_NICENESS)
    start_logging(log_format, name)
    return stop_on_signals()


def plan_installation(web: Web, watched: Sequence[WatchedPlace] = ()) -> list[ProcessPlan]:
    """Return the processes of a whole installation, in the order they start; without inboxes no process for them."""
    inboxes = [argument for place in watched for argument in ("--inbox", str(place))]
    return [
        ProcessPlan("follower", ("follower",)),
        ProcessPlan("publisher", ("publisher",)),
        ProcessPlan("worker", ("worker",)),
        ProcessPlan("web", ("web", *web_arguments(web)), may_overlap=True),
        *([ProcessPlan("inbox", ("inbox", *inboxes))] if inboxes else []),
    ]


def web_arguments(web: Web) -> tuple[str, ...]:
    """Return the settings of the web as the arguments that say them."""
    arguments = ["--host", web.host, "--port", str(web.port), "--workers", str(web.workers), "--rate", str(web.rate)]
    if web.public_url:
        arguments += ["--public-url", web.public_url]
    if web.open_player:
        arguments.append("--open-player")
    return tuple(arguments)


def supervise(places: Places, plans: list[ProcessPlan], log_format: str) -> None:
    """Keep the processes alive until Ctrl-C or SIGTERM, then stop them. SIGHUP replaces the web workers under load."""
    start_logging(log_format, "supervisor")
    forget_metrics(places)
    environment = child_environment(places, {"ANTIPHON_LOG_FORMAT": log_format})
    Supervisor(plans, environment=environment).run(stop_on_signals(), replace_on_hangup())


def forget_metrics(places: Places) -> None:
    """Remove what processes of an earlier start have left: their counts are over."""
    for left in places.metrics.glob("*.prom"):
        left.unlink()
