"""Markup both writers use: elements with text, ids, roles, texts, and numbers in the forms ERN gives them."""

from collections.abc import Iterable

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.model.claims import CopyrightLine, DeliveredId, Genre, IdScheme, Measure, Role, ScopedText
from antiphon.model.periods import Moment, MomentKind, ValidityPeriod

Attributes = dict[str, str]

ID_TAGS = {
    IdScheme.GRID: "GRid",
    IdScheme.ISRC: "ISRC",
    IdScheme.ISWC: "ISWC",
    IdScheme.ICPN: "ICPN",
    IdScheme.ISNI: "ISNI",
    IdScheme.DPID: "DPID",
    IdScheme.IPI: "IpiNameNumber",
    IdScheme.CATALOG_NUMBER: "CatalogNumber",
    IdScheme.PROPRIETARY: "ProprietaryId",
}
"""Elements of identifiers, in the order in which schemas want them."""

_ID_ORDER = list(ID_TAGS)


def add_element(parent: Element, tag: str, attributes: Attributes | None = None) -> Element:
    """Append an empty element and return it."""
    return etree.SubElement(parent, tag, attributes or {})


def add_text(parent: Element, tag: str, text: object, attributes: Attributes | None = None) -> None:
    """Append an element with a text; nothing where there is no text to write (None or empty)."""
    if text is not None and text != "":
        add_element(parent, tag, attributes).text = str(text)


def add_texts(parent: Element, tag: str, texts: Iterable[str], attributes: Attributes | None = None) -> None:
    """Append an element per text."""
    for text in texts:
        add_text(parent, tag, text, attributes)


def add_flag(parent: Element, tag: str, flag: bool | None) -> None:  # noqa: FBT001 - the value to write
    """Append a truth value; nothing for None."""
    if flag is not None:
        add_text(parent, tag, "true" if flag else "false")


def add_moment(parent: Element, tag: str, moment: Moment | None) -> None:
    """Append a date or time as it was written. For bounds of periods see ``add_bound``."""
    if moment is not None:
        add_text(parent, tag, moment.text)


def add_bound(parent: Element, tag: str, moment: Moment | None) -> None:
    """Append a bound of a period: StartDate, or StartDateTime where it has a time."""
    if moment is not None:
        add_text(parent, tag if moment.kind is MomentKind.DATE else f"{tag}Time", moment.text)


def add_ids(parent: Element, tag: str, ids: Iterable[DeliveredId]) -> None:
    """Append the ids in containers of this name: one, as long as they come in the order schemas want.

    Replaced ids have containers of their own.
    """
    container: Element | None = None
    last_rank = -1
    for delivered in ids:
        if delivered.is_replaced:
            _add_id(add_element(parent, tag, {"IsReplaced": "true"}), delivered)
            container = None
            continue
        rank = _ID_ORDER.index(delivered.scheme)
        is_repeatable = delivered.scheme is IdScheme.PROPRIETARY
        if container is None or rank < last_rank or (rank == last_rank and not is_repeatable):
            container = add_element(parent, tag)
        _add_id(container, delivered)
        last_rank = rank


def add_role(parent: Element, tag: str, role: Role, attributes: Attributes | None = None) -> None:
    """Append a role or any other allowed value, with what the sender defined where it is user-defined."""
    defined = {"Namespace": role.namespace, "UserDefinedValue": role.user_value}
    given = {name: text for name, text in defined.items() if text}
    add_text(parent, tag, role.value, {**(attributes or {}), **given})


def add_title(parent: Element, tag: str, title: ScopedText, attributes: Attributes | None = None) -> None:
    """Append a title with its subtitle."""
    element = add_element(parent, tag, attributes)
    add_text(element, "TitleText", title.value)
    add_text(element, "SubTitle", title.subtitle)


def add_copyright_line(parent: Element, tag: str, line: CopyrightLine, attributes: Attributes | None = None) -> None:
    """Append a P line or C line (``tag``: "PLine" or "CLine")."""
    element = add_element(parent, tag, attributes)
    add_text(element, "Year", line.year)
    add_text(element, f"{tag}Company", line.company)
    add_text(element, f"{tag}Text", line.text)


def add_genre(parent: Element, tag: str, genre: Genre, attributes: Attributes | None = None) -> None:
    """Append a genre with its sub-genre."""
    element = add_element(parent, tag, attributes)
    add_text(element, "GenreText", genre.text)
    add_text(element, "SubGenre", genre.sub_genre)


def add_period(parent: Element, tag: str, period: ValidityPeriod | None) -> None:
    """Append a period with its bounds; nothing for None."""
    if period is not None:
        element = add_element(parent, tag)
        add_bound(element, "StartDate", period.start)
        add_bound(element, "EndDate", period.end)


def add_measures(parent: Element, measures: Iterable[Measure], names: Iterable[str]) -> None:
    """Append technical details as they were written, those of these names in the order of the names."""
    listed = list(measures)
    for name in names:
        for measure in listed:
            if measure.name == name:
                add_text(parent, name, measure.text, {"UnitOfMeasure": measure.unit} if measure.unit else {})


def add_measure(parent: Element, tag: str, number: float | None, unit: str) -> None:
    """Append a number with its unit; nothing for None."""
    if number is not None:
        add_text(parent, tag, format_number(number), {"UnitOfMeasure": unit})


def format_number(number: float) -> str:
    """Return a number without an exponent and without zeros at its end."""
    return f"{number:.6f}".rstrip("0").rstrip(".")


def language_attributes(language: str) -> Attributes:
    """Return the attribute that tells a text's language, if any."""
    return {"LanguageAndScriptCode": language} if language else {}


def given(**attributes: str) -> Attributes:
    """Return the attributes that have a text."""
    return {name: text for name, text in attributes.items() if text}


def kind_attributes(attribute: str, text: ScopedText) -> Attributes:
    """Return what tells the kind of a label: a word of the standard, or the sender's own."""
    if text.kind_namespace:
        return {attribute: "UserDefined", "UserDefinedValue": text.kind, "Namespace": text.kind_namespace}
    return given(**{attribute: text.kind})


def _add_id(container: Element, delivered: DeliveredId) -> None:
    attributes = {"Namespace": delivered.namespace} if delivered.namespace else {}
    add_text(container, ID_TAGS[delivered.scheme], delivered.text, attributes)
