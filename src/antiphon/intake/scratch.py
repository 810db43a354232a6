"""Folders of work in progress: named after the process that works in them, so that what a killed one left can go."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def lend_folder(scratch: Path | None, prefix: str) -> Iterator[Path]:
    """Give a new folder until the block ends. ``scratch`` None: where the system keeps temporary files."""
    with TemporaryDirectory(dir=scratch, prefix=f"{prefix}{os.getpid()}-") as folder:
        yield Path(folder)


def remove_abandoned(scratch: Path, prefix: str, *, is_beginning: bool = False) -> None:
    """Remove the folders of this prefix whose processes have ended; those that live keep theirs.

    ``is_beginning``: this process has lent none yet, so what lies there in its name is of one that had its id.
    """
    for folder in scratch.glob(f"{prefix}*-*"):
        owner = folder.name.removeprefix(prefix).partition("-")[0]
        if owner.isdigit() and ((is_beginning and int(owner) == os.getpid()) or not _is_alive(int(owner))):
            shutil.rmtree(folder, ignore_errors=True)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
