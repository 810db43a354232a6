"""Deals and visibilities. ERN 3 nests use types in usages, ERN 4 has them flat; both are read. Source: formats 3."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.channels import read_channel
from antiphon.formats.ern.deal_details import BEYOND_THE_ORDINARY, read_details
from antiphon.formats.ern.elements import is_true, source_line, take_attribute, trimmed_text
from antiphon.formats.ern.reading import Content, Reading
from antiphon.model.claims import Role
from antiphon.model.deals import Channel, Deal, DealDetails, Price, ReleaseDeal, Visibility
from antiphon.model.periods import ValidityPeriod

_LIST_PATH = "/NewReleaseMessage/DealList"
_LISTING = ("FullTrackListingPreviewStartDateTime", "TrackListingPreviewStartDateTime")
_ORDINARY = frozenset(
    {"DealReference", "DealTerms", "DealTechnicalResourceDetailsReferenceList", "DealTechnicalResourceDetailsReference"}
)
"""Elements of a deal that most deals have."""

_NO_TERMS = Content()


class DealReader:
    """Reads the deal lists of one message."""

    def __init__(self, deal_lists: Sequence[Element], reading: Reading) -> None:
        self._lists = [reading.open(element) for element in deal_lists]
        self._reading = reading
        self._remarks: dict[tuple[object, ...], DealDetails] = {}

    def read_release_deals(self) -> tuple[ReleaseDeal, ...]:
        """Return the release deals in message order."""
        elements = [element for content in self._lists for element in content.take("ReleaseDeal")]
        return tuple(self._read_release_deal(element, i) for i, element in enumerate(elements, 1))

    def read_visibilities(self) -> tuple[Visibility, ...]:
        """Return the visibilities of releases, then those of track releases."""
        tags = ("ReleaseVisibility", "TrackReleaseVisibility")
        return tuple(self._read_visibility(element) for content in self._lists for element in content.take(*tags))

    def _read_release_deal(self, element: Element, number: int) -> ReleaseDeal:
        content = self._reading.open(element)
        path = f"{_LIST_PATH}/ReleaseDeal[{number}]/Deal"
        return ReleaseDeal(
            release_references=content.take_texts("DealReleaseReference"),
            deals=tuple(self._read_deal(deal, f"{path}[{i}]") for i, deal in enumerate(content.take("Deal"), 1)),
            line=source_line(element),
            effective_date=self._reading.moment(content, "EffectiveDate") if content else None,
        )

    def _read_deal(self, element: Element, path: str) -> Deal:
        reading = self._reading
        deal = reading.open(element)
        terms_element = deal.take_first("DealTerms")
        terms = _NO_TERMS if terms_element is None else reading.open(terms_element)
        usages = [terms, *(reading.open(usage) for usage in terms.take("Usage"))]
        use_elements = [use for usage in usages for use in usage.get("UseType", ())]
        discoverabilities = [take_attribute(use, "IsDiscoverable") if use.attrib else "" for use in use_elements]
        use_types = tuple(role for usage in usages for role in reading.roles(usage, "UseType"))
        served = self._read_channels(terms, "DistributionChannel")
        excluded = self._read_channels(terms, "ExcludedDistributionChannel")
        telling = tuple(one for one in (*served, *excluded) if one != Channel(channel=one.channel))
        is_ordinary = _ORDINARY.issuperset(deal) and all(map(BEYOND_THE_ORDINARY.isdisjoint, usages))
        remarks = self._remark(use_types, discoverabilities, telling)
        read = Deal(
            references=deal.take_texts("DealReference"),
            commercial_models=reading.roles(terms, "CommercialModelType"),
            use_types=use_types,
            interface_types=_take_usage_texts(usages, "UserInterfaceType"),
            carrier_types=_take_usage_texts(usages, "CarrierType"),
            territory_scheme=_take_territory_scheme(terms),
            territories=reading.territories(terms, "TerritoryCode"),
            excluded_territories=reading.territories(terms, "ExcludedTerritoryCode"),
            distribution_channels=tuple(one.channel for one in served),
            excluded_distribution_channels=tuple(one.channel for one in excluded),
            periods=tuple(self._read_period(period) for period in terms.take("ValidityPeriod")),
            prices=tuple(_read_price(reading.open(price), price) for price in terms.take("PriceInformation")),
            is_takedown=is_true(terms.take_text("TakeDown")),
            is_all_deals_cancelled=is_true(terms.take_text("AllDealsCancelled")),
            is_pre_order=is_true(terms.take_text("IsPreOrderDeal")),
            is_exclusive=is_true(terms.take_text("IsExclusive")),
            has_terms=terms_element is not None,
            technical_references=self._take_listed(
                deal, "DealTechnicalResourceDetailsReferenceList", "DealTechnicalResourceDetailsReference"
            ),
            line=source_line(element),
            path=path,
            details=remarks,
        )
        return read if is_ordinary else read_details(read, deal, usages, reading)

    def _remark(
        self, use_types: tuple[Role, ...], discoverabilities: list[str], channels: tuple[Channel, ...]
    ) -> DealDetails | None:
        """Return what attributes of use types and elements of channels say on the way; deals repeat that as well."""
        if not channels and not any(discoverabilities):
            return None
        key = (use_types, tuple(discoverabilities), channels)
        if key not in self._remarks:
            told = list(zip((use_type.value for use_type in use_types), discoverabilities, strict=False))
            self._remarks[key] = DealDetails(
                discoverable=tuple(value for value, text in told if text == "true"),
                undiscoverable=tuple(value for value, text in told if text == "false"),
                channels=channels,
            )
        return self._remarks[key]

    def _read_channels(self, terms: Content, tag: str) -> list[Channel]:
        if tag not in terms:
            return []
        return [read_channel(element, self._reading) for element in terms.take(tag)]

    def _read_period(self, element: Element) -> ValidityPeriod:
        bounds = self._reading.open(element)
        start = self._reading.moment(bounds, "StartDateTime", "StartDate")
        end = self._reading.moment(bounds, "EndDateTime", "EndDate") if bounds else None
        return ValidityPeriod(start=start, end=end)

    def _read_visibility(self, element: Element) -> Visibility:
        content = self._reading.open(element)
        moment = self._reading.moment
        return Visibility(
            reference=content.take_text("VisibilityReference"),
            territories=self._reading.territories(content, "TerritoryCode"),
            excluded_territories=self._reading.territories(content, "ExcludedTerritoryCode"),
            release_display=moment(content, "ReleaseDisplayStartDateTime"),
            cover_preview=moment(content, "CoverArtPreviewStartDateTime"),
            track_listing_preview=moment(content, *_LISTING),
            clip_preview=moment(content, "ClipPreviewStartDateTime"),
            is_track=element.tag == "TrackReleaseVisibility",
            hides_dates=is_true(take_attribute(element, "DoNotDisplayDates")),
        )

    def _take_listed(self, content: Content, list_tag: str, tag: str) -> tuple[str, ...]:
        if list_tag not in content:
            return ()
        lists = [self._reading.open(listed) for listed in content.take(list_tag)]
        return tuple(text for listed in lists for text in listed.take_texts(tag))


def _take_usage_texts(usages: list[Content], tag: str) -> tuple[str, ...]:
    return tuple(text for usage in usages if tag in usage for text in usage.take_texts(tag))


def _take_territory_scheme(terms: Content) -> str:
    """Return "TIS" where a code says so of itself; ISO, the rule, is empty."""
    scheme = ""
    for tag in ("TerritoryCode", "ExcludedTerritoryCode"):
        for element in terms.get(tag, ()):
            if element.attrib and take_attribute(element, "IdentifierType") == "TIS":
                scheme = "TIS"
    return scheme


def _read_price(content: Content, element: Element) -> Price:
    """Return a price. ERN 3 gives its code in PriceType or PriceRangeType, ERN 4 in PriceCode."""
    code_element = content.take_first("PriceCode", "PriceType")
    amount, currency = _take_amount(content, "WholesalePricePerUnit")
    code = trimmed_text(code_element) if code_element is not None else ""
    namespace = take_attribute(code_element, "Namespace") if code_element is not None else ""
    kind = take_attribute(element, "PriceType")
    if not content:
        return Price(code=code, amount=amount, currency=currency, code_namespace=namespace, type=kind)
    range_element = content.take_first("PriceRangeType")
    bulk_amount, bulk_currency = _take_amount(content, "BulkOrderWholesalePricePerUnit")
    retail_amount, retail_currency = _take_amount(content, "SuggestedRetailPrice")
    range_code = trimmed_text(range_element) if range_element is not None else ""
    return Price(
        code=code or range_code,
        amount=amount,
        currency=currency,
        code_namespace=namespace,
        type=kind,
        range_code=range_code,
        range_namespace=take_attribute(range_element, "Namespace") if range_element is not None else "",
        bulk_amount=bulk_amount,
        bulk_currency=bulk_currency,
        retail_amount=retail_amount,
        retail_currency=retail_currency,
        description=content.take_text("Description"),
    )


def _take_amount(content: Content, tag: str) -> tuple[str, str]:
    """Take an amount with its currency, both as written."""
    element = content.take_first(tag)
    return ("", "") if element is None else (trimmed_text(element), take_attribute(element, "CurrencyCode"))
