"""Rules about capitals in titles and about the forms of volumes and parts. All warn at most: artists style titles.

Scripts without capitals are never judged, nor are titles of one word in capitals (acronyms, stylised names). What is
demanded of English alone is asked only of titles that say they are English, or whose recording is sung in it.
"""

import re
from collections import Counter
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import ENGLISH, ShownTitle

CAPITALS_LETTERS = 8
"""Letters from which a title in capitals is no acronym: "AC DC", "OMG WTF" and "R.E.M." are shorter."""

LOWER_CASE_LETTERS = 3
"""Letters from which a title in lower case is judged: "x" and "pi" are names of things."""

RISES_LIMIT = 2
"""Times a word may go up to a capital inside: "JoJoBa" does so twice."""

STYLE_TITLES = 3
"""Titles from which one style throughout a product is taken for the artist's, and noted once."""

_CASED = "A-Za-z\u00aa-\u024f\u0370-\u03ff\u0400-\u058f\u1e00-\u1fff"
"""Letters of scripts with capitals. Georgian has them by Unicode, but nobody writes titles in them."""

_CASED_WORD = re.compile(rf"[{_CASED}]+(?:['’][{_CASED}]+)*")
_OTHER_LETTER = re.compile(rf"[^\W\d_{_CASED}]")
_ROMAN = re.compile(r"[IVXLCM]+")
_RISE = re.compile(r"[a-z](?=[A-Z])")

_ENGLISH_WORD = re.compile(r"(?<![\w&.'’/*+-])[A-Za-z]+(?![\w&'’/*+-]|\.\w)")
_SMALL_WORDS = frozenset({"a", "an", "the", "and", "or", "nor", "of", "to", "at", "for", "from", "with", "into"})
"""English words that are lower-case inside a title. Left out are those that are as often part of a verb: on, off, in,
out, up, down, over, by; and those that are several parts of speech: as, but, so, yet."""

_VERB_WORDS = frozenset({"to", "at", "for", "from", "with", "into"})
"""Small words that may belong to a verb: "You Belong With Me"."""

_LETTER_NOUNS = frozenset({"the", "plan", "side", "vitamin", "grade", "type", "class", "part", "section", "group"})
_LONG_WORD_LETTERS = 5
_NEVER_CAPITAL = frozenset({"featuring", "versus"})

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERED = re.compile(
    rf"\b(?P<word>vol(?:ume)?|part|pt)(?P<gap>\.?\s*)(?P<number>\d{{1,3}}|(?-i:[IVX]+)|{'|'.join(_NUMBERS)})"
    r"(?=\s*(?:$|[)\]:;,/–—]|\s-))",
    re.I,
)


@rule(
    "T1",
    "Titles are written in the case their language uses",
    severity=Severity.WARN,
    source="REPR, REPR-BP",
    confidence=Confidence.DISTRIBUTOR,
    fix="write the title as its language does; keep capitals only where the artist styles the title so",
    ack_code=AckCode.USER_DEFINED,
    why="Titles in capitals shout down the others in every list. Where it is the artist's style, it stays.",
)
def has_usual_case(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title in capitals, in lower case, in random case, or (English) with small principal words.

    Where all titles of a product are styled alike, it is the artist's style: one note for all.
    """
    styled = [(title, _find_style(title)) for title in evidence.titles]
    styles = [style for title, style in styled if len(_CASED_WORD.findall(title.text)) > 1]
    ((style, count),) = Counter(styles).most_common(1) or [("", 0)]
    if style and count == len(styles) and count >= STYLE_TITLES:
        yield breach_at(
            evidence.titles[0].titled,
            got=f"all {count} titles {style}",
            expected="the usual case, unless it is the artist's style",
            message=f"All titles are {style}, which is a style or a mistake.",
            severity=Severity.NOTE,
        )
        return
    for title, style in styled:
        if style:
            yield breach_at(
                title.titled,
                got=f"{title.text!r}, {style}",
                expected="the case its language uses",
                message=f"The title is {style}.",
            )


@rule(
    "T2",
    "English titles have short articles, conjunctions and prepositions in lower case",
    severity=Severity.WARN,
    source="REPR-BP",
    confidence=Confidence.DISTRIBUTOR,
    fix="write the word in lower case, unless it begins or ends the title or belongs to its verb",
    ack_code=AckCode.USER_DEFINED,
    why="Small words in capitals make titles of one artist look unlike, and searches for exact titles miss.",
)
def has_small_words_small(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per English title with a small word in capitals inside a part of it.

    Only a note where it may belong to a verb: no program can tell "You Belong With Me" from "Live From Lisbon".
    """
    for title in evidence.titles:
        if title.language == ENGLISH and title.text.upper() != title.text:
            words = [found[0] for found in _ENGLISH_WORD.finditer(title.text) if _is_wrongly_large(title.text, found)]
            if words:
                yield breach_at(
                    title.titled,
                    got=f"{', '.join(map(repr, words))} in {title.text!r}",
                    expected=", ".join(repr(word.lower()) for word in words),
                    message="The title has a small word in capitals.",
                    severity=Severity.NOTE if {word.lower() for word in words} <= _VERB_WORDS else None,
                )


@rule(
    "T3",
    "Volumes and parts are written Vol. 2 and Pt. 2",
    severity=Severity.WARN,
    source="REPR-BP, SYM",
    confidence=Confidence.DISTRIBUTOR,
    fix='write "Vol." or "Pt.", a blank and the number',
    ack_code=AckCode.USER_DEFINED,
    why="Volumes sort together only where all are written alike.",
)
def has_usual_numbering(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per title that numbers volumes or parts otherwise: "Volume 2", "Part Two", "pt.2"."""
    for title in evidence.titles:
        for text in (title.text, title.version):
            for found in _NUMBERED.finditer(text):
                usual = f"{'Vol' if found['word'][0] in 'vV' else 'Pt'}. {_write_number(found['number'])}"
                if found[0] != usual:
                    yield breach_at(
                        title.titled,
                        got=f"{found[0]!r} in {text!r}",
                        expected=usual,
                        message=f'The title writes "{found[0]}" for "{usual}".',
                    )


def _find_style(title: ShownTitle) -> str:
    """Return what is unusual in a title's case, in words; empty: nothing, or its script has none."""
    words = _CASED_WORD.findall(title.text)
    if not words or _OTHER_LETTER.search(title.text):
        return ""
    letters = "".join(words)
    if letters.isupper() and len(letters) >= CAPITALS_LETTERS and sum(not _ROMAN.fullmatch(w) for w in words) > 1:
        return "in capitals"
    if letters.islower() and len(letters) >= LOWER_CASE_LETTERS:
        return "in lower case"
    if any(_is_random(word) for word in words):
        return "in random case"
    if title.language == ENGLISH and any(_is_wrongly_small(word) for word in words):
        return "with principal words in lower case"
    return ""


def _is_random(word: str) -> bool:
    """Tell whether capitals stand anywhere in a word: "hArBoUr"; not so "iPhone", "McCartney", "LaTeX"."""
    rises = len(_RISE.findall(word))
    return rises > RISES_LIMIT or (rises == RISES_LIMIT and word[0].islower())


def _is_wrongly_small(word: str) -> bool:
    is_long = len(word) >= _LONG_WORD_LETTERS and word.isascii() and word.isalpha()
    return is_long and word.islower() and word not in _NEVER_CAPITAL


def _is_wrongly_large(text: str, found: re.Match[str]) -> bool:
    """Tell whether a word is a small one in capitals, neither first nor last in a part of the title."""
    word = found[0]
    if word.lower() not in _SMALL_WORDS or not word[0].isupper() or (word.isupper() and word != "A"):
        return False
    before, after = text[: found.start()].rstrip(), text[found.end() :].lstrip()
    if not before or not after or not before[-1].isalnum() or not after[0].isalnum():
        return before.endswith(",") and bool(after) and after[0].isalnum()
    return not (word == "A" and before.split()[-1].lower() in _LETTER_NOUNS)


def _write_number(number: str) -> str:
    return str(_NUMBERS.index(number.lower()) + 1) if number.lower() in _NUMBERS else number.upper()


RULES = (has_usual_case, has_small_words_small, has_usual_numbering)
