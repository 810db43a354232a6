"""Deals: who may do what with which release, where and when. Nothing else grants anything.

Values inside one deal multiply, several deals unite; no deal means not available. Source: formats 3.
"""

import msgspec

from antiphon.model.claims import DeliveredId, Flag, Measure, Role, Term
from antiphon.model.periods import Moment, ValidityPeriod


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A wholesale price as written; ``amount`` is a decimal text, never a float."""

    code: str = ""
    amount: str = ""
    currency: str = ""
    code_namespace: str = ""
    """Who gave the code its meaning."""
    range_code: str = ""
    """A second code that tells a range. Source: ERN 3 PriceRangeType."""
    range_namespace: str = ""
    type: str = ""
    """For which price this is. Source: ERN PriceInformation/@PriceType."""
    bulk_amount: str = ""
    bulk_currency: str = ""
    retail_amount: str = ""
    retail_currency: str = ""
    description: str = ""


class ClaimCondition(msgspec.Struct, frozen=True, kw_only=True):
    """When a rights claim policy holds: "more than 10 percent of the reference resource". Words as written."""

    policy: int = 0
    """Which of ``rights_claim_policies`` it belongs to, 0-based."""
    value: str = ""
    unit: str = ""
    relation: str = ""
    reference: str = ""
    measurement: str = ""


class Visibility(msgspec.Struct, frozen=True, kw_only=True):
    """From when a release may be shown before it may be played.

    Source: ERN >= 4.2 ReleaseVisibility and TrackReleaseVisibility; in ERN 3 and 4.1 inside the deal.
    """

    reference: str = ""
    territories: tuple[str, ...] = ()
    excluded_territories: tuple[str, ...] = ()
    release_display: Moment | None = None
    cover_preview: Moment | None = None
    track_listing_preview: Moment | None = None
    clip_preview: Moment | None = None
    pre_order_preview: Moment | None = None
    is_track: bool = False
    """It is for track releases. Source: ERN >= 4.2 TrackReleaseVisibility."""
    hides_dates: bool = False
    """The dates are not to be shown. Source: ERN 4.3.2 @DoNotDisplayDates."""


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """What a deal says of a distribution channel besides the one text that names it in ``Deal``."""

    channel: str
    name: str = ""
    trading_name: str = ""
    other_ids: tuple[DeliveredId, ...] = ()
    urls: tuple[str, ...] = ()


class DealDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Terms that few deals have."""

    visibility: Visibility | None = None
    """The preview dates that ERN 3 and 4.1 write into the deal."""
    pre_order_release_date: Moment | None = None
    pre_order_incentives: tuple[str, ...] = ()
    """Resources the buyer gets for ordering early. Source: ERN 3 PreOrderIncentiveResourceList."""
    incentive_period: ValidityPeriod | None = None
    gratification_period: ValidityPeriod | None = None
    """When the instantly gratified resources may be given. Source: ERN 3 InstantGratificationResourceList/Period."""
    usage_count: int | None = None
    is_promotional: bool = False
    promotional_code: str = ""
    promotional_namespace: str = ""
    rental_period: str = ""
    """How long a rented item may be used; an ISO 8601 duration as written."""
    claim_conditions: tuple[ClaimCondition, ...] = ()
    claim_reasons: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    """DistributionChannelType, DrmEnforcementType, VideoDefinitionType, CodingType."""
    measures: tuple[Measure, ...] = ()
    flags: tuple[Flag, ...] = ()
    """IsCommunicatedOutOfBand, IsRentalPeriodExtensible."""
    undiscoverable: tuple[str, ...] = ()
    """Use types in which the release may be played but not found. Source: ERN 4 UseType/@IsDiscoverable="false"."""
    discoverable: tuple[str, ...] = ()
    """Use types of which the message says in so many words that they may be found."""
    channels: tuple[Channel, ...] = ()
    """The distribution channels of which the message says more than one id or name."""


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
    details: DealDetails | None = None
    """What few deals say; None: nothing of that."""


class ReleaseDeal(msgspec.Struct, frozen=True, kw_only=True):
    """The deals of some releases of the message, which ``release_references`` names by their local references."""

    release_references: tuple[str, ...]
    deals: tuple[Deal, ...]
    line: int = 0
    effective_date: Moment | None = None
    """From when these deals replace the earlier ones. Source: ERN 3 ReleaseDeal/EffectiveDate."""
