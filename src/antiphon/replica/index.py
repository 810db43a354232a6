"""The index: what a row becomes in Tantivy. It gives candidates only; documents decide.

Each kind has fields of its own, so that a search for tracks neither reads nor ranks by the words of albums. Texts are
folded to words before they get here, so Tantivy splits at blanks and nothing else.
"""

import shutil
from collections.abc import Sequence
from pathlib import Path

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.replica.words import index_words
from antiphon.segments import Entry, SearchRow

SCHEMA_FORM = 2
"""Names the index's folder: a node with another schema builds its index anew from the segments."""

WRITER_HEAP_BYTES = 64 << 20
"""What the writer may hold before it writes a piece of index; Tantivy wants 15 MB at least."""

MARKET_WORDS = 4
"""64-bit numbers a territory bitset is kept in: one fast field each, so that a test reads one number."""

TEXT_FIELDS: dict[EntityKind, dict[str, str]] = {
    EntityKind.TRACK: {"title": "track_title", "artists": "track_artists", "album": "track_album"},
    EntityKind.ALBUM: {"title": "album_title", "artists": "album_artists"},
    EntityKind.ARTIST: {"title": "artist_title"},
    EntityKind.SHOW: {"title": "show_title", "artists": "show_artists"},
    EntityKind.EPISODE: {"title": "episode_title", "album": "episode_album"},
    EntityKind.AUDIOBOOK: {"title": "audiobook_title", "artists": "audiobook_artists"},
}
"""The fields a kind's words are in, by what they hold."""


def index_path(root: Path) -> Path:
    """Return where a node keeps its index."""
    return root / f"search-{SCHEMA_FORM}"


def has_index(root: Path) -> bool:
    """Tell whether the node has an index of our schema."""
    path = index_path(root)
    return path.is_dir() and tantivy.Index.exists(str(path))


def open_index(root: Path) -> tantivy.Index:
    """Return the node's index for reading; it shows what was committed when ``reload`` was last called."""
    index = tantivy.Index.open(str(index_path(root)))
    index.config_reader("manual")
    return index


class IndexWriter:
    """The one writer of a node's index. An index that is missing or damaged is made anew: ``is_new`` says so."""

    def __init__(self, root: Path) -> None:
        path = index_path(root)
        index = None
        if has_index(root):
            try:
                index = tantivy.Index.open(str(path))
            except ValueError:  # Tantivy's word for files it cannot read: they can be made again from the segments
                shutil.rmtree(path)
        self.is_new = index is None
        self._is_closed = False
        path.mkdir(parents=True, exist_ok=True)
        try:
            self._writer = (index or tantivy.Index(_schema(), path=str(path))).writer(WRITER_HEAP_BYTES, 1)
        except ValueError as error:
            raise Refused("NodeInUse", f"{path} cannot be written: does another follower run here? {error}") from error

    def write(self, entries: Sequence[Entry]) -> None:
        """Add, replace and delete rows; ``commit`` makes it visible. Doing it again changes nothing."""
        for entry in entries:
            key = entry.key.decode()
            self._writer.delete_documents_by_term("key", key)
            if entry.search is not None:
                self._writer.add_document(_index_row(key, entry.search))

    def commit(self) -> None:
        """Make what was written durable and visible to readers that reload."""
        self._writer.commit()

    def close(self) -> None:
        """Finish merges and let go of the files; what was not committed is gone. May be called again."""
        if not self._is_closed:
            self._is_closed = True
            self._writer.rollback()
            self._writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("kind", "ids"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for fields in TEXT_FIELDS.values():
        for name in fields.values():
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    for name in ("genre", "label"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_unsigned_field("year", indexed=True, fast=True)
    builder.add_unsigned_field("released_day", fast=True)
    builder.add_unsigned_field("popularity", fast=True)
    for number in range(MARKET_WORDS):
        builder.add_unsigned_field(f"markets_{number}", fast=True)
    return builder.build()


def _index_row(key: str, row: SearchRow) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", key)
    document.add_text("kind", row.kind.value)
    texts = {"title": row.title, "artists": " ".join(row.artists), "album": row.album}
    for name, field in TEXT_FIELDS[row.kind].items():
        document.add_text(field, " ".join(index_words(texts[name])))
    for genre in row.genres:
        document.add_text("genre", " ".join(index_words(genre)))
    if row.label:
        document.add_text("label", " ".join(index_words(row.label)))
    for external in row.ids:
        document.add_text("ids", external)
    if row.year:
        document.add_unsigned("year", row.year)
    # add_unsigned, never a keyword argument: Tantivy would make it a signed number, and the writer thread dies of it.
    document.add_unsigned("popularity", row.popularity)
    document.add_unsigned("released_day", row.released_day)
    for number in range(MARKET_WORDS):
        document.add_unsigned(f"markets_{number}", int.from_bytes(row.markets[number * 8 : number * 8 + 8], "little"))
    return document
