"""``antiphon demo``: a stranger types one command and hears music that entered as a delivery."""

import contextlib
import http.client
import multiprocessing
import os
import socket
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn

from antiphon.access import Client, Tier, issue_access_token, load_signing_keys
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import host_option, port_option
from antiphon.cli.processes import forget_metrics, plan_installation
from antiphon.cli.reporting import start_logging
from antiphon.cli.supervisor import Supervisor, begin_helper, stop_on_signals
from antiphon.demo.plan import Recording, Release
from antiphon.demo.repertoire import plan_repertoire
from antiphon.demo.session import DemoSession, DemoState, open_state
from antiphon.intake.queue import open_queue
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.settings import Web, child_environment

READY_POLL_S = 0.1
"""How often the demo asks whether the web workers are ready."""

STAGE_WEIGHT = {
    Stage.ACCEPTED: 0,
    Stage.READ: 1,
    Stage.CHECKED: 2,
    Stage.RENDERED: 3,
    Stage.COMMITTED: 4,
    Stage.LIVE: 5,
}
"""How far along its way a delivery is at each stage, for a bar of five steps."""


@click.command()
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("var/demo"),
    show_default=True,
    help="Folder of the demo; it survives restarts.",
)
@click.option(
    "--deliveries",
    type=click.Path(file_okay=False, path_type=Path),
    help="Leave the batches here, as the labels would send them, to look at.",
)
@host_option
@port_option
def demo(data: Path, deliveries: Path | None, host: str, port: int) -> None:
    """Compose four releases and more, deliver them as labels would, and play them."""
    console = Console(highlight=False)
    refuse_taken_port(host, port)
    parts = open_installation(data, create=True)
    repertoire = plan_repertoire()
    state = open_state(parts.places.data, parts.engine, repertoire, read_clock())
    web = Web(host=host, port=port, open_player=True)
    log_file = parts.places.data / "demo.log"
    start_logging("json", "demo", log_file.open("a"))
    forget_metrics(parts.places)
    stop = stop_on_signals()
    environment = {"ANTIPHON_SIGNING_KEY": state.signing_key, "ANTIPHON_LOG_FORMAT": "json"}
    supervisor = Supervisor(
        plan_installation(web), environment=child_environment(parts.places, environment), log_file=log_file
    )
    running = threading.Thread(target=supervisor.run, args=(stop,), name="supervisor")
    running.start()
    try:
        queue = open_queue(parts.engine)
        session = DemoSession(
            parts.engine,
            parts.blobs,
            queue,
            data=parts.places.data,
            state=state,
            repertoire=repertoire,
            deliveries_root=deliveries,
            start_composers=start_composers,
            clock=read_clock,
        )
        with Bars(console) as bars:
            is_done = session.deliver_all(bars, stop)
        queue.close()
        if is_done and wait_until_ready(web, stop):
            print_welcome(console, web, state, deliveries)
        stop.wait()
    finally:
        stop.set()
        console.print("Stopping ...", style="dim")
        running.join()


def start_composers() -> ProcessPoolExecutor:
    """Return processes that compose, one per core."""
    return ProcessPoolExecutor(
        max_workers=os.cpu_count() or 1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=begin_helper,
    )


class Bars:
    """One bar per release: a step for each recording composed, then one for each stage of its delivery."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<28}"),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[state]}"),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def composed(self, release: Release, recording: Recording) -> None:
        """Show that a recording is on disk."""
        self._progress.update(self._task_of(release), advance=1, state=f"composed {recording.title[:32]}")

    def staged(self, release: Release, stage: Stage) -> None:
        """Show the stage a delivery has come to."""
        done = len(release.tracks) + STAGE_WEIGHT.get(stage, len(STAGE_WEIGHT) - 1)
        colour = "green" if stage is Stage.LIVE else "red" if stage.is_final else "cyan"
        self._progress.update(self._task_of(release), completed=done, state=f"[{colour}]{stage}[/]")

    def _task_of(self, release: Release) -> TaskID:
        if release.icpn not in self._tasks:
            steps = len(release.tracks) + max(STAGE_WEIGHT.values())
            self._tasks[release.icpn] = self._progress.add_task(release.title, total=steps, state="")
        return self._tasks[release.icpn]


def refuse_taken_port(host: str, port: int) -> None:
    """Return nothing if the port is free. Raises: Refused, with the way out, where somebody listens on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            message = f"{host}:{port} is taken ({error.strerror}); choose another: make run PORT={port + 10}"
            raise Refused("PortTaken", message) from error


def wait_until_ready(web: Web, stop: threading.Event) -> bool:
    """Return True when the installation says that it is ready for listeners; False: told to stop before."""
    while not stop.wait(READY_POLL_S):
        connection = http.client.HTTPConnection(web.host, web.port, timeout=2)
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.request("GET", "/ops/ready")
            if connection.getresponse().status == 200:
                return True
    return False


def print_welcome(console: Console, web: Web, state: DemoState, deliveries: Path | None) -> None:
    """Print where to listen, one line to paste, and where to look behind the scenes."""
    app = Client(client_id=state.app, name="Demo app", secret_hash="", tier=Tier.PREMIUM)
    token = issue_access_token(load_signing_keys(state.signing_key), app, read_clock())
    base = web.base_url
    lines = [
        ("Listen", f"{base}/"),
        ("Console", f"{base}/console"),
        ("  user", state.operator),
        ("  password", state.operator_secret),
    ]
    if deliveries is not None:
        lines.append(("Batches", str(deliveries)))
    lines.append(("Search", "the catalogue API, with a token that is good for an hour:"))
    console.print()
    for name, value in lines:
        console.print(f"[bold]{name:<10}[/] {value}", soft_wrap=True)
    click.echo()
    # Written plainly, never wrapped: a line to paste must stay one line.
    click.echo(f"curl -s -H 'Authorization: Bearer {token}' '{base}/v1/search?q=low+tide&type=track&market=US'\n")
    console.print("Ctrl-C stops it.", style="dim")
