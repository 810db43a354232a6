"""Deals: who may do what with which release, where and when. Nothing else grants anything.

Values inside one deal multiply, several deals unite; no deal means not available. Source: formats 3.
"""

import msgspec

from antiphon.model.claims import Role
from antiphon.model.periods import Moment, ValidityPeriod


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A wholesale price as written; ``amount`` is a decimal text, never a float."""

    code: str = ""
    amount: str = ""
    currency: str = ""


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """One Deal element with its terms. Codes, models and use types are as written.

    ``territories`` empty and ``excluded_territories`` empty: none named (which a rule reports; it covers nothing).
    ``line`` is the line of the Deal element in its message, so that explain can point at it.
    """

    references: tuple[str, ...] = ()
    commercial_models: tuple[Role, ...] = ()
    use_types: tuple[Role, ...] = ()
    interface_types: tuple[str, ...] = ()
    carrier_types: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    excluded_territories: tuple[str, ...] = ()
    territory_scheme: str = ""
    """"TIS" where the sender says that its codes are CISAC TIS; empty: ISO."""
    distribution_channels: tuple[str, ...] = ()
    excluded_distribution_channels: tuple[str, ...] = ()
    periods: tuple[ValidityPeriod, ...] = ()
    prices: tuple[Price, ...] = ()
    is_takedown: bool = False
    is_all_deals_cancelled: bool = False
    is_pre_order: bool = False
    is_exclusive: bool = False
    has_terms: bool = True
    technical_references: tuple[str, ...] = ()
    instant_gratification: tuple[str, ...] = ()
    rights_claim_policies: tuple[str, ...] = ()
    line: int = 0
    path: str = ""


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """From when a release may be shown before it may be played. Source: ERN >= 4.2 ReleaseVisibility."""

    reference: str = ""
    territories: tuple[str, ...] = ()
    excluded_territories: tuple[str, ...] = ()
    release_display: Moment | None = None
    cover_preview: Moment | None = None
    track_listing_preview: Moment | None = None
    clip_preview: Moment | None = None


class ReleaseDeal(msgspec.Struct, frozen=True, kw_only=True):
    """The deals of some releases of the message, which ``release_references`` names by their local references."""

    release_references: tuple[str, ...]
    deals: tuple[Deal, ...]
    line: int = 0
