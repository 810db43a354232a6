"""A node that knows clients and one track, and whose clients change."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from antiphon.access import Client
from antiphon.blobs import FolderBlobs
from antiphon.publication.clients import client_entry
from antiphon.replica import Follower
from antiphon.segments import OVERLAY_NAME, Overlay, encode_overlay
from antiphon.surfaces.reads import ReadPath, ReadSettings
from tests.replica.publishing import Publisher, a_track
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW

TRACK = "1" * 22
TRACK_PATH = f"/v1/tracks/{TRACK}?market=SE"


class ClientNode:
    """A read path on a node, and what is published to it."""

    def __init__(self, root: Path, settings: ReadSettings) -> None:
        self._blobs = blobs = FolderBlobs(root / "blobs")
        self._publisher = Publisher(blobs)
        self._publisher.deny(1)
        self._refusals = 1
        self._follower = Follower(blobs, root / "node", map_size_bytes=16 << 20)
        self.read_path = ReadPath(self._follower.replica, blobs, KEYS, settings, report=fail)

    def publish(self, *clients: Client, now: datetime = NOW) -> None:
        """Announce a version with these clients, and follow it."""
        self._publisher.announce([a_track(TRACK, "Low Water"), *map(client_entry, clients)])
        self._follower.poll(now)

    def refuse(self, *names: str) -> None:
        """Refuse clients and keys by the overlay alone, with no version, and read it."""
        self._refusals += 1
        overlay = Overlay(sequence=self._refusals, written_at="", refused=names)
        self._blobs.put_named(OVERLAY_NAME, encode_overlay(overlay))
        self._follower.poll(NOW)

    def close(self) -> None:
        """Let go of the node's files."""
        self._follower.close()


def fail(error: Exception, operation: str) -> None:
    """Fail the test in which an error of ours happened."""
    raise AssertionError(f"{operation} failed") from error


@contextmanager
def run_node(root: Path, settings: ReadSettings | None = None) -> Iterator[ClientNode]:
    """Give a node that has followed nothing yet."""
    node = ClientNode(root, settings or ReadSettings(public_url="https://music.example"))
    try:
        yield node
    finally:
        node.close()
