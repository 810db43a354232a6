"""Rows: what the index keeps of one entity, field by field.

All kinds share the fields of words, and every word in them begins with the letter of its kind ("thalo" is the halo of
tracks): so a search for tracks neither reads nor ranks by the words of albums, and a new kind needs no new field.

Three fields serve typing. ``reversed`` has the words from their end, so that a word with its first half mistyped is
found by its second. ``begun`` has the first two letters of words, and the first one of the title and of the artist: so
many words begin with them that uniting those would cost more than the whole search. ``whole`` is the title as one word,
for who typed just that.

``genre_name`` has the genres of albums as they are written, to be listed.
"""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.replica.words import index_words, whole_text
from antiphon.segments import DocumentKind, SearchRow, document_key

WORD_FIELDS = ("words", "title", "artists", "album", "genre", "label", "reversed", "begun", "whole")
"""Fields whose words begin with their kind's letter. ``words`` has those of title, artists and album together."""

BEGUN_CHARACTERS = 2
"""The most of a word in ``begun``. With three, uniting the words that begin so takes half a millisecond at a million
tracks."""

MAX_WHOLE_WORDS = 4
"""Of a title that is kept in ``whole``. The words of a longer one find it among few, and a word of its own for each
would take a tenth of the time that filling an index takes."""

MIN_REVERSED_CHARACTERS = 3
"""Of a word in ``reversed``."""

_REMEMBERED_TEXTS = 1000
"""Rows that come together name the same artists and albums."""

MARKET_WORDS = 4
"""64-bit numbers a territory bitset is kept in: one fast field each, so that a test reads one number."""

_POPULARITY_WEIGHT = 0.3
"""How much the most popular counts over the least: less than a word in the title over one elsewhere."""

_UNAVAILABLE_WEIGHT = 0.1
"""What a row granted nowhere loses: it stands behind its equals."""

_TIE_WEIGHT = 0.001
"""The most by which rows that are equal differ, drawn from their keys: every search has one order, on every node. Less
than one point of popularity."""

_TIE_BITS = 40

MAX_GENRE_CHARACTERS = 64
"""characters; what is longer is no genre. The longest in the allowed value sets of the industry have some 40."""

_KIND_LETTERS = {
    EntityKind.TRACK: "t",
    EntityKind.ALBUM: "a",
    EntityKind.ARTIST: "r",
    EntityKind.SHOW: "s",
    EntityKind.EPISODE: "e",
    EntityKind.AUDIOBOOK: "b",
}

DOCUMENTS = {
    EntityKind.TRACK: DocumentKind.TRACK,
    EntityKind.ALBUM: DocumentKind.ALBUM,
    EntityKind.ARTIST: DocumentKind.ARTIST,
    EntityKind.SHOW: DocumentKind.SHOW,
    EntityKind.EPISODE: DocumentKind.EPISODE,
    EntityKind.AUDIOBOOK: DocumentKind.AUDIOBOOK,
}
"""The kinds that have rows, and the document a row travels with."""


def mark_word(kind: EntityKind, word: str) -> str:
    """Return a word as the fields of words hold it."""
    return _KIND_LETTERS[kind] + word


def row_key(kind: EntityKind, entity_id: str) -> str:
    """Return the key of an entity's row: that of the document it travels with."""
    return document_key(DOCUMENTS[kind], entity_id).decode()


def build_schema() -> tantivy.Schema:
    """Return the schema of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("kind", "ids", "genre_name"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in WORD_FIELDS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    builder.add_unsigned_field("year", indexed=True, fast=True)
    builder.add_unsigned_field("released_day", fast=True)
    builder.add_unsigned_field("popularity", fast=True)
    builder.add_unsigned_field("rank", fast=True)
    builder.add_float_field("weight", fast=True)
    for number in range(MARKET_WORDS):
        builder.add_unsigned_field(f"markets_{number}", fast=True)
    return builder.build()


def make_document(key: str, row: SearchRow, vocabulary: set[str] | None = None) -> tantivy.Document:
    """Return what the index keeps of a row.

    ``vocabulary``: where its marked words are collected, to be kept apart (``make_dictionary``), instead of being kept
    reversed with the row.
    """
    letter = _KIND_LETTERS[row.kind]
    between = " " + letter
    title = index_words(row.title)
    artists, album = _words_of_all(row.artists), _remember_words(row.album)
    words = dict.fromkeys(chain(title, artists, album))
    begun = {word[:BEGUN_CHARACTERS] for word in words}
    held = {
        "words": words,
        "title": title,
        "artists": artists,
        "album": album,
        "genre": _words_of_all(row.genres),
        "label": _remember_words(row.label),
        "begun": begun | {named[0][0] for named in (title, artists) if named},
    }
    document = tantivy.Document()
    document.add_text("key", key)
    document.add_text("kind", row.kind.value)
    for external in row.ids:
        document.add_text("ids", external)
    if row.kind is EntityKind.ALBUM:
        for genre in row.genres:
            if len(genre) <= MAX_GENRE_CHARACTERS:
                document.add_text("genre_name", genre)
    for field, texts in held.items():
        if texts:
            document.add_text(field, letter + between.join(texts))
    if len(title) <= MAX_WHOLE_WORDS and (whole := whole_text(row.title)):
        document.add_text("whole", letter + whole)
    if vocabulary is None:
        document.add_text("reversed", " ".join(letter + word[::-1] for word in words if is_reversible(word)))
    else:
        vocabulary.update([letter + word for word in words])
    _add_numbers(document, key, row)
    return document


def make_dictionary(vocabulary: Iterable[str]) -> tantivy.Document:
    """Return a document that is no row: it keeps marked words reversed for as long as the index lives."""
    document = tantivy.Document()
    document.add_text("reversed", " ".join(word[0] + word[:0:-1] for word in vocabulary if is_reversible(word[1:])))
    return document


def is_reversible(word: str) -> bool:
    """Tell whether a word is kept reversed: a shorter one is no neighbour of a word long enough to be halved."""
    return len(word) >= MIN_REVERSED_CHARACTERS


def _words_of_all(texts: tuple[str, ...]) -> Sequence[str]:
    if len(texts) == 1:
        return _remember_words(texts[0])
    return [word for text in texts for word in _remember_words(text)]


@lru_cache(_REMEMBERED_TEXTS)
def _remember_words(text: str) -> tuple[str, ...]:
    return tuple(index_words(text))


def _add_numbers(document: tantivy.Document, key: str, row: SearchRow) -> None:
    # add_unsigned, never a keyword argument: Tantivy would make it a signed number, and the writer thread dies of it.
    tie = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=_TIE_BITS // 8).digest(), "little")
    factor = 1 + _UNAVAILABLE_WEIGHT + _POPULARITY_WEIGHT * row.popularity / 100 + _TIE_WEIGHT * tie / (1 << _TIE_BITS)
    if not any(row.markets):
        factor -= _UNAVAILABLE_WEIGHT
    for year in row.years:
        document.add_unsigned("year", year)
    if row.released_day:
        document.add_unsigned("released_day", row.released_day)
    document.add_unsigned("popularity", row.popularity)
    document.add_unsigned("rank", row.popularity << _TIE_BITS | tie)
    document.add_float("weight", 2**factor - 2)  # Tantivy multiplies a score by log2(2 + weight)
    for number in range(MARKET_WORDS):
        document.add_unsigned(f"markets_{number}", int.from_bytes(row.markets[number * 8 : number * 8 + 8], "little"))
