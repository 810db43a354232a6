"""The web workers: one server, one port; the read path beside the pages, or alone."""

import os
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops

from antiphon.blobs import open_blobs
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation, read_signing_keys
from antiphon.cli.reporting import hand_over_forever, start_logging
from antiphon.cli.supervisor import die_with_parent
from antiphon.listeners import open_stars
from antiphon.plays import open_plays
from antiphon.replica import Replica
from antiphon.segments import DocumentKind, DocumentView, decode_track_media
from antiphon.settings import Places, Web
from antiphon.surfaces.application import Application
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.console.routes import console_routes
from antiphon.surfaces.explain.routes import explain_routes
from antiphon.surfaces.listening.routes import listening_routes
from antiphon.surfaces.ops.routes import ops_routes
from antiphon.surfaces.player.routes import player_routes
from antiphon.surfaces.provider.routes import provider_routes
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.asgi import ReadApp
from antiphon.surfaces.reads.metering import ReadMeter, report_failure
from antiphon.surfaces.reads.rsgi import ReadServer
from antiphon.surfaces.tokens import TokenApp, TokenEndpoint
from antiphon.telemetry import Metrics

BACKLOG = 1024
"""Connections the kernel keeps waiting while a worker starts again."""
KILL_AFTER_S = 5
"""How long a worker may take to finish its answers when it is told to stop."""


def run_web(places: Places, web: Web, *, reads_only: bool, log_format: str) -> None:
    """Serve until told to stop. Workers are forked; each opens its own parts, since LMDB must not cross a fork."""
    server = Granian(
        "antiphon",
        address=web.host,
        port=web.port,
        interface=Interfaces.RSGI if reads_only else Interfaces.ASGINL,
        workers=web.workers,
        loop=Loops.uvloop,
        backlog=BACKLOG,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
        respawn_interval=0.1,
        workers_kill_timeout=KILL_AFTER_S,
    )
    build = build_reads if reads_only else build_application

    def load_target(*_: Any) -> Any:
        die_with_parent()
        start_logging(log_format, "web")
        return build(places, web)

    server.serve(target_loader=load_target, wrap_loader=False)


def open_read_path(places: Places, web: Web, replica: Replica) -> ReadPath:
    """Return the read path on this machine's node."""
    settings = ReadSettings(public_url=web.public_url)
    return ReadPath(replica, open_blobs(places.blobs_url), read_signing_keys(), settings, report_failure)


def build_reads(places: Places, web: Web) -> ReadServer:
    """Return the application of a node: the read path and nothing else."""
    metrics = Metrics()
    hand_over_forever(metrics, places.metrics, f"web-{os.getpid()}")
    read_path = open_read_path(places, web, Replica(places.node))
    return ReadServer(read_path, clock=read_clock, observe=ReadMeter(metrics))


def build_application(places: Places, web: Web) -> Application:
    """Return the application of a whole installation."""
    engine = open_installation(places.data).engine
    keys = read_signing_keys()
    gate = Gate(engine=engine, keys=keys, clock=read_clock)
    replica = Replica(places.node)
    metrics = Metrics()
    process = f"web-{os.getpid()}"
    hand_over_forever(metrics, places.metrics, process)
    plays = open_plays(places.data / "plays.db", open_blobs(places.blobs_url), make_duration_finder(replica))
    stars = open_stars(places.data / "listeners.db")
    return Application(
        reads=ReadApp(open_read_path(places, web, replica), clock=read_clock, observe=ReadMeter(metrics)),
        tokens=TokenApp(TokenEndpoint(keys=keys, find_client=gate.find_client), clock=read_clock),
        routes=[
            *explain_routes(gate),
            *provider_routes(gate),
            *console_routes(gate),
            *ops_routes(gate, replica, metrics, places.metrics, process),
            *listening_routes(gate, stars, plays),
            *player_routes(gate, is_open=web.open_player),
        ],
    )


def make_duration_finder(replica: Replica) -> Callable[[str], int | None]:
    """Return what gives a track's duration in ms by its id, from this machine's node; None: it has no such track."""

    def find_duration_ms(track_id: str) -> int | None:
        with replica.transaction() as view:
            document = view.get(DocumentKind.TRACK_MEDIA, track_id)
        return decode_track_media(DocumentView(document).body()).duration_ms if document is not None else None

    return find_duration_ms
