"""What a node serves and finds, and the harm that is done to what it reads."""

from collections.abc import Callable
from datetime import timedelta

from antiphon.blobs import FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.replica import Follower
from antiphon.segments import Entry
from antiphon.segments.snapshot import Snapshot
from tests.replica.publishing import a_track

MINUTE = timedelta(minutes=1)

Follow = Callable[[], Follower]
Build = Callable[..., Snapshot]


def found(follower: Follower) -> set[str]:
    return set(follower.replica.search(EntityKind.TRACK, "title", limit=100).ids)


def served(follower: Follower) -> dict[bytes, bytes]:
    """Return every document the node serves."""
    with follower._files.environment.begin() as transaction, transaction.cursor() as cursor:
        return {bytes(key): bytes(value) for key, value in cursor if key[0] != 0}


def documents(*entries: Entry) -> dict[bytes, bytes | None]:
    return {entry.key: entry.document for entry in entries}


def tracks(*numbers: int, form: int = 0) -> list[Entry]:
    return [a_track(f"t{number:02}", f"title {form}") for number in numbers]


def rewrite(blobs: FolderBlobs, blob: str, change: Callable[[bytes], bytes]) -> None:
    path = blobs.local_path(blob)
    assert path is not None
    path.write_bytes(change(path.read_bytes()))


def flip(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 0x10,)) + data[place + 1 :]
