"""Texts as they are shown: of several for several territories and languages, the one for everybody else."""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

from antiphon.model.claims import Scope, ScopedText
from antiphon.model.entities import AlbumCopyright
from antiphon.model.periods import Moment
from antiphon.model.releases import Release

_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


class _Scoped(Protocol):
    @property
    def scope(self) -> Scope: ...


S = TypeVar("S", bound=_Scoped)


def choose_default(values: Iterable[S]) -> S | None:
    """Return the value for where no other is meant: marked as default, else for everywhere, else the first."""
    given = list(values)
    default = next((value for value in given if value.scope.is_default), None)
    return default or next((value for value in given if _is_everywhere(value.scope)), given[0] if given else None)


def display_title(titles: tuple[ScopedText, ...]) -> str:
    """Return a title with its version in brackets behind it; empty: there is none.

    The first title is on display; others of its kind are the same for other territories and languages.
    """
    chosen = choose_default(title for title in titles if title.kind == titles[0].kind)
    if chosen is None:
        return ""
    is_repeated = chosen.subtitle.casefold() in chosen.value.casefold()
    return chosen.value if is_repeated else f"{chosen.value} ({chosen.subtitle})"


def list_copyrights(release: Release) -> tuple[AlbumCopyright, ...]:
    """Return the C and P lines of a release as written, C first, each text once."""
    lines = [("C", line) for line in release.c_lines] + [("P", line) for line in release.p_lines]
    texts = dict.fromkeys((kind, line.text or f"{line.year or ''} {line.company}".strip()) for kind, line in lines)
    return tuple(AlbumCopyright(type=kind, text=text) for kind, text in texts if text)


def list_genres(release: Release) -> tuple[str, ...]:
    """Return genres, each followed by its sub-genre, as written and each once."""
    texts = (text for genre in release.genres for text in (genre.text, genre.sub_genre))
    return tuple(dict.fromkeys(text for text in texts if text))


def date_text(moment: Moment | None) -> str:
    """Return the date of a moment with the precision it was given in; empty: there is none that can be read."""
    found = _DATE.match(moment.text) if moment is not None else None
    return found[0] if found else ""


def _is_everywhere(scope: Scope) -> bool:
    return not scope.excluded and scope.territories in ((), ("Worldwide",))
