"""What a deal's words grant: commercial models to tiers, use types to uses. Source: formats 3.6, 3.7; ERN AVS.

A grant holds where the requested use equals or descends from a listed one. ``Stream`` and ``Download`` are the parents
that are read so. ``Use``, ``Perform`` and ``Dub`` are parents too, but which playback descends from them is not said
anywhere we could point at, so they grant nothing; a rule reports them.
"""

from collections.abc import Iterable

from antiphon.model.availability import Tier, Use
from antiphon.model.claims import Role

_TIERS = {
    "AdvertisementSupportedModel": Tier.FREE,
    "FreeOfChargeModel": Tier.FREE,
    "SubscriptionModel": Tier.PREMIUM,
}

_USES: dict[str, tuple[Use, ...]] = {
    "Stream": (Use.STREAM,),
    "OnDemandStream": (Use.STREAM,),
    "ConditionalDownload": (Use.OFFLINE,),
    "TetheredDownload": (Use.OFFLINE,),
    "PermanentDownload": (Use.DOWNLOAD,),
    "Download": (Use.OFFLINE, Use.DOWNLOAD),
}


def granted_tiers(models: Iterable[Role]) -> tuple[Tier, ...]:
    """Return the tiers some commercial models stand for, in the order of ``Tier``; models we do not know: none."""
    granted = {_TIERS[model.value] for model in models if model.value in _TIERS}
    return tuple(tier for tier in Tier if tier in granted)


def granted_uses(use_types: Iterable[Role]) -> tuple[Use, ...]:
    """Return the uses some use types stand for, in the order of ``Use``; use types we do not know: none."""
    granted = {use for use_type in use_types for use in _USES.get(use_type.value, ())}
    return tuple(use for use in Use if use in granted)


def is_streaming(use_type: Role) -> bool:
    """Tell whether a use type grants streaming on demand, or more."""
    return Use.STREAM in _USES.get(use_type.value, ())
