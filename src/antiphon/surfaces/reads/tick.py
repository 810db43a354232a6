"""A tick: what all requests of one second on one state of the node share."""

from antiphon.model.availability import Tier
from antiphon.model.territories import Territory
from antiphon.replica.reading import KnownHead
from antiphon.segments import Reader
from antiphon.surfaces.reads.asking import Asking
from antiphon.surfaces.reads.responses import stamp_answer


class Tick:
    """One second on one state of the node. Forgotten whole when either changes, so it never grows old or large.

    ``readers``: those made so far, by what was asked; ``stamp``: the headers every answer of this tick has.
    """

    __slots__ = ("_verdicts", "known", "now_s", "readers", "stamp")

    def __init__(self, known: KnownHead, now_s: int) -> None:
        self.known = known
        self.now_s = now_s
        self.stamp = stamp_answer(known.head, now_s)
        self.readers: dict[Asking, Reader] = {}
        self._verdicts: dict[tuple[Territory | None, Tier], dict[int, int]] = {}

    def make_reader(self, asking: Asking) -> Reader:
        """Return a reader for what is asked, and keep it. What rights came to is shared by market and tier."""
        tier = asking.caller.tier
        reader = self.readers[asking] = Reader(
            market=asking.market,
            tier=tier,
            now_s=self.now_s,
            base_url=asking.base_url.encode(),
            overlay=self.known.overlay,
            verdicts=self._verdicts.setdefault((asking.market, tier), {}),
        )
        return reader
