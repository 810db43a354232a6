"""What ``/v1/explain`` and ``antiphon explain`` answer of an album: one line for each of its tracks."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from antiphon.catalogue import ExplainedReason, Question, find_bearings, judge, say_instant, say_judgement
from antiphon.model.availability import Tier, Use
from antiphon.model.errors import Broken
from antiphon.model.territories import Territory
from antiphon.record.catalogue import load_album, load_inputs
from antiphon.rights import local_time, zone_names


class AnsweredTrack(msgspec.Struct, frozen=True, kw_only=True):
    """One track of an album: whether it may be played, and why."""

    track_id: str
    disc_number: int
    track_number: int
    is_playable: bool
    reason: str
    sentence: str
    changes_at: str | None


class AlbumAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: ``is_playable`` where one of the tracks is. Nothing in it is for the owner alone."""

    album_id: str
    title: str
    market: str
    tier: str
    at: str
    local_at: str
    zone: str
    is_playable: bool
    tracks: tuple[AnsweredTrack, ...]


def answer_album_explanation(
    conn: Connection, album_id: str, *, market: Territory, tier: Tier, at: datetime
) -> AlbumAnswer | None:
    """Return why each track of an album is, or is not, playable; None: there is no such album."""
    album = load_album(conn, album_id)
    if album is None:
        return None
    inputs = load_inputs(conn, album.provider, album.release_key)
    if inputs is None:
        raise Broken(f"album {album.id} is in the catalogue, and no statement describes it")
    question = Question(market, tier, Use.STREAM, at)
    tracks: list[AnsweredTrack] = []
    for track in album.tracks:
        bearings = find_bearings(*inputs, album, track)
        if bearings is None:
            raise Broken(f"track {track.id} is in the catalogue, and its statement does not describe it")
        judgement = judge(bearings, question)
        tracks.append(
            AnsweredTrack(
                track_id=track.id,
                disc_number=track.disc_number,
                track_number=track.track_number,
                is_playable=judgement.reason is ExplainedReason.AVAILABLE,
                reason=judgement.reason.value,
                sentence=say_judgement(judgement, question, bearings, inputs.current, (album, track)),
                changes_at=say_instant(judgement.changes_at),
            )
        )
    return AlbumAnswer(
        album_id=album.id,
        title=album.title,
        market=market,
        tier=tier.value,
        at=say_instant(int(at.timestamp())) or "",
        local_at=local_time(int(at.timestamp()), market).isoformat(),
        zone=zone_names()[market],
        is_playable=any(track.is_playable for track in tracks),
        tracks=tuple(tracks),
    )
