"""What describes recordings and releases alike: genres, copyright lines, advisories, relations, types."""

from collections.abc import Sequence

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import parse_integer, source_line, take_attribute, trimmed_text, unique_values
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.reading import Content, Reading, only_child
from antiphon.formats.ern.sections import Section, read_scoped
from antiphon.formats.ern.titles import read_titles
from antiphon.model.claims import Advisory, CopyrightLine, Genre, Relation, Role, Scope, ScopedText

_USER_DEFINED = "UserDefined"
_RELATION_TYPES = ("ReleaseRelationshipType", "ResourceRelationshipType")
_RELATED_DATES = ("ReleaseDate", "OriginalReleaseDate")


def read_texts(sections: Sequence[Section], tag: str, kind_attribute: str, reading: Reading) -> tuple[ScopedText, ...]:
    """Return plain texts of one name (artist names, labels) with the kind an attribute gives them."""

    def read_text(element: Element, section: Scope) -> ScopedText:
        if not kind_attribute:
            return reading.text(element, section)
        kind, namespace = _take_kind(element, kind_attribute)
        value = trimmed_text(element)
        return ScopedText(value=value, kind=kind, kind_namespace=namespace, scope=reading.scope(element, section))

    return tuple(text for text in read_scoped(sections, (tag,), read_text) if text.value)


def read_labels(sections: Sequence[Section], parties: PartyBook, reading: Reading) -> tuple[ScopedText, ...]:
    """Return the labels: names in ERN 3, references to parties in ERN 4. One that leads nowhere is left unread."""

    labels = list(read_texts(sections, "LabelName", "LabelNameType", reading))
    for section in sections:
        for element in section.children.take("ReleaseLabelReference"):
            name = parties.find_party(trimmed_text(element)).name
            if name:
                kind, namespace = _take_kind(element, "LabelType")
                scope = reading.scope(element, section.scope)
                labels.append(ScopedText(value=name, kind=kind, kind_namespace=namespace, scope=scope))
            else:
                section.children.setdefault("ReleaseLabelReference", []).append(element)
    return tuple(labels)


def _take_kind(element: Element, attribute: str) -> tuple[str, str]:
    """Take the kind of a label, and who defined it where that is the sender."""
    kind = take_attribute(element, attribute)
    if kind == _USER_DEFINED and element.get("UserDefinedValue") and element.get("Namespace"):
        return take_attribute(element, "UserDefinedValue"), take_attribute(element, "Namespace")
    return kind, ""


def read_genres(sections: Sequence[Section], reading: Reading) -> tuple[Genre, ...]:
    """Return the genres; 4.1 and 3.x call the element Genre, later versions DisplayGenre."""

    def read_genre(element: Element, section: Scope) -> Genre:
        only = only_child(element, "GenreText")
        if only is not None:
            return Genre(text=trimmed_text(only), scope=reading.scope(element, section))
        parts = reading.open(element)
        text = parts.take_text("GenreText") or trimmed_text(element)
        return Genre(text=text, sub_genre=parts.take_text("SubGenre"), scope=reading.scope(element, section))

    return tuple(genre for genre in read_scoped(sections, ("DisplayGenre", "Genre"), read_genre) if genre.text)


def read_copyright_lines(sections: Sequence[Section], tag: str, reading: Reading) -> tuple[CopyrightLine, ...]:
    """Return the P lines or C lines (``tag``: "PLine" or "CLine")."""

    def read_line(element: Element, section: Scope) -> CopyrightLine:
        parts = reading.open(element)
        year = parse_integer(next(iter(parts.get("Year", ())), element).text)
        if year is not None:
            parts.take_text("Year")
        return CopyrightLine(
            text=parts.take_text(f"{tag}Text"),
            year=year,
            company=parts.take_text(f"{tag}Company"),
            scope=reading.scope(element, section),
        )

    return unique_values(read_scoped(sections, (tag,), read_line))


def read_advisories(sections: Sequence[Section], reading: Reading) -> tuple[tuple[Role, ...], tuple[Advisory, ...]]:
    """Return the parental warnings, each once, and all warnings and ratings with their scopes.

    The second is empty where it says no more than the first.
    """

    def read_warning(element: Element, section: Scope) -> Advisory:
        if not element.attrib:
            return Advisory(role=reading.role(element), scope=section)
        user_value = take_attribute(element, "TypeUserDefinedValue")
        namespace = take_attribute(element, "TypeNamespace")
        reason = take_attribute(element, "ParentalWarningStandard")
        role = reading.role(element)
        if user_value or namespace:
            role = Role(value=role.value, user_value=user_value, namespace=namespace)
        return Advisory(role=role, reason=reason, scope=reading.scope(element, section))

    if not any("ParentalWarningType" in content or "AvRating" in content for _, content, _ in sections):
        return (), ()
    warnings = [one for one in read_scoped(sections, ("ParentalWarningType",), read_warning) if one.role.value]
    ratings = _read_ratings(sections, reading)
    roles = unique_values(advisory.role for advisory in warnings)
    is_plain = not ratings and [Advisory(role=role) for role in roles] == warnings
    return roles, () if is_plain else (*warnings, *ratings)


def _read_ratings(sections: Sequence[Section], reading: Reading) -> list[Advisory]:
    """Return the ratings of agencies: {Rating, Agency, Reason} in ERN 4, {RatingText, RatingAgency} in ERN 3."""

    def read_rating(element: Element, section: Scope) -> Advisory:
        parts = reading.open(element)
        return Advisory(
            role=Role(value=parts.take_text("Rating", "RatingText")),
            agency=parts.take_text("Agency", "RatingAgency"),
            reason=parts.take_text("Reason"),
            scope=reading.scope(element, section),
        )

    return [rating for rating in read_scoped(sections, ("AvRating",), read_rating) if rating.role.value]


def read_relations(sections: Sequence[Section], parties: PartyBook, reading: Reading) -> tuple[Relation, ...]:
    """Return the related releases, then the related resources."""

    def read_relation(element: Element, section: Scope) -> Relation:
        content = reading.open(element)
        role = next(iter(reading.roles(content, *_RELATION_TYPES)), Role(value=""))
        own = Section(section, content)
        inner = [own, *(Section(*_open_block(block, reading)) for block in content.take(_SUMMARY))]
        dates = [reading.event(date, section) for date in content.take(*_RELATED_DATES)]
        timing_element = content.take_first("Timing")
        timing = Content() if timing_element is None else reading.open(timing_element)
        return Relation(
            role=role,
            is_release=element.tag == "RelatedRelease",
            ids=read_ids(content.take("ReleaseId", "ResourceId")),
            reference=content.take_text("ResourceRelatedResourceReference"),
            titles=read_titles(inner, reading),
            display_artist_names=read_texts(inner, "DisplayArtistName", "", reading),
            labels=read_labels(inner, parties, reading),
            dates=tuple(date for date in dates if date is not None),
            start=timing.take_text("StartPoint"),
            end=timing.take_text("EndPoint"),
            duration_text=timing.take_text("DurationUsed", "Duration"),
            scope=reading.scope(element, section),
            line=source_line(element),
        )

    return read_scoped(sections, ("RelatedRelease", "RelatedResource"), read_relation)


_SUMMARY = "ReleaseSummaryDetailsByTerritory"


def _open_block(block: Element, reading: Reading) -> tuple[Scope, Content]:
    content = reading.open(block)
    return reading.block_scope(content), content
