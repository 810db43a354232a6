"""Bytes that carry the catalogue from the publisher to the nodes: documents, segments, versions, the overlay.

Policy. A *document* is one entity, or one list of entities, as it is served. Everything that does not depend on the
reader is JSON already; what does is a *hole*, filled at read time from the intervals the document carries. So a read
never serialises anything, and a timed release goes live with nothing pushed:

>>> from antiphon.model.availability import Interval, Tier, Use
>>> from antiphon.model.territories import TERRITORIES, Territory
>>> from antiphon.segments import HoleKind, cut_body, hole_member, Reader, NO_DENIALS, Rights
>>> from antiphon.segments import DocumentKind, DocumentView, encode_document
>>> sweden = TERRITORIES.index(Territory("SE"))
>>> right = Interval(tier=Tier.PREMIUM, use=Use.STREAM, territories=1 << sweden, starts_at=1000)
>>> item = cut_body({**hole_member(HoleKind.AVAILABILITY, 0), "name": "Overture"})
>>> data = encode_document(DocumentKind.TRACK, [Rights(intervals=(right,), subjects=("aTrackId",))], [item])
>>> reader = Reader(market=Territory("SE"), tier=Tier.PREMIUM, now_s=1000, base_url=b"", overlay=NO_DENIALS)
>>> DocumentView(data).render(0, reader)
b'{"is_playable":true,"name":"Overture"}'

A *segment* is an immutable batch of changed documents, named by the hash of its bytes. A *version* is the small
numbered record that announces one. The *overlay* is the complete set of denials in force; it is read beside the
versions, evaluated last, and can only deny.

The first bytes of each form say what it is and which form of it; a reader that meets another one stops (``Broken``)
rather than guess. What is stored under a content hash is checked against it by ``blobs``; a document carries a tag of
its own, since nodes keep documents outside their segments.
"""

from antiphon.segments.album_group import AlbumGroup
from antiphon.segments.body import Hole, HoleKind, Item, cut_body, hole_member, hole_value, put_first, url_value
from antiphon.segments.document import DocumentKind, DocumentView, answer_document, document_key
from antiphon.segments.encoding import Rights, check_document, encode_document
from antiphon.segments.entry import Entry, has_known_form
from antiphon.segments.evaluation import Playability
from antiphon.segments.overlay import NO_DENIALS, OVERLAY_NAME, Denial, Overlay, decode_overlay, encode_overlay
from antiphon.segments.reader import Reader, Rulings
from antiphon.segments.search_row import SearchRow, external_id
from antiphon.segments.segment import NO_PARENT, decode_segment, encode_segment, iter_segment, name_parent, read_parent
from antiphon.segments.track_media import TrackMedia, decode_track_media
from antiphon.segments.version import VersionRecord, decode_version, encode_version, version_name

__all__ = [
    "NO_DENIALS",
    "NO_PARENT",
    "OVERLAY_NAME",
    "AlbumGroup",
    "Denial",
    "DocumentKind",
    "DocumentView",
    "Entry",
    "Hole",
    "HoleKind",
    "Item",
    "Overlay",
    "Playability",
    "Reader",
    "Rights",
    "Rulings",
    "SearchRow",
    "TrackMedia",
    "VersionRecord",
    "answer_document",
    "check_document",
    "cut_body",
    "decode_overlay",
    "decode_segment",
    "decode_track_media",
    "decode_version",
    "document_key",
    "encode_document",
    "encode_overlay",
    "encode_segment",
    "encode_version",
    "external_id",
    "has_known_form",
    "hole_member",
    "hole_value",
    "iter_segment",
    "name_parent",
    "put_first",
    "read_parent",
    "url_value",
    "version_name",
]
