"""Candidates of the index, filled in from the documents of one version."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.replica import Replica, ReplicaView
from antiphon.segments import DocumentKind, DocumentView, Reader

MAX_NEW_RELEASES = 1000
"""albums; where a year has more, the most popular of them. Sorting them takes some milliseconds once per version."""


_SHOWN_ITEMS = {DocumentKind.EPISODE: 1}
"""Where the form that search shows is not the first item of a document."""


class _Dated(msgspec.Struct):
    id: str
    release_date: str = ""


def render_candidates(view: ReplicaView, reader: Reader, kind: DocumentKind, ids: Iterable[str]) -> list[bytes]:
    """Return the documents of candidates for a reader; one that this version does not hold is left out."""
    item = _SHOWN_ITEMS.get(kind, 0)
    documents = view.get_many(kind, ids)
    return [DocumentView(data).render(item, reader) for data in documents if data is not None]


class NewReleases:
    """The newest albums, found once and kept until there is another version or another year."""

    def __init__(self) -> None:
        self._found: tuple[tuple[int, int], tuple[str, ...]] = ((-1, 0), ())

    def find_ids(self, replica: Replica, view: ReplicaView, reader: Reader) -> tuple[str, ...]:
        """Return the ids of the newest albums of a version, newest first."""
        year = datetime.fromtimestamp(reader.now_s, UTC).year
        key = (view.version, year)
        if self._found[0] != key:
            self._found = (key, _sort_newest(replica, view, reader, year))
        return self._found[1]


def _sort_newest(replica: Replica, view: ReplicaView, reader: Reader, year: int) -> tuple[str, ...]:
    ids: list[str] = []
    for years in (f"{year - 1}-{year + 1}", f"0-{year - 2}"):
        room = MAX_NEW_RELEASES - len(ids)
        if room:
            ids += replica.search(EntityKind.ALBUM, "", {"year": years}, limit=room).ids
    rendered = render_candidates(view, reader, DocumentKind.ALBUM_CARD, ids)
    cards = [msgspec.json.decode(card, type=_Dated) for card in rendered]
    return tuple(card.id for card in sorted(cards, key=lambda card: (card.release_date, card.id), reverse=True))
