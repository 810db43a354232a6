"""Relinking: a track that is not available in a market is answered by another track of the same recording that is.

Source: the catalogue profile. The answer is the other track, with ``linked_from`` naming the one that was asked for. In
an album's list it stands in the place of that one, with its number.
Only the market matters: a track that another tier may play is not replaced, since paying is what it takes. Which of
several stands in is said in ``model.stand_ins``, so that ``/v1/explain`` names the same one.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from antiphon.model.errors import Broken
from antiphon.model.stand_ins import STAND_INS_TRIED
from antiphon.segments import DocumentKind, DocumentView, Playability, answer_document, decode_track_media
from antiphon.surfaces.reads.node import CatalogueCall

_TRACK = DocumentKind.TRACK
"""Bound once: members of enumerations are looked up by a function."""


_NOT_HERE = {"reason": "market"}


class _Listed(msgspec.Struct):
    """What of a track in a list is needed to see whether another one may have to stand in."""

    id: str
    restrictions: dict[str, str] | None = None


def render_track(call: CatalogueCall, track_id: str) -> tuple[bytes, str] | None:
    """Return a track as a reader gets it, relinked where it must be, and its entity tag; None: there is none."""
    data = call.view.get(_TRACK, track_id)
    if data is None:
        return None
    body, etag, outcome = answer_document(data, call.reader)
    return _relink(call, track_id, body, etag) if outcome.endswith("m") else (body, etag)


def render_tracks(call: CatalogueCall, track_ids: Sequence[str]) -> list[tuple[bytes, str] | None]:
    """Return what ``render_track`` does of each of several tracks."""
    reader = call.reader
    found: list[tuple[bytes, str] | None] = []
    for track_id, data in zip(track_ids, call.view.get_many(_TRACK, track_ids), strict=True):
        if data is None:
            found.append(None)
            continue
        body, etag, outcome = answer_document(data, reader)
        found.append(_relink(call, track_id, body, etag) if outcome.endswith("m") else (body, etag))
    return found


def _relink(call: CatalogueCall, track_id: str, body: bytes, etag: str) -> tuple[bytes, str]:
    """Return the track that stands in for one the market lacks, or that one as it is, and the entity tag."""
    other = _find_playable(call, track_id)
    if other is None:
        return body, etag
    body, etag, _ = answer_document(other, call.reader)
    linked = _write_linked_from(call.base_url, track_id)
    return b'{"linked_from":%b,%b' % (linked, body[1:]), f'{etag[:-1]}-{track_id}"'


def relink_items(call: CatalogueCall, items: bytes) -> tuple[bytes, str]:
    """Return tracks of an album's list, joined by commas, with those that stand in, and a name of who stands in.

    The name is empty where nobody does; then nothing has changed.
    """
    missing = enumerate(msgspec.json.decode(b"[%b]" % items, type=list[_Listed]))
    others = {place: _find_playable(call, item.id) for place, item in missing if item.restrictions == _NOT_HERE}
    found = {place: other for place, other in others.items() if other is not None}
    if not found:
        return items, ""
    listed: list[dict[str, Any]] = msgspec.json.decode(b"[%b]" % items)
    names = []
    for place, other in found.items():
        body, etag, _ = answer_document(other, call.reader)
        listed[place] = _simplify(msgspec.json.decode(body), listed[place], call.base_url)
        names.append(f"{place}-{etag}")
    return msgspec.json.encode(listed)[1:-1], ".".join(names)


def _simplify(found: dict[str, Any], asked: dict[str, Any], base_url: str) -> dict[str, Any]:
    """Return a full track as it stands in a list in the place of another one."""
    own = {name: value for name, value in found.items() if name in asked or name == "is_playable"}
    linked = msgspec.json.decode(_write_linked_from(base_url, asked["id"]))
    return {**own, "disc_number": asked["disc_number"], "track_number": asked["track_number"], "linked_from": linked}


def _write_linked_from(base_url: str, track_id: str) -> bytes:
    return _LINKED_TRACK % (base_url.encode(), track_id.encode(), track_id.encode(), track_id.encode())


_LINKED_TRACK = b'{"external_urls":{},"href":"%b/v1/tracks/%b","id":"%b","type":"track","uri":"spotify:track:%b"}'


def _find_playable(call: CatalogueCall, track_id: str) -> bytes | None:
    """Return the document of the track that stands in: the first in rank that the reader may stream; None: none."""
    playable = [
        (decode_track_media(document.body()).rank, other_id)
        for other_id, document in iter_stand_ins(call, track_id)
        if document.playability(call.reader) is Playability.PLAYABLE
    ]
    return call.view.get(_TRACK, min(playable)[1]) if playable else None


def iter_stand_ins(call: CatalogueCall, track_id: str) -> Iterator[tuple[str, DocumentView]]:
    """Yield the other tracks of a track's recording that may stand in for it, by id, each with its media document."""
    others = [other_id for other_id in _list_tracks(call, track_id) if other_id != track_id]
    for other_id in others[:STAND_INS_TRIED]:
        data = call.view.get(DocumentKind.TRACK_MEDIA, other_id)
        if data is not None:
            yield other_id, DocumentView(data)


def _list_tracks(call: CatalogueCall, track_id: str) -> tuple[str, ...]:
    """Return the tracks of a track's recording; empty where it is the only one."""
    media = call.view.get(DocumentKind.TRACK_MEDIA, track_id)
    if media is None:
        return ()
    recording_id = decode_track_media(DocumentView(media).body()).recording_id
    listed = call.view.get(DocumentKind.RECORDING_TRACKS, recording_id)
    if listed is None:
        return ()
    try:
        return msgspec.json.decode(DocumentView(listed).body(), type=tuple[str, ...])
    except msgspec.DecodeError as error:
        raise Broken(f"the tracks of recording {recording_id} are not readable; publish it again") from error
