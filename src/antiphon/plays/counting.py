"""Which plays count. The rule is applied once, when a play is accepted, and its outcome is kept with the play."""

from enum import StrEnum

COUNTS_FROM_MS = 30_000
"""milliseconds; less than 30 s earns nothing, at the services labels compare us with too."""


class Exclusion(StrEnum):
    """Why a play that was kept does not count. Loops and farms are found across plays, which is for reports to do."""

    TOO_SHORT = "too_short"
    """Less than 30 s were heard, and not the whole track."""
    UNKNOWN_TRACK = "unknown_track"
    """The catalogue has no such track, so nobody is owed anything for it."""


def find_exclusion(played_ms: int, duration_ms: int | None) -> Exclusion | None:
    """Return why a play does not count; None: it counts. ``duration_ms`` is the track's; None: no such track."""
    if duration_ms is None:
        return Exclusion.UNKNOWN_TRACK
    # At least 1 ms, so that a track whose length is not known well cannot be "heard whole" in no time.
    heard_enough = played_ms >= max(1, min(COUNTS_FROM_MS, duration_ms))
    return None if heard_enough else Exclusion.TOO_SHORT
