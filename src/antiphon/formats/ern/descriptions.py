"""What describes recordings and releases alike: names, genres, copyright lines, advisories."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import first_text, group_children, parse_integer, trimmed_text, unique_values
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.sections import Section, elements_named, read_scoped
from antiphon.formats.ern.values import Values
from antiphon.model.claims import CopyrightLine, Credit, Genre, Role, Scope, ScopedText


def read_credits(
    sections: Sequence[Section], tags: Sequence[str], parties: PartyBook, values: Values
) -> tuple[Credit, ...]:
    """Return the credits of these names, by section, then name, then message order."""
    credits_found: list[Credit] = []
    for section in sections:
        for tag in tags:
            if tag in section.children:
                credits_found += parties.read_credits(section.children[tag], section.scope, values)
    return tuple(credits_found)


def read_texts(sections: Sequence[Section], tag: str, kind_attribute: str, values: Values) -> tuple[ScopedText, ...]:
    """Return plain texts of one name (artist names, labels) with the kind an attribute gives them."""

    def read_text(element: Element, section: Scope) -> ScopedText:
        kind = (element.get(kind_attribute) or "").strip() if kind_attribute else ""
        return ScopedText(value=trimmed_text(element), kind=kind, scope=values.scope(element, section))

    return tuple(text for text in read_scoped(sections, (tag,), read_text) if text.value)


def read_genres(sections: Sequence[Section], values: Values) -> tuple[Genre, ...]:
    """Return the genres; 4.1 and 3.x call the element Genre, later versions DisplayGenre."""

    def read_genre(element: Element, section: Scope) -> Genre:
        parts = group_children(element)
        text = first_text(parts, "GenreText") or trimmed_text(element)
        return Genre(text=text, sub_genre=first_text(parts, "SubGenre"), scope=values.scope(element, section))

    return tuple(genre for genre in read_scoped(sections, ("DisplayGenre", "Genre"), read_genre) if genre.text)


def read_copyright_lines(sections: Sequence[Section], tag: str, values: Values) -> tuple[CopyrightLine, ...]:
    """Return the P lines or C lines (``tag``: "PLine" or "CLine")."""

    def read_line(element: Element, section: Scope) -> CopyrightLine:
        parts = group_children(element)
        return CopyrightLine(
            text=first_text(parts, f"{tag}Text"),
            year=parse_integer(first_text(parts, "Year")),
            company=first_text(parts, f"{tag}Company"),
            scope=values.scope(element, section),
        )

    return unique_values(read_scoped(sections, (tag,), read_line))


def read_advisories(sections: Sequence[Section], values: Values) -> tuple[Role, ...]:
    """Return the parental warnings, each once."""
    roles = (values.role(element) for element in elements_named(sections, "ParentalWarningType"))
    return unique_values(role for role in roles if role.value)
