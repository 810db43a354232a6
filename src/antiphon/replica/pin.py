"""The pin: a small file in a node's folder that tells its follower to stop at a version, and nothing else.

Whoever may write the folder may pin the node; the follower reads the file at every poll. What a pin never holds back
is the overlay: a pinned node still hears of every takedown, and denies it.
"""

import os
from pathlib import Path

from antiphon.model.errors import Broken, Refused
from antiphon.segments.version import MAX_VERSION

_PIN_NAME = "pin"


def pin_node(root: Path, version: int) -> None:
    """Tell the node of a folder to stop at a version; it goes back to it, if it is further and the log allows.

    Raises: Refused for a number no version has.
    """
    if not 1 <= version <= MAX_VERSION:
        raise Refused("InvalidVersion", f"got version {version}; expected 1 to {MAX_VERSION}")
    root.mkdir(parents=True, exist_ok=True)
    temporary = root / f"{_PIN_NAME}.new"
    with temporary.open("w", encoding="ascii") as file:
        file.write(f"{version}\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(root / _PIN_NAME)


def unpin_node(root: Path) -> None:
    """Let the node of a folder follow to the newest version again; one that is not pinned does already."""
    (root / _PIN_NAME).unlink(missing_ok=True)


def read_pin(root: Path) -> int | None:
    """Return the version a node is to stop at; None: it is not pinned. Raises: Broken for a file that is no pin."""
    try:
        text = (root / _PIN_NAME).read_bytes()
    except FileNotFoundError:
        return None
    if not text.strip().isdigit() or not 1 <= int(text) <= MAX_VERSION:
        raise Broken(f"{root / _PIN_NAME} holds {text[:40]!r}; expected a version; write or remove the pin again")
    return int(text)
