"""What the catalogue can tell the rules about one delivery, asked of the record when a rule asks, and only then.

Every question is answered through an index, by an amount of rows that depends on the message and not on the catalogue
(``knowledge_queries``). Answers are kept, so that a question costs its queries once.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypeVar

import msgspec
from sqlalchemy import Connection, Engine

from antiphon.catalogue import artist_anchors, find_isrc, sketch_resource, song_key
from antiphon.model.claims import Credit
from antiphon.model.delivery import Delivery
from antiphon.model.entities import Artist, Recording
from antiphon.model.knowledge import KnownArtist, KnownProduct, KnownRecording, KnownRelease, KnownTrack
from antiphon.model.resources import Resource
from antiphon.model.territories import TERRITORIES, Territory
from antiphon.record.bodies import decode_body
from antiphon.record.engine import reading
from antiphon.record.knowledge_queries import (
    SELECT_ALBUM_BODIES,
    SELECT_ALBUMS_OF_BARCODES,
    SELECT_ALBUMS_OF_RECORDINGS,
    SELECT_ANCHORS,
    SELECT_ARTISTS,
    SELECT_KNOWN_TO_PROVIDER,
    SELECT_LEADING,
    SELECT_RECORDING_BODIES,
    SELECT_RECORDINGS_OF_FILES,
    SELECT_RECORDINGS_OF_ISRCS,
)

ALBUMS_LIMIT = 100
"""Albums whose tracks are read for one answer. A delivery of 100 tracks from as many albums is a large compilation."""

Answer = TypeVar("Answer")


class _CreditView(msgspec.Struct, frozen=True):
    name: str


class _IntervalView(msgspec.Struct, frozen=True):
    territories: int


class _TrackView(msgspec.Struct, frozen=True):
    """As much of a stored track as rules ask for: reading the rest would cost more than all rules together."""

    recording_id: str
    title: str
    artists: tuple[_CreditView, ...]
    disc_number: int
    track_number: int
    duration_ms: int
    isrc: str = ""
    intervals: tuple[_IntervalView, ...] = ()


class _AlbumView(msgspec.Struct, frozen=True):
    """An album as both forms of its body have it: with each set of rights once, or with its tracks' own."""

    id: str
    provider: str
    delivery_id: str
    title: str
    artists: tuple[_CreditView, ...]
    tracks: tuple[_TrackView, ...]
    rights: tuple[tuple[_IntervalView, ...], ...] = ()

    @property
    def territories(self) -> frozenset[Territory]:
        """Where its tracks are granted to anybody, now or later."""
        bits = 0
        for intervals in (*self.rights, *(track.intervals for track in self.tracks)):
            for interval in intervals:
                bits |= interval.territories
        return frozenset(territory for index, territory in enumerate(TERRITORIES) if bits >> index & 1)


class RecordedKnowledge:
    """The catalogue as the rules of one delivery see it: ``rules.Knowledge``, over the record.

    ``album_id`` is what the provider's release became before this delivery; None: it is new. What the delivery itself
    brought is left out, so that checking it again comes to the same. Questions are asked over ``conn`` while that is
    open, else each over a connection of its own.
    """

    def __init__(
        self, engine: Engine, delivery: Delivery, album_id: str | None, *, conn: Connection | None = None
    ) -> None:
        self._engine = engine
        self._conn = conn
        self._delivery = delivery
        self._album_ids = (album_id,) if album_id is not None else ()
        self._releases: dict[str, tuple[KnownRelease, ...]] = {}
        self._recordings: dict[str, tuple[KnownRecording, ...]] = {}
        self._audio: dict[str, tuple[KnownRecording, ...]] = {}
        self._products: dict[str, tuple[KnownProduct, ...]] = {}
        self._artists: dict[str, tuple[KnownArtist, ...]] = {}
        self._credited: dict[str, tuple[KnownArtist, ...]] = {}

    def find_release(self) -> KnownRelease | None:
        """Return the release this delivery is about as the provider last delivered it; None: it is new."""
        found = self._answer(self._releases, self._album_ids, self._load_releases)
        return next((release for releases in found.values() for release in releases), None)

    def find_recordings(self, isrcs: Iterable[str]) -> Mapping[str, tuple[KnownRecording, ...]]:
        """Return what the catalogue calls each ISRC (in normal form), own first; on albums of any provider."""
        return self._answer(self._recordings, isrcs, self._load_recordings)

    def find_same_audio(self, paths: Iterable[str]) -> Mapping[str, tuple[KnownRecording, ...]]:
        """Return the recordings that were delivered with the very bytes of each of this delivery's files, own first."""
        asked = set(paths)
        blobs = {file.path: file.blob for file in self._delivery.files if file.path in asked}
        found = self._answer(self._audio, blobs.values(), self._load_same_audio)
        return {path: found[blob] for path, blob in blobs.items() if blob in found}

    def find_products(self, barcodes: Iterable[str]) -> Mapping[str, tuple[KnownProduct, ...]]:
        """Return the albums that have each barcode (as GTIN-14), own first."""
        return self._answer(self._products, barcodes, self._load_products)

    def find_artists(self, credits_: Iterable[Credit]) -> Mapping[str, tuple[KnownArtist, ...]]:
        """Return the artists that the ids or the name of each credit mean, by the credit's name."""
        anchors: dict[str, dict[str, None]] = {}
        for credit in credits_:
            anchors.setdefault(credit.name, {}).update(dict.fromkeys(artist_anchors(credit)))
        found = self._answer(self._artists, (a for names in anchors.values() for a in names), self._load_artists)
        matched = {name: [known for a in asked for known in found.get(a, ())] for name, asked in anchors.items()}
        return {name: _own_first(known) for name, known in matched.items() if known}

    def find_credited(self, tracks: Iterable[Resource]) -> tuple[KnownArtist, ...]:
        """Return the artists on the recordings that some tracks may be: of their ISRCs, and of their songs."""
        keys = (key for track in tracks for key in (find_isrc(track), song_key(sketch_resource(track))) if key)
        found = self._answer(self._credited, keys, self._load_credited)
        return _own_first(known for credited in found.values() for known in credited)

    def _reading(self) -> AbstractContextManager[Connection]:
        return nullcontext(self._conn) if self._conn is not None and not self._conn.closed else reading(self._engine)

    def _answer(
        self,
        kept: dict[str, tuple[Answer, ...]],
        asked: Iterable[str],
        load: Callable[[Connection, Collection[str]], Mapping[str, list[Answer]]],
    ) -> Mapping[str, tuple[Answer, ...]]:
        """Return the answers to some keys, loading those that were not asked before; a key without any is left out."""
        keys = dict.fromkeys(asked)
        fresh = sorted(keys.keys() - kept.keys())
        if fresh:
            with self._reading() as conn:
                loaded = load(conn, fresh)
            kept.update((key, tuple(loaded.get(key, ()))) for key in fresh)
        return {key: kept[key] for key in keys if kept[key]}

    def _load_releases(self, conn: Connection, ids: Collection[str]) -> Mapping[str, list[KnownRelease]]:
        views = self._load_albums(conn, ids)
        known_as = tuple(conn.execute(SELECT_ANCHORS, {"albums": list(views)}).scalars()) if views else ()
        return {i: [_read_release(view, known_as)] for i, view in views.items()}

    def _load_recordings(self, conn: Connection, isrcs: Collection[str]) -> Mapping[str, list[KnownRecording]]:
        rows = conn.execute(SELECT_RECORDINGS_OF_ISRCS, {"isrcs": isrcs}).all()
        known = self._load_known(conn, {row.entity_id for row in rows})
        found: dict[str, list[KnownRecording]] = {}
        for isrc, entity_id in sorted(map(tuple, rows)):
            # An album may have the recording under another ISRC than the one that was asked for.
            found.setdefault(isrc, []).extend(k for k in known.get(entity_id, ()) if k.isrc == isrc)
        return {isrc: list(_own_first(matches)) for isrc, matches in found.items()}

    def _load_same_audio(self, conn: Connection, blobs: Collection[str]) -> Mapping[str, list[KnownRecording]]:
        rows = conn.execute(SELECT_RECORDINGS_OF_FILES, {"blobs": blobs, "delivery": self._delivery.id}).all()
        recordings = sorted({(row.source, row.entity_id) for row in rows})
        known = self._load_known(conn, {entity_id for _, entity_id in recordings})
        found: dict[str, list[KnownRecording]] = {}
        for source, entity_id in recordings:
            found.setdefault(source, []).extend(known.get(entity_id, ()))
        return {source: list(_own_first(matches)) for source, matches in found.items()}

    def _load_products(self, conn: Connection, barcodes: Collection[str]) -> Mapping[str, list[KnownProduct]]:
        named = sorted(map(tuple, conn.execute(SELECT_ALBUMS_OF_BARCODES, {"barcodes": barcodes})))
        views = self._load_albums(conn, (album_id for _, album_id in named))
        found: dict[str, list[KnownProduct]] = {}
        for barcode, album_id in named:
            if album_id in views:
                found.setdefault(barcode, []).append(self._read_product(views[album_id]))
        return {barcode: list(_own_first(products)) for barcode, products in found.items()}

    def _load_artists(self, conn: Connection, anchors: Collection[str]) -> Mapping[str, list[KnownArtist]]:
        rows = conn.execute(SELECT_ARTISTS, {"anchors": anchors, "delivery": self._delivery.id}).all()
        counts = _count_albums(conn, {row.entity_id for row in rows})
        found: dict[str, list[KnownArtist]] = {}
        for row in rows:
            artist = decode_body(row.body, row.body_format, Artist)
            found.setdefault(row.anchor, []).append(
                KnownArtist(
                    artist_id=artist.id,
                    name=artist.name,
                    matched_by=row.anchor.partition(":")[0],
                    is_own=row.provider == self._delivery.provider,
                    album_count=counts.get(row.entity_id, 0),
                )
            )
        return found

    def _load_credited(self, conn: Connection, keys: Collection[str]) -> Mapping[str, list[KnownArtist]]:
        rows = [
            (row.value, decode_body(row.body, row.body_format, Recording))
            for row in conn.execute(SELECT_RECORDING_BODIES, {"keys": keys})
        ]
        artists = list({credit.artist_id for _, recording in rows for credit in recording.artists})
        counts = _count_albums(conn, artists)
        asked = {"artists": artists, "provider": self._delivery.provider, "delivery": self._delivery.id}
        own = set(conn.execute(SELECT_KNOWN_TO_PROVIDER, asked).scalars()) if artists else set()
        found: dict[str, list[KnownArtist]] = {}
        for key, recording in rows:
            found.setdefault(key, []).extend(
                KnownArtist(
                    artist_id=credit.artist_id,
                    name=credit.name,
                    matched_by="recording",
                    is_own=credit.artist_id in own,
                    album_count=counts.get(credit.artist_id, 0),
                )
                for credit in recording.artists
            )
        return found

    def _load_known(self, conn: Connection, recording_ids: Collection[str]) -> Mapping[str, list[KnownRecording]]:
        """Return recordings as the albums they are on have them: of each an own album if there is one, and another."""
        asked = {"recordings": list(recording_ids), "delivery": self._delivery.id}
        rows = conn.execute(SELECT_ALBUMS_OF_RECORDINGS, asked).all() if recording_ids else ()
        chosen = {(row.entity_id, row.provider == self._delivery.provider): row.album_id for row in sorted(rows)}
        known: dict[str, list[KnownRecording]] = {}
        for album in self._load_albums(conn, chosen.values()).values():
            for track in album.tracks:
                if track.recording_id in recording_ids:
                    known.setdefault(track.recording_id, []).append(self._read_recording(album, track))
        return known

    def _load_albums(self, conn: Connection, ids: Iterable[str]) -> dict[str, _AlbumView]:
        """Return albums by id, but for one that this very delivery made what it is."""
        wanted = list(dict.fromkeys(ids))[:ALBUMS_LIMIT]
        rows = conn.execute(SELECT_ALBUM_BODIES, {"albums": wanted}).all() if wanted else ()
        views = (decode_body(row.body, row.body_format, _AlbumView) for row in rows)
        return {view.id: view for view in views if view.delivery_id != self._delivery.id}

    def _read_recording(self, album: _AlbumView, track: _TrackView) -> KnownRecording:
        return KnownRecording(
            isrc=track.isrc,
            recording_id=track.recording_id,
            album_id=album.id,
            title=track.title,
            artists=tuple(credit.name for credit in track.artists),
            duration_ms=track.duration_ms,
            is_own=album.provider == self._delivery.provider,
        )

    def _read_product(self, album: _AlbumView) -> KnownProduct:
        return KnownProduct(
            album_id=album.id,
            title=album.title,
            artists=tuple(credit.name for credit in album.artists),
            is_own=album.provider == self._delivery.provider,
            territories=album.territories,
        )


def _count_albums(conn: Connection, artist_ids: Collection[str]) -> Mapping[str, int]:
    """Return how many albums are by each artist, as far as the limit of matches shows; one without any is left out."""
    return Counter(conn.execute(SELECT_LEADING, {"artists": list(artist_ids)}).scalars()) if artist_ids else {}


def _read_release(album: _AlbumView, keys: tuple[str, ...]) -> KnownRelease:
    tracks = tuple(
        KnownTrack(disc_number=t.disc_number, track_number=t.track_number, title=t.title, isrc=t.isrc)
        for t in album.tracks
    )
    return KnownRelease(album_id=album.id, keys=keys, tracks=tracks)


Owned = TypeVar("Owned", KnownRecording, KnownProduct, KnownArtist)


def _own_first(found: Iterable[Owned]) -> tuple[Owned, ...]:
    return tuple(sorted(dict.fromkeys(found), key=lambda known: not known.is_own))
