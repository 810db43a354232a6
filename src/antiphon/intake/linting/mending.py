"""What is safe to rewrite in a message: another spelling of the very same thing, and nothing that takes a judgement.

An identifier in its normal form, a territory by its assigned code, one space where a title or name has several. Edits
replace the characters of one value; whatever stands around it keeps its bytes.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from antiphon.intake.linting.markup import Element, Markup
from antiphon.intake.linting.source import Edit
from antiphon.model.identifiers import InvalidIdentifier, parse_grid, parse_icpn, parse_isrc, parse_iswc

IDENTIFIERS: dict[str, Callable[[str], str]] = {
    "ISRC": parse_isrc,
    "ICPN": parse_icpn,
    "GRid": parse_grid,
    "ISWC": parse_iswc,
}
"""Elements that hold an identifier, and what gives its normal form."""

TERRITORY_ELEMENTS = frozenset({"TerritoryCode", "ExcludedTerritoryCode"})

RENAMED_TERRITORIES = {"UK": "GB", "BU": "MM", "TP": "TL", "ZR": "CD"}
"""Codes with one successor of the very same extent: UK is reserved for GB, the others were renamed. Source: ISO 3166-1,
3166-3. Others of the model's successors are left alone: the whole of Germany is more than DD was."""

TEXT_ELEMENTS = frozenset(
    {
        "TitleText",
        "SubTitle",
        "DisplayTitleText",
        "FullName",
        "DisplayArtistName",
        "LabelName",
        "KeyName",
        "TradingName",
    }
)
"""Elements of one line of text that is shown to people: titles and names."""

_SPACES = re.compile(r"[ \t\r\n]+")
"""White space that XML calls so. A no-break space is a character its writer chose."""


class Repair(NamedTuple):
    """One safe edit. ``kind`` groups those that stand or fall together."""

    kind: str
    edit: Edit


def list_repairs(markup: Markup) -> tuple[Repair, ...]:
    """Return what may be rewritten in a message, in the order of its text."""
    found: list[Repair] = []
    for element in markup.walk():
        if not element.children and element.closing > element.opened:
            found += _mend_text(element, markup)
        elif element.children:
            found += _mend_territories(element, markup)
    return tuple(sorted(found, key=lambda repair: repair.edit))


def _mend_text(element: Element, markup: Markup) -> Iterator[Repair]:
    if element.name in TEXT_ELEMENTS:
        whole = markup.text[element.opened : element.closing]
        # Comments and CDATA in a text are rare, and whoever wrote them meant the characters.
        if "<" not in whole and (mended := _SPACES.sub(" ", whole).strip(" ")) != whole and mended:
            yield Repair("white space", Edit(element.opened, element.closing, mended))
    elif element.name in IDENTIFIERS:
        core = markup.core(element)
        text = markup.text[core.start : core.end]
        try:
            normal = IDENTIFIERS[element.name](text)
        except InvalidIdentifier:
            return
        if normal != text and "&" not in text and "<" not in text:
            yield Repair(element.name, Edit(core.start, core.end, normal))


def _mend_territories(parent: Element, markup: Markup) -> Iterator[Repair]:
    """Yield new codes for the territories of one list, unless the new one stands there already."""
    spans = [
        (child.name, markup.core(child))
        for child in parent.children
        if child.name in TERRITORY_ELEMENTS and not _is_numbered(child, markup)
    ]
    codes = {(name, markup.text[span.start : span.end]) for name, span in spans}
    for name, span in spans:
        successor = RENAMED_TERRITORIES.get(markup.text[span.start : span.end])
        if successor and (name, successor) not in codes:
            yield Repair("territories", Edit(span.start, span.end, successor))


def _is_numbered(element: Element, markup: Markup) -> bool:
    return any(
        name == "IdentifierType" and markup.text[span.start : span.end] == "TIS"
        for name, span in markup.attributes(element)
    )
