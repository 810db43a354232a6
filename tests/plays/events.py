"""Play events for tests: valid unless a test says otherwise, and a lake on real files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from antiphon.blobs import FolderBlobs
from antiphon.plays import PlayEvent, Plays, open_plays

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DURATIONS_MS = {"song": 180_000, "jingle": 20_000, "other": 240_000}


def event_id(number: int) -> str:
    """Return an id of the form clients make, which a test can foresee."""
    return f"{number:032x}"


def an_event(number: int = 1, **fields: Any) -> PlayEvent:
    """Return an event of a song heard for 45 s, ten minutes ago, with some fields otherwise."""
    event = PlayEvent(
        event_id=event_id(number),
        track_id="song",
        market="SE",
        played_at=NOW - timedelta(minutes=10),
        played_ms=45_000,
    )
    return msgspec.structs.replace(event, **fields)


def encode_batch(*events: object) -> bytes:
    """Return the body of a batch."""
    return msgspec.json.encode({"events": events})


def open_lake(root: Path) -> Plays:
    """Return a lake on a folder's files; opening the same folder again is another process's view of it."""
    return open_plays(root / "plays.db", FolderBlobs(root / "blobs"), DURATIONS_MS.get)


def stored_blobs(root: Path) -> list[Path]:
    """Return every blob of the folder, whether the index knows it or not."""
    return [path for path in (root / "blobs" / "sha256").rglob("*") if path.is_file()]
