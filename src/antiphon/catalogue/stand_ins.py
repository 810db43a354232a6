"""Other tracks of a recording that may stand in for one that does not play: as ``explain`` names and nodes serve them.

A node relinks only where the track asked for plays to nobody in the market: that another tier may play it is no reason,
since paying is what it takes. Source: the catalogue profile; ``model.stand_ins`` says which of several wins.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from antiphon.catalogue.judgement import Bearings
from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.entities import Album, AlbumType, Track
from antiphon.model.stand_ins import STAND_INS_TRIED, rank_stand_in
from antiphon.model.territories import Territory
from antiphon.rights import WORLD, available_territories, territory_index


class StandIn(msgspec.Struct, frozen=True, kw_only=True):
    """A track of the same recording that plays to these listeners. ``reason``: why it may stand in, as a clause.

    ``is_served``: listeners who ask a node for the other track get this one.
    """

    track_id: str
    title: str
    album_id: str
    album: str
    release_date: str
    reason: str
    is_served: bool


class _Candidate(NamedTuple):
    """A track that might, and where each tier may play it."""

    album: Album
    track: Track
    playable: dict[Tier, int]


class StandIns:
    """The tracks of a recording besides one, in the order in which they stand in for it, at one instant."""

    def __init__(
        self,
        bearings: Bearings,
        appearances: Iterable[tuple[Album, Track]],
        *,
        tiers: Iterable[Tier],
        use: Use,
        now: datetime,
    ) -> None:
        """Prepare the answers for some tiers; ``appearances`` are the recording's other tracks, as built.

        They are not looked at where the track itself plays to these tiers everywhere.
        """
        now_s = int(now.timestamp())
        own = _playable_territories(bearings.kept if bearings.has_audio else (), use, now_s)
        self._played = own[Tier.FREE] | own[Tier.PREMIUM]
        needed = () if all(own[tier] == WORLD for tier in tiers) else appearances
        tried = sorted(needed, key=lambda pair: pair[1].id)[:STAND_INS_TRIED]
        others = [(album, track) for album, track in tried if track.renditions]
        others.sort(key=lambda pair: (rank_stand_in(*pair), pair[1].id))
        self._candidates = [
            _Candidate(album, track, _playable_territories(track.intervals, use, now_s)) for album, track in others
        ]

    def territories(self) -> Iterator[int]:
        """Yield sets of territories; where none of them tells two apart, the same tracks stand in."""
        yield self._played
        for candidate in self._candidates:
            yield from candidate.playable.values()

    def find_served(self, market: Territory, tier: Tier) -> str:
        """Return the track that nodes answer with instead; empty: with the one that was asked for."""
        bit = 1 << territory_index(market)
        if self._played & bit:
            return ""
        return next((c.track.id for c in self._candidates if c.playable[tier] & bit), "")

    def list_playable(self, market: Territory, tier: Tier) -> tuple[StandIn, ...]:
        """Return the tracks that a tier may play in a market, the one that wins first."""
        bit = 1 << territory_index(market)
        served = self.find_served(market, tier)
        return tuple(
            StandIn(
                track_id=candidate.track.id,
                title=candidate.track.title,
                album_id=candidate.album.id,
                album=candidate.album.title,
                release_date=candidate.album.release_date,
                reason=_say_reason(candidate, market, tier, is_served=candidate.track.id == served),
                is_served=candidate.track.id == served,
            )
            for candidate in self._candidates
            if candidate.playable[tier] & bit
        )


def _playable_territories(intervals: Iterable[Interval], use: Use, now_s: int) -> dict[Tier, int]:
    kept = tuple(intervals)
    return {tier: available_territories(kept, tier=tier, use=use, now_s=now_s) for tier in Tier}


def _say_reason(candidate: _Candidate, market: Territory, tier: Tier, *, is_served: bool) -> str:
    album = candidate.album
    of = "a compilation" if album.type is AlbumType.COMPILATION else f"the {album.type}"
    dated = f" of {album.release_date}" if album.release_date else ""
    first = rank_stand_in(album, candidate.track).startswith("0")
    whose = "" if first or album.type is AlbumType.COMPILATION else " by other artists"
    got = "it is what listeners get instead" if is_served else "listeners may play it"
    return f"the same recording, on {of}{whose} “{album.title}”{dated}, plays to {tier} listeners in {market}: {got}"
