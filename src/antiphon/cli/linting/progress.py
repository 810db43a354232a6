"""How far a long run is: one line on a terminal that goes away again."""

import shutil
import time
from typing import TextIO

from antiphon.cli.linting.excerpt import showable

PATIENCE_S = 1.0
"""Seconds before anything is said: most runs are over by then."""

CLEAR = "\r\x1b[K"
"""Back to the start of the line, and what stands in it away."""


class Progress:
    """The line that says what is being checked, on a terminal that nothing else draws on.

    ``patience_s``: seconds before anything is said.
    """

    def __init__(self, stream: TextIO, *, is_shown: bool, patience_s: float = PATIENCE_S) -> None:
        self._stream = stream
        self._is_shown = is_shown
        self._said_from_s = time.monotonic() + patience_s
        self._has_said = False

    def tell(self, file: str, number: int, total: int) -> None:
        """Say which message is being checked now."""
        if self._is_shown and time.monotonic() >= self._said_from_s:
            said = f"checking {number} of {total}: {showable(file)}"
            self._stream.write(f"{CLEAR}{said[: shutil.get_terminal_size().columns - 1]}")
            self._stream.flush()
            self._has_said = True

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        if self._has_said:
            self._stream.write(CLEAR)
            self._stream.flush()
            self._has_said = False
