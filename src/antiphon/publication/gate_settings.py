"""What the gate lets through: thresholds with the reason for each, and the canaries an operator names."""

from collections.abc import Iterable

import msgspec

from antiphon.model.errors import Refused
from antiphon.model.territories import TERRITORIES, Territory

FALL_SHARE = 0.05
"""Of what there was; what may go with one version, or in a day. Catalogues lose under 1 % a day to takedowns and ended
deals; a fault of ours or of a sender takes a label, a market or everything."""

FALL_DOCUMENTS = 1_000
"""Documents of a kind; fewer gone hold nothing, whatever share they are: a small label's catalogue comes and goes."""

FALL_TRACKS = 500
"""Tracks playable in a market, or anywhere: some forty albums. Fewer gone are a label's own business."""

RISE_SHARE = 1.0
"""Of what there was; what may come. A catalogue that doubles in a day is a new partner, whom somebody expects, or
everything a second time under new ids. What comes harms listeners less than what goes, so there is more room."""

RISE_DOCUMENTS = 250_000
"""Documents of a kind that may come, whatever was there: a large label's whole catalogue on its first day."""

RISE_TRACKS = 250_000
"""Tracks that may become playable in a market: deals that open the world to such a label."""


class Canary(msgspec.Struct, frozen=True):
    """An entity that nodes must always find; ``market`` given: a track that must be playable there too."""

    entity_id: str
    market: Territory | None = None

    def __str__(self) -> str:
        return f"{self.entity_id}@{self.market}" if self.market is not None else self.entity_id


class GateSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds a version: more of a change than its floor, and more than its share of what there was.

    No canaries are shipped: a sample of tracks would find less than the totals of each market do, and would hold each
    rightful takedown of one of them.
    """

    fall_share: float = FALL_SHARE
    fall_documents: int = FALL_DOCUMENTS
    fall_tracks: int = FALL_TRACKS
    rise_share: float = RISE_SHARE
    rise_documents: int = RISE_DOCUMENTS
    rise_tracks: int = RISE_TRACKS
    canaries: tuple[Canary, ...] = ()


def read_gate_settings(limits: Iterable[str], canaries: Iterable[str]) -> GateSettings:
    """Return the settings that words such as ``fall_share=0.1`` and ``ENTITY@SE`` say; the rest is as shipped.

    Raises: Refused (the operator's fault) for another name, a value that is no number of its kind, or no market.
    """
    names = [name for name in GateSettings.__struct_fields__ if name != "canaries"]
    said = {}
    for limit in limits:
        name, _, value = limit.partition("=")
        if name not in names:
            raise Refused("UnknownGate", f"there is no gate {name!r}; set one of: {', '.join(names)}")
        said[name] = value
    try:
        settings = msgspec.convert(said, GateSettings, strict=False)
    except msgspec.ValidationError as error:
        raise Refused("GateNotANumber", f"{error}; write NAME=NUMBER, such as fall_share=0.1") from error
    if any(getattr(settings, name) < 0 for name in names):
        raise Refused("GateNotANumber", "a limit below zero holds everything; write 0 or more")
    return msgspec.structs.replace(settings, canaries=tuple(_read_canary(text) for text in canaries))


def _read_canary(text: str) -> Canary:
    entity_id, separator, market = text.partition("@")
    if not entity_id or (separator and Territory(market) not in TERRITORIES):
        raise Refused(
            "NotACanary", f"got {text!r}; write ENTITY_ID or TRACK_ID@MARKET, such as 4uLU6hMCjMI75M1A2tKUQC@SE"
        )
    return Canary(entity_id, Territory(market) if separator else None)
