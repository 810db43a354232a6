"""Examples of the rules about what any message must have (M)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from antiphon.rules.example import Edit, Example, given
from antiphon.rules.examples.passages import display_artist, title_and_artist

_MAIN_TITLE = """\
      <DisplayTitleText LanguageAndScriptCode="en">A Long Tide</DisplayTitleText>
      <DisplayTitle LanguageAndScriptCode="en">
        <TitleText>A Long Tide</TitleText>
      </DisplayTitle>
"""
_FIRST_ARTIST, _SECOND_ARTIST = title_and_artist("Harbour Light"), title_and_artist("Slack Water")
_GUEST = display_artist(2, "PAino", ">FeaturedArtist")
_MAIN = "<ReleaseReference>R0</ReleaseReference>"
_SECOND_MAIN = Edit(
    "    <TrackRelease>\n      <ReleaseReference>R1",
    '    <TrackRelease IsMainRelease="true">\n      <ReleaseReference>R1',
)
_CREATED = "<MessageCreatedDateTime>2026-01-14T09:30:00Z</MessageCreatedDateTime>"
_PIANIST = "<Role><Value>Pianist</Value></Role>"
_DATES = """\
      <ReleaseDate>2026-03-06</ReleaseDate>
      <OriginalReleaseDate>2026-03-06</OriginalReleaseDate>
"""
_THIRD_PLACE = """\
        <ResourceGroupContentItem>
          <SequenceNumber>3</SequenceNumber>
          <ReleaseResourceReference>A3</ReleaseResourceReference>
        </ResourceGroupContentItem>
"""
_THIRD_TRACK_RELEASE = """\
      <DisplayTitleText LanguageAndScriptCode="en">The Causeway at Noon</DisplayTitleText>
      <ReleaseResourceReference>A3</ReleaseResourceReference>
"""

EXAMPLES: Mapping[str, Example] = {
    "M1": Example(
        fails=(
            Edit(f"    <Release>\n      {_MAIN}", f'    <Release IsMainRelease="true">\n      {_MAIN}'),
            _SECOND_MAIN,
        ),
        passes=(Edit(f"    <Release>\n      {_MAIN}", f'    <Release IsMainRelease="true">\n      {_MAIN}'),),
    ),
    "M3": Example(
        fails=(Edit(_MAIN_TITLE, ""),),
        passes=(Edit(_MAIN_TITLE, "      <DisplayTitleText>A Long Tide</DisplayTitleText>\n"),),
    ),
    "M4": Example(
        fails=(Edit(_FIRST_ARTIST, _FIRST_ARTIST[: _FIRST_ARTIST.index("      <DisplayArtistName>")]),),
        passes=(
            Edit(
                _FIRST_ARTIST,
                _FIRST_ARTIST.replace("<DisplayArtistName>", '<DisplayArtistName ApplicableTerritoryCode="Worldwide">'),
            ),
        ),
    ),
    "M5": Example(
        fails=(Edit("<Duration>PT11M20S</Duration>", "<Duration>11:20</Duration>"),),
        passes=(Edit("<Duration>PT11M20S</Duration>", "<Duration>PT0H11M20S</Duration>"),),
    ),
    "M6": Example(
        fails=(Edit(_CREATED, _CREATED.replace("2026-01-14", "2026-11-14")),),
        fails_given=given("it is checked at noon of 2026-01-15", now=datetime(2026, 1, 15, 12, tzinfo=UTC)),
        passes=(Edit(_CREATED, _CREATED.replace("2026-01-14T09:30:00Z", "2026-01-15T20:30:00+09:00")),),
    ),
    "M7": Example(
        fails=(Edit("<Type>FrontCoverImage</Type>", "<Type>BackCoverImage</Type>"), Edit("CoverArt", "BackCover")),
        passes=(Edit(' LinkDescription="CoverArt"', ""),),
    ),
    "M8": Example(
        fails=(Edit(_THIRD_PLACE, ""), Edit(_THIRD_TRACK_RELEASE, _THIRD_TRACK_RELEASE.replace("A3", "A2"))),
        passes=(Edit(_THIRD_PLACE, ""),),
    ),
    "M11": Example(
        fails=(Edit(_THIRD_TRACK_RELEASE, _THIRD_TRACK_RELEASE.replace("A3", "A2")),),
    ),
    "M12": Example(
        fails=(Edit(_PIANIST, _PIANIST.replace("<Value>Pianist", "<Value>UserDefined")),),
        passes=(
            Edit(
                _PIANIST,
                _PIANIST.replace(
                    "<Value>Pianist",
                    '<Value UserDefinedValue="Tape loops" Namespace="PADPIDA2014120301Q">UserDefined',
                ),
            ),
        ),
    ),
    "M13": Example(
        fails=(Edit(_DATES, ""),),
        passes=(Edit(_DATES, "      <OriginalReleaseDate>1979</OriginalReleaseDate>\n"),),
    ),
    "M14": Example(
        fails=(Edit(_SECOND_ARTIST, _SECOND_ARTIST + _GUEST.replace(' SequenceNumber="2"', "")),),
        passes=(Edit(_SECOND_ARTIST, _SECOND_ARTIST + _GUEST),),
    ),
}
