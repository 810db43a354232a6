"""A plain evaluator of deals to hold the real one against: it shares no code with it and no idea either.

It never turns a date into an instant. It looks at the wall clock of the market, and asks whether that clock has shown
the start, and what comes after the end. At most sixty lines of code, so that it can be believed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from antiphon.model.deals import Deal
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod

NONE = timedelta()
MODELS = {"free": {"AdvertisementSupportedModel", "FreeOfChargeModel"}, "premium": {"SubscriptionModel"}}
USE_TYPES = {
    "stream": {"Stream", "OnDemandStream"},
    "offline": {"Download", "ConditionalDownload", "TetheredDownload"},
    "download": {"Download", "PermanentDownload"},
}


def is_available(deals: Iterable[Deal], market: str, zone: ZoneInfo, tier: str, use: str, now: datetime) -> bool:
    deals = list(deals)
    return any(grants(deal, market, zone, tier, use, now) for deal in deals) and not any(
        deal.is_takedown and covers(deal, market) and any(has_started(p, zone, now) for p in deal.periods)
        for deal in deals
    )


def grants(deal: Deal, market: str, zone: ZoneInfo, tier: str, use: str, now: datetime) -> bool:
    return (
        not (deal.is_takedown or deal.is_pre_order or deal.is_all_deals_cancelled)
        and any(model.value in MODELS[tier] for model in deal.commercial_models)
        and any(use_type.value in USE_TYPES[use] for use_type in deal.use_types)
        and covers(deal, market)
        and any(has_started(p, zone, now) and not has_ended(p, zone, now) for p in deal.periods)
    )


def covers(deal: Deal, market: str) -> bool:
    named = "Worldwide" in deal.territories or market in deal.territories
    return (named or not deal.territories) and market not in deal.excluded_territories


def has_started(period: ValidityPeriod, zone: ZoneInfo, now: datetime) -> bool:
    return period.start is None or has_shown(period.start, zone, now, days=0)


def has_ended(period: ValidityPeriod, zone: ZoneInfo, now: datetime) -> bool:
    return period.end is not None and has_shown(period.end, zone, now, days=1)


def has_shown(moment: Moment, zone: ZoneInfo, now: datetime, days: int) -> bool:
    if moment.kind is MomentKind.INSTANT:
        return now >= datetime.fromisoformat(moment.text)
    wanted = datetime.fromisoformat(moment.text) + timedelta(days=days if moment.kind is MomentKind.DATE else 0)
    return latest_shown(zone, now) >= wanted


@lru_cache(maxsize=64)
def latest_shown(zone: ZoneInfo, now: datetime) -> datetime:
    shown, a_day_ago = now.astimezone(zone), (now - timedelta(hours=26)).astimezone(zone)
    if (shown.utcoffset() or NONE) >= (a_day_ago.utcoffset() or NONE):
        return shown.replace(tzinfo=None)
    passed = (now - timedelta(minutes=minute) for minute in range(26 * 60))  # put back: what had it shown before?
    return max(moment.astimezone(zone).replace(tzinfo=None) for moment in passed)
