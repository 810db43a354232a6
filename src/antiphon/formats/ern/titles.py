"""Titles: the one on display first, the others with the kind their sender gave them."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import take_attribute, trimmed_text
from antiphon.formats.ern.reading import Reading, only_child
from antiphon.formats.ern.sections import Section, read_scoped
from antiphon.model.claims import Scope, ScopedText

_TITLES = (
    "DisplayTitle",
    "Title",
    "DisplayTitleText",
    "ReferenceTitle",
    "FormalTitle",
    "GroupingTitle",
    "AdditionalTitle",
)
_KINDS = {"DisplayTitle": "", "Title": ""}
_ORDER = {"": 0, "DisplayTitleText": 1, "ReferenceTitle": 2}
_REPEATING_KINDS = frozenset({"DisplayTitleText", "ReferenceTitle"})


def read_titles(sections: Sequence[Section], reading: Reading) -> tuple[ScopedText, ...]:
    """Return the titles, display titles (without a kind) first and the default one first among them.

    DisplayTitleText and ReferenceTitle are left out where they only repeat a display title.
    """

    def read_title(element: Element, section: Scope) -> ScopedText | None:
        return _read_title(element, reading.scope(element, section), reading)

    titles = [title for title in read_scoped(sections, _TITLES, read_title) if title is not None]
    if len(titles) < 2:
        return tuple(titles)
    shown = {form for title in titles if not title.kind for form in (title.value, full_title(title))}
    kept = [title for title in titles if title.kind not in _REPEATING_KINDS or full_title(title) not in shown]
    kept.sort(key=lambda title: (_ORDER.get(title.kind, 3), not title.scope.is_default))
    return tuple(kept)


def full_title(title: ScopedText) -> str:
    """Return a title as one text: the subtitle in brackets behind it, as DisplayTitleText has it."""
    return f"{title.value} ({title.subtitle})" if title.subtitle else title.value


def _read_title(element: Element, scope: Scope, reading: Reading) -> ScopedText | None:
    value, subtitle = trimmed_text(element), ""
    only = only_child(element, "TitleText")
    if only is not None:
        value = trimmed_text(only)
    elif len(element):
        parts = reading.open(element)
        value = parts.take_text("TitleText") or value
        if parts:
            subtitle = ", ".join(parts.take_texts("SubTitle"))
    if not value:
        return None
    kind = take_attribute(element, "TitleType") or _KINDS.get(element.tag, element.tag)
    return ScopedText(value=value, subtitle=subtitle, kind="" if kind == "DisplayTitle" else kind, scope=scope)
