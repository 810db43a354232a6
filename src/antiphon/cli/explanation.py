"""Ask the catalogue why a track, or each track of an album, is or is not playable."""

import shutil
import textwrap
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click
import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import DealPlace, ExplainedReason, MarketGroup
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import printable
from antiphon.model.availability import Tier
from antiphon.model.errors import Refused
from antiphon.model.territories import TERRITORIES
from antiphon.record import reading
from antiphon.record.near_ids import say_what_it_may_be
from antiphon.surfaces.explain.albums import AlbumAnswer, answer_album_explanation
from antiphon.surfaces.explain.answers import ExplainAnswer, answer_explanation
from antiphon.surfaces.explain.parameters import WrongQuestion, read_entity_id, read_market, read_tier, read_time

MAX_COLUMNS = 120
"""Columns that lists of markets are broken at, on a wider terminal too."""

_OPTIONS = {"id": "TRACK", "market": "--market", "tier": "--tier", "at": "--at"}


@click.command()
@click.argument("track", metavar="TRACK")
@click.option("--market", required=True, help="Where the listener is: an ISO 3166-1 code.")
@click.option("--tier", default=Tier.PREMIUM.value, show_default=True, help="What the listener pays with.")
@click.option(
    "--at",
    "at_text",
    default="",
    help="When: a date, or a date and time, by the market's clocks unless it has an offset. Default: now.",
)
@click.option("--all-tiers", is_flag=True, help="Map the markets for every tier.")
@json_option
@data_option
def explain(track: str, market: str, tier: str, at_text: str, data: Path, *, all_tiers: bool, as_json: bool) -> None:
    """Say why TRACK is, or is not, playable: verdict, reason, deal with its line, and every market.

    TRACK is a track's id, URI or address. An album's is answered with one line for each of its tracks.
    """
    try:
        territory, asked_tier = read_market(market), read_tier(tier)
        at = read_time(at_text, territory) if at_text else read_clock()
        asked_id = read_entity_id(track)
    except WrongQuestion as error:
        raise click.BadParameter(str(error), param_hint=_OPTIONS[error.name]) from error
    mapped = tuple(Tier) if all_tiers else (asked_tier,)
    answer: ExplainAnswer | AlbumAnswer | None
    with reading(open_installation(data).engine) as conn:
        answer = answer_explanation(conn, asked_id, market=territory, tier=asked_tier, at=at, mapped=mapped)
        if answer is None:
            answer = answer_album_explanation(conn, asked_id, market=territory, tier=asked_tier, at=at)
        if answer is None:
            raise _refuse_unknown(conn, asked_id)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
        return
    for line in _tell_album(answer) if isinstance(answer, AlbumAnswer) else _tell_track(answer):
        click.echo(printable(line))


def _refuse_unknown(conn: Connection, asked_id: str) -> Refused:
    hint = say_what_it_may_be(conn, asked_id)
    near = f": {hint}" if hint else ""
    return Refused("NoSuchTrack", f"there is no track {asked_id!r}{near}")


def _tell_track(answer: ExplainAnswer) -> Iterator[str]:
    """Yield the answer for people: the sentence, what it rests on, what stands in, and the markets."""
    yield answer.sentence
    yield ""
    for name, value in _list_facts(answer):
        yield f"  {name:<12}{value}"
    for number, stand_in in enumerate(answer.stand_ins):
        yield f"  {'' if number else 'instead':<12}{stand_in.track_id}  {stand_in.reason}"
    for tier, groups in groupby(answer.market_map, key=lambda group: group.tier):
        yield ""
        yield f"  {tier} listeners at that time, by market"
        for group in groups:
            yield from _tell_group(group)


def _list_facts(answer: ExplainAnswer) -> Iterator[tuple[str, str]]:
    yield "verdict", f"{'playable' if answer.is_playable else 'not playable'}: {answer.reason}"
    yield "asked", f"{answer.tier}, {answer.market}, {answer.local_at} {answer.zone} ({answer.at})"
    if answer.interval is not None:
        yield "granted", f"{answer.interval.starts_at or 'always'} to {answer.interval.ends_at or 'further notice'}"
    if answer.changes_at:
        yield "changes", answer.changes_at
    if answer.deal is not None:
        yield "deal", _say_place(answer.deal)
    for number, place in enumerate(answer.competing):
        yield "" if number else "other deals", _say_place(place)
    for decision in answer.decisions:
        until = f" until {decision.until}" if decision.until else ""
        where = ", ".join(decision.territories) or "everywhere"
        said = f"{decision.kind} of {decision.target} {where}{until}, {decision.id} by {decision.decided_by}"
        yield "decision", f"{said}: {decision.reason}"
    if answer.delivery_id:
        yield "delivery", f"{answer.delivery_id} of {answer.provider}"


def _tell_group(group: MarketGroup) -> Iterator[str]:
    columns = min(shutil.get_terminal_size((MAX_COLUMNS, 24)).columns, MAX_COLUMNS)
    head = f"    {group.reason:<14}{len(group.markets):>4}  "
    shown = " ".join(filter(None, (_say_turn(group), _say_markets(group))))
    yield from textwrap.wrap(shown, columns, initial_indent=head, subsequent_indent=" " * len(head))


def _say_turn(group: MarketGroup) -> str:
    """Return when the answer turns, with whose clock that is; empty where it does not."""
    turn = group.ended_at or group.changes_at
    if turn is None:
        said = ""
    else:
        when = f"{turn.replace('T', ' ')[:16]} local time" if not turn.endswith("Z") else turn
        before = {ExplainedReason.ENDED: "ended", ExplainedReason.AVAILABLE: "until"}.get(group.reason, "from")
        said = f"{before} {when}:"
    return " ".join(filter(None, (said, f"instead {group.stand_in}:" if group.stand_in else "")))


def _say_markets(group: MarketGroup) -> str:
    """Return the markets of a group, or, where they are most of the world, those that are not in it."""
    if len(group.markets) == len(TERRITORIES):
        return "everywhere"
    if len(group.markets) > len(TERRITORIES) // 2:
        members = set(group.markets)
        return f"everywhere but {' '.join(code for code in TERRITORIES if code not in members)}"
    return " ".join(group.markets)


def _tell_album(answer: AlbumAnswer) -> Iterator[str]:
    playing = f"{sum(track.is_playable for track in answer.tracks)} of {len(answer.tracks)} tracks play"
    yield f"“{answer.title}”: {playing} to {answer.tier} listeners in {answer.market}."
    yield ""
    yield f"  asked       {answer.tier}, {answer.market}, {answer.local_at} {answer.zone} ({answer.at})"
    for track in answer.tracks:
        yield f"  {track.disc_number}-{track.track_number:<3} {track.reason:<14} {track.track_id}  {track.sentence}"


def _say_place(place: DealPlace) -> str:
    """Return where a deal stands, in the form editors jump to."""
    return f"{place.message}:{place.line}  {place.path}"
