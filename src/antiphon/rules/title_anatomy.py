"""Titles taken apart: what several rules about titles read in the same way."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.anatomy import shown_title

TITLE_LENGTH_READ = 1_000
"""Characters of a title that are searched for words. Real titles stay under 300; patterns may take the square of it."""

ENGLISH = "en"

_BRACKETED = re.compile(r"[(\[（【]([^()\[\]（）【】]*)[)\]）】]")
_AFTER_DASH = re.compile(r"\s[-–—]\s+([^-–—()\[\]]{2,60})$")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?")
_UNSPOKEN = frozenset({"zxx", "und", "mul", "mis"})
"""Codes that name no language. Source: ISO 639-2."""

_KIND = (
    r"re-?mix(?:ed)?|mix|edit|version|ver\.|re-?master(?:ed)?|acoustic|instrumental|unplugged|demo|karaoke"
    r"|a ?cappella|acapella|dub|rework|re-?record(?:ed|ing)|radio ?cut|bonus track|extended|orchestral"
)
_VERSION = re.compile(rf"(?:^|\s)(?:{_KIND})(?:\s+(?:\d+|version|edit|mix|by\s.+))?$", re.I)
_LIVE = re.compile(r"^live(?:$|\s(?:at|in|from|on|version|session|sessions|recording|\d{4})\b)|\slive$", re.I)
_KIND_WORD = re.compile(rf"\b(?:{_KIND}|live)\b", re.I)
_NO_LETTER_OR_DIGIT = re.compile(r"[\W_]+")


class ShownTitle(NamedTuple):
    """The title of the main release or of a track. ``version`` is what its own field holds; texts are cut to be read.

    ``language`` is a code of two or three lower-case letters; empty: nobody can tell.
    """

    titled: Release | Resource
    text: str
    version: str
    language: str

    @property
    def shown(self) -> str:
        """The title as listeners see it: its version in brackets."""
        return f"{self.text} ({self.version})" if self.version else self.text

    @property
    def is_release(self) -> bool:
        """Tell whether it is the main release's."""
        return isinstance(self.titled, Release)


def shown_titles(parts: Iterable[Release | Resource], tracks: Iterable[Resource]) -> tuple[ShownTitle, ...]:
    """Return the titles of the main release and its tracks, in that order; those without a title are left out.

    The language of a title that names none is that of the words sung. The message's own says nothing: senders put "en"
    above whatever they sell.
    """
    sung = {_read_language(track.language) for track in tracks}
    common = sung.pop() if len(sung) == 1 else ""
    return tuple(_read_title(part, common) for part in parts if shown_title(part.titles))


def version_texts(title: ShownTitle) -> Iterator[str]:
    """Yield each text in which a title may name its version: its own field, brackets, what follows a dash."""
    if title.version:
        yield title.version.strip()
    yield from embedded_texts(title)


def embedded_texts(title: ShownTitle) -> Iterator[str]:
    """Yield what stands in brackets in a title, and what stands after its last dash."""
    for found in _BRACKETED.finditer(title.text):
        yield found[1].strip()
    after_dash = _AFTER_DASH.search(title.text)
    if after_dash:
        yield after_dash[1].strip()


def names_version(text: str) -> bool:
    """Tell whether a bracketed text is a version ("Radio Edit", "Live at Leeds") and not part of a title."""
    return _VERSION.search(text) is not None or is_live_version(text)


def is_live_version(text: str) -> bool:
    """Tell whether a version says that it was played before an audience."""
    return _LIVE.search(text) is not None


def version_kinds(title: str) -> frozenset[str]:
    """Return the kinds of version a shown title names anywhere, in lower case: "live", "remix", "instrumental"."""
    return frozenset(found[0].lower().replace("-", "") for found in _KIND_WORD.finditer(title[:TITLE_LENGTH_READ]))


def compared_title(title: str) -> str:
    """Return a title as two are compared: no case, width, accents, punctuation, nor anything in brackets."""
    bare = _BRACKETED.sub(" ", title[:TITLE_LENGTH_READ])
    return _make_plain(bare) or _make_plain(title[:TITLE_LENGTH_READ])


def compared_words(title: ShownTitle) -> str:
    """Return a shown title as two are compared that must be the same: case, width and kind of brackets are not seen."""
    plain = unicodedata.normalize("NFKC", title.shown).casefold()
    return " ".join(plain.replace("[", "(").replace("]", ")").split())


def compared_text(name: str) -> str:
    """Return a name or a whole title as two are compared: no case, width, accents or punctuation."""
    return _make_plain(name[:TITLE_LENGTH_READ])


def _read_title(titled: Release | Resource, common_language: str) -> ShownTitle:
    first = titled.titles[0]
    sung = _read_language(titled.language) if isinstance(titled, Resource) else common_language
    return ShownTitle(
        titled=titled,
        text=first.value[:TITLE_LENGTH_READ],
        version=first.subtitle[:TITLE_LENGTH_READ],
        language=_read_language(first.scope.language) or sung,
    )


def _read_language(language: str) -> str:
    found = _LANGUAGE.fullmatch(language)
    code = found[1].lower() if found else ""
    return "" if code in _UNSPOKEN else ENGLISH if code == "eng" else code


def _make_plain(text: str) -> str:
    if text.isascii():
        return _NO_LETTER_OR_DIGIT.sub("", text.casefold())
    plain = unicodedata.normalize("NFKD", text).casefold()
    return _NO_LETTER_OR_DIGIT.sub("", "".join(c for c in plain if not unicodedata.combining(c)))
