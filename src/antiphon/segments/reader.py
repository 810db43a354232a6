"""The reader: everything about a request that a document may depend on."""

from antiphon.model.availability import Tier
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.segments.layout import OTHER_STREAM_CODES, STREAM_CODES
from antiphon.segments.members import MemberTable, tabulate_members
from antiphon.segments.overlay import Overlay

_TERRITORY_INDEX = {territory: index for index, territory in enumerate(TERRITORIES)}


class Reader:
    """For whom documents are rendered, at one second. What is asked is always whether they may stream.

    ``market`` None: the request names none, so lists of markets are served instead of verdicts, and nothing is
    granted. ``now_s``: seconds since the epoch. ``base_url``: UTF-8, fit for a JSON string, no slash at the end.

    ``verdicts`` keeps what each set of rights came to, denials aside, by its key; readers of the same market, tier and
    second may share one. The other attributes are what evaluation needs of these, looked up once per reader.
    """

    __slots__ = (
        "base_url",
        "denied_bits",
        "denied_ids",
        "market",
        "members",
        "now_s",
        "other_code",
        "overlay",
        "own_code",
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
        verdicts: dict[int, int] | None = None,
    ) -> None:
        self.market = market
        self.tier = tier
        self.now_s = now_s
        self.base_url = base_url
        self.overlay = overlay
        self.verdicts = {} if verdicts is None else verdicts
        self.denied_bits, self.denied_ids = overlay.denied_at(now_s)
        self.own_code = STREAM_CODES[tier]
        self.other_code = OTHER_STREAM_CODES[tier]
        self.territory = -1 if market is None else _TERRITORY_INDEX[market]
        self.members: MemberTable = () if market is None else tabulate_members(market)
