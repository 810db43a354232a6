"""Matches: what one word of a search finds, and how much it counts where.

Scores. A word in the title counts most, then one in an artist's name, then one anywhere; among few words it counts more
than among many. How rare a word is does not count: every row found has all of them. Example: "halo" ranks the song
called Halo before the one called Halo of Light, and that before a song from the album Halo.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import islice, product
from typing import NamedTuple

import tantivy

from antiphon.model.entities import EntityKind
from antiphon.replica.rows import BEGUN_CHARACTERS, mark_word
from antiphon.replica.spelling import Dictionary
from antiphon.replica.words import whole_text

_MIN_MISTYPED_PREFIX_CHARACTERS = 5
"""The shortest beginning of a word that is looked for with a typo in it."""

_ANYWHERE_WEIGHT = 1.0
_FIELD_WEIGHTS = {"title": 2.0, "artists": 1.0}
"""What a word counts for being in these fields, over being anywhere."""

_GUESS_WEIGHT = 0.5
_FREQUENCY_WEIGHT = 0.02
"""A word that stands in for the one typed counts less, a frequent one a little more: it is meant more often."""

_WHOLE_TITLE_WEIGHT = 1.0
"""What a row counts for having nothing in its title but what was typed."""

_PREFIX_WEIGHT = 0.3
"""A begun word counts less than any whole one."""

_MAX_SCORED_GUESSES = 8
"""Of the words that stand in for one, how many are looked for in each field for their score; all are anywhere."""


class WordMatch(NamedTuple):
    """What a word finds. ``needed`` must match; each of ``welcome`` adds to the score. ``rows``: how many, about.

    ``words`` are those it may stand for, the likeliest first; ``is_guess``: others than the one typed.
    """

    needed: tantivy.Query
    welcome: tuple[tantivy.Query, ...] = ()
    rows: int = 1 << 62
    words: tuple[str, ...] = ("",)
    is_guess: bool = False


class WordMatcher:
    """Makes matches of words for one kind of rows in one state of the index."""

    def __init__(self, searcher: tantivy.Searcher, schema: tantivy.Schema, kind: EntityKind) -> None:
        self._searcher = searcher
        self._schema = schema
        self._kind = kind
        self._rows = searcher.num_docs
        self.dictionary = Dictionary(searcher, kind)

    def match_typed(self, word: str, *, may_be_begun: bool) -> WordMatch | None:
        """Return what a word finds as it was typed, else as one typo from known words; None: nothing is like it."""
        count = self.dictionary.count_rows(word)
        if may_be_begun:
            begun = self._match_begun(word, count)
            if begun is not None:
                return begun
        if count:
            return self._match_known(word, count)
        guess = self.match_guess(word)
        if guess is None and may_be_begun and len(word) >= _MIN_MISTYPED_PREFIX_CHARACTERS:
            marked = mark_word(self._kind, word)
            fuzzy = tantivy.Query.fuzzy_term_query(self._schema, "words", marked, 1, prefix=True)
            # By its kind too, since the typo may be taken to be in the letter that marks the kind.
            kind = tantivy.Query.term_query(self._schema, "kind", self._kind.value, "basic")
            both = [tantivy.Query.const_score_query(fuzzy, _PREFIX_WEIGHT), tantivy.Query.const_score_query(kind, 0.0)]
            return WordMatch(all_of(both), words=(word,))
        return guess

    def match_whole_title(self, text: str, matches: Sequence[WordMatch]) -> tantivy.Query | None:
        """Return the query for rows with nothing in their title but this text, or what it may stand for; None: none."""
        meant = ("".join(words) for words in islice(product(*[match.words for match in matches]), _MAX_SCORED_GUESSES))
        known = [whole for whole in {whole_text(text): None, **dict.fromkeys(meant)} if self._count_titled(whole)]
        titles = [
            tantivy.Query.term_query(self._schema, "whole", mark_word(self._kind, whole), "basic") for whole in known
        ]
        return tantivy.Query.const_score_query(any_of(titles), _WHOLE_TITLE_WEIGHT) if titles else None

    def _count_titled(self, whole: str) -> int:
        return self.dictionary.count_rows(whole, "whole")

    def match_joined(self, word: str, *, may_be_begun: bool) -> WordMatch | None:
        """Return what two words find that were meant as this one; None: nobody has it."""
        return self.match_typed(word, may_be_begun=may_be_begun) if self.dictionary.count_rows(word) else None

    def match_guess(self, word: str) -> WordMatch | None:
        """Return what is found by what a word may have been meant for: neighbours, or two words; None: nothing."""
        counts = self.dictionary.find_neighbours(word)
        needed = [self._weigh("words", near, count, _weigh_guess(count)) for near, count in counts.items()]
        needed += [
            all_of([self._weigh("words", part, self._rows, _GUESS_WEIGHT) for part in parts])
            for parts in self.dictionary.find_splits(word)
        ]
        welcome = [
            self._weigh(field, near, count, weight * _weigh_guess(counts[near]))
            for near in list(counts)[:_MAX_SCORED_GUESSES]
            for field, weight in _FIELD_WEIGHTS.items()
            if (count := self.dictionary.count_rows(near, field))
        ]
        if not needed:
            return None
        meant = (*list(counts)[:_MAX_SCORED_GUESSES], word)
        return WordMatch(any_of(needed), tuple(welcome), sum(counts.values()), meant, is_guess=True)

    def has_rows(self, matches: Sequence[WordMatch]) -> bool:
        """Tell whether any row has all of these."""
        query = all_of([match.needed for match in matches])
        return bool(self._searcher.search(query, limit=1, count=False).hits)

    def match_in_field(self, field: str, word: str) -> tantivy.Query | None:
        """Return a query for a word, or else its neighbours, in one field; None: no row has it there."""
        count = self.dictionary.count_rows(word, field)
        if count:
            return self._weigh(field, word, count, 1.0)
        near = {other: self.dictionary.count_rows(other, field) for other in self.dictionary.find_neighbours(word)}
        guesses = [self._weigh(field, other, rows, _weigh_guess(rows)) for other, rows in near.items() if rows]
        return any_of(guesses) if guesses else None

    def _match_known(self, word: str, count: int) -> WordMatch:
        needed = self._weigh("words", word, count, _ANYWHERE_WEIGHT)
        return WordMatch(needed, self._score_fields(word), count, (word,))

    def _match_begun(self, word: str, count: int) -> WordMatch | None:
        """Return what is found by words that begin so, this very word first; None: none does, or only this one."""
        marked = mark_word(self._kind, word)
        if len(word) <= BEGUN_CHARACTERS:
            rows = self.dictionary.count_rows(word, "begun")
            beginning = tantivy.Query.term_query(self._schema, "begun", marked, "basic")
        else:
            begun = self.dictionary.find_beginning(word)
            rows = sum(begun.values()) if begun.keys() != {word} else 0
            beginning = tantivy.Query.fuzzy_term_query(self._schema, "words", marked, 0, prefix=True)
        if not rows:
            return None
        needed = tantivy.Query.const_score_query(beginning, _PREFIX_WEIGHT)
        if not count:
            return WordMatch(needed, (), rows, (word,))
        whole = self._weigh("words", word, count, _ANYWHERE_WEIGHT)
        return WordMatch(needed, (whole, *self._score_fields(word)), rows, (word,))

    def _score_fields(self, word: str) -> tuple[tantivy.Query, ...]:
        return tuple(
            self._weigh(field, word, count, weight)
            for field, weight in _FIELD_WEIGHTS.items()
            if (count := self.dictionary.count_rows(word, field))
        )

    def _weigh(self, field: str, word: str, count: int, weight: float) -> tantivy.Query:
        """Return a query for a word whose score depends on how long the field is, and not on how rare the word is."""
        rarity = math.log(1 + max(0.0, self._rows - count + 0.5) / (count + 0.5))  # as Tantivy computes it
        term = tantivy.Query.term_query(self._schema, field, mark_word(self._kind, word), "basic")
        return tantivy.Query.boost_query(term, weight / max(rarity, 0.01))


def join_matches(matches: Iterable[WordMatch], welcome: tantivy.Query | None = None) -> tantivy.Query:
    """Return the query for rows that have all of these; ``welcome`` adds to the score."""
    found = list(matches)
    clauses = [(tantivy.Occur.Must, match.needed) for match in found]
    clauses += [(tantivy.Occur.Should, query) for match in found for query in match.welcome]
    if welcome is not None:
        clauses.append((tantivy.Occur.Should, welcome))
    return tantivy.Query.boolean_query(clauses)


def any_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Return the query for rows that match at least one of some."""
    return queries[0] if len(queries) == 1 else _combine(tantivy.Occur.Should, queries)


def all_of(queries: Sequence[tantivy.Query]) -> tantivy.Query:
    """Return the query for rows that match all of some."""
    return queries[0] if len(queries) == 1 else _combine(tantivy.Occur.Must, queries)


def _combine(occur: tantivy.Occur, queries: Sequence[tantivy.Query]) -> tantivy.Query:
    return tantivy.Query.boolean_query([(occur, query) for query in queries])


def _weigh_guess(count: int) -> float:
    return _GUESS_WEIGHT + _FREQUENCY_WEIGHT * math.log2(count)
