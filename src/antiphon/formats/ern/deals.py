"""Deals and visibilities. ERN 3 nests use types in usages, ERN 4 has them flat; both are read. Source: formats 3."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import (
    Children,
    all_texts,
    first_text,
    group_children,
    is_true,
    source_line,
    trimmed_text,
)
from antiphon.formats.ern.identifiers import read_party_ids
from antiphon.formats.ern.parties import read_party_name
from antiphon.formats.ern.values import Values
from antiphon.model.claims import IdScheme, Role
from antiphon.model.deals import Deal, Price, ReleaseDeal, Visibility
from antiphon.model.periods import ValidityPeriod

_LIST_PATH = "/NewReleaseMessage/DealList"


class DealReader:
    """Reads the deal lists of one message."""

    def __init__(self, deal_lists: Sequence[Element], values: Values) -> None:
        self._lists = [group_children(element) for element in deal_lists]
        self._values = values

    def read_release_deals(self) -> tuple[ReleaseDeal, ...]:
        """Return the release deals in message order."""
        elements = [element for children in self._lists for element in children.get("ReleaseDeal", ())]
        return tuple(self._read_release_deal(element, i) for i, element in enumerate(elements, 1))

    def read_visibilities(self) -> tuple[Visibility, ...]:
        """Return the visibilities of releases, then those of track releases."""
        tags = ("ReleaseVisibility", "TrackReleaseVisibility")
        elements = [element for children in self._lists for tag in tags for element in children.get(tag, ())]
        return tuple(self._read_visibility(group_children(element)) for element in elements)

    def _read_release_deal(self, element: Element, number: int) -> ReleaseDeal:
        children = group_children(element)
        path = f"{_LIST_PATH}/ReleaseDeal[{number}]/Deal"
        return ReleaseDeal(
            release_references=all_texts(children, "DealReleaseReference"),
            deals=tuple(self._read_deal(deal, f"{path}[{i}]") for i, deal in enumerate(children.get("Deal", ()), 1)),
            line=source_line(element),
        )

    def _read_deal(self, element: Element, path: str) -> Deal:
        deal = group_children(element)
        has_terms = "DealTerms" in deal
        terms = group_children(deal["DealTerms"][0]) if has_terms else {}
        usages = [terms, *(group_children(usage) for usage in terms.get("Usage", ()))]
        values = self._values
        return Deal(
            references=all_texts(deal, "DealReference"),
            commercial_models=values.roles(terms, "CommercialModelType"),
            use_types=self._read_use_types(usages),
            interface_types=_read_usage_texts(usages, "UserInterfaceType"),
            carrier_types=_read_usage_texts(usages, "CarrierType"),
            territories=values.territories(terms, "TerritoryCode"),
            excluded_territories=values.territories(terms, "ExcludedTerritoryCode"),
            territory_scheme=_read_territory_scheme(terms),
            distribution_channels=_read_channels(terms, "DistributionChannel"),
            excluded_distribution_channels=_read_channels(terms, "ExcludedDistributionChannel"),
            periods=self._read_periods(terms),
            prices=tuple(_read_price(price) for price in terms.get("PriceInformation", ())),
            is_takedown=is_true(first_text(terms, "TakeDown")),
            is_all_deals_cancelled=is_true(first_text(terms, "AllDealsCancelled")),
            is_pre_order=is_true(first_text(terms, "IsPreOrderDeal")),
            is_exclusive=is_true(first_text(terms, "IsExclusive")),
            has_terms=has_terms,
            technical_references=_read_listed_texts(
                deal, "DealTechnicalResourceDetailsReferenceList", "DealTechnicalResourceDetailsReference"
            ),
            instant_gratification=_read_listed_texts(
                terms, "InstantGratificationResourceList", "DealResourceReference"
            ),
            rights_claim_policies=_read_listed_texts(terms, "RightsClaimPolicy", "RightsClaimPolicyType"),
            line=source_line(element),
            path=path,
        )

    def _read_use_types(self, usages: list[Children]) -> tuple[Role, ...]:
        if len(usages) == 1:
            return self._values.roles(usages[0], "UseType")
        return tuple(role for usage in usages for role in self._values.roles(usage, "UseType"))

    def _read_periods(self, terms: Children) -> tuple[ValidityPeriod, ...]:
        periods = []
        for element in terms.get("ValidityPeriod", ()):
            bounds = group_children(element)
            start = self._values.moment(bounds, "StartDateTime", "StartDate")
            end = self._values.moment(bounds, "EndDateTime", "EndDate")
            periods.append(ValidityPeriod(start=start, end=end))
        return tuple(periods)

    def _read_visibility(self, visibility: Children) -> Visibility:
        moment = self._values.moment
        listing = ("FullTrackListingPreviewStartDateTime", "TrackListingPreviewStartDateTime")
        return Visibility(
            reference=first_text(visibility, "VisibilityReference"),
            territories=self._values.territories(visibility, "TerritoryCode"),
            excluded_territories=self._values.territories(visibility, "ExcludedTerritoryCode"),
            release_display=moment(visibility, "ReleaseDisplayStartDateTime"),
            cover_preview=moment(visibility, "CoverArtPreviewStartDateTime"),
            track_listing_preview=moment(visibility, *listing),
            clip_preview=moment(visibility, "ClipPreviewStartDateTime"),
        )


def _read_usage_texts(usages: list[Children], tag: str) -> tuple[str, ...]:
    return tuple(text for usage in usages if tag in usage for text in all_texts(usage, tag))


def _read_territory_scheme(terms: Children) -> str:
    """Return "TIS" where a code says so of itself; ISO, the rule, is empty."""
    for tag in ("TerritoryCode", "ExcludedTerritoryCode"):
        if any(element.get("IdentifierType") == "TIS" for element in terms.get(tag, ())):
            return "TIS"
    return ""


def _read_channels(terms: Children, tag: str) -> tuple[str, ...]:
    """Return one text per channel: its DPID, else its first id (text@namespace), else its name."""
    return tuple(text for element in terms.get(tag, ()) if (text := _read_channel(element)))


def _read_channel(element: Element) -> str:
    children = group_children(element)
    ids = read_party_ids(children.get("PartyId", ()))
    for delivered in sorted(ids, key=lambda delivered: delivered.scheme is not IdScheme.DPID):
        return f"{delivered.text}@{delivered.namespace}" if delivered.namespace else delivered.text
    name = read_party_name(children.get("PartyName", ())) or first_text(children, "TradingName")
    return name or trimmed_text(element)


def _read_price(element: Element) -> Price:
    """Return a price. ERN 3 gives its code in PriceType or PriceRangeType, ERN 4 in PriceCode."""
    children = group_children(element)
    amounts = children.get("WholesalePricePerUnit", ())
    return Price(
        code=first_text(children, "PriceCode", "PriceType", "PriceRangeType"),
        amount=trimmed_text(amounts[0]) if amounts else "",
        currency=(amounts[0].get("CurrencyCode") or "").strip() if amounts else "",
    )


def _read_listed_texts(children: Children, list_tag: str, tag: str) -> tuple[str, ...]:
    if list_tag not in children:
        return ()
    found = (element for listed in children[list_tag] for element in listed.iter(tag))
    return tuple(text for element in found if (text := trimmed_text(element)))
