"""Deals and visibilities as written, in the nesting and order of either family of versions.

A deal that withdraws something (TakeDown, AllDealsCancelled) or is exclusive has no place in ERN 4. Leaving the word
out would turn it into a grant, so it is refused. Visibilities have no place in 3.8.2 and are left out there.
"""

from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import (
    Attributes,
    add_bound,
    add_element,
    add_flag,
    add_moment,
    add_role,
    add_text,
    add_texts,
)
from antiphon.model.deals import Deal, Price, ReleaseDeal, Visibility
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


def _add_deal(release_deal: Element, deal: Deal, *, is_old: bool) -> None:
    element = add_element(release_deal, "Deal")
    add_texts(element, "DealReference", deal.references)
    if deal.has_terms:
        terms = add_element(element, "DealTerms")
        if is_old:
            _fill_old_terms(terms, deal)
        else:
            _fill_new_terms(terms, deal)
    if deal.technical_references:
        listed = add_element(element, "DealTechnicalResourceDetailsReferenceList")
        add_texts(listed, "DealTechnicalResourceDetailsReference", deal.technical_references)


def _fill_old_terms(terms: Element, deal: Deal) -> None:
    """Write the terms in the order of ERN 3.8."""
    if deal.is_pre_order:
        add_flag(terms, "IsPreOrderDeal", deal.is_pre_order)
    for model in deal.commercial_models:
        add_role(terms, "CommercialModelType", model)
    if deal.use_types or deal.interface_types or deal.carrier_types:
        usage = add_element(terms, "Usage")
        _add_uses(usage, deal)
    if deal.is_all_deals_cancelled:
        add_flag(terms, "AllDealsCancelled", deal.is_all_deals_cancelled)
    if deal.is_takedown:
        add_flag(terms, "TakeDown", deal.is_takedown)
    _add_territories(terms, deal)
    _add_channels(terms, deal, is_old=True)
    for price in deal.prices:
        _add_price(terms, price, code_tag="PriceType")
    _add_periods(terms, deal.periods)
    _add_instant_gratification(terms, deal)
    if deal.is_exclusive:
        add_flag(terms, "IsExclusive", deal.is_exclusive)
    _add_policies(terms, deal)


def _fill_new_terms(terms: Element, deal: Deal) -> None:
    """Write the terms in the order of ERN 4.3."""
    if deal.is_takedown or deal.is_all_deals_cancelled or deal.is_exclusive:
        raise Refused(
            "DealNotExpressible",
            "ERN 4 has no words for a takedown, a cancellation or exclusivity; give the deal an end, or leave it out",
        )
    _add_territories(terms, deal)
    _add_periods(terms, deal.periods)
    for model in deal.commercial_models:
        add_role(terms, "CommercialModelType", model)
    _add_uses(terms, deal)
    _add_channels(terms, deal, is_old=False)
    _add_policies(terms, deal)
    for price in deal.prices:
        _add_price(terms, price, code_tag="PriceCode")
    if deal.is_pre_order:
        add_flag(terms, "IsPreOrderDeal", deal.is_pre_order)
    _add_instant_gratification(terms, deal)


def _add_uses(parent: Element, deal: Deal) -> None:
    for use_type in deal.use_types:
        add_role(parent, "UseType", use_type)
    add_texts(parent, "UserInterfaceType", deal.interface_types)
    add_texts(parent, "CarrierType", deal.carrier_types)


def _add_territories(terms: Element, deal: Deal) -> None:
    scheme: Attributes = {"IdentifierType": deal.territory_scheme} if deal.territory_scheme else {}
    add_texts(terms, "TerritoryCode", deal.territories, scheme)
    add_texts(terms, "ExcludedTerritoryCode", deal.excluded_territories, scheme)


def _add_channels(terms: Element, deal: Deal, *, is_old: bool) -> None:
    listed = {
        "DistributionChannel": deal.distribution_channels,
        "ExcludedDistributionChannel": deal.excluded_distribution_channels,
    }
    for tag, channels in listed.items():
        for channel in channels:
            _add_channel(add_element(terms, tag), channel, is_old=is_old)


def _add_channel(element: Element, channel: str, *, is_old: bool) -> None:
    """Write a channel from the one text the reader makes of it: a DPID, text@namespace, or a name."""
    text, at, namespace = channel.rpartition("@")
    if channel.upper().startswith("PADPIDA"):
        tag, text, attributes = "DPID", channel, {"IsDPID": "true"}
    elif at:
        tag, attributes = "ProprietaryId", {"Namespace": namespace}
    else:
        add_text(add_element(element, "PartyName"), "FullName", channel)
        return
    if is_old:
        add_text(element, "PartyId", text, attributes)
    else:
        add_text(add_element(element, "PartyId"), tag, text, attributes if tag == "ProprietaryId" else {})


def _add_periods(terms: Element, periods: tuple[ValidityPeriod, ...]) -> None:
    for period in periods:
        element = add_element(terms, "ValidityPeriod")
        add_bound(element, "StartDate", period.start)
        add_bound(element, "EndDate", period.end)


def _add_price(terms: Element, price: Price, *, code_tag: str) -> None:
    element = add_element(terms, "PriceInformation")
    add_text(element, code_tag, price.code)
    currency = {"CurrencyCode": price.currency} if price.currency else {}
    add_text(element, "WholesalePricePerUnit", price.amount, currency)


def _add_instant_gratification(terms: Element, deal: Deal) -> None:
    if deal.instant_gratification:
        listed = add_element(terms, "InstantGratificationResourceList")
        add_texts(listed, "DealResourceReference", deal.instant_gratification)


def _add_policies(terms: Element, deal: Deal) -> None:
    for policy in deal.rights_claim_policies:
        add_text(add_element(terms, "RightsClaimPolicy"), "RightsClaimPolicyType", policy)


def _add_visibility(deal_list: Element, visibility: Visibility) -> None:
    element = add_element(deal_list, "ReleaseVisibility")
    add_text(element, "VisibilityReference", visibility.reference)
    add_texts(element, "TerritoryCode", visibility.territories)
    add_texts(element, "ExcludedTerritoryCode", visibility.excluded_territories)
    add_moment(element, "ReleaseDisplayStartDateTime", visibility.release_display)
    add_moment(element, "CoverArtPreviewStartDateTime", visibility.cover_preview)
    add_moment(element, "FullTrackListingPreviewStartDateTime", visibility.track_listing_preview)
    add_moment(element, "ClipPreviewStartDateTime", visibility.clip_preview)
