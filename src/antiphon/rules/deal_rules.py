"""Rules about deals. What a deal comes to is for ``rights``; these say where it says too little or the wrong thing."""

from collections.abc import Iterator
from functools import lru_cache

from antiphon.model.deals import Deal
from antiphon.model.findings import Severity
from antiphon.model.territories import SUCCESSORS, WORLDWIDE, UnknownTerritory, parse_territory
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import all_deals, track_releases, version_numbers
from antiphon.rules.dates import read_moment
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

COMMERCIAL_MODELS = frozenset(
    {
        "PayAsYouGoModel",
        "SubscriptionModel",
        "AdvertisementSupportedModel",
        "FreeOfChargeModel",
        "DeviceFeeModel",
        "PerformanceRoyaltiesModel",
        "RightsClaimModel",
        "UserDefined",
        "AsPerContract",
        "Unknown",
    }
)
"""Source: ERN CommercialModelType; the last two in 3.x only."""

USE_TYPES = frozenset(
    {
        "Stream",
        "OnDemandStream",
        "NonInteractiveStream",
        "ContentInfluencedStream",
        "TimeInfluencedStream",
        "Webcast",
        "Simulcast",
        "Podcast",
        "Download",
        "PermanentDownload",
        "ConditionalDownload",
        "TetheredDownload",
        "KioskDownload",
        "UserMakeAvailableLabelProvided",
        "UserMakeAvailableUserProvided",
        "UseForIdentification",
        "UserDefined",
        "AsPerContract",
        "Unknown",
    }
)
"""Source: ERN UseType; formats 3.6. The parents Use, Perform and Dub are left out: what they grant is not said."""

TERRITORY_LENGTH_READ = 16
"""Characters of a territory code that are looked at: "Worldwide" has 9, and what is longer is none."""

_PART = "a part of a country, which can be withheld only with all of it and not be granted alone"
_STREAMS = frozenset({"Stream", "OnDemandStream"})
_START_REQUIRED_FROM = (4, 2)
"""ERN versions from here on make StartDate mandatory. Source: formats 1."""


@rule(
    "P3",
    "A deal names its territories and its period",
    severity=Severity.HOLD,
    source="PS-DEAL",
    confidence=Confidence.PLATFORM,
    fix="add the territories and the start of the deal; to take a release down, send no deal at all",
    ack_code=AckCode.CONFLICTING_AVAILABILITY_PERIODS,
    why="A deal without territories or without a period grants nothing to nobody, and looks as if it did.",
)
def has_territories_and_period(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per granting deal that lacks either: it grants nothing."""
    for deal in evidence.granting_deals:
        if not deal.territories and not deal.excluded_territories:
            yield breach_at(
                deal,
                got="a deal without territories",
                expected="territory codes, or Worldwide",
                message="The deal names no territories, so it grants nothing.",
            )
        if not deal.periods:
            yield breach_at(
                deal,
                got="a deal without a validity period",
                expected="a validity period",
                message="The deal has no validity period, so it grants nothing.",
            )


@rule(
    "P4",
    "A deal says when it starts, in a date that can be read",
    severity=Severity.HOLD,
    source="PS-ERN4, YT-DEAL; formats 3.2",
    confidence=Confidence.PLATFORM,
    fix='give StartDate as "2026-12-01", or StartDateTime with or without a zone',
    ack_code=AckCode.COMMERCIAL_RELEASE_DATE_INVALID,
    why="A date that cannot be read is a release that goes live at the wrong time, or never.",
)
def has_readable_start(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per unreadable bound, and per missing start where the version demands one (else a warning)."""
    version = version_numbers(evidence.statement.format.version)
    for deal in evidence.granting_deals:
        for period in deal.periods:
            for name, bound in (("start", period.start), ("end", period.end)):
                if bound is not None and read_moment(bound) is None and not bound.text.startswith("9999"):
                    yield breach_at(
                        deal,
                        got=f"{name} {bound.text!r}",
                        expected="an ISO 8601 date or date and time",
                        message=f"The {name} of the deal cannot be read.",
                    )
            if period.start is None:
                yield breach_at(
                    deal,
                    got="a validity period without a start",
                    expected="a start",
                    message="The deal counts as begun.",
                    severity=None if version >= _START_REQUIRED_FROM else Severity.WARN,
                )


@rule(
    "P7",
    "Territory codes are ISO 3166-1",
    severity=Severity.WARN,
    source="YT-DEAL, YT-CSV; formats 3.5",
    confidence=Confidence.PLATFORM,
    fix="use assigned ISO 3166-1 alpha-2 codes, or Worldwide",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="A code that nobody assigned names no place, so nothing can be granted there; one that is misread grants "
    "too much.",
)
def has_known_territories(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per deal and code that is not assigned.

    TIS codes, and exclusions that cannot be read, hold the delivery: what the deal covers cannot be told.
    """
    for deal in all_deals(evidence.statement):
        is_tis = deal.territory_scheme.strip().upper() == "TIS"
        for codes, is_excluded in ((deal.territories, False), (deal.excluded_territories, True)):
            for code in codes:
                fault = "a TIS code" if is_tis else _territory_fault(code[:TERRITORY_LENGTH_READ])
                if fault == _PART and not is_excluded and code.strip()[:2].upper() in codes:
                    continue
                if fault:
                    holds = fault == "a TIS code" or (is_excluded and fault == "no assigned code")
                    yield breach_at(
                        deal,
                        got=f"territory {code!r}: {fault}",
                        expected=SUCCESSORS.get(code.strip().upper(), "an ISO 3166-1 alpha-2 code"),
                        message=f"The territory is {fault}.",
                        severity=Severity.HOLD if holds else None,
                    )


@rule(
    "P8",
    "A deal names a commercial model and a use type that exist",
    severity=Severity.HOLD,
    source="PS-ERN4, YT-DEAL; formats 3",
    confidence=Confidence.PLATFORM,
    fix="add CommercialModelType and UseType, from the allowed values",
    ack_code=AckCode.UNSUPPORTED_USAGE,
    why="Who pays how, and may do what, are both part of a right: without either, a deal grants nothing.",
)
def has_model_and_use_type(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per granting deal without model or use type; a warning per value that is not in the standard."""
    for deal in evidence.granting_deals:
        for name, roles, allowed in (
            ("commercial model", deal.commercial_models, COMMERCIAL_MODELS),
            ("use type", deal.use_types, USE_TYPES),
        ):
            if not roles:
                yield breach_at(
                    deal,
                    got=f"a deal without a {name}",
                    expected=f"a {name}: else it grants nothing",
                    message=f"The deal names no {name}, so it grants nothing.",
                )
            for role in roles:
                if role.value not in allowed:
                    yield breach_at(
                        deal,
                        got=f"{name} {role.value!r}",
                        expected="an allowed value",
                        message=f"The {name} is none of the standard.",
                        severity=Severity.WARN,
                    )


@rule(
    "P9",
    "Every track has a deal of its own",
    severity=Severity.WARN,
    source="PS-DEAL, SP-VIS; formats 3.3, 3.4",
    confidence=Confidence.PLATFORM,
    fix="name the track's release in a ReleaseDeal; leave it out only where the track is not to be had by itself",
    ack_code=AckCode.NO_DEAL_FOR_TRACK_RELEASE,
    why="Streams are granted track by track: a deal for the product alone makes none of its tracks playable.",
)
def has_deal_for_every_track(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track release without a deal, and one where the product's streaming deal stands in for all."""
    deals = evidence.deals
    tracks = track_releases(evidence.statement)
    main = evidence.statement.main_release
    if not deals or not tracks:
        return
    product_streams = main is not None and any(_streams(deal) for deal in deals.get(main.reference, ()))
    tracks_stream = any(_streams(deal) for track in tracks for deal in deals.get(track.reference, ()))
    if main is not None and product_streams and not tracks_stream:
        yield breach_at(
            deals[main.reference][0],
            got=f"streaming deals for {main.reference} and for none of its tracks",
            expected="streaming deals for the track releases",
            message="The product's deals are taken to be meant for its tracks.",
        )
        return
    for track in tracks:
        if track.reference not in deals:
            yield breach_at(
                track,
                got=f"no deal for track release {track.reference}",
                expected="a deal, else it cannot be played",
                message="No deal lets anybody play the track.",
            )


def _streams(deal: Deal) -> bool:
    return any(use_type.value in _STREAMS for use_type in deal.use_types)


@lru_cache(maxsize=2048)
def _territory_fault(code: str) -> str:
    """Return what is wrong with a code; empty: nothing. Cached, since a deal may name 250 and a message 700 deals."""
    code = code.strip().upper()
    if code == WORLDWIDE.upper():
        return ""
    if code.isdigit():
        return "a TIS code"
    try:
        parse_territory(code)
    except UnknownTerritory:
        return "no assigned code"
    if code in SUCCESSORS:
        return "no assigned code, read as its successor"
    return _PART if "-" in code else ""


RULES = (
    has_territories_and_period,
    has_readable_start,
    has_known_territories,
    has_model_and_use_type,
    has_deal_for_every_track,
)
