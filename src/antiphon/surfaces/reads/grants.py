"""Stream grants: who may play what now, as a URL that works for some minutes."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from antiphon.access import issue_stream_token
from antiphon.model.media import Rendition, RenditionProfile
from antiphon.replica import LEASE_S
from antiphon.replica.head import measure_freshness
from antiphon.segments import DocumentKind, DocumentView, Playability, TrackMedia, decode_track_media
from antiphon.surfaces.reads.node import Answer, CatalogueCall, Node
from antiphon.surfaces.reads.parameters import check_id, read_words
from antiphon.surfaces.reads.refusals import bad_parameter, not_found, not_playable, try_later

LEASE_RETRY_S = 10
"""seconds; a node reads the overlay every second or so once it reaches the store again."""

_WHY = {
    Playability.MARKET: ("market", "Not available in this market now"),
    Playability.PRODUCT: ("product", "Not available to this tier in this market now"),
}


class StreamGrantBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a client is told: where to play from until when, and what it will get. ``expires_at`` is ISO 8601, UTC."""

    url: str
    expires_at: str
    profile: str
    media_type: str
    bitrate_bps: int
    duration_ms: int
    size_bytes: int


def answer_stream_grant(node: Node, call: CatalogueCall) -> Answer:
    """Return a grant to stream a track in one profile.

    Raises: ReadRefused: 400 without a market; 404 for no such track or profile; 503 when the lease has run out, since a
    takedown may have been missed; 403, with the reason, when the caller may not play it here and now.
    """
    if call.reader.market is None:
        raise bad_parameter("market", got="", expected="the market the listener is in")
    profile = _read_profile(call.parameters)
    data = call.view.get(DocumentKind.TRACK_MEDIA, check_id(call.argument))
    if data is None:
        raise not_found("Track")
    _check_lease(call)
    document = DocumentView(data)
    playability = document.playability(call.reader)
    if playability is not Playability.PLAYABLE:
        reason, message = _WHY[playability]
        raise not_playable(reason, message)
    media = decode_track_media(document.body())
    return _grant(node, call, media, _find_rendition(media, profile))


def _read_profile(parameters: Mapping[str, str]) -> RenditionProfile:
    profiles = read_words(parameters, "profile", [profile.value for profile in RenditionProfile])
    if len(profiles) > 1:
        raise bad_parameter("profile", got=parameters["profile"], expected="one profile")
    return RenditionProfile(profiles[0]) if profiles else RenditionProfile.OPUS


def _check_lease(call: CatalogueCall) -> None:
    if measure_freshness(call.view.head, call.now).lease_left_s <= 0:
        message = f"This node has not read the takedowns for {LEASE_S} s and grants nothing until it has"
        raise try_later(message, reason="lease_expired", retry_after_s=LEASE_RETRY_S)


def _find_rendition(media: TrackMedia, profile: RenditionProfile) -> Rendition:
    found = next((rendition for rendition in media.renditions if rendition.profile is profile), None)
    if found is None:
        raise not_found(f"A rendition with the profile {profile.value}")
    return found


def _grant(node: Node, call: CatalogueCall, media: TrackMedia, rendition: Rendition) -> Answer:
    ttl_s = node.settings.stream_token_ttl_s
    token = issue_stream_token(
        node.keys,
        blob=rendition.blob,
        media_type=rendition.media_type,
        track_id=media.track_id,
        client_id=call.caller.client_id,
        now=call.now,
        ttl_s=ttl_s,
    )
    expires_at = datetime.fromtimestamp(call.reader.now_s + ttl_s, UTC)
    body = StreamGrantBody(
        url=f"{call.base_url}/stream/{token}",
        expires_at=expires_at.isoformat().replace("+00:00", "Z"),
        profile=rendition.profile.value,
        media_type=rendition.media_type,
        bitrate_bps=rendition.bitrate_bps,
        duration_ms=rendition.duration_ms,
        size_bytes=rendition.size_bytes,
    )
    return Answer(body=msgspec.json.encode(body), caching="no-store")
