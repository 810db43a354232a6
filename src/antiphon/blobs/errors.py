"""What can go wrong with a store, by whose fault it is."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from antiphon.model.errors import Broken, Refused, Transient

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""The device, the quota or the largest file is reached: all three end when somebody makes room."""


class BlobMissing(Broken):
    """A blob that was put is gone. Broken: a hash exists only because a put returned it, so this is a loss of ours.

    Whoever holds a hash from outside (a URL) asks ``has`` first.
    """

    def __init__(self, blob: str, store: str) -> None:
        self.blob = blob
        super().__init__(f"blob {blob} is not in {store}; expected: it was put there; restore it from a backup")


class BlobCorrupt(Broken):
    """A blob's bytes no longer fit its name. Nothing of it was returned."""

    def __init__(self, blob: str, store: str, got: str) -> None:
        self.blob = blob
        super().__init__(f"blob {blob} in {store} is damaged: its content hashes to {got}; put it again or restore it")


class SourceChanged(Transient):
    """The file changed while it was being put. Nothing was stored; put it again once its writer is done."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} changed while it was being stored; nothing was stored; try again when it is at rest")


class StoreFull(Transient):
    """There is no space left. Nothing was stored, and what was there is whole."""

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"{store} has no space left ({reason}); nothing was stored; make room, then try again")


class StoreUnavailable(Transient):
    """The store did not do what it was asked to: a disk error, a network error, a denied request."""

    def __init__(self, store: str, reason: str) -> None:
        super().__init__(f"{store} did not answer as it should: {reason}; try again, then look at the store")


class InvalidBlobName(Refused):
    """The text is no blob and no name. Refused before any path is made of it."""

    def __init__(self, text: str, expected: str) -> None:
        super().__init__("InvalidBlobName", f"got the name {text[:80]!r}; expected {expected}")


class RangeOutOfBounds(Refused):
    """The range is not inside the blob, or runs backwards."""

    def __init__(self, blob: str, start: int, stop: int, size: int) -> None:
        super().__init__(
            "RangeOutOfBounds", f"got bytes {start} to {stop} of blob {blob}; expected 0 <= start <= stop <= {size}"
        )


@contextmanager
def storage_errors(place: str) -> Iterator[None]:
    """Turn the operating system's errors inside the block into StoreFull or StoreUnavailable of ``place``."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StoreFull(place, str(error)) from error
        raise StoreUnavailable(place, str(error)) from error
