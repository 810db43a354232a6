"""Relinking: a track that is not available in a market is answered by another track of the same recording that is.

Source: the catalogue profile. The answer is the other track, with ``linked_from`` naming the one that was asked for.
Only the market matters: a track that another tier may play is not replaced, since paying is what it takes. Which of
several stands in is said in ``model.stand_ins``, so that ``/v1/explain`` names the same one.
"""

import msgspec

from antiphon.model.errors import Broken
from antiphon.model.stand_ins import STAND_INS_TRIED
from antiphon.segments import DocumentKind, DocumentView, Playability, decode_track_media
from antiphon.surfaces.reads.node import CatalogueCall


def render_track(call: CatalogueCall, track_id: str) -> tuple[bytes, str] | None:
    """Return a track as a reader gets it, relinked where it must be, and its entity tag; None: there is none."""
    data = call.view.get(DocumentKind.TRACK, track_id)
    if data is None:
        return None
    document = DocumentView(data)
    body, outcome = document.answer(0, call.reader)
    if call.reader.market is not None and outcome.endswith("m"):
        other = _find_playable(call, track_id)
        if other is not None:
            body, outcome = other.answer(0, call.reader)
            linked = _LINKED_FROM % (call.base_url.encode(), track_id.encode(), track_id.encode(), track_id.encode())
            return linked + body[1:], f'"{other.tag.decode()}-{outcome}-{track_id}"'
    return body, f'"{document.tag.decode()}-{outcome}"'


_LINKED_FROM = (
    b'{"linked_from":{"external_urls":{},"href":"%b/v1/tracks/%b","id":"%b","type":"track","uri":"spotify:track:%b"},'
)


def _find_playable(call: CatalogueCall, track_id: str) -> DocumentView | None:
    """Return the track of the recording that stands in: the first in rank that the reader may stream; None: none."""
    playable: list[tuple[str, str]] = []
    others = [other_id for other_id in _list_tracks(call, track_id) if other_id != track_id]
    for other_id in others[:STAND_INS_TRIED]:
        data = call.view.get(DocumentKind.TRACK_MEDIA, other_id)
        if data is not None:
            document = DocumentView(data)
            if document.playability(call.reader) is Playability.PLAYABLE:
                playable.append((decode_track_media(document.body()).rank, other_id))
    data = call.view.get(DocumentKind.TRACK, min(playable)[1]) if playable else None
    return DocumentView(data) if data is not None else None


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
