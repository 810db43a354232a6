"""An index of rows alone, without documents: searched as a node searches its own."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from antiphon.model.entities import EntityKind
from antiphon.model.territories import Territory
from antiphon.replica.index import IndexWriter, open_index
from antiphon.replica.rows import row_key
from antiphon.replica.search import SearchPage, find_candidates
from antiphon.segments import Entry, SearchRow
from tests.replica.publishing import EVERY_MARKET


def a_row(entity_id: str, title: str, *artists: str, kind: EntityKind = EntityKind.TRACK, **row: object) -> Entry:
    """Return the entry of a row, granted everywhere unless ``markets`` says otherwise."""
    values = {"kind": kind, "title": title, "artists": artists, "markets": EVERY_MARKET, **row}
    search = SearchRow(**values)  # type: ignore[arg-type]  # the caller's keywords are SearchRow's own
    return Entry(key=row_key(kind, entity_id).encode(), search=search)


class RowIndex:
    """An index in a folder, filled with rows, and open for searches and for changes."""

    def __init__(self, root: Path, rows: Iterable[Entry]) -> None:
        self._writer = IndexWriter(root)
        self._writer.fill(rows)
        self._index = open_index(root)

    def fill(self, rows: Iterable[Entry]) -> None:
        """Make these all rows there are."""
        self._writer.fill(rows)
        self._index.reload()

    def write(self, *rows: Entry) -> None:
        """Add, replace and delete rows, in one commit of their own."""
        self._writer.write(rows)
        self._writer.commit()
        self._index.reload()

    def search(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        kind: EntityKind = EntityKind.TRACK,
        market: Territory | None = None,
        limit: int = 20,
        offset: int = 0,
    ) -> SearchPage:
        """Return a page, as ``Replica.search`` does."""
        searcher = self._index.searcher()
        return find_candidates(searcher, self._index.schema, kind, text, filters or {}, market, limit, offset)

    def find(self, text: str, **filters: str) -> list[str]:
        """Return the ids of the first page of tracks."""
        return list(self.search(text, filters).ids)

    def close(self) -> None:
        """Let go of the files."""
        self._writer.close()
