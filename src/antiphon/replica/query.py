"""Queries: the words and field filters somebody asks for, and what of Tantivy's they become.

Policy. Every word must occur in the row. Plans are tried in turn, and the first one that finds anything is the answer:

1. *A code.* An ISRC, a UPC or one of our ids, typed as the whole text, is what it names.
2. *As typed.* A word the index knows is looked for as it is. One it does not know stands for the known words one typo
   away, or for two words written together. The last word may be begun only ("beat" finds "beatles").
3. *Without the letter* that the last word was only just begun with.
4. *One word mistaken.* A typo can make another word that exists. Each word in turn stands for its neighbours while the
   others stay as they are, and two words stand for the one they make together.

Fuzzy search for every word at once was measured and is forbidden: it is ten times slower and finds less.
"""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.replica.matching import WordMatch, WordMatcher, all_of, any_of, join_matches
from antiphon.replica.rows import row_key
from antiphon.replica.words import query_words
from antiphon.segments import external_id

MAX_TEXT_CHARACTERS = 256
MAX_QUERY_WORDS = 16
"""Limits of one search; what goes beyond is cut. The longest real searches are a title and a name: about 12 words."""

_MIN_OTHERS_TRIED = 3
"""Where so many other words stay as they are, they are looked for first: if no row has all of them, the mistake is not
in this word. Fewer are nearly always found, so trying them would cost more than it saves."""

_TOGETHER = 2
"""How much more often than by chance words are in one row."""

HIPSTER_SHARE = 0.1
"""Of albums: the least popular that the tag "hipster" names. Source: the catalogue profile."""

_YEARS = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")
_SIGNS = re.compile(r"[\s.-]+")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", re.ASCII)
_UPC = re.compile(r"[0-9]{8}|[0-9]{12,14}", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z]{22}", re.ASCII)
_WORD_FILTERS = {
    EntityKind.TRACK: {"track": "title", "artist": "artists", "album": "album", "genre": "genre", "label": "label"},
    EntityKind.ALBUM: {"album": "title", "artist": "artists", "label": "label"},
    EntityKind.ARTIST: {"artist": "title", "genre": "genre"},
}
"""The filters of words that rows of a kind have, by the field they look into. Source: the catalogue profile; label is
ours."""
_YEAR_KINDS = (EntityKind.TRACK, EntityKind.ALBUM, EntityKind.ARTIST)
_CODE_KINDS = {"isrc": EntityKind.TRACK, "upc": EntityKind.ALBUM}


class Plan(NamedTuple):
    """A query to try. ``rows``: how many may match, about. ``first``: what matches this comes before the others, where
    those are too many to be scored.
    """

    query: tantivy.Query
    rows: int
    first: tantivy.Query | None = None


def make_plans(
    searcher: tantivy.Searcher, schema: tantivy.Schema, kind: EntityKind, text: str, filters: Mapping[str, str]
) -> Iterator[Plan]:
    """Yield the queries to try in turn; none: nothing was asked, or nothing can match.

    ``filters``: album, artist, track, genre and label hold words that must all occur there, isrc and upc a code in any
    of its written forms, year a year or a range ("1990-1999"), released two days ("2026-11-08/2026-11-22"), and tag is
    "hipster". A filter that rows of the kind do not have matches nothing. Source: the catalogue profile.
    """
    matcher = WordMatcher(searcher, schema, kind)
    asked = [_Filters(searcher, schema, matcher, kind).match(name, value) for name, value in filters.items() if value]
    found = [query for query in asked if query is not None]
    if len(found) < len(asked):
        return
    kept = [WordMatch(tantivy.Query.const_score_query(_match_kind(schema, kind), 0.0))]
    kept += [WordMatch(query) for query in found]
    words = query_words(text[:MAX_TEXT_CHARACTERS])[:MAX_QUERY_WORDS]
    if not words:
        if found:
            yield Plan(join_matches(kept), searcher.num_docs)
        return
    code = _match_code(searcher, schema, kind, text)
    if code is not None:
        yield Plan(join_matches([*kept, WordMatch(code)]), 1)
    all_rows = max(1, searcher.num_docs)  # words of rows that were all deleted are still known for a while
    for matches in _match_words(matcher, words):
        wholes = [matcher.match_whole_title(text[:MAX_TEXT_CHARACTERS], each) for each in matches]
        conjunctions = [join_matches([*each, *kept[1:]], whole) for each, whole in zip(matches, wholes, strict=True)]
        titled = [whole for whole in wholes if whole is not None]
        first = join_matches([WordMatch(any_of(titled)), *kept[1:]]) if titled else None
        yield Plan(any_of(conjunctions), sum(_expect_rows(each, all_rows) for each in matches), first)


def _match_words(matcher: WordMatcher, words: list[str]) -> Iterator[list[list[WordMatch]]]:
    """Yield the alternatives of each plan: as typed, without a last letter, with one word mistaken."""
    last = len(words) - 1
    typed = [matcher.match_typed(word, may_be_begun=place == last) for place, word in enumerate(words)]
    complete = _complete(typed)
    if complete is not None:
        yield [complete]
    finished = _complete(typed[:last])
    if finished and len(words[last]) == 1 and words[last].isalpha():
        yield [finished]
    mistaken = list(_mistake_one(matcher, words, typed))
    if mistaken:
        yield mistaken


def _mistake_one(matcher: WordMatcher, words: list[str], typed: list[WordMatch | None]) -> Iterator[list[WordMatch]]:
    """Yield what each word finds where one of them was meant for another, or two of them for one."""
    last = len(words) - 1
    for place, word in enumerate(words):
        own, before, after = typed[place], typed[:place], typed[place + 1 :]
        others = _complete([*before, *after])
        if own is not None and not own.is_guess and others is not None and _may_match(matcher, others):
            mistaken = _complete([*before, matcher.match_guess(word), *after])
            if mistaken is not None:
                yield mistaken
        if place < last and _complete([*before, *after[1:]]) is not None:
            joined = matcher.match_joined(word + words[place + 1], may_be_begun=place + 1 == last)
            together = _complete([*before, joined, *after[1:]])
            if together is not None:
                yield together


def _expect_rows(matches: list[WordMatch], all_rows: int) -> int:
    """Return about how many rows have all of these: as many as by chance, doubled, since words go together."""
    if not all_rows:
        return 0
    share = math.prod(min(1.0, match.rows / all_rows) for match in matches)
    return min(int(_TOGETHER * share * all_rows), *(match.rows for match in matches))


def _may_match(matcher: WordMatcher, matches: list[WordMatch]) -> bool:
    return len(matches) < _MIN_OTHERS_TRIED or matcher.has_rows(matches)


def _complete(matches: list[WordMatch | None]) -> list[WordMatch] | None:
    found = [match for match in matches if match is not None]
    return found if len(found) == len(matches) else None


def _match_kind(schema: tantivy.Schema, kind: EntityKind) -> tantivy.Query:
    return tantivy.Query.term_query(schema, "kind", kind.value, "basic")


def _match_code(
    searcher: tantivy.Searcher, schema: tantivy.Schema, kind: EntityKind, text: str
) -> tantivy.Query | None:
    """Return the query for what a code names; None: it is none, or nothing has it."""
    code = _SIGNS.sub("", text).upper()
    terms = []
    if _ISRC.fullmatch(code):
        terms.append(("ids", external_id("isrc", code)))
    if _UPC.fullmatch(code):
        terms.append(("ids", external_id("upc", code)))
    if _ID.fullmatch(text.strip()):
        terms.append(("key", row_key(kind, text.strip())))
    known = [tantivy.Query.term_query(schema, *term, "basic") for term in terms if searcher.doc_freq(*term)]
    return any_of(known) if known else None


class _Filters:
    """Field filters to queries, for one kind of rows."""

    def __init__(
        self, searcher: tantivy.Searcher, schema: tantivy.Schema, matcher: WordMatcher, kind: EntityKind
    ) -> None:
        self._searcher = searcher
        self._schema = schema
        self._matcher = matcher
        self._kind = kind

    def match(self, name: str, value: str) -> tantivy.Query | None:
        """Return a query for one filter; None: rows of this kind have no such field, or nothing in it."""
        if name in _CODE_KINDS:
            code = external_id(name, _SIGNS.sub("", value).upper())
            is_named = self._kind is _CODE_KINDS[name]
            return tantivy.Query.term_query(self._schema, "ids", code, "basic") if is_named else None
        if name == "year":
            years = _YEARS.fullmatch(value) if self._kind in _YEAR_KINDS else None
            return self._match_range("year", int(years[1]), int(years[2] or years[1])) if years else None
        if name == "released" and self._kind is EntityKind.ALBUM:
            first, last = value.split("/")
            return self._match_range("released_day", _count_days(first), _count_days(last))
        if name == "tag" and value.lower() == "hipster" and self._kind is EntityKind.ALBUM:
            return self._match_unpopular()
        field = _WORD_FILTERS.get(self._kind, {}).get(name)
        return None if field is None else self._match_field(field, value)

    def _match_field(self, field: str, value: str) -> tantivy.Query | None:
        words = query_words(value[:MAX_TEXT_CHARACTERS])[:MAX_QUERY_WORDS]
        queries = [self._matcher.match_in_field(field, word) for word in words]
        found = [query for query in queries if query is not None]
        return all_of(found) if found and len(found) == len(queries) else None

    def _match_unpopular(self) -> tantivy.Query | None:
        """Return a query for the least popular tenth; None while popularity parts no tenth from the others."""
        by_popularity = {"counts": {"terms": {"field": "popularity", "size": 101, "order": {"_key": "asc"}}}}
        kind = _match_kind(self._schema, self._kind)
        buckets = self._searcher.aggregate(kind, by_popularity)["counts"]["buckets"]
        room = HIPSTER_SHARE * sum(bucket["doc_count"] for bucket in buckets)
        most = -1
        for bucket in buckets:
            room -= bucket["doc_count"]
            if room < 0:
                break
            most = int(bucket["key"])
        return None if most < 0 else self._match_range("popularity", 0, most)

    def _match_range(self, field: str, first: int, last: int) -> tantivy.Query:
        query = tantivy.Query.range_query(self._schema, field, tantivy.FieldType.Unsigned, first, last)
        return tantivy.Query.const_score_query(query, 0.0)


def _count_days(day: str) -> int:
    return max(0, (date.fromisoformat(day) - date(1970, 1, 1)).days)
