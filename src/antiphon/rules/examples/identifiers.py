"""Examples of the rules about identifiers (I), and of what needs one (M2)."""

from collections.abc import Mapping

from antiphon.model.knowledge import KnownProduct, KnownRecording, KnownRelease, KnownTrack
from antiphon.model.territories import TERRITORIES
from antiphon.rules.example import Edit, Example, given
from antiphon.rules.examples.catalogue import ExampleCatalogue

_FIRST = "<ISRC>QZANT2600001</ISRC>"
_ICPN = "<ReleaseId><ICPN>4006381333931</ICPN></ReleaseId>"
_SLACK_WATER = "<TitleText>Slack Water</TitleText>"
_SECOND = "<ISRC>QZANT2600002</ISRC>"
_SECOND_DURATION = "<Duration>PT10M45S</Duration>"
_FIRST_FILE = "<File><URI>resources/01.flac</URI></File>"
_BAND = """\
      <PartyReference>PTidemarks</PartyReference>
"""


def _known(*, title: str, artist: str, duration_ms: int, isrc: str = "QZANT2600001", is_own: bool) -> KnownRecording:
    """Return a recording of the catalogue."""
    return KnownRecording(
        isrc=isrc,
        recording_id="r" * 22,
        album_id="a" * 22,
        title=title,
        artists=(artist,),
        duration_ms=duration_ms,
        is_own=is_own,
    )


def _product(*, is_own: bool) -> ExampleCatalogue:
    product = KnownProduct(
        album_id="a" * 22,
        title="Night Ferry",
        artists=("Ilse Marr",),
        is_own=is_own,
        territories=frozenset(TERRITORIES),
    )
    return ExampleCatalogue(products={"04006381333931": (product,)})


def _release(isrc: str) -> ExampleCatalogue:
    track = KnownTrack(disc_number=1, track_number=1, title="Harbour Light", isrc=isrc)
    return ExampleCatalogue(release=KnownRelease(album_id="a" * 22, keys=("icpn:04006381333931",), tracks=(track,)))


def _artist_id(namespace: str) -> tuple[Edit, ...]:
    own = f'      <PartyId><ProprietaryId Namespace="{namespace}">tide-7</ProprietaryId></PartyId>\n'
    return (Edit(_BAND, f"{_BAND}{own}"),)


_SAME = _known(title="Harbour Light", artist="The Tidemarks", duration_ms=680_000, is_own=False)
_ANOTHER = _known(title="Night Ferry", artist="Ilse Marr", duration_ms=201_000, is_own=False)
_SHORTER = _known(title="Harbour Light", artist="The Tidemarks", duration_ms=212_000, is_own=True)
_EARLIER = _known(title="Harbour Light", artist="The Tidemarks", duration_ms=680_000, isrc="QZANT2500099", is_own=True)
_DESCRIBED_ALIKE = (
    Edit(_SLACK_WATER, "<TitleText>Harbour Light</TitleText>"),
    Edit(_SECOND_DURATION, "<Duration>PT11M20S</Duration>"),
)

EXAMPLES: Mapping[str, Example] = {
    "I1": Example(
        fails=(Edit(_FIRST, "<ISRC>QZANT260001</ISRC>"),), passes=(Edit(_FIRST, "<ISRC>FR6V82600001</ISRC>"),)
    ),
    "I2": Example(
        fails_given=given(
            "the catalogue has this very file under QZANT2500099, from this provider",
            knowledge=ExampleCatalogue(audio={"resources/01.flac": (_EARLIER,)}),
        ),
        passes=(Edit(_FIRST, "<ISRC>QZANT2500099</ISRC>"),),
        passes_given=given("the same catalogue", knowledge=ExampleCatalogue(audio={"resources/01.flac": (_EARLIER,)})),
    ),
    "I3": Example(
        fails_given=given(
            "this provider delivered QZANT2600001 before, as a recording of 3:32",
            knowledge=ExampleCatalogue(recordings=(_SHORTER,)),
        ),
        passes=(Edit(_FIRST, "<ISRC>QZANT2600009</ISRC>"),),
        passes_given=given("the same catalogue", knowledge=ExampleCatalogue(recordings=(_SHORTER,))),
    ),
    "I4": Example(
        fails=(Edit(_ICPN, _ICPN.replace("</ReleaseId>", "<ISRC>QZANT2600001</ISRC></ReleaseId>")),),
        passes=(Edit(_ICPN, _ICPN.replace("</ReleaseId>", "<CatalogNumber>PL 7</CatalogNumber></ReleaseId>")),),
    ),
    "I5": Example(
        fails_given=given(
            "another provider's QZANT2600001 is another song",
            knowledge=ExampleCatalogue(recordings=(_ANOTHER,)),
        ),
        passes_given=given(
            "another provider's QZANT2600001 is the same recording",
            knowledge=ExampleCatalogue(recordings=(_SAME,)),
        ),
    ),
    "I6": Example(fails=(*_DESCRIBED_ALIKE, Edit(_SECOND, _FIRST)), passes=_DESCRIBED_ALIKE[:1]),
    "I7": Example(fails=(Edit("4006381333931", "4006381333932"),), passes=(Edit("4006381333931", "036000291452"),)),
    "I8": Example(
        fails_given=given("another provider's album is live with this barcode", knowledge=_product(is_own=False)),
        passes_given=given("the provider's own album is live with this barcode", knowledge=_product(is_own=True)),
    ),
    "I9": Example(
        fails_given=given("the release was delivered before, with QZANT2500099", knowledge=_release("QZANT2500099")),
        passes_given=given("the release was delivered before, with this ISRC", knowledge=_release("QZANT2600001")),
    ),
    "I10": Example(
        fails=(
            Edit(
                f"<AudioCodecType>FLAC</AudioCodecType>\n            {_FIRST_FILE}",
                "<AudioCodecType>FLAC</AudioCodecType>\n            <NumberOfChannels>12</NumberOfChannels>\n"
                f"            <SamplingRate>96000</SamplingRate>\n            {_FIRST_FILE}",
            ),
        ),
        passes=(
            Edit(
                f"<AudioCodecType>FLAC</AudioCodecType>\n            {_FIRST_FILE}",
                "<AudioCodecType>FLAC</AudioCodecType>\n            <NumberOfChannels>12</NumberOfChannels>\n"
                f"            <SamplingRate>48000</SamplingRate>\n            {_FIRST_FILE}",
            ),
        ),
    ),
    "I11": Example(fails=_artist_id("tidemarks.example"), passes=_artist_id("PADPIDA2014120301Q")),
    "M2": Example(
        fails=(Edit(_ICPN, "<ReleaseId><ICPN></ICPN></ReleaseId>"),),
        passes=(
            Edit(_ICPN, '<ReleaseId><ProprietaryId Namespace="PADPIDA2014120301Q">PL-7</ProprietaryId></ReleaseId>'),
        ),
    ),
    "M10": Example(
        fails=(
            Edit(_ICPN, "<ReleaseId><ICPN>4-006381-333931</ICPN></ReleaseId>"),
            Edit(_SLACK_WATER, "<TitleText>Slack  Water</TitleText>"),
        ),
        passes=(Edit(_ICPN, "<ReleaseId><ICPN>04006381333931</ICPN></ReleaseId>"),),
    ),
    "M9": Example(
        fails=(Edit("<TitleText>Slack Water</TitleText>", "<TitleText>Slack \u202eretaW</TitleText>"),),
        passes=(Edit("<TitleText>Slack Water</TitleText>", "<TitleText>שיר \u200fSlack\u200f</TitleText>"),),
    ),
}
