"""Texts as they are shown: of several for several territories and languages, the one for everybody else."""

import re
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from antiphon.catalogue.choices import Chosen
from antiphon.model.claims import DeliveredId, IdScheme, Scope, ScopedText
from antiphon.model.entities import AlbumCopyright
from antiphon.model.identifiers import InvalidIdentifier
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


def choose_title(titles: tuple[ScopedText, ...]) -> Chosen[str]:
    """Return a title with its version in brackets behind it; empty: there is none.

    The first title is on display; others of its kind are the same for other territories and languages.
    """
    title = choose_default(title for title in titles if title.kind == titles[0].kind)
    if title is None:
        return Chosen("")
    is_repeated = title.subtitle.casefold() in title.value.casefold()
    return Chosen(title.value if is_repeated else f"{title.value} ({title.subtitle})", (title,))


def choose_label(labels: Iterable[ScopedText]) -> Chosen[str]:
    """Return the label on display; empty: none is named."""
    label = choose_default(labels)
    return Chosen(label.value, (label,)) if label is not None else Chosen("")


def choose_id(ids: Iterable[DeliveredId], scheme: IdScheme, parse: Callable[[str], str]) -> Chosen[str]:
    """Return the first id of a scheme that can be read and is no old one, in its normal form; empty: there is none."""
    for delivered in ids:
        if delivered.scheme is scheme and not delivered.is_replaced:
            try:
                return Chosen(parse(delivered.text.strip()), (delivered,))
            except InvalidIdentifier:
                continue
    return Chosen("")


def choose_copyrights(release: Release) -> Chosen[tuple[AlbumCopyright, ...]]:
    """Return the C and P lines of a release as written, C first, each text once."""
    lines = [("C", line) for line in release.c_lines] + [("P", line) for line in release.p_lines]
    texts = dict.fromkeys((kind, line.text or f"{line.year or ''} {line.company}".strip()) for kind, line in lines)
    shown = tuple(AlbumCopyright(type=kind, text=text) for kind, text in texts if text)
    return Chosen(shown, tuple(line for _, line in lines))


def choose_genres(release: Release) -> Chosen[tuple[str, ...]]:
    """Return genres, each followed by its sub-genre, as written and each once."""
    texts = (text for genre in release.genres for text in (genre.text, genre.sub_genre))
    return Chosen(tuple(dict.fromkeys(text for text in texts if text)), release.genres)


def date_text(moment: Moment | None) -> str:
    """Return the date of a moment with the precision it was given in; empty: there is none that can be read."""
    found = _DATE.match(moment.text) if moment is not None else None
    return found[0] if found else ""


def _is_everywhere(scope: Scope) -> bool:
    return not scope.excluded and scope.territories in ((), ("Worldwide",))
