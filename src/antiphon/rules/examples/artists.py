"""Examples of the rules about artists and credits (R)."""

from collections.abc import Mapping

from antiphon.model.knowledge import KnownArtist
from antiphon.rules.example import Edit, Example, given
from antiphon.rules.examples.catalogue import ExampleCatalogue
from antiphon.rules.examples.passages import display_artist, title_and_artist

_BAND = "<FullName>The Tidemarks</FullName>"
_WRITER = "<FullName>Aino Lehtola</FullName>"

_FIRST_TRACK = title_and_artist("Harbour Light")
_RELEASE = title_and_artist("A Long Tide")

_WITH = ' Namespace="PADPIDA2014120301Q" UserDefinedValue="With">UserDefined'


def _party(reference: str, name: str) -> Edit:
    """Return the edit that adds a party."""
    return Edit(
        "  </PartyList>",
        f"""\
    <Party>
      <PartyReference>{reference}</PartyReference>
      <PartyName><FullName>{name}</FullName></PartyName>
    </Party>
  </PartyList>""",
    )


def _main_artists(*parties: str) -> str:
    return "".join(display_artist(sequence, party, ">MainArtist") for sequence, party in enumerate(parties, start=2))


def _catalogue(*known: KnownArtist) -> ExampleCatalogue:
    return ExampleCatalogue(artists={"The Tidemarks": known})


def _known(name: str, *, is_own: bool) -> KnownArtist:
    """Return an artist of twelve albums to which the ISNI of the message's band leads."""
    return KnownArtist(artist_id="a" * 22, name=name, matched_by="isni", is_own=is_own, album_count=12)


_VARIOUS = _party("PVarious", "Various Artists")
_FOURTH = _party("PReed", "Ines Reed")

EXAMPLES: Mapping[str, Example] = {
    "R1": Example(
        fails=(Edit(_BAND, "<FullName>The Tidemarks feat. Aino Lehtola</FullName>"),),
        passes=(Edit(_BAND, "<FullName>Lantern, Reed &amp; Tide</FullName>"),),
    ),
    "R2": Example(
        fails=(Edit(_BAND, "<FullName>The Tidemarks (acoustic guitar)</FullName>"),),
        passes=(Edit(_BAND, "<FullName>The Tidemarks 1979</FullName>"),),
    ),
    "R3": Example(
        fails=(_FOURTH, Edit(_RELEASE, _RELEASE + _main_artists("PAino", "PBrandt", "PReed"))),
        passes=(Edit(_RELEASE, _RELEASE + _main_artists("PAino", "PBrandt")),),
    ),
    "R4": Example(
        fails=(_VARIOUS, Edit(_FIRST_TRACK, _FIRST_TRACK.replace("PTidemarks", "PVarious"))),
        passes=(_VARIOUS, Edit(_RELEASE, _RELEASE.replace("PTidemarks", "PVarious"))),
    ),
    "R5": Example(
        fails=(Edit(_BAND, "<FullName>Deep Sleep Music</FullName>"),),
        passes=(Edit(_BAND, "<FullName>Sleepless Music</FullName>"),),
    ),
    "R6": Example(
        fails=(Edit(_BAND, "<FullName>Aino Lehtola &amp; Friends</FullName>"),),
        passes=(Edit(_BAND, "<FullName>The Friends of Tidemark</FullName>"),),
    ),
    "R7": Example(
        fails=(
            Edit(
                "        <Role><Value>Pianist</Value></Role>\n        <Role><Value>Producer</Value></Role>\n",
                "",
            ),
        ),
        passes=(
            Edit(
                "<Role><Value>Pianist</Value></Role>",
                '<Role><Value Namespace="PADPIDA2014120301Q" UserDefinedValue="Harmonium">UserDefined</Value></Role>',
            ),
        ),
    ),
    "R8": Example(
        fails=(
            Edit(
                _FIRST_TRACK,
                _FIRST_TRACK + display_artist(2, "PAino", ">FeaturedArtist") + display_artist(3, "PAino", _WITH),
            ),
        ),
        passes=(
            Edit(
                _FIRST_TRACK,
                _FIRST_TRACK + display_artist(2, "PAino", ">FeaturedArtist") + display_artist(3, "PBrandt", _WITH),
            ),
        ),
    ),
    "R9": Example(
        fails=(
            Edit(
                "<Role><Value>Composer</Value></Role>\n      </Contributor>",
                "<Role><Value>MusicPublisher</Value></Role>\n      </Contributor>",
            ),
        ),
        passes=(
            Edit(
                "<Role><Value>Composer</Value></Role>\n      </Contributor>",
                "<Role><Value>ComposerLyricist</Value></Role>\n      </Contributor>",
            ),
        ),
    ),
    "R10": Example(
        fails=(Edit(_WRITER, "<FullName>DJ Aino</FullName>"),),
        passes=(Edit(_WRITER, "<FullName>A. K. Lehtola</FullName>"),),
    ),
    "R11": Example(
        fails_given=given(
            "The catalogue knows the band, by its ISNI, as 'Tidemarks, The'.",
            knowledge=_catalogue(_known("Tidemarks, The", is_own=True)),
        ),
        passes_given=given(
            "The catalogue knows the band, by its ISNI, as 'The Tidemarks'.",
            knowledge=_catalogue(_known("The Tidemarks", is_own=True)),
        ),
    ),
    "R12": Example(
        fails_given=given(
            "The band's ISNI is that of an artist with twelve albums, all of other providers.",
            knowledge=_catalogue(_known("The Tidemarks", is_own=False)),
        ),
        passes_given=given(
            "The band's ISNI is that of an artist with twelve albums, some of this provider.",
            knowledge=_catalogue(_known("The Tidemarks", is_own=True)),
        ),
    ),
}
