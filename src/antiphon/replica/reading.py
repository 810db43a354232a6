"""Reads from the node's files: one view per request, microseconds per document."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import NamedTuple, Self

import lmdb
import msgspec
import tantivy

from antiphon.model.entities import EntityKind
from antiphon.model.errors import Transient
from antiphon.model.territories import Territory
from antiphon.replica.change_list import read_changes
from antiphon.replica.changes import ChangeFilter, ChangePage, Place
from antiphon.replica.files import MAP_SIZE_BYTES, MAX_READERS, documents_path
from antiphon.replica.genres import list_genres
from antiphon.replica.head import (
    HEAD_KEY,
    NO_HEAD,
    OVERLAY_KEY,
    TROUBLE_KEY,
    Freshness,
    Head,
    measure_freshness,
    unpack_head,
)
from antiphon.replica.index import has_index, open_index
from antiphon.replica.search import SearchPage, find_candidates, find_keys
from antiphon.segments import (
    NO_DENIALS,
    DocumentKind,
    DocumentView,
    Overlay,
    decode_overlay,
    document_key,
    external_id,
)

_KEY_PREFIXES = tuple(bytes((number,)) for number in range(max(DocumentKind) + 1))
"""By kind. A tuple, since hashing a member of an enumeration costs a third of a read."""
MAX_REDIRECTS = 16
"""Merges of merges that one id is followed through; people make chains of two or three."""

_NO_FILTERS: Mapping[str, str] = {}


class NotReady(Transient):
    """The node has not followed anything yet: there are no files to answer from. Try again in a moment."""


class KnownHead(NamedTuple):
    """A head with the overlay that belongs to it. ``state`` numbers what LMDB held then: it grows with each commit."""

    state: int
    head: Head
    overlay: Overlay


NO_KNOWN_HEAD = KnownHead(-1, Head(), NO_DENIALS)
"""The head before anything was read."""


class ReplicaView(msgspec.Struct, frozen=True, eq=False):
    """One version, for one request. Close it soon: what a view may still read cannot be reused by the writer.

    ``known`` is where the node stands in this view; the same object in every view until something changes.
    """

    _transaction: lmdb.Transaction
    known: KnownHead

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the version: what a ``with`` block does at its end."""
        self._transaction.abort()

    @property
    def head(self) -> Head:
        """Where the node stands in this view."""
        return self.known.head

    @property
    def version(self) -> int:
        """The version everything in this view belongs to; 0: nothing was published yet."""
        return self.known.head.version

    @property
    def overlay(self) -> Overlay:
        """The denials in force, as last read from the store."""
        return self.known.overlay

    @property
    def trouble(self) -> str:
        """What kept the follower from following when it last tried; "": nothing."""
        return (_get(self._transaction, TROUBLE_KEY) or b"").decode()

    def get(self, kind: DocumentKind, entity_id: str) -> bytes | None:
        """Return the document of an entity, or of the one its id redirects to; None: this version has none.

        The id may be any text.
        """
        try:
            data: bytes | None = self._transaction.get(_KEY_PREFIXES[kind] + entity_id.encode())  # type: ignore[assignment]  # bytes, as buffers were not asked for
        except (lmdb.BadValsizeError, UnicodeEncodeError):
            return None
        return self._follow_redirects(kind, entity_id) if data is None else data

    def _follow_redirects(self, kind: DocumentKind, entity_id: str) -> bytes | None:
        """Return the document that an id leads to: a redirect may lead to an id that was itself merged later."""
        for _ in range(MAX_REDIRECTS):
            redirect = _get(self._transaction, document_key(DocumentKind.REDIRECT, entity_id))
            if redirect is None:
                return None
            entity_id = DocumentView(redirect).body().decode("ascii")
            data = _get(self._transaction, document_key(kind, entity_id))
            if data is not None:
                return data
        return None

    def get_many(self, kind: DocumentKind, entity_ids: Sequence[str]) -> list[bytes | None]:
        """Return the documents of entities, in the order asked; None where there is none."""
        get, prefix = self._transaction.get, _KEY_PREFIXES[kind]
        try:
            found: list[bytes | None] = [get(prefix + entity_id.encode()) for entity_id in entity_ids]  # type: ignore[misc]  # bytes, as buffers were not asked for
        except (lmdb.BadValsizeError, UnicodeEncodeError):
            return [self.get(kind, entity_id) for entity_id in entity_ids]
        if None not in found:
            return found
        return [
            self._follow_redirects(kind, entity_id) if data is None else data
            for entity_id, data in zip(entity_ids, found, strict=True)
        ]

    def list_changes(self, after: Place, wanted: ChangeFilter, limit: int) -> ChangePage:
        """Return what changed behind a place, oldest first. Raises: ChangesGone."""
        return read_changes(self._transaction, self.version, after, wanted, limit)


class Replica:
    """The node's files, open for reading. Make one per process, after fork; it opens the files when first asked.

    In the follower's own process use ``Follower.replica``: LMDB lets a process open a file once.
    """

    def __init__(self, root: Path, *, environment: lmdb.Environment | None = None) -> None:
        self._known = NO_KNOWN_HEAD
        self._root = root
        self._environment = environment
        self._owns_environment = environment is None
        self._opening = Lock()
        self._index: tantivy.Index | None = None
        self._index_version = 0
        self._genres: tuple[int, tuple[str, ...]] = (-1, ())

    def transaction(self) -> ReplicaView:
        """Return a view of the newest version, to be used in a ``with`` block.

        Raises: NotReady before the follower's first poll.
        """
        environment = self._environment or self._open()
        try:
            transaction = environment.begin()
        except lmdb.MapResizedError:
            environment.set_mapsize(0)  # the writer has grown the map: take over its size
            transaction = environment.begin()
        known = self._known
        if known.state != transaction.id():
            known = self._known = _read_head(transaction, known)
        return ReplicaView(transaction, known)

    def search(
        self,
        kind: EntityKind,
        text: str,
        filters: Mapping[str, str] = _NO_FILTERS,
        *,
        market: Territory | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchPage:
        """Return candidates for a search, best first: ids of tracks, albums or artists.

        ``text`` are words that must all occur, the last one perhaps begun; ``filters`` as in ``query.build_query``.
        With a market only what was ever granted there is found: a superset, since the documents decide.
        Raises: NotReady before the follower's first poll.
        """
        index = self._newest_index()
        return find_candidates(index.searcher(), index.schema, kind, text, filters, market, limit, offset)

    def find_by_id(self, scheme: str, value: str) -> tuple[bytes, ...]:
        """Return the document keys of whatever an external id names, sorted: its tracks for an ISRC, albums for a UPC.

        ``scheme`` and ``value`` as ``segments.external_id`` takes them. Candidates: a document may be gone since.
        Raises: NotReady before the follower's first poll.
        """
        index = self._newest_index()
        return find_keys(index.searcher(), index.schema, external_id(scheme, value))

    def list_genres(self) -> tuple[str, ...]:
        """Return the genres of the albums in the index, sorted: found once for each state of it.

        Raises: NotReady before the follower's first poll.
        """
        index = self._newest_index()
        if self._genres[0] != self._index_version:
            self._genres = (self._index_version, list_genres(index.searcher(), index.schema))
        return self._genres[1]

    def freshness(self, now: datetime) -> Freshness:
        """Return how old this node's answers are. Raises: NotReady before the follower's first poll."""
        with self.transaction() as view:
            return measure_freshness(view.head, now)

    def trouble(self) -> str:
        """Return what kept the follower from following when it last tried; "": nothing. Raises: as ``freshness``."""
        with self.transaction() as view:
            return view.trouble

    def close(self) -> None:
        """Close the files, unless they are the follower's. Views that are still open must not be used afterwards."""
        if self._environment is not None and self._owns_environment:
            self._environment.close()
            self._environment = None
        self._index = None

    def _open(self) -> lmdb.Environment:
        path = documents_path(self._root)
        with self._opening:  # requests that ask the store are answered in threads, and a process may open a file once
            if self._environment is not None:
                return self._environment
            try:
                self._environment = lmdb.open(
                    str(path), readonly=True, create=False, map_size=MAP_SIZE_BYTES, max_readers=MAX_READERS
                )
            except lmdb.Error as error:
                if not (path / "data.mdb").exists():
                    raise NotReady(f"{path} holds no documents yet; wait for the follower's first poll") from error
                raise
            return self._environment

    def _newest_index(self) -> tantivy.Index:
        with self.transaction() as view:
            search_version = view.head.search_version
        index = self._index or self._open_index()
        if search_version != self._index_version:
            index.reload()
            self._index_version = search_version
        return index

    def _open_index(self) -> tantivy.Index:
        if not has_index(self._root):
            raise NotReady(f"{self._root} holds no index yet; wait for the follower's first poll")
        self._index = open_index(self._root)
        self._index_version = -1
        return self._index


def _read_head(transaction: lmdb.Transaction, known: KnownHead) -> KnownHead:
    """Return the head a transaction sees. The overlay is read again only where it is another than the known one."""
    head = unpack_head(_get(transaction, HEAD_KEY) or NO_HEAD)
    overlay = known.overlay
    if head.overlay_mark != known.head.overlay_mark:
        stored = _get(transaction, OVERLAY_KEY)
        overlay = NO_DENIALS if stored is None else decode_overlay(stored)
    return KnownHead(transaction.id(), head, overlay)


def _get(transaction: lmdb.Transaction, key: bytes) -> bytes | None:
    return transaction.get(key)  # type: ignore[return-value]  # bytes, as buffers were not asked for
