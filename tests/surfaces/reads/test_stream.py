"""Playback: a grant only for who may play now, a URL that ends, and bytes that are the right slice (S1, S6)."""

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from antiphon.access import Tier, issue_stream_token
from antiphon.blobs import FolderBlobs
from antiphon.model.decisions import TargetKind
from antiphon.replica import Follower, Replica
from antiphon.segments import OVERLAY_NAME, Denial, Overlay, encode_overlay
from antiphon.surfaces.reads import BlobRange, ReadPath, ReadSettings, Request
from tests.surfaces.reads.asking import Got, ask
from tests.surfaces.reads.catalogue_fixture import (
    FLAC,
    KEYS,
    NEXT_WEEK,
    NOW,
    OPUS,
    Shelf,
    a_token,
    an_id,
    make_cover,
    publish,
)

TRACK = an_id("Harbour Lights 1")
SEED = 6


def grant(
    read_path: ReadPath, track_id: str = TRACK, query: str = "market=SE", now: datetime = NOW, tier: Tier = Tier.PREMIUM
) -> Got:
    return ask(read_path, f"/v1/tracks/{track_id}/stream?{query}", now=now, tier=tier)


def granted_path(read_path: ReadPath, profile: str = "opus", now: datetime = NOW) -> str:
    """Return the path of a stream URL granted now."""
    url: str = grant(read_path, query=f"market=SE&profile={profile}", now=now).content["url"]
    return url.removeprefix("https://music.example")


@pytest.mark.parametrize("query", ["", "market=", "market=ZZ", "market=SE&profile=mp3", "market=SE&profile=opus,flac"])
def test_a_grant_needs_a_market_and_a_profile_we_have(read_path: ReadPath, query: str) -> None:
    assert grant(read_path, query=query).status == 400


def test_a_grant_for_a_profile_the_track_lacks_is_not_found(read_path: ReadPath) -> None:
    assert grant(read_path, an_id("Low Water 1"), "market=SE&profile=flac").status == 404


@pytest.mark.parametrize(
    ("number", "market", "tier", "now", "status", "reason"),
    [
        (2, "SE", Tier.PREMIUM, NOW, 403, "market"),
        (2, "NO", Tier.PREMIUM, NOW, 200, None),
        (3, "SE", Tier.PREMIUM, NOW, 403, "market"),
        (4, "SE", Tier.FREE, NOW, 403, "product"),
        (4, "SE", Tier.PREMIUM, NOW, 200, None),
        (5, "SE", Tier.PREMIUM, NOW, 403, "market"),
    ],
)
def test_a_grant_is_for_who_may_play_now(
    read_path: ReadPath, number: int, market: str, tier: Tier, now: datetime, status: int, reason: str | None
) -> None:
    got = grant(read_path, an_id(f"Harbour Lights {number}"), f"market={market}", now, tier)
    assert (got.status, got.content.get("reason")) == (status, reason)
    assert got.headers["cache-control"] == "no-store"


def test_a_grant_says_what_will_come(read_path: ReadPath) -> None:
    content = grant(read_path).content
    assert content.pop("url").startswith("https://music.example/stream/")
    assert content == {
        "expires_at": "2026-11-22T12:05:00Z",
        "profile": "opus",
        "media_type": "audio/ogg",
        "bitrate_bps": 128_000,
        "duration_ms": 19_000,
        "size_bytes": len(OPUS),
    }


def a_node(tmp_path: Path) -> tuple[FolderBlobs, Follower, ReadPath]:
    """Return a node of its own, for tests that change what it knows."""
    blobs = FolderBlobs(tmp_path / "blobs")
    publish(blobs)
    follower = Follower(blobs, tmp_path / "node", map_size_bytes=16 << 20)
    follower.poll(NOW)
    return blobs, follower, ReadPath(follower.replica, blobs, KEYS, ReadSettings(public_url="https://music.example"))


def test_a_node_cut_from_the_store_stops_granting_and_goes_on_reading(tmp_path: Path) -> None:
    _, follower, read_path = a_node(tmp_path)
    last, over = NOW + timedelta(seconds=299), NOW + timedelta(seconds=300)
    assert grant(read_path, now=last).status == 200
    refused = grant(read_path, now=over)
    assert (refused.status, refused.content["reason"]) == (503, "lease_expired")
    assert int(refused.headers["retry-after"]) > 0
    read = ask(read_path, f"/v1/tracks/{TRACK}?market=SE", now=over)
    assert (read.status, read.headers["catalogue-age"]) == (200, "300")
    follower.poll(over)
    assert grant(read_path, now=over).status == 200
    follower.close()


def test_a_takedown_reaches_grants_and_look_ups_with_no_new_version(tmp_path: Path) -> None:
    blobs, follower, read_path = a_node(tmp_path)
    path = granted_path(read_path)
    before = ask(read_path, f"/v1/tracks/{TRACK}?market=SE")
    denial = Denial(decision_id="d1", kind=TargetKind.TRACK, entity_id=TRACK)
    blobs.put_named(OVERLAY_NAME, encode_overlay(Overlay(sequence=1, written_at=NOW.isoformat(), denials=(denial,))))
    follower.poll(NOW)
    assert grant(read_path).content["reason"] == "market"
    after = ask(read_path, f"/v1/tracks/{TRACK}?market=SE", headers={"if-none-match": before.headers["etag"]})
    assert (after.status, after.content["is_playable"]) == (200, False)
    # What was granted before ends with its URL.
    assert ask(read_path, path, tier=None, now=NOW + timedelta(seconds=299)).status == 200
    assert ask(read_path, path, tier=None, now=NOW + timedelta(seconds=300)).status == 403
    follower.close()


def test_a_takedown_that_ends_is_over_at_its_second_for_grants_look_ups_and_lists_of_markets(tmp_path: Path) -> None:
    blobs, follower, read_path = a_node(tmp_path)
    end = NOW + timedelta(seconds=60)
    denial = Denial(decision_id="d1", kind=TargetKind.TRACK, entity_id=TRACK, ends_at=int(end.timestamp()))
    blobs.put_named(OVERLAY_NAME, encode_overlay(Overlay(sequence=1, written_at=NOW.isoformat(), denials=(denial,))))
    follower.poll(NOW)
    for at, is_playable, status in ((end - timedelta(microseconds=1), False, 403), (end, True, 200)):
        assert grant(read_path, now=at).status == status
        assert ask(read_path, f"/v1/tracks/{TRACK}?market=SE", now=at).content["is_playable"] is is_playable
        assert ("SE" in ask(read_path, f"/v1/tracks/{TRACK}", now=at).content["available_markets"]) is is_playable
    follower.close()


def test_a_node_that_has_followed_nothing_says_to_come_back(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    read_path = ReadPath(Replica(tmp_path / "node"), blobs, KEYS, ReadSettings(public_url="https://music.example"))
    got = ask(read_path, f"/v1/tracks/{TRACK}")
    assert (got.status, got.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "A", lambda t: t.swapcase(), lambda t: "x" * len(t)]
)
def test_an_altered_stream_url_gives_nothing(read_path: ReadPath, change: object) -> None:
    path = granted_path(read_path)
    prefix, _, token = path.rpartition("/")
    got = ask(read_path, f"{prefix}/{change(token)}", tier=None)  # type: ignore[operator]
    assert (got.status, got.content["reason"]) == (403, "invalid_token")
    assert token not in got.body.decode()


def test_an_access_token_is_no_stream_url_and_the_reverse(read_path: ReadPath) -> None:
    assert ask(read_path, f"/stream/{a_token()}", tier=None).status == 403
    token = granted_path(read_path).rpartition("/")[2]
    got = ask(read_path, "/v1/markets", tier=None, headers={"authorization": f"Bearer {token}"})
    assert got.status == 401


def test_a_stream_is_the_audio_with_its_own_type(read_path: ReadPath) -> None:
    for profile, media_type, audio in (("opus", "audio/ogg", OPUS), ("flac", "audio/flac", FLAC)):
        got = ask(read_path, granted_path(read_path, profile), tier=None)
        assert (got.status, got.body, got.headers["content-type"]) == (200, audio, media_type)
        assert got.headers["accept-ranges"] == "bytes"
        assert got.headers["x-content-type-options"] == "nosniff"


def test_head_tells_the_size_and_ignores_ranges(read_path: ReadPath) -> None:
    got = ask(read_path, granted_path(read_path), method="HEAD", tier=None, headers={"range": "bytes=0-1"})
    assert (got.status, got.body, got.headers["content-length"]) == (200, b"", str(len(OPUS)))


@pytest.mark.parametrize("header", [f"bytes={len(OPUS)}-", "bytes=-0"])
def test_a_range_behind_the_end_is_416_and_says_where_the_end_is(read_path: ReadPath, header: str) -> None:
    got = ask(read_path, granted_path(read_path), tier=None, headers={"range": header})
    assert (got.status, got.headers["content-range"]) == (416, f"bytes */{len(OPUS)}")


@pytest.mark.parametrize("header", ["bytes=0-0,5-6", "bytes=5-4", "lines=1-2", "bytes=x-"])
def test_a_range_that_is_not_honoured_gets_the_whole(read_path: ReadPath, header: str) -> None:
    got = ask(read_path, granted_path(read_path), tier=None, headers={"range": header})
    assert (got.status, got.body == OPUS, "content-range" in got.headers) == (200, True, False)


def test_if_range_keeps_a_player_from_mixing_two_files(read_path: ReadPath) -> None:
    path = granted_path(read_path)
    etag = ask(read_path, path, tier=None).headers["etag"]
    for if_range, status in (
        (etag, 206),
        (f"W/{etag}", 200),
        ('"other"', 200),
        ("Sun, 22 Nov 2026 12:00:00 GMT", 200),
    ):
        got = ask(read_path, path, tier=None, headers={"range": "bytes=5-9", "if-range": if_range})
        assert (got.status, got.body) == (status, OPUS[5:10] if status == 206 else OPUS)


def test_preconditions_come_before_ranges(read_path: ReadPath) -> None:
    path = granted_path(read_path)
    etag = ask(read_path, path, tier=None).headers["etag"]
    known = ask(read_path, path, tier=None, headers={"if-none-match": etag, "range": "bytes=99999999-"})
    assert (known.status, known.body) == (304, b"")
    assert ask(read_path, path, tier=None, headers={"if-match": '"other"', "range": "bytes=0-1"}).status == 412
    assert ask(read_path, path, tier=None, headers={"if-match": etag, "range": "bytes=0-1"}).status == 206


@pytest.mark.parametrize("count", [2_000, pytest.param(50_000, marks=pytest.mark.fuzz)])
def test_every_generated_range_is_the_bytes_python_slices(read_path: ReadPath, count: int) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    paths = {"opus": (granted_path(read_path), OPUS), "flac": (granted_path(read_path, "flac"), FLAC)}
    for _ in range(count):
        path, audio = paths[chance.choice(("opus", "flac"))]
        size = len(audio)
        first, last = sorted(chance.choice((0, 1, size - 1, size, chance.randrange(2 * size))) for _ in range(2))
        header, expected = chance.choice(
            (
                (f"bytes={first}-{last}", audio[first : last + 1]),
                (f"bytes={first}-", audio[first:]),
                (f"bytes=-{last}", audio[-last:] if last else b""),
            )
        )
        request = Request(method="GET", path=path, query_string="", headers={"range": header, "host": "x"})
        response = read_path.answer(request, NOW.timestamp())
        body = response.body
        if not expected:
            assert response.status == 416, header
            continue
        assert response.status == 206, header
        assert isinstance(body, BlobRange)
        assert read_path.blobs.read_range(body.blob, body.start, body.stop) == expected, header
        content_range = dict(response.headers)["content-range"]
        assert content_range == f"bytes {body.start}-{body.stop - 1}/{size}"


def test_a_cover_is_a_jpeg_for_ever(read_path: ReadPath, shelf: Shelf) -> None:
    blob = shelf.blobs.put(make_cover())
    got = ask(read_path, f"/images/{blob}", tier=None)
    assert (got.status, got.body, got.headers["content-type"]) == (200, make_cover(), "image/jpeg")
    assert "immutable" in got.headers["cache-control"]
    assert ask(read_path, f"/images/{blob}", tier=None, headers={"if-none-match": f'"{blob}"'}).status == 304


def test_nothing_but_covers_is_served_as_images(read_path: ReadPath, shelf: Shelf) -> None:
    audio, blob = shelf.blobs.put(OPUS), shelf.blobs.put(make_cover())
    for name in (audio, "0" * 64, blob.upper(), blob[:-1], f"{blob}0", "..", "%2e%2e", blob[:-1] + "é"):
        assert ask(read_path, f"/images/{name}", tier=None).status == 404


def test_a_timed_track_is_granted_from_its_first_second(read_path: ReadPath, tmp_path: Path) -> None:
    _, follower, own = a_node(tmp_path)
    track_id = an_id("Harbour Lights 3")
    for now, status in ((NEXT_WEEK - timedelta(seconds=1), 403), (NEXT_WEEK, 200)):
        follower.poll(now)
        assert grant(own, track_id, now=now).status == status
    follower.close()


def test_a_url_for_a_lost_blob_is_an_error_of_ours_and_reported(shelf: Shelf) -> None:
    reported: list[tuple[str, str]] = []
    read_path = ReadPath(
        shelf.replica,
        shelf.blobs,
        KEYS,
        ReadSettings(public_url="https://music.example"),
        report=lambda error, operation: reported.append((type(error).__name__, operation)),
    )
    token = issue_stream_token(
        KEYS, blob="0" * 64, media_type="audio/ogg", track_id=TRACK, client_id="c", now=NOW, ttl_s=60
    )
    got = ask(read_path, f"/stream/{token}", tier=None)
    assert (got.status, reported) == (500, [("BlobMissing", "stream")])
