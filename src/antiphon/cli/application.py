"""The application of a whole installation: the read path beside the pages, on one port."""

import os
from collections.abc import Callable

from antiphon.blobs import open_blobs
from antiphon.cli.clock import read_clock, read_seconds
from antiphon.cli.installation import open_installation
from antiphon.cli.reads import open_read_path
from antiphon.cli.reporting import hand_over_forever
from antiphon.cli.signing import read_signing_keys
from antiphon.intake.uploads import Uploads
from antiphon.listeners import open_stars
from antiphon.plays import open_plays
from antiphon.replica import Replica
from antiphon.segments import DocumentKind, DocumentView, decode_track_media
from antiphon.settings import Places, Web
from antiphon.surfaces.application import Application
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.console.routes import console_routes
from antiphon.surfaces.explain.provenance_routes import provenance_routes
from antiphon.surfaces.explain.routes import explain_routes
from antiphon.surfaces.listening.routes import listening_routes
from antiphon.surfaces.ops.routes import ops_routes
from antiphon.surfaces.player.routes import player_routes
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.provider.routes import provider_routes
from antiphon.surfaces.reads.asgi import ReadApp
from antiphon.surfaces.reads.metering import ReadMeter
from antiphon.telemetry import Metrics


def build_application(places: Places, web: Web) -> Application:
    """Return the application of a whole installation."""
    engine = open_installation(places.data).engine
    keys = read_signing_keys()
    gate = Gate(engine=engine, keys=keys, clock=read_clock)
    blobs = open_blobs(places.blobs_url)
    dock = Dock(gate, blobs, Uploads(engine, places.uploads))
    replica = Replica(places.node)
    metrics = Metrics()
    process = f"web-{os.getpid()}"
    hand_over_forever(metrics, places.metrics, process)
    plays = open_plays(places.data / "plays.db", blobs, make_duration_finder(replica))
    stars = open_stars(places.data / "listeners.db")
    return Application(
        reads=ReadApp(open_read_path(places, web, replica), clock=read_seconds, observe=ReadMeter(metrics)),
        routes=[
            *explain_routes(gate),
            *provenance_routes(gate),
            *provider_routes(dock, web.base_url),
            *console_routes(dock),
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
