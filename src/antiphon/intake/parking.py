"""The parking place: deliveries that are held for a fault of ours. When it fills up or refuses, the worker halts.

One delivery that our code fails on is held, and its neighbours go on. A run of them says that the code is at fault, or
what it needs is gone: going on would only hold everybody's deliveries. Where not even that can be written, nothing may
be done at all, since it would be lost. Either way the worker stops, and what it had in hand stays in the queue.
"""

from threading import Event, Lock

from antiphon.model.errors import Broken

PARKED_IN_A_ROW_MAX = 20
"""Deliveries held for a fault of ours, one after the other, after which the worker halts: more than one sender's batch
of a kind we do not know, and few enough for a person to clear."""


class Parking:
    """Counts what was parked in a row, on whatever threads. ``halt`` is set when the worker must stop."""

    def __init__(self, halt: Event, in_a_row_max: int = PARKED_IN_A_ROW_MAX) -> None:
        self._halt = halt
        self._in_a_row_max = in_a_row_max
        self._in_a_row = 0
        self._lock = Lock()
        self._reason: Broken | None = None

    def count_good(self) -> None:
        """Note a delivery that came to an end of its own, be it a rejection."""
        with self._lock:
            self._in_a_row = 0

    def count_parked(self) -> None:
        """Note a delivery that was held for a fault of ours."""
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= self._in_a_row_max:
                self._stop(
                    f"{self._in_a_row} deliveries in a row failed by our fault and are held; the others wait. "
                    "Look at the last errors, mend the cause, clear the holds and start the worker again"
                )

    def refuse(self, delivery_id: str, error: Exception) -> None:
        """Note a delivery that could not even be held. It stays where it is."""
        with self._lock:
            self._stop(
                f"delivery {delivery_id} failed by our fault and could not be held ({type(error).__name__}); "
                "nothing is lost: mend the record and start the worker again"
            )

    def raise_reason(self) -> None:
        """Say why the worker had to stop. Raises: Broken if it had to."""
        if self._reason is not None:
            raise self._reason

    def _stop(self, reason: str) -> None:
        self._reason = self._reason or Broken(reason)
        self._halt.set()
