"""Candidates of the index, filled in from the documents of one version."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.replica import Replica, ReplicaView
from antiphon.segments import DocumentKind, DocumentView, Reader, answer_document

MAX_NEW_RELEASES = 1000
"""albums; where the last week has more, the most popular of them. Finding and sorting them takes some milliseconds once
per version."""

_RECENT_DAYS = (7, 30, 120, 366)
"""days since their release, by which albums are taken in until there are enough; then come those of which only a month
or a year is known, by year."""

_AHEAD_DAYS = 3660
"""days ahead for which an album may be announced."""


_SHOWN_ITEMS = {DocumentKind.EPISODE: 1}
"""Where the form that search shows is not the first item of a document."""


class _Dated(msgspec.Struct):
    id: str
    release_date: str = ""


def render_candidates(view: ReplicaView, reader: Reader, kind: DocumentKind, ids: Sequence[str]) -> list[bytes]:
    """Return the documents of candidates for a reader; one that this version does not hold is left out."""
    item = _SHOWN_ITEMS.get(kind, 0)
    documents = view.get_many(kind, ids)
    if item:
        return [DocumentView(data).render(item, reader) for data in documents if data is not None]
    return [answer_document(data, reader)[0] for data in documents if data is not None]


class NewReleases:
    """The newest albums, found once and kept until there is another version or another day."""

    def __init__(self) -> None:
        self._found: tuple[tuple[int, date], tuple[str, ...]] = ((-1, date.min), ())

    def find_ids(self, replica: Replica, view: ReplicaView, reader: Reader) -> tuple[str, ...]:
        """Return the ids of the newest albums of a version, newest first."""
        today = datetime.fromtimestamp(reader.now_s, UTC).date()
        key = (view.version, today)
        if self._found[0] != key:
            self._found = (key, _sort_newest(replica, view, reader, today))
        return self._found[1]


def _sort_newest(replica: Replica, view: ReplicaView, reader: Reader, today: date) -> tuple[str, ...]:
    ids: dict[str, None] = {}
    for filters in _list_periods(today):
        if len(ids) < MAX_NEW_RELEASES:
            ids |= dict.fromkeys(replica.search(EntityKind.ALBUM, "", filters, limit=MAX_NEW_RELEASES).ids)
    rendered = render_candidates(view, reader, DocumentKind.ALBUM_CARD, list(ids)[:MAX_NEW_RELEASES])
    cards = [msgspec.json.decode(card, type=_Dated) for card in rendered]
    return tuple(card.id for card in sorted(cards, key=lambda card: (card.release_date, card.id), reverse=True))


def _list_periods(today: date) -> Iterator[dict[str, str]]:
    """Yield filters for albums of ever earlier times; the last ones meet albums again that earlier ones have met."""
    last = today + timedelta(days=_AHEAD_DAYS)
    for days in _RECENT_DAYS:
        first = today - timedelta(days=days)
        yield {"released": f"{first}/{last}"}
        last = first - timedelta(days=1)
    yield {"year": f"{today.year - 1}-{today.year + 1}"}
    yield {"year": f"0-{today.year - 2}"}
