"""A judgement in one sentence, for people: what it is about, what holds, for whom, and until or from when."""

from antiphon.catalogue.current import CurrentStatement
from antiphon.catalogue.judgement import Bearings, ExplainedReason, Judgement, Question
from antiphon.model.availability import Use
from antiphon.model.entities import Album, Track
from antiphon.model.territories import Territory
from antiphon.rights import local_time, utc_time

_VERBS = {Use.STREAM: "streamed", Use.OFFLINE: "kept offline", Use.DOWNLOAD: "downloaded"}


def say_judgement(
    judgement: Judgement,
    question: Question,
    bearings: Bearings,
    current: CurrentStatement,
    named: tuple[Album, Track],
) -> str:
    """Return the sentence; instants are told in UTC and as the market's clocks show them."""
    album, track = named
    return f"“{track.title}” on “{album.title}” {_say_clause(judgement, question, bearings, current)}."


def _say_clause(judgement: Judgement, question: Question, bearings: Bearings, current: CurrentStatement) -> str:
    reason, span, market = judgement.reason, judgement.bearing.span, question.market
    listeners, verb = f"{question.tier} listeners in {market}", _VERBS[question.use]
    starts = say_time(span.starts_at if span is not None else None, market)
    ends = say_time(span.ends_at if span is not None else None, market)
    until = say_time(judgement.changes_at, market)
    target = judgement.denials[0].target_kind if judgement.denials else "track"
    is_cancelled = judgement.taking is not None and judgement.taking.is_all_deals_cancelled
    clauses = {
        ExplainedReason.AVAILABLE: f"may be {verb} by {listeners}" + (f" until {until}" if until else ""),
        ExplainedReason.TIER: f"is granted in {market} now, but not to {question.tier} listeners",
        ExplainedReason.NOT_YET: f"may be {verb} by {listeners} from {starts}",
        ExplainedReason.ENDED: f"could be {verb} by {listeners} until {ends}",
        ExplainedReason.NOT_IN_MARKET: f"has deals for {question.tier} listeners, but none covers {market}",
        ExplainedReason.NO_DEAL: f"has no deal by which it may be {verb} by {question.tier} listeners"
        if bearings.deals
        else say_missing_deals(current),
        ExplainedReason.WITHDRAWN: "has had all its deals cancelled by its provider's newest message"
        if is_cancelled
        else f"is taken down in {market} by a deal of its provider's newest message",
        ExplainedReason.PURGED: "was purged by its provider",
        ExplainedReason.TRANSFERRED: "was given to another provider, which has not delivered it yet",
        ExplainedReason.TAKEN_DOWN: f"is taken down for {listeners} by a decision on the {target}"
        + (f" until {until}" if until else ""),
        ExplainedReason.GEOBLOCKED: f"is blocked in {market} by a decision on the {target}"
        + (f" until {until}" if until else ""),
        ExplainedReason.NO_AUDIO: f"is granted to {listeners}, but its audio has not been delivered",
    }
    return clauses[reason]


def say_missing_deals(current: CurrentStatement) -> str:
    """Return what it means that a track has no deal: nothing of the release has one, or this track alone has none."""
    if current.owner:
        return "is granted to nobody until its new owner, to whom it was transferred, has delivered it"
    if any(entry.deals for entry in current.statement.release_deals):
        return "has no deal of its own in its provider's newest message, while other tracks of the release have"
    return "has no deal, since its provider's newest message about the release has none at all"


def say_time(at: int | None, market: Territory) -> str:
    """Return an instant by both clocks, "2026-10-31 23:00:00 UTC (2026-11-01 00:00 in SE)"; None: empty."""
    if at is None:
        return ""
    utc, local = utc_time(at), local_time(at, market)
    shown = local.strftime("%Y-%m-%d %H:%M" if local.second == 0 else "%Y-%m-%d %H:%M:%S")
    return f"{utc:%Y-%m-%d %H:%M:%S} UTC ({shown} in {market})"
