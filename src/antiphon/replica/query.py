"""Searches: the words and field filters somebody asks for, and the Tantivy query they become.

Policy. Every word must occur in one of the kind's fields. A word the index knows is looked for as it is; one it does
not know is looked for with one typo. The last word may be begun only ("beat" finds "beatles"), the whole word first.
Fuzzy search for every word was measured and is forbidden: it is ten times slower and finds less.
"""

import re
from collections.abc import Mapping

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.replica.index import TEXT_FIELDS
from antiphon.replica.words import query_words
from antiphon.segments import external_id

MAX_TEXT_CHARACTERS = 256
MAX_QUERY_WORDS = 16
"""Limits of one search; what goes beyond is cut. The longest real searches are a title and a name: about 12 words."""

MIN_TYPO_CHARACTERS = 4
"""The shortest word that is looked for with a typo: with one letter off, three letters may mean anything."""

MIN_PREFIX_CHARACTERS = 2
"""The shortest beginning of a word that is looked for: one letter begins a tenth of all words and tells nothing."""

_WEIGHTS = {"title": 2.0, "artists": 1.5, "album": 1.0}
_PREFIX_WEIGHT = 0.3
"""A begun word counts less than any whole one."""

_YEARS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_FILTERED_TEXTS = {
    EntityKind.TRACK: {"track": "title", "artist": "artists", "album": "album"},
    EntityKind.ALBUM: {"album": "title", "artist": "artists"},
    EntityKind.ARTIST: {"artist": "title"},
    EntityKind.SHOW: {},
    EntityKind.EPISODE: {},
    EntityKind.AUDIOBOOK: {},
}


def build_query(
    searcher: tantivy.Searcher, schema: tantivy.Schema, kind: EntityKind, text: str, filters: Mapping[str, str]
) -> tantivy.Query | None:
    """Return the query for a search; None: nothing can match, or nothing was asked.

    ``filters``: album, artist, track, genre and label hold words that must all occur, isrc and upc a code in any of its
    written forms, year a year or a range ("1990-1999"). A filter that rows of the kind do not have matches nothing.
    """
    words = query_words(text[:MAX_TEXT_CHARACTERS])[:MAX_QUERY_WORDS]
    terms = _Terms(searcher, schema, TEXT_FIELDS[kind])
    clauses: list[tantivy.Query | None] = [
        terms.match_word(word, may_be_begun=place == len(words) - 1) for place, word in enumerate(words)
    ]
    clauses += [_match_filter(terms, kind, name, value) for name, value in filters.items() if value]
    found = [clause for clause in clauses if clause is not None]
    if not found or len(found) < len(clauses):
        return None
    if not words:
        found.append(tantivy.Query.const_score_query(tantivy.Query.term_query(schema, "kind", kind.value), 0.0))
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, clause) for clause in found])


class _Terms:
    """Words to queries over some fields of one index."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, fields: Mapping[str, str]) -> None:
        self.searcher = searcher
        self.schema = schema
        self.fields = fields

    def match_word(self, word: str, *, may_be_begun: bool) -> tantivy.Query | None:
        """Return a query for one word; None: no row has it, nor anything like it."""
        known = [name for name, field in self.fields.items() if self.searcher.doc_freq(field, word)]
        matches = [self._weigh(tantivy.Query.term_query(self.schema, self.fields[n], word), _WEIGHTS[n]) for n in known]
        if may_be_begun and len(word) >= MIN_PREFIX_CHARACTERS:
            matches += [
                self._weigh(tantivy.Query.fuzzy_term_query(self.schema, field, word, 0, prefix=True), _PREFIX_WEIGHT)
                for field in self.fields.values()
                if self.searcher.terms_with_prefix(field, word, limit=1)
            ]
        if not matches and len(word) >= MIN_TYPO_CHARACTERS:
            matches = [
                self._weigh(tantivy.Query.fuzzy_term_query(self.schema, field, word, 1), _WEIGHTS[name])
                for name, field in self.fields.items()
            ]
        return _any_of(matches)

    @staticmethod
    def _weigh(query: tantivy.Query, weight: float) -> tantivy.Query:
        return tantivy.Query.boost_query(query, weight)


def _match_filter(terms: _Terms, kind: EntityKind, name: str, value: str) -> tantivy.Query | None:
    """Return a query for one field filter; None: rows of this kind have no such field."""
    schema = terms.schema
    match name:
        case "isrc" | "upc":
            code = re.sub(r"[\s.-]", "", value).upper()
            return tantivy.Query.term_query(schema, "ids", external_id(name, code))
        case "year":
            return _match_years(schema, value)
        case "genre" | "label":
            return _all_of([tantivy.Query.term_query(schema, name, word) for word in query_words(value)])
        case _:
            field = _FILTERED_TEXTS[kind].get(name)
            if field is None:
                return None
            own = _Terms(terms.searcher, schema, {field: terms.fields[field]})
            return _all_of([own.match_word(word, may_be_begun=False) for word in query_words(value)])


def _match_years(schema: tantivy.Schema, value: str) -> tantivy.Query | None:
    years = _YEARS.fullmatch(value)
    if not years:
        return None
    first, last = int(years[1]), int(years[2] or years[1])
    return tantivy.Query.const_score_query(
        tantivy.Query.range_query(schema, "year", tantivy.FieldType.Unsigned, first, last), 0.0
    )


def _any_of(queries: list[tantivy.Query]) -> tantivy.Query | None:
    if len(queries) < 2:
        return queries[0] if queries else None
    return tantivy.Query.boolean_query([(tantivy.Occur.Should, query) for query in queries])


def _all_of(queries: list[tantivy.Query | None]) -> tantivy.Query | None:
    found = [query for query in queries if query is not None]
    if not found or len(found) < len(queries):
        return None
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, query) for query in found])
