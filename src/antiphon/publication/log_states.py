"""The state of the log at a version, from whichever base reaches it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken
from antiphon.segments.state import State, list_bases, open_state


@contextmanager
def open_log_state(blobs: BlobStore, scratch: Path, version: int) -> Iterator[State]:
    """Return the state at a version, from the newest snapshot that is sound; for a ``with`` block.

    Raises: Broken where none leads there: the log is damaged, or no longer reaches that far back.
    """
    failure = Broken(f"version {version} cannot be reached from any snapshot")
    with ExitStack() as opened:
        for base in list_bases(blobs, version):
            try:
                state = opened.enter_context(open_state(blobs, scratch, base, version))
                break
            except Broken as error:
                failure = error
        else:
            raise failure
        yield state
