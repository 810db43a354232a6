"""Examples of the rules about titles and versions (T)."""

from collections.abc import Mapping

from antiphon.rules.example import Edit, Example

_TITLE_OF_TRACK = """\
Harbour Light</DisplayTitleText>
      <DisplayTitle LanguageAndScriptCode="en">
        <TitleText>Harbour Light</TitleText>
"""
_TITLE_OF_RELEASE = _TITLE_OF_TRACK.replace("Harbour Light", "A Long Tide")


def _write_title(title: str, version: str = "") -> str:
    """Return a title in both of its elements, with the version in its own."""
    shown = f"{title} ({version})" if version else title
    subtitle = f"        <SubTitle>{version}</SubTitle>\n" if version else ""
    return f"""\
{shown}</DisplayTitleText>
      <DisplayTitle LanguageAndScriptCode="en">
        <TitleText>{title}</TitleText>
{subtitle}"""


def _track(title: str, version: str = "") -> tuple[Edit, ...]:
    return (Edit(_TITLE_OF_TRACK, _write_title(title, version)),)


def _release(title: str, version: str = "") -> tuple[Edit, ...]:
    return (Edit(_TITLE_OF_RELEASE, _write_title(title, version)),)


_ONLY_FIRST_TRACK = tuple(
    Edit(
        f"""\
        <ResourceGroupContentItem>
          <SequenceNumber>{number}</SequenceNumber>
          <ReleaseResourceReference>A{number}</ReleaseResourceReference>
        </ResourceGroupContentItem>
""",
        "",
    )
    for number in (2, 3)
)
_SLACK_WATER = Edit("<TitleText>Slack Water</TitleText>", "<TitleText>Harbour Light</TitleText>")

EXAMPLES: Mapping[str, Example] = {
    "T1": Example(fails=_track("HARBOUR LIGHT"), passes=_track("HUMBLE.")),
    "T2": Example(fails=_track("Light At the Harbour"), passes=_track("What Are You Waiting For")),
    "T3": Example(fails=_release("Tides, Volume Two"), passes=_release("Tides, Vol. 2")),
    "T4": Example(fails=_track("Harbour Light (Radio Edit)"), passes=_track("Harbour Light", "Radio Edit")),
    "T5": Example(fails=_track("Harbour Light", "Original Mix"), passes=_track("Harbour Light", "Club Mix")),
    "T6": Example(fails=_track("Harbour Light (feat. Marta Brandt)"), passes=_track("Harbour Light (For Marta)")),
    "T7": Example(
        fails=_ONLY_FIRST_TRACK,
        passes=(*_ONLY_FIRST_TRACK, *_release("Harbour Light")),
    ),
    "T8": Example(
        fails=(_SLACK_WATER,),
        passes=(Edit(_SLACK_WATER.old, f"{_SLACK_WATER.new}\n        <SubTitle>Instrumental</SubTitle>"),),
    ),
    "T9": Example(fails=_track("Track 01"), passes=_track("Tracks of My Tears")),
    "T10": Example(fails=_track("Harbour Light (Official Video)"), passes=_track("Official")),
    "T11": Example(fails=_track("Harbour Light www.example.org"), passes=_track("Meet Me @ the Harbour")),
    "T12": Example(fails=_release("A Long Tide - Single"), passes=_release("All My Single Friends")),
    "T13": Example(fails=_track("Harbour Light", "Explicit"), passes=_track("M*A*S*H")),
    "T14": Example(
        fails=_release("A Long Tide: Live at the Harbour"),
        passes=(*_release("A Long Tide: Live at the Harbour"), *_track("Harbour Light", "Live")),
    ),
}
