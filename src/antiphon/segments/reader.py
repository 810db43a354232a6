"""The reader: everything about a request that a document may depend on."""

from antiphon.model.availability import Tier
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.segments.layout import OTHER_STREAM_CODES, STREAM_CODES
from antiphon.segments.members import Ruling, rule_verdicts
from antiphon.segments.overlay import Overlay

_TERRITORY_INDEX = {territory: index for index, territory in enumerate(TERRITORIES)}

Filling = tuple[tuple[tuple[bytes, bytes], ...], str]
"""What is put for each byte that stands for holes, and the outcome this is."""


class Rulings:
    """What rights came to so far, denials aside: shared by readers of one market and tier in one second.

    ``by_rights``: by the key of a row of rights. ``by_item``: by the key of an item, made up for all its holes.
    """

    __slots__ = ("by_item", "by_rights")

    def __init__(self) -> None:
        self.by_rights: dict[int, Ruling] = {}
        self.by_item: dict[int, Filling] = {}


class Reader:
    """For whom documents are rendered, at one second. What is asked is always whether they may stream.

    ``market`` None: the request names none, so lists of markets are served instead of verdicts, and nothing is
    granted. ``now_s``: seconds since the epoch. ``base_url``: UTF-8, fit for a JSON string, no slash at the end.

    ``rulings`` keeps what rights came to; readers of the same market, tier and second may share one. The other
    attributes are what evaluation needs of these, looked up once per reader.
    """

    __slots__ = (
        "base_url",
        "denied_bits",
        "denied_marks",
        "fillings",
        "market",
        "now_s",
        "other_code",
        "overlay",
        "own_code",
        "rulings",
        "territory",
        "tier",
        "verdicts",
    )

    def __init__(
        self,
        *,
        market: Territory | None,
        tier: Tier,
        now_s: int,
        base_url: bytes,
        overlay: Overlay,
        rulings: Rulings | None = None,
    ) -> None:
        self.market = market
        self.tier = tier
        self.now_s = now_s
        self.base_url = base_url
        self.overlay = overlay
        shared = rulings or Rulings()
        self.rulings = shared.by_rights
        self.fillings = shared.by_item
        self.denied_bits, _, self.denied_marks = overlay.denied_at(now_s)
        self.own_code = STREAM_CODES[tier]
        self.other_code = OTHER_STREAM_CODES[tier]
        self.territory = -1 if market is None else _TERRITORY_INDEX[market]
        self.verdicts: tuple[Ruling, ...] = () if market is None else rule_verdicts(market)
