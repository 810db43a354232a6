"""The deal by which a provider took back what it had granted. Source: formats 4, the variants of a takedown."""

from collections.abc import Iterable

from antiphon.model.deals import Deal
from antiphon.model.territories import Territory
from antiphon.rights import territory_index, withheld_territories


def find_taking_deal(deals: Iterable[Deal], market: Territory) -> Deal | None:
    """Return the first deal of a track that takes it down in a market, or cancels all; None: there is none."""
    bit = 1 << territory_index(market)
    taking = (deal for deal in deals if deal.is_takedown or deal.is_all_deals_cancelled)
    return next((deal for deal in taking if withheld_territories(deal) & bit), None)
