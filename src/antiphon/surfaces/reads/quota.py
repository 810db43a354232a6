"""How fast one client may ask: a bucket of requests per client, filled at a steady rate.

A bucket is one process's own: with several workers a client gets the rate of each. Nothing is shared, so nothing can be
slow or missing; the aim is that one client's loop does not starve the others of a worker.
"""

from antiphon.surfaces.reads.refusals import ReadRefused

BURST_S = 10
"""seconds of the rate that may be used at once: a client that was quiet opens with a page full of look-ups."""

MAX_CLIENTS_KEPT = 10_000
"""clients; some 2 MB. Then all buckets are forgotten, and with them at most one burst each."""

_UNLIMITED = float("inf")


class Bucket:
    """What one client may still ask for: ``left``, as of ``filled_at_s``. Whoever answers a request takes one."""

    __slots__ = ("filled_at_s", "left")

    def __init__(self, left: float, filled_at_s: float) -> None:
        self.left = left
        self.filled_at_s = filled_at_s


class Quota:
    """The buckets of all clients of this process. ``rate_per_s`` 0: there is no limit."""

    def __init__(self, rate_per_s: float) -> None:
        self._rate_per_s = rate_per_s
        self._capacity = max(1.0, rate_per_s * BURST_S) if rate_per_s else _UNLIMITED
        self._buckets: dict[str, Bucket] = {}

    def fill(self, client_id: str, now_s: float) -> Bucket:
        """Return a client's bucket, filled for the time since it was last."""
        bucket = self._buckets.get(client_id)
        if bucket is None:
            if len(self._buckets) >= MAX_CLIENTS_KEPT:
                self._buckets.clear()
            bucket = self._buckets[client_id] = Bucket(self._capacity, now_s)
        elapsed_s = max(0.0, now_s - bucket.filled_at_s)
        bucket.left = min(self._capacity, bucket.left + elapsed_s * self._rate_per_s)
        bucket.filled_at_s = now_s
        return bucket

    def wait_s(self, bucket: Bucket) -> int:
        """Return after how many whole seconds a bucket that holds nothing will hold something."""
        return int((1 - bucket.left) / self._rate_per_s) + 1

    def refuse(self, bucket: Bucket) -> ReadRefused:
        """Return the refusal of a request for which a bucket holds nothing: 429, and when there will be something."""
        return ReadRefused(
            429,
            "API rate limit exceeded",
            reason="rate_limit_exceeded",
            headers=(("retry-after", str(self.wait_s(bucket))),),
        )
