"""The processes of an installation, each a command of its own, and the two commands that keep a set of them alive."""

import os
from pathlib import Path
from typing import Any

import click

from antiphon.cli.installation import open_installation, read_signing_keys
from antiphon.cli.options import data_option, log_option, web_options
from antiphon.cli.supervisor import ProcessPlan, Supervisor, die_with_parent, stop_on_signals
from antiphon.settings import Places, Web, child_environment, find_places, make_folders

PUBLISH_POLL_S = 0.05
"""How often the publisher looks for changes: what it adds to the time from commit to visible. One indexed read."""
FOLLOW_POLL_S = 0.05
"""How often a node looks for the next version and the overlay: what it adds to a takedown. Two small reads."""


@click.command()
@data_option
@log_option
@web_options
def serve(data: Path, log_format: str, **web_settings: Any) -> None:
    """Run a whole installation on this machine: web workers, intake worker, publisher and follower.

    Each is a process that is started again when it dies. Needs a signing key: ANTIPHON_SIGNING_KEY.
    """
    read_signing_keys()
    parts = open_installation(data, create=True)
    parts.engine.dispose()
    supervise(parts.places, plan_installation(Web(**web_settings)), log_format)


@click.command()
@data_option
@log_option
@web_options
def node(data: Path, log_format: str, **web_settings: Any) -> None:
    """Run a read-only node: a follower, and the read path alone on its fastest interface.

    It needs the object store (ANTIPHON_BLOBS_URL) and the signing key, no database.
    """
    read_signing_keys()
    places = find_places(data, os.environ)
    make_folders(places)
    reads = ProcessPlan("web", ("web", "--reads-only", *web_arguments(Web(**web_settings))))
    supervise(places, [ProcessPlan("follower", ("follower",)), reads], log_format)


@click.command()
@data_option
@log_option
def worker(data: Path, log_format: str) -> None:
    """Run the intake worker: takes accepted deliveries through their workflow."""
    from antiphon.cli.loops import run_intake

    die_with_parent()
    stop = stop_on_signals()
    run_intake(open_installation(data, create=True), stop, log_format=log_format)


@click.command()
@data_option
@log_option
def publisher(data: Path, log_format: str) -> None:
    """Run the publisher: announces what is committed as numbered versions."""
    from antiphon.cli.loops import run_publisher

    die_with_parent()
    stop = stop_on_signals()
    run_publisher(open_installation(data, create=True), stop, log_format=log_format, poll_s=PUBLISH_POLL_S)


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
    run_follower(places, stop, log_format=log_format, poll_s=FOLLOW_POLL_S)


@click.command()
@data_option
@log_option
@web_options
@click.option("--reads-only", is_flag=True, help="Serve the read path alone, on RSGI.")
def web(data: Path, log_format: str, *, reads_only: bool, **web_settings: Any) -> None:
    """Run the web workers."""
    from antiphon.cli.webserver import run_web

    die_with_parent()
    read_signing_keys()
    run_web(find_places(data, os.environ), Web(**web_settings), reads_only=reads_only, log_format=log_format)


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


def supervise(places: Places, plans: list[ProcessPlan], log_format: str) -> None:
    """Keep the processes alive until Ctrl-C or SIGTERM, then stop them."""
    from antiphon.cli.events import make_event_log

    supervisor = Supervisor(
        plans,
        environment=child_environment(places, {"ANTIPHON_LOG_FORMAT": log_format}),
        on_event=make_event_log(log_format),
    )
    supervisor.run(stop_on_signals())
