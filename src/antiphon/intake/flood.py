"""What keeps one provider's flood from the others: turns in the queue, and an end to how many may wait.

Providers take turns. A back catalogue of ten thousand releases and a single of another label that comes in after it:
the single is worked on next. Withdrawals go before all of that, then what its batch says is urgent; turns count among
equals. Updates beyond what was agreed for a day are another matter: rule D16 tells of them.
"""

from sqlalchemy import Connection

from antiphon.intake.batches import Priority
from antiphon.model.errors import Transient
from antiphon.record.turns import take_turn

WAITING_MAX = 50_000
"""Deliveries of one provider that may wait: half an hour of work at 30 a second, and a bound on what a queue holds."""

TURNS_PER_PRIORITY = 2**28
"""Turns below the next priority: 268 million deliveries, a year of eight a second. The queue's numbers end at 2**31."""


class TooManyWaiting(Transient):
    """A provider has as many deliveries waiting as it may; what was accepted stays, and the rest comes in later."""

    def __init__(self, provider: str, waiting: int) -> None:
        super().__init__(
            f"{waiting} deliveries of {provider} wait to be worked on, at most {WAITING_MAX} may; "
            "deliver the rest when they are done"
        )


def take_place(connection: Connection, provider: str, priority: Priority) -> tuple[int, int]:
    """Give a provider's next delivery its turn; return that, and its place in the queue: the least is next.

    Raises: TooManyWaiting where the provider has no room for another; the caller's transaction is then not to commit.
    """
    turn = take_turn(connection, provider)
    if turn.ahead > WAITING_MAX:
        raise TooManyWaiting(provider, turn.ahead - 1)
    return turn.number, (priority - 1) * TURNS_PER_PRIORITY + 1 + turn.number % TURNS_PER_PRIORITY
