"""A node of any size, filled within minutes: ids, titles and sizes vary, the rest of a document is one of a few.

Bodies are those the publisher makes of a made-up catalogue, with other ids and titles of other lengths in them; each is
encoded by the code that ships and stored as a node stores a snapshot. Only making each entity anew is left out.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

import msgspec

from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.entities import Album
from antiphon.model.territories import TERRITORIES
from antiphon.publication.audience import find_audience
from antiphon.publication.documents import album_entries
from antiphon.replica.files import NodeFiles
from antiphon.segments import (
    DocumentKind,
    DocumentView,
    Hole,
    HoleKind,
    Item,
    Rights,
    cut_body,
    document_key,
    encode_document,
    encode_overlay,
    hole_member,
    url_value,
)
from antiphon.segments.body import HOLE_BYTES
from bench.catalogues import DENIALS, SEED, WORDS, invent_albums, make_overlay

TRACKS_PER_ALBUM = 20
GUESTS = 0.8
"""Share of tracks with a second artist; an answer of twenty tracks has 15 kB then."""
TEMPLATES = 16
"""Albums that all others are copies of, but for ids, titles and their sizes."""
SMALL_RIGHTS = 1000
"""Sets of rights of small documents: a catalogue has some hundreds, its labels say the same of most releases."""

_BASE = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = [first + second for first in _BASE for second in _BASE]
_ID_PAIRS = 11
_NUMBERS = 62 ** (2 * _ID_PAIRS)
_PRIME = 2_305_843_009_213_693_951


class LargeNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node's data folder, and how many tracks and albums it serves. Ids follow from numbers, from 0."""

    data: Path
    tracks: int
    albums: int = 0

    @property
    def documents(self) -> Path:
        """The file that holds the documents."""
        return self.data / "node" / "documents" / "data.mdb"

    def track_id(self, number: int) -> str:
        """Return the id of a track."""
        return spread_id(number, self.tracks)

    def album_id(self, number: int) -> str:
        """Return the id of an album."""
        return spread_id(number, self.albums)


def spread_id(number: int, count: int) -> str:
    """Return the id of one of so many entities: in the order of their numbers, spread over all ids there can be."""
    step = _NUMBERS // count
    number = number * step + number * _PRIME % step
    pairs = []
    for _ in range(_ID_PAIRS):
        number, pair = divmod(number, len(_PAIRS))
        pairs.append(_PAIRS[pair])
    return "".join(reversed(pairs))


def fill_node(data: Path, tracks: int) -> LargeNode:
    """Fill a node with albums of twenty tracks: the documents that look-ups of tracks and albums read."""
    node = LargeNode(data=data, tracks=tracks, albums=tracks // TRACKS_PER_ALBUM)
    templates = [_Template(album) for album in invent_albums(TEMPLATES, TRACKS_PER_ALBUM, GUESTS)]
    _store(node, lambda: _iter_documents(node, templates))
    return node


def fill_small_node(data: Path, tracks: int) -> LargeNode:
    """Fill a node with tracks whose documents have 600 bytes on average, rights and all."""
    node = LargeNode(data=data, tracks=tracks)
    _store(node, lambda: _iter_small_documents(node))
    return node


def _store(node: LargeNode, documents: Callable[[], Iterator[tuple[bytes, bytes]]]) -> None:
    files = NodeFiles(node.data / "node")
    now_ms = int(datetime.now(UTC).timestamp() * 1000)
    files.make_equal(documents, "", version=1, announced_at_ms=now_ms, level_at_ms=now_ms)
    denied = Random(SEED).sample(range(node.tracks), DENIALS)
    files.store_overlay(encode_overlay(make_overlay([node.track_id(number) for number in denied])), 1, now_ms)
    files.close()


class _Template:
    """The documents of an album, to be copied for others."""

    def __init__(self, album: Album) -> None:
        self.album = album
        self.audience = find_audience(album)
        documents = {entry.key: entry.document or b"" for entry in album_entries(album)}
        self.full = DocumentView(documents[document_key(DocumentKind.ALBUM, album.id)]).body()
        listed = DocumentView(documents[document_key(DocumentKind.ALBUM_TRACKS, album.id)])
        self.listed = [listed.body(index) for index in range(listed.item_count)]
        self.tracks = [DocumentView(documents[document_key(DocumentKind.TRACK, t.id)]).body() for t in album.tracks]


def _iter_documents(node: LargeNode, templates: list[_Template]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the documents in the order of their keys."""
    for number in range(node.albums):
        template = templates[number % TEMPLATES]
        body = _respell(template.full, [(template.album.id, node.album_id(number))])
        yield _encode(DocumentKind.ALBUM, node.album_id(number), [template.audience.album], [_item(body, 0)])
    for number in range(node.albums):
        template = templates[number % TEMPLATES]
        items = [_item(_copy_track(node, template, number, place, body), place) for place, body in _list(template)]
        yield _encode(DocumentKind.ALBUM_TRACKS, node.album_id(number), template.audience.tracks, items)
    for number in range(node.tracks):
        album, place = divmod(number, TRACKS_PER_ALBUM)
        template = templates[album % TEMPLATES]
        item = _item(_copy_track(node, template, album, place, template.tracks[place]), 0, album_rights=1)
        rights = [template.audience.tracks[place], template.audience.album]
        yield _encode(DocumentKind.TRACK, node.track_id(number), rights, [item])


def _list(template: _Template) -> list[tuple[int, bytes]]:
    return list(enumerate(template.listed))


def _copy_track(node: LargeNode, template: _Template, album: int, place: int, body: bytes) -> bytes:
    number = album * TRACKS_PER_ALBUM + place
    track = template.album.tracks[place]
    title = " ".join(WORDS[number * step % len(WORDS)] for step in range(1, 2 + number % 4)).title()
    return _respell(
        body,
        [
            (template.album.id, node.album_id(album % max(1, node.albums))),
            (track.id, node.track_id(number)),
            (f'"name":"{track.title}","preview_url"', f'"name":"{title}","preview_url"'),
            (track.isrc or "", f"QZANT{number % 10_000_000:07}"),
        ],
    )


def _respell(body: bytes, changes: list[tuple[str, str]]) -> bytes:
    for old, new in changes:
        body = body.replace(old.encode(), new.encode())
    return body


def _item(body: bytes, rights: int, album_rights: int = 0) -> Item:
    """Return an item with the holes its body has; the one for an album's markets has rights of its own in a track."""
    holes = [
        Hole(body.find(HOLE_BYTES[kind]), kind, album_rights if kind is HoleKind.MARKETS else rights)
        for kind in (HoleKind.AVAILABILITY, HoleKind.MARKETS, HoleKind.PAGE)
        if HOLE_BYTES[kind] in body
    ]
    return Item(body=body, holes=tuple(sorted(holes, key=lambda hole: hole.offset)))


def _encode(kind: DocumentKind, entity_id: str, rights: Sequence[Rights], items: list[Item]) -> tuple[bytes, bytes]:
    return document_key(kind, entity_id), encode_document(kind, rights, items)


def _iter_small_documents(node: LargeNode) -> Iterator[tuple[bytes, bytes]]:
    for number in range(node.tracks):
        track_id = node.track_id(number)
        item = cut_body(
            {
                **hole_member(HoleKind.AVAILABILITY, 0),
                "href": url_value(f"/v1/tracks/{track_id}"),
                "id": track_id,
                "name": "n" * (number * 7919 % 116),
            }
        )
        rights = Rights(intervals=_small_rights(number * 31 % SMALL_RIGHTS), subjects=(track_id, "provider:bench"))
        yield _encode(DocumentKind.TRACK, track_id, [rights], [item])


@lru_cache(SMALL_RIGHTS)
def _small_rights(number: int) -> tuple[Interval, ...]:
    """Return one of the sets of rights: nearly everywhere, from a day on."""
    territories = (1 << len(TERRITORIES)) - 1 & ~(1 << number % len(TERRITORIES))
    return (
        Interval(tier=Tier.PREMIUM, use=Use.STREAM, territories=territories, starts_at=1_600_000_000 + number * 3600),
    )
