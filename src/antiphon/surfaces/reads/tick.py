"""A tick: what all requests of one second on one state of the node share."""

from antiphon.model.availability import Tier
from antiphon.model.territories import Territory
from antiphon.replica.reading import KnownHead
from antiphon.segments import Reader, Rulings
from antiphon.surfaces.reads.asking import Asking
from antiphon.surfaces.reads.node import KeptAnswers
from antiphon.surfaces.reads.quota import Bucket, Quota
from antiphon.surfaces.reads.responses import make_headers, stamp_answer


class Tick:
    """One second on one state of the node. Forgotten whole when either changes, so it never grows old or large.

    ``seats``: who has asked so far, by what was asked: a reader, and the client's bucket, filled once per tick.
    ``stamp``: the headers every answer of this tick has; ``headers``: those of what is found in the catalogue. It holds
    from ``now_s`` to ``until_s``. ``answers``: those of it that were dear to make.
    """

    __slots__ = ("_rulings", "answers", "headers", "known", "now_s", "seats", "stamp", "until_s")

    def __init__(self, known: KnownHead, now_s: int, caching: str) -> None:
        self.known = known
        self.now_s = now_s
        self.until_s = now_s + 1
        self.stamp = stamp_answer(known.head, now_s)
        self.headers = make_headers(caching, self.stamp)
        self.answers = KeptAnswers()
        self.seats: dict[Asking, tuple[Reader, Bucket]] = {}
        self._rulings: dict[tuple[Territory | None, Tier], Rulings] = {}

    def seat(self, asking: Asking, quota: Quota) -> tuple[Reader, Bucket]:
        """Return a reader for what is asked with the bucket of who asks, and keep them for the rest of the tick.

        What rights came to is shared by market and tier.
        """
        tier = asking.caller.tier
        reader = Reader(
            market=asking.market,
            tier=tier,
            now_s=self.now_s,
            base_url=asking.base_url.encode(),
            overlay=self.known.overlay,
            rulings=self._rulings.setdefault((asking.market, tier), Rulings()),
        )
        seat = self.seats[asking] = (reader, quota.fill(asking.caller.client_id, self.now_s))
        return seat
