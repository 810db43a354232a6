"""The read path as a node serves it, alone. It loads no database."""

import os

from antiphon.blobs import open_blobs
from antiphon.cli.clock import read_clock, read_seconds
from antiphon.cli.reporting import hand_over_forever
from antiphon.cli.signing import read_signing_keys
from antiphon.replica import Replica
from antiphon.settings import Places, Web
from antiphon.surfaces.ops.node_server import NodeServer
from antiphon.surfaces.reads import ReadPath, ReadSettings
from antiphon.surfaces.reads.metering import ReadMeter, report_failure
from antiphon.surfaces.reads.rsgi import ReadServer
from antiphon.telemetry import Metrics


def open_read_path(places: Places, web: Web, replica: Replica) -> ReadPath:
    """Return the read path on this machine's node."""
    settings = ReadSettings(public_url=web.public_url, rate_per_s=web.rate)
    return ReadPath(replica, open_blobs(places.blobs_url), read_signing_keys(), settings, report_failure)


def build_reads(places: Places, web: Web) -> NodeServer:
    """Return the application of a node: the read path, and operations beside it."""
    metrics = Metrics()
    hand_over_forever(metrics, places.metrics, f"web-{os.getpid()}")
    replica = Replica(places.node)
    read_path = open_read_path(places, web, replica)
    reads = ReadServer(read_path, clock=read_seconds, observe=ReadMeter(metrics))
    return NodeServer(reads, replica, places.metrics, read_clock)
