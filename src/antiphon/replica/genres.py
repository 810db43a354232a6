"""Genres: the words providers sort their albums by, as a node's index knows them."""

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.replica.words import query_words

MAX_GENRES = 1000
"""How many are listed, the most used first. Providers write them as they like; beyond these are slips of the pen."""


def list_genres(searcher: tantivy.Searcher, schema: tantivy.Schema) -> tuple[str, ...]:
    """Return the genres of albums, sorted; of spellings that search takes for one, the one most albums have."""
    albums = tantivy.Query.term_query(schema, "kind", EntityKind.ALBUM.value)
    found = searcher.terms_with_prefix("genre_name", "", filter_query=albums, limit=MAX_GENRES)
    spellings: dict[tuple[str, ...], str] = {}
    for name, album_count in found:
        words = tuple(query_words(name))
        if words and album_count:
            spellings.setdefault(words, name)
    return tuple(sorted(spellings.values(), key=lambda name: (name.casefold(), name)))
