"""Where an installation keeps what, and how it is reached: composed once by the shell, passed down in small parts."""

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8780
DEFAULT_RATE = 200
"""requests a second of one client: ten people scrolling, or a crawler that reads a million tracks in 90 minutes."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where state lives. One folder by default; the record and the blobs move out by URL."""

    data: Path
    record_url: str
    blobs_url: str

    @property
    def node(self) -> Path:
        """The node's local files: LMDB and Tantivy."""
        return self.data / "node"

    @property
    def scratch(self) -> Path:
        """Where media are unpacked while they are decoded; emptied at will."""
        return self.data / "scratch"

    @property
    def uploads(self) -> Path:
        """Where uploads are staged until they are complete; web processes of several machines must share it."""
        return self.data / "uploads"

    @property
    def ledger(self) -> Path:
        """Where the publisher keeps its counts of what it published; made again from the log where it is gone."""
        return self.data / "ledger"

    @property
    def metrics(self) -> Path:
        """Where processes without a port leave their metrics for the web process to show."""
        return self.data / "metrics"


class Web(msgspec.Struct, frozen=True, kw_only=True):
    """How listeners and applications reach this installation.

    ``public_url`` is the base of every absolute link, without a final slash. ``rate``: requests a second one client may
    make of each web worker; 0: no limit. ``open_player`` lets anyone who opens the player listen without an account.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    public_url: str = ""
    workers: int = 1
    rate: int = DEFAULT_RATE
    open_player: bool = False

    @property
    def base_url(self) -> str:
        """The public URL, or the loopback one where none is set."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"


def find_places(data: Path, environment: Mapping[str, str]) -> Places:
    """Return where an installation rooted at ``data`` keeps its state.

    ``ANTIPHON_RECORD_URL`` and ``ANTIPHON_BLOBS_URL`` move the record to PostgreSQL and the blobs to S3 or GCS.
    """
    data = data.resolve()
    return Places(
        data=data,
        record_url=environment.get("ANTIPHON_RECORD_URL") or f"sqlite:///{data / 'record.db'}",
        blobs_url=environment.get("ANTIPHON_BLOBS_URL") or str(data / "blobs"),
    )


def make_folders(places: Places) -> None:
    """Make the folders of an installation, readable by their owner alone."""
    for folder in (places.data, places.node, places.scratch, places.uploads, places.metrics):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def child_environment(places: Places, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the environment a process of this installation is started with."""
    return {
        **os.environ,
        "ANTIPHON_DATA": str(places.data),
        "ANTIPHON_RECORD_URL": places.record_url,
        "ANTIPHON_BLOBS_URL": places.blobs_url,
        **extra,
    }
