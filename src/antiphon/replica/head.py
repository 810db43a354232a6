"""The head: which version the node's documents are, and when it last heard from the store. One small LMDB value."""

from datetime import datetime
from struct import Struct
from typing import NamedTuple

LEASE_S = 300
"""How long a node may grant playback after it last read the overlay. With the life of a signed URL it bounds how late a
takedown can be in any partition. Source: the reliability rules, "permission is leased"."""

MAX_CLOCK_STEP_S = 5
"""How far in the future the last reading may seem to lie: more, and the clock was set back, so nobody knows how old the
overlay is: it counts as never read."""

HEAD_KEY = b"\x00head"
OVERLAY_KEY = b"\x00overlay"
SEGMENT_KEY = b"\x00segment"
TROUBLE_KEY = b"\x00trouble"
"""Keys beside the documents', whose first byte is never 0."""

_HEAD = Struct("<QqQQqqQQ")


class Head(NamedTuple):
    """Where the node stands. ``version`` 0: nothing published yet. Times are milliseconds since the epoch.

    ``search_version`` is the version the index is known to hold. ``overlay_read_at_ms`` is the lease's clock;
    ``level_at_ms`` says when the store last had no newer version; 0: never. ``overlay_mark`` changes with the overlay.
    ``pin`` is the version the node was last told to stop at; 0: it is not pinned.
    """

    version: int = 0
    announced_at_ms: int = 0
    record_version: int = 0
    search_version: int = 0
    overlay_read_at_ms: int = 0
    level_at_ms: int = 0
    overlay_mark: int = 0
    pin: int = 0


NO_HEAD = _HEAD.pack(*Head())
"""The head of a node that has nothing yet."""


class Freshness(NamedTuple):
    """How old a node's answers are, in seconds.

    ``age_s``: since it last read the overlay from the store; a node that never did is as old as the epoch.
    ``lease_left_s``: how much longer it may grant playback; 0: it may not. ``level_age_s``: since it last knew that
    there is no newer version; larger than ``age_s`` where a version cannot be applied, or the node is pinned.
    ``pin``: the version it is to stop at; 0: it is not pinned.
    """

    version: int
    age_s: float
    lease_left_s: float
    level_age_s: float
    pin: int = 0


def pack_head(head: Head) -> bytes:
    """Return the bytes of a head."""
    return _HEAD.pack(*head)


def unpack_head(data: bytes | None) -> Head:
    """Return the head that bytes hold; None, or a head of another form: that of a node which has nothing yet."""
    return Head() if data is None or len(data) != _HEAD.size else Head._make(_HEAD.unpack(data))


def measure_freshness(head: Head, now: datetime) -> Freshness:
    """Return how old a head is at an instant."""
    now_s = now.timestamp()
    age_s = measure_age_s(head.overlay_read_at_ms, now_s)
    level_age_s = measure_age_s(head.level_at_ms, now_s)
    return Freshness(head.version, age_s, max(0.0, LEASE_S - age_s), level_age_s, head.pin)


def measure_age_s(at_ms: int, now_s: float) -> float:
    """Return how many seconds ago a time of a head is; the clock was set back: as long ago as the epoch."""
    age_s = now_s - at_ms / 1000
    if age_s < -MAX_CLOCK_STEP_S:
        return now_s
    return max(0.0, age_s)


def to_ms(moment: datetime) -> int:
    """Return an aware instant in milliseconds since the epoch."""
    return int(moment.timestamp() * 1000)
