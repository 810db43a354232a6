"""The reader: everything about a request that a document may depend on."""

import msgspec

from antiphon.model.availability import Tier
from antiphon.model.territories import Territory
from antiphon.segments.overlay import Overlay


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a document is rendered. What is asked is always whether they may stream.

    ``market`` None: the request names none, so lists of markets are served instead of verdicts, and nothing is
    granted. ``now_s``: seconds since the epoch. ``base_url``: UTF-8, fit for a JSON string, no slash at the end.
    """

    market: Territory | None
    tier: Tier
    now_s: int
    base_url: bytes
    overlay: Overlay
