"""The terms that few deals have: preview dates of ERN 3 and 4.1, promotions, rentals, claims, technical limits."""

from collections.abc import Sequence

import msgspec

from antiphon.formats.ern.elements import parse_integer, take_attribute, trimmed_text
from antiphon.formats.ern.facets import FLAGS, TERMS, take_flags
from antiphon.formats.ern.reading import Content, Reading
from antiphon.model.claims import Flag, Measure, Term
from antiphon.model.deals import ClaimCondition, Deal, DealDetails, Visibility
from antiphon.model.periods import ValidityPeriod

_LISTING = (
    "FullTrackListingPreviewStartDateTime",
    "TrackListingPreviewStartDateTime",
    "TrackListingPreviewStartDate",
)
_PREVIEWS = (
    "ReleaseDisplayStart",
    "CoverArtPreviewStart",
    "FullTrackListingPreviewStart",
    "TrackListingPreviewStart",
    "ClipPreviewStart",
    "PreOrderPreview",
)
_INCENTIVES = "PreOrderIncentiveResourceList"
_GRATIFICATION = "InstantGratificationResourceList"
BEYOND_THE_ORDINARY = frozenset(
    {
        *(f"{stem}{form}" for stem in _PREVIEWS for form in ("Date", "DateTime")),
        *FLAGS,
        *TERMS,
        _INCENTIVES,
        _GRATIFICATION,
        "BitRate",
        "ConsumerRentalPeriod",
        "IsPromotional",
        "NumberOfUsages",
        "PreOrderReleaseDate",
        "PromotionalCode",
        "RightsClaimPolicy",
        "TechnicalInstantiation",
    }
)
"""Elements of terms and usages that most deals do without: those that have none of them need no second look."""


def read_details(deal: Deal, content: Content, usages: Sequence[Content], reading: Reading) -> Deal:
    """Return the deal with what stands in its terms besides the ordinary.

    ``content`` is what is left of the Deal element, ``usages`` of its terms and the usages in them.
    """
    terms = usages[0]
    instantiations = [reading.open(one) for usage in usages for one in usage.take("TechnicalInstantiation")]
    gratified, gratification_period = _take_listed_resources(terms, _GRATIFICATION, reading)
    incentives, incentive_period = _take_listed_resources(terms, _INCENTIVES, reading)
    policies, reasons, conditions = _read_policies(terms, reading)
    promotional_code, promotional_namespace = _take_code(terms, "PromotionalCode")
    rental, rental_flags = _take_rental(terms)
    details = msgspec.structs.replace(
        deal.details or DealDetails(),
        visibility=_read_previews(terms, reading),
        pre_order_release_date=reading.moment(terms, "PreOrderReleaseDate"),
        pre_order_incentives=incentives,
        incentive_period=incentive_period,
        gratification_period=gratification_period,
        usage_count=_take_usage_count(usages),
        is_promotional=terms.take_flag("IsPromotional") or False,
        promotional_code=promotional_code,
        promotional_namespace=promotional_namespace,
        rental_period=rental,
        claim_conditions=conditions,
        claim_reasons=reasons,
        terms=tuple(_take_terms([*usages, *instantiations], reading)),
        measures=tuple(_take_rates(instantiations)),
        flags=(*(flag for part in (content, *usages) for flag in _take_all_flags(part)), *rental_flags),
    )
    return msgspec.structs.replace(
        deal,
        instant_gratification=gratified,
        rights_claim_policies=policies,
        details=None if details == DealDetails() else details,
    )


def _read_previews(terms: Content, reading: Reading) -> Visibility | None:
    visibility = Visibility(
        release_display=reading.moment(terms, "ReleaseDisplayStartDateTime", "ReleaseDisplayStartDate"),
        cover_preview=reading.moment(terms, "CoverArtPreviewStartDateTime", "CoverArtPreviewStartDate"),
        track_listing_preview=reading.moment(terms, *_LISTING),
        clip_preview=reading.moment(terms, "ClipPreviewStartDateTime", "ClipPreviewStartDate"),
        pre_order_preview=reading.moment(terms, "PreOrderPreviewDateTime", "PreOrderPreviewDate"),
    )
    return None if visibility == Visibility() else visibility


def _take_listed_resources(
    terms: Content, list_tag: str, reading: Reading
) -> tuple[tuple[str, ...], ValidityPeriod | None]:
    """Take a list of resources of the deal, with the period for which it holds, if there is one."""
    references: tuple[str, ...] = ()
    period = None
    for element in terms.take(list_tag):
        content = reading.open(element)
        references += content.take_texts("DealResourceReference")
        bounds_element = content.take_first("Period")
        if bounds_element is not None:
            bounds = reading.open(bounds_element)
            start = reading.moment(bounds, "StartDateTime", "StartDate")
            period = ValidityPeriod(start=start, end=reading.moment(bounds, "EndDateTime", "EndDate"))
    return references, period


def _read_policies(
    terms: Content, reading: Reading
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[ClaimCondition, ...]]:
    """Return the types of the rights claim policies, their reasons, and their conditions."""
    types: list[str] = []
    reasons: list[str] = []
    conditions: list[ClaimCondition] = []
    for element in terms.take("RightsClaimPolicy"):
        content = reading.open(element)
        types.append(content.take_text("RightsClaimPolicyType"))
        reasons += content.take_texts("RightsClaimPolicyReason")
        conditions += [_read_condition(reading.open(one), len(types) - 1) for one in content.take("Condition")]
    return tuple(types), tuple(reasons), tuple(conditions)


def _read_condition(content: Content, policy: int) -> ClaimCondition:
    return ClaimCondition(
        policy=policy,
        value=content.take_text("Value"),
        unit=content.take_text("Unit"),
        relation=content.take_text("RelationalRelator"),
        reference=content.take_text("ReferenceCreation"),
        measurement=content.take_text("MeasurementType"),
    )


def _take_usage_count(usages: Sequence[Content]) -> int | None:
    for usage in usages:
        for element in usage.get("NumberOfUsages", ())[:1]:
            count = parse_integer(element.text)
            if count is not None:
                usage.take_first("NumberOfUsages")
                return count
    return None


def _take_code(terms: Content, tag: str) -> tuple[str, str]:
    element = terms.take_first(tag)
    return ("", "") if element is None else (trimmed_text(element), take_attribute(element, "Namespace"))


def _take_rental(terms: Content) -> tuple[str, tuple[Flag, ...]]:
    element = terms.take_first("ConsumerRentalPeriod")
    if element is None:
        return "", ()
    is_extensible = take_attribute(element, "IsExtensible")
    flags = (Flag(name="IsRentalPeriodExtensible", is_set=is_extensible == "true"),) if is_extensible else ()
    return trimmed_text(element), flags


def _take_terms(contents: Sequence[Content], reading: Reading) -> list[Term]:
    return [
        reading.term(element)
        for content in contents
        for tag in sorted(TERMS.intersection(content))
        for element in content.take(tag)
    ]


def _take_rates(contents: Sequence[Content]) -> list[Measure]:
    return [
        Measure(name="BitRate", text=trimmed_text(element), unit=take_attribute(element, "UnitOfMeasure"))
        for content in contents
        for element in content.take("BitRate")
    ]


def _take_all_flags(content: Content) -> list[Flag]:
    return take_flags(content, sorted(FLAGS.intersection(content)))
