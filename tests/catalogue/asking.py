"""Asking the catalogue function why: a statement, whatever else bears on it, and a question."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from antiphon.catalogue import Asked, CurrentStatement, Explanation, Links, build_album, explain_track
from antiphon.model.availability import Tier
from antiphon.model.decisions import Decision, Effect, Takedown, TargetKind
from antiphon.model.entities import Album, Track
from antiphon.model.statement import Statement
from antiphon.model.territories import Territory
from tests.catalogue.statements import a_current

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SE, NO = Territory("SE"), Territory("NO")


def a_denial(target_kind: TargetKind, target_id: str, effect: Effect | None = None, until: str = "") -> Decision:
    """Return a takedown that was decided an hour before ``NOW``, or another denial."""
    return Decision(
        id="d1",
        effect=effect if effect is not None else Takedown(),
        target_kind=target_kind,
        target_id=target_id,
        decided_by="ana",
        decided_at="2026-11-22T09:00:00Z",
        reason="court order",
        until=until,
    )


def explain_current(
    current: CurrentStatement,
    links: Links,
    *,
    market: Territory = SE,
    tier: Tier = Tier.PREMIUM,
    at: datetime = NOW,
    track: int = 0,
    deny: Sequence[tuple[TargetKind, Effect, str]] = (),
    appearances: Iterable[tuple[Album, Track]] = (),
) -> Explanation:
    """Return why a track of a release plays or not, with the map of both tiers.

    ``deny``: the kind of the target, which is the track's own of that kind, what denies it, and until when.
    """
    album = build_album(current, links, ()).album
    asked = album.tracks[track]
    targets = {
        TargetKind.ALBUM: album.id,
        TargetKind.TRACK: asked.id,
        TargetKind.RECORDING: asked.recording_id,
        TargetKind.ARTIST: asked.artists[0].artist_id,
        TargetKind.PROVIDER: album.provider,
    }
    found = explain_track(
        current,
        links,
        [a_denial(kind, targets[kind], effect, until) for kind, effect, until in deny],
        (album, asked),
        Asked(market=market, tier=tier, now=at, mapped=tuple(Tier)),
        message_file="r/r.xml",
        appearances=appearances,
    )
    assert found is not None
    return found


def explain_statement(
    statement: Statement,
    *,
    market: Territory = SE,
    tier: Tier = Tier.PREMIUM,
    at: datetime = NOW,
    track: int = 0,
    has_audio: bool = True,
    deny: Sequence[tuple[TargetKind, Effect, str]] = (),
    appearances: Iterable[tuple[Album, Track]] = (),
) -> Explanation:
    """Return the same for the statement as the current one of its release."""
    current, links = a_current(statement, media=None if has_audio else {})
    return explain_current(
        current, links, market=market, tier=tier, at=at, track=track, deny=deny, appearances=appearances
    )
