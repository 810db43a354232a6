"""How fast one client may ask: a bucket of requests per client, filled at a steady rate.

A bucket is one process's own: with several workers a client gets the rate of each. Nothing is shared, so nothing can be
slow or missing; the aim is that one client's loop does not starve the others of a worker.
"""

from antiphon.surfaces.reads.refusals import ReadRefused

BURST_S = 10
"""seconds of the rate that may be used at once: a client that was quiet opens with a page full of look-ups."""

MAX_CLIENTS_KEPT = 10_000
"""clients; some 2 MB. Then all buckets are forgotten, and with them at most one burst each."""


class Quota:
    """The buckets of all clients of this process. ``rate_per_s`` 0: there is no limit."""

    def __init__(self, rate_per_s: float) -> None:
        self._rate_per_s = rate_per_s
        self._capacity = max(1.0, rate_per_s * BURST_S)
        self._buckets: dict[str, list[float]] = {}

    def take(self, client_id: str, now_s: float) -> None:
        """Take one request out of a client's bucket. Raises: ReadRefused (429) when it is empty."""
        if not self._rate_per_s:
            return
        bucket = self._buckets.get(client_id)
        if bucket is None:
            if len(self._buckets) >= MAX_CLIENTS_KEPT:
                self._buckets.clear()
            bucket = self._buckets[client_id] = [self._capacity, now_s]
        left = min(self._capacity, bucket[0] + max(0.0, now_s - bucket[1]) * self._rate_per_s)
        bucket[1] = now_s
        if left < 1:
            bucket[0] = left
            raise _too_many((1 - left) / self._rate_per_s)
        bucket[0] = left - 1


def _too_many(wait_s: float) -> ReadRefused:
    seconds = str(int(wait_s) + 1)
    return ReadRefused(
        429, "API rate limit exceeded", reason="rate_limit_exceeded", headers=(("retry-after", seconds),)
    )
