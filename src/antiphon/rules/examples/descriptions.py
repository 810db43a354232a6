"""Examples of the rules about advisories, languages, genres, rights lines and special content (L)."""

from collections.abc import Mapping

from antiphon.rules.example import Edit, Example

_TITLE = "<TitleText>Harbour Light</TitleText>"
_RELEASE_TITLE = "<TitleText>A Long Tide</TitleText>"
_NO_WORDS = "<LanguageOfPerformance>zxx</LanguageOfPerformance>"
_GENRE = "\n        <GenreText>Folk</GenreText>"
_C_LINE = """\
      <CLine>
        <Year>2026</Year>
        <CLineText>(C) 2026 Paper Lantern</CLineText>
      </CLine>
"""


def _version(text: str) -> Edit:
    """Return the edit that gives the first track a version."""
    return Edit(_TITLE, f"{_TITLE}<SubTitle>{text}</SubTitle>")


def _warn(value: str) -> Edit:
    """Return the edit that gives the first track a parental warning."""
    return Edit(
        "<Duration>PT11M20S</Duration>\n      <ParentalWarningType>NotExplicit</ParentalWarningType>",
        f"<Duration>PT11M20S</Duration>\n      <ParentalWarningType>{value}</ParentalWarningType>",
    )


EXAMPLES: Mapping[str, Example] = {
    "L1": Example(
        fails=(_version("Clean Version"), _warn("Explicit")),
        passes=(_version("Clean Version"), _warn("ExplicitContentEdited")),
    ),
    "L2": Example(
        fails=(Edit(_NO_WORDS, ""),),
        passes=(Edit(_NO_WORDS, "<LanguageOfPerformance>nl-BE</LanguageOfPerformance>"),),
    ),
    "L3": Example(
        fails=(Edit(_GENRE, "\n        <GenreText>Nordic Folktronica</GenreText>"),),
        passes=(Edit(_GENRE, f"{_GENRE}\n        <SubGenre>Nordic Folktronica</SubGenre>"),),
    ),
    "L4": Example(
        fails=(Edit(_C_LINE, ""),),
        passes=(Edit(_C_LINE, _C_LINE.replace("        <Year>2026</Year>\n", "")),),
    ),
    "L5": Example(
        fails=(_version("Originally Performed by Vera Solvang"),),
        passes=(_version("Karaoke Version Originally Performed by Vera Solvang"),),
    ),
    "L6": Example(
        fails=(Edit(_RELEASE_TITLE, "<TitleText>Vera Solvang Tribute</TitleText>"),),
        passes=(Edit(_RELEASE_TITLE, "<TitleText>A Long Tide: A Tribute to Vera Solvang</TitleText>"),),
    ),
    "L7": Example(
        fails=(_version("In the Style of Vera Solvang"),),
        passes=(_version("In Another Style"),),
    ),
    "L8": Example(
        fails=(Edit("<FullName>Marta Brandt</FullName>", "<FullName>Suno</FullName>"),),
        passes=(Edit(_NO_WORDS, f"{_NO_WORDS}\n      <ContainsAI>None</ContainsAI>"),),
    ),
}
