"""The processes of an installation, each a command of its own, and the two commands that keep a set of them alive."""

import os
from pathlib import Path

import click

from antiphon.cli.options import (
    data_option,
    log_option,
    make_web,
    open_installation,
    read_clock,
    read_signing_keys,
    web_options,
)
from antiphon.cli.supervisor import ProcessPlan, Supervisor, die_with_parent, stop_on_signals
from antiphon.settings import Places, Web, child_environment, find_places, make_folders
from antiphon.telemetry import Log, MetricsFile, configure_logging, make_metrics

PUBLISH_POLL_S = 0.05
"""How often the publisher looks for changes: what it adds to the time from commit to visible. One indexed read."""
FOLLOW_POLL_S = 0.05
"""How often a node looks for the next version and the overlay: what it adds to a takedown. Two small reads."""
FAULT_PAUSE_S = 1.0
"""How long a loop waits after an error that may pass, so that it does not spin on a store that is down."""
METRICS_EVERY_S = 2.0
"""How often a process without a port leaves its metrics for the web process."""


@click.command()
@data_option
@log_option
@web_options
def serve(data: Path, log_format: str, host: str, port: int, public_url: str, workers: int, *, open_player: bool) -> None:
    """Run a whole installation on this machine: web workers, intake worker, publisher and follower.

    Each is a process that is started again when it dies. Needs a signing key: ANTIPHON_SIGNING_KEY.
    """
    read_signing_keys()
    parts = open_installation(data, create=True)
    parts.engine.dispose()
    web = make_web(host, port, public_url, workers, open_player=open_player)
    supervise(parts.places, plan_installation(web), {"ANTIPHON_LOG_FORMAT": log_format}, log=configure_logging(log_format))


@click.command()
@data_option
@log_option
@web_options
def node(data: Path, log_format: str, host: str, port: int, public_url: str, workers: int, *, open_player: bool) -> None:
    """Run a read-only node: a follower, and the read path alone on its fastest interface.

    It needs the object store (ANTIPHON_BLOBS_URL) and the signing key, no database.
    """
    del open_player  # a node serves the API alone
    read_signing_keys()
    places = find_places(data, os.environ)
    make_folders(places)
    web = make_web(host, port, public_url, workers, open_player=False)
    plans = [ProcessPlan("follower", ("follower",)), ProcessPlan("web", ("web", "--reads-only", *web_arguments(web)))]
    supervise(places, plans, {"ANTIPHON_LOG_FORMAT": log_format}, log=configure_logging(log_format))


@click.command()
@data_option
@log_option
def worker(data: Path, log_format: str) -> None:
    """Run the intake worker: takes accepted deliveries through their workflow."""
    from antiphon.intake import run_worker

    die_with_parent()
    stop = stop_on_signals()
    parts = open_installation(data, create=True)
    log = configure_logging(log_format)
    metrics = make_metrics()
    with MetricsFile(parts.places.metrics, "worker", metrics, every_s=METRICS_EVERY_S):
        run_worker(parts.engine, parts.blobs, scratch=parts.places.scratch, clock=read_clock, stop=stop, metrics=metrics, log=log)


@click.command()
@data_option
@log_option
def publisher(data: Path, log_format: str) -> None:
    """Run the publisher: announces what is committed as numbered versions."""
    from antiphon.cli.loops import run_publisher

    die_with_parent()
    stop = stop_on_signals()
    parts = open_installation(data, create=True)
    log = configure_logging(log_format)
    metrics = make_metrics()
    with MetricsFile(parts.places.metrics, "publisher", metrics, every_s=METRICS_EVERY_S):
        run_publisher(parts, stop, log=log, metrics=metrics, poll_s=PUBLISH_POLL_S)


@click.command()
@data_option
@log_option
def follower(data: Path, log_format: str) -> None:
    """Run the follower: brings this node's local files to the newest version."""
    from antiphon.cli.loops import run_follower

    die_with_parent()
    stop = stop_on_signals()
    places = find_places(data, os.environ)
    make_folders(places)
    log = configure_logging(log_format)
    metrics = make_metrics()
    with MetricsFile(places.metrics, "follower", metrics, every_s=METRICS_EVERY_S):
        run_follower(places, stop, log=log, metrics=metrics, poll_s=FOLLOW_POLL_S)


@click.command()
@data_option
@log_option
@web_options
@click.option("--reads-only", is_flag=True, help="Serve the read path alone, on RSGI.")
def web(data: Path, log_format: str, host: str, port: int, public_url: str, workers: int, *, open_player: bool, reads_only: bool) -> None:
    """Run the web workers."""
    from antiphon.cli.webserver import run_web

    die_with_parent()
    read_signing_keys()
    places = find_places(data, os.environ)
    run_web(places, make_web(host, port, public_url, workers, open_player=open_player), reads_only=reads_only, log_format=log_format)


def plan_installation(web: Web) -> list[ProcessPlan]:
    """Return the processes of a whole installation, in the order they start."""
    return [
        ProcessPlan("follower", ("follower",)),
        ProcessPlan("publisher", ("publisher",)),
        ProcessPlan("worker", ("worker",)),
        ProcessPlan("web", ("web", *web_arguments(web))),
    ]


def web_arguments(web: Web) -> tuple[str, ...]:
    """Return the settings of the web as the arguments that say them."""
    arguments = ["--host", web.host, "--port", str(web.port), "--workers", str(web.workers)]
    if web.public_url:
        arguments += ["--public-url", web.public_url]
    if web.open_player:
        arguments.append("--open-player")
    return tuple(arguments)


def supervise(places: Places, plans: list[ProcessPlan], environment: dict[str, str], *, log: Log) -> None:
    """Keep the processes alive until Ctrl-C or SIGTERM, then stop them."""
    stop = stop_on_signals()
    supervisor = Supervisor(
        plans,
        environment=child_environment(places, environment),
        on_event=lambda event, name, detail: log.emit(event, process=name, detail=detail),
    )
    supervisor.run(stop)
