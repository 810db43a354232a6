"""Why nothing is granted, where it was the provider who took it back. Source: formats 4, the variants of a takedown."""

from collections.abc import Sequence
from typing import NamedTuple

from antiphon.catalogue.current import CurrentStatement
from antiphon.model.deals import Deal
from antiphon.model.territories import Territory
from antiphon.rights import deal_territories, territory_index


class Withdrawal(NamedTuple):
    """What the provider's newest message did, as a clause, and the deal that says so; None: the absence of one does."""

    said: str
    deal: Deal | None = None


def find_taking_deal(deals: Sequence[Deal], market: Territory) -> Withdrawal | None:
    """Return the deal of a track that takes it down in a market, or cancels all; None: there is none."""
    for deal in deals:
        if deal.is_takedown and _may_mean(deal, market):
            return Withdrawal(f"is taken down in {market} by a deal of its provider's newest message", deal)
        if deal.is_all_deals_cancelled and _may_mean(deal, market):
            return Withdrawal("has had all its deals cancelled by its provider's newest message", deal)
    return None


def say_missing_deals(current: CurrentStatement) -> str:
    """Return what it means that a track has no deal: nothing of the release has one, or this track alone has none."""
    if any(entry.deals for entry in current.statement.release_deals):
        return "has no deal of its own in its provider's newest message, while other tracks of the release have"
    return "has no deal, since its provider's newest message about the release has none at all"


def _may_mean(deal: Deal, market: Territory) -> bool:
    """Tell whether a deal that takes away names a market, or names none and so means all."""
    named = deal.territories or deal.excluded_territories
    return not named or bool(deal_territories(deal) >> territory_index(market) & 1)
