"""Deals and visibilities as written, in the nesting and order of either family of versions.

A deal that withdraws something (TakeDown, AllDealsCancelled) or is exclusive has no place in ERN 4. Leaving the word
out would turn it into a grant, so it is refused. Visibilities have a place in 3.8.2 inside the deal only; reasons of
claims and the discoverability of use types have none there. Incentives, rentals and previews inside the deal have none
in 4.3.2.
"""

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_bound,
    add_element,
    add_flag,
    add_ids,
    add_measures,
    add_moment,
    add_period,
    add_role,
    add_text,
    add_texts,
    given,
)
from antiphon.formats.ern.scopes import scope_attributes
from antiphon.formats.ern.writer_parties import add_inline_party, add_names
from antiphon.model.claims import Credit, DeliveredId, IdScheme
from antiphon.model.deals import Channel, ClaimCondition, Deal, DealDetails, Price, ReleaseDeal, Visibility
from antiphon.model.errors import Refused
from antiphon.model.periods import ValidityPeriod
from antiphon.model.statement import Statement


def add_deal_list(root: Element, statement: Statement, version: str) -> None:
    """Append the DealList; nothing where there are no deals and no visibilities: that withdraws the release.

    Raises: Refused(DealNotExpressible) for a deal that the version has no words for; the caller's fault.
    """
    is_old = version.startswith("3")
    visibilities = () if is_old else statement.visibilities
    if not statement.release_deals and not visibilities:
        return
    deal_list = add_element(root, "DealList")
    for release_deal in statement.release_deals:
        _add_release_deal(deal_list, release_deal, is_old=is_old)
    for visibility in visibilities:
        _add_visibility(deal_list, visibility)


def _add_release_deal(deal_list: Element, release_deal: ReleaseDeal, *, is_old: bool) -> None:
    element = add_element(deal_list, "ReleaseDeal")
    add_texts(element, "DealReleaseReference", release_deal.release_references)
    for deal in release_deal.deals:
        _add_deal(element, deal, is_old=is_old)
    if is_old:
        add_moment(element, "EffectiveDate", release_deal.effective_date)


def _add_deal(release_deal: Element, deal: Deal, *, is_old: bool) -> None:
    element = add_element(release_deal, "Deal")
    add_texts(element, "DealReference", deal.references)
    details = deal.details or DealDetails()
    if not is_old:
        _add_flags(element, details, "IsCommunicatedOutOfBand")
    if deal.has_terms:
        terms = add_element(element, "DealTerms")
        if is_old:
            _fill_old_terms(terms, deal, details)
        else:
            _fill_new_terms(terms, deal, details)
    if deal.technical_references:
        listed = add_element(element, "DealTechnicalResourceDetailsReferenceList")
        add_texts(listed, "DealTechnicalResourceDetailsReference", deal.technical_references)


def _fill_old_terms(terms: Element, deal: Deal, details: DealDetails) -> None:
    """Write the terms in the order of ERN 3.8."""
    _add_if(terms, "IsPreOrderDeal", deal.is_pre_order)
    for model in deal.commercial_models:
        add_role(terms, "CommercialModelType", model)
    _add_usage(terms, deal, details)
    _add_if(terms, "AllDealsCancelled", deal.is_all_deals_cancelled)
    _add_if(terms, "TakeDown", deal.is_takedown)
    _add_territories(terms, deal)
    _add_channels(terms, deal, is_old=True)
    for price in deal.prices:
        _add_old_price(terms, price)
    _add_promotion(terms, details)
    for period in deal.periods:
        add_period(terms, "ValidityPeriod", period)
    is_extensible = next((flag.is_set for flag in details.flags if flag.name == "IsRentalPeriodExtensible"), None)
    attributes = {} if is_extensible is None else {"IsExtensible": "true" if is_extensible else "false"}
    add_text(terms, "ConsumerRentalPeriod", details.rental_period, attributes)
    add_moment(terms, "PreOrderReleaseDate", details.pre_order_release_date)
    _add_previews(terms, details.visibility or Visibility())
    _add_resources(terms, "PreOrderIncentiveResourceList", details.pre_order_incentives, details.incentive_period)
    _add_gratification(terms, deal, details, is_old=True)
    _add_if(terms, "IsExclusive", deal.is_exclusive)
    _add_policies(terms, deal, details, is_old=True)


def _fill_new_terms(terms: Element, deal: Deal, details: DealDetails) -> None:
    """Write the terms in the order of ERN 4.3."""
    if deal.is_takedown or deal.is_all_deals_cancelled or deal.is_exclusive:
        raise Refused(
            "DealNotExpressible",
            "ERN 4 has no words for a takedown, a cancellation or exclusivity; give the deal an end, or leave it out",
        )
    _add_territories(terms, deal)
    for period in deal.periods:
        add_period(terms, "ValidityPeriod", period)
    for model in deal.commercial_models:
        add_role(terms, "CommercialModelType", model)
    _add_uses(terms, deal, details)
    add_texts(terms, "UserInterfaceType", deal.interface_types)
    add_texts(terms, "CarrierType", deal.carrier_types)
    _add_instantiation(terms, details, ("VideoDefinitionType", "CodingType"))
    add_text(terms, "NumberOfUsages", details.usage_count)
    _add_channels(terms, deal, is_old=False)
    _add_policies(terms, deal, details, is_old=False)
    for price in deal.prices:
        _add_new_price(terms, price)
    _add_promotion(terms, details)
    _add_if(terms, "IsPreOrderDeal", deal.is_pre_order)
    _add_gratification(terms, deal, details, is_old=False)


def _add_usage(terms: Element, deal: Deal, details: DealDetails) -> None:
    """Append the one Usage in which ERN 3 says how; nothing where the deal does not say."""
    usage = etree.Element("Usage")
    for use_type in deal.use_types:
        add_role(usage, "UseType", use_type)
    add_texts(usage, "UserInterfaceType", deal.interface_types)
    for term in details.terms:
        if term.name == "DistributionChannelType":
            add_role(usage, term.name, term.role)
    add_texts(usage, "CarrierType", deal.carrier_types)
    _add_instantiation(usage, details, ("DrmEnforcementType", "VideoDefinitionType", "CodingType"))
    add_text(usage, "NumberOfUsages", details.usage_count)
    if len(usage):
        terms.append(usage)


def _add_uses(terms: Element, deal: Deal, details: DealDetails) -> None:
    for use_type in deal.use_types:
        told: Attributes = {"IsDiscoverable": "false"} if use_type.value in details.undiscoverable else {}
        told |= {"IsDiscoverable": "true"} if use_type.value in details.discoverable else {}
        add_role(terms, "UseType", use_type, told)


def _add_instantiation(parent: Element, details: DealDetails, names: tuple[str, ...]) -> None:
    terms = [term for name in names for term in details.terms if term.name == name]
    if terms or details.measures:
        element = add_element(parent, "TechnicalInstantiation")
        for term in terms:
            add_role(element, term.name, term.role)
        add_measures(element, details.measures, ("BitRate",))


def _add_if(parent: Element, tag: str, flag: bool) -> None:  # noqa: FBT001 - the value to write
    if flag:
        add_flag(parent, tag, flag)


def _add_flags(parent: Element, details: DealDetails, *names: str) -> None:
    for flag in details.flags:
        if flag.name in names:
            add_flag(parent, flag.name, flag.is_set)


def _add_promotion(terms: Element, details: DealDetails) -> None:
    _add_if(terms, "IsPromotional", details.is_promotional)
    add_text(terms, "PromotionalCode", details.promotional_code, given(Namespace=details.promotional_namespace))


def _add_previews(terms: Element, visibility: Visibility) -> None:
    """Append the preview dates that ERN 3 has inside its deals."""
    add_bound(terms, "ReleaseDisplayStartDate", visibility.release_display)
    add_bound(terms, "TrackListingPreviewStartDate", visibility.track_listing_preview)
    add_bound(terms, "CoverArtPreviewStartDate", visibility.cover_preview)
    add_bound(terms, "ClipPreviewStartDate", visibility.clip_preview)
    add_bound(terms, "PreOrderPreviewDate", visibility.pre_order_preview)


def _add_territories(terms: Element, deal: Deal) -> None:
    scheme: Attributes = {"IdentifierType": deal.territory_scheme} if deal.territory_scheme else {}
    add_texts(terms, "TerritoryCode", deal.territories, scheme)
    add_texts(terms, "ExcludedTerritoryCode", deal.excluded_territories, scheme)


def _add_channels(terms: Element, deal: Deal, *, is_old: bool) -> None:
    listed = {
        "DistributionChannel": deal.distribution_channels,
        "ExcludedDistributionChannel": deal.excluded_distribution_channels,
    }
    told = {} if deal.details is None else {one.channel: one for one in deal.details.channels}
    for tag, channels in listed.items():
        for channel in channels:
            element = add_element(terms, tag)
            _add_channel(element, told.get(channel, Channel(channel=channel)), is_old=is_old)


def _add_channel(element: Element, told: Channel, *, is_old: bool) -> None:
    """Write a channel from the one text that names it (a DPID, text@namespace, a name), and what else is told of it."""
    channel_id = _id_of_channel(told.channel)
    ids = (channel_id, *told.other_ids) if channel_id is not None else ()
    if is_old:
        add_inline_party(element, Credit(name=told.name or ("" if ids else told.channel), ids=ids))
    else:
        add_names(element, told.name or ("" if ids else told.channel), (), scope_attributes)
        add_ids(element, "PartyId", ids)
    add_text(element, "TradingName", told.trading_name)
    add_texts(element, "URL", told.urls)


def _id_of_channel(channel: str) -> DeliveredId | None:
    text, at, namespace = channel.rpartition("@")
    if at:
        return DeliveredId(scheme=IdScheme.PROPRIETARY, text=text, namespace=namespace)
    is_dpid = channel.upper().startswith(("PADPIDA", "PA-DPIDA"))
    return DeliveredId(scheme=IdScheme.DPID, text=channel) if is_dpid else None


def _add_old_price(terms: Element, price: Price) -> None:
    element = add_element(terms, "PriceInformation", given(PriceType=price.type))
    add_text(element, "Description", price.description)
    add_text(element, "PriceRangeType", price.range_code, given(Namespace=price.range_namespace))
    if price.code_namespace or price.code != price.range_code:
        add_text(element, "PriceType", price.code, given(Namespace=price.code_namespace))
    _add_amounts(element, price)


def _add_new_price(terms: Element, price: Price) -> None:
    element = add_element(terms, "PriceInformation", given(PriceType=price.type))
    add_text(element, "PriceCode", price.code, given(Namespace=price.code_namespace))
    _add_amounts(element, price)


def _add_amounts(element: Element, price: Price) -> None:
    for tag, amount, currency in (
        ("WholesalePricePerUnit", price.amount, price.currency),
        ("BulkOrderWholesalePricePerUnit", price.bulk_amount, price.bulk_currency),
        ("SuggestedRetailPrice", price.retail_amount, price.retail_currency),
    ):
        add_text(element, tag, amount, given(CurrencyCode=currency))


def _add_gratification(terms: Element, deal: Deal, details: DealDetails, *, is_old: bool) -> None:
    period = details.gratification_period if is_old else None
    _add_resources(terms, "InstantGratificationResourceList", deal.instant_gratification, period)


def _add_resources(terms: Element, tag: str, references: tuple[str, ...], period: ValidityPeriod | None) -> None:
    if references or period:
        listed = add_element(terms, tag)
        add_texts(listed, "DealResourceReference", references)
        add_period(listed, "Period", period)


def _add_policies(terms: Element, deal: Deal, details: DealDetails, *, is_old: bool) -> None:
    for number, policy in enumerate(deal.rights_claim_policies):
        element = add_element(terms, "RightsClaimPolicy")
        for condition in details.claim_conditions:
            if condition.policy == number:
                _add_condition(element, condition, is_old=is_old)
        add_text(element, "RightsClaimPolicyType", policy)
        if number < len(details.claim_reasons) and not is_old:
            add_text(element, "RightsClaimPolicyReason", details.claim_reasons[number])


def _add_condition(policy: Element, condition: ClaimCondition, *, is_old: bool) -> None:
    element = add_element(policy, "Condition")
    add_text(element, "Value", condition.value)
    add_text(element, "Unit", condition.unit)
    add_text(element, "ReferenceCreation", condition.reference)
    add_text(element, "RelationalRelator", condition.relation)
    if not is_old:
        add_text(element, "MeasurementType", condition.measurement)


def _add_visibility(deal_list: Element, visibility: Visibility) -> None:
    tag = "TrackReleaseVisibility" if visibility.is_track else "ReleaseVisibility"
    hidden: Attributes = {"DoNotDisplayDates": "true"} if visibility.hides_dates else {}
    element = add_element(deal_list, tag, hidden)
    add_text(element, "VisibilityReference", visibility.reference)
    add_texts(element, "TerritoryCode", visibility.territories)
    add_texts(element, "ExcludedTerritoryCode", visibility.excluded_territories)
    add_moment(element, "ReleaseDisplayStartDateTime", visibility.release_display)
    add_moment(element, "CoverArtPreviewStartDateTime", visibility.cover_preview)
    listing = "TrackListingPreviewStartDateTime" if visibility.is_track else "FullTrackListingPreviewStartDateTime"
    add_moment(element, listing, visibility.track_listing_preview)
    add_moment(element, "ClipPreviewStartDateTime", visibility.clip_preview)
