"""Examples of the rules about how a delivery is packed, ordered, agreed and kept up to date (D)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from antiphon.model.knowledge import KnownRelease, KnownTrack
from antiphon.model.periods import Moment, MomentKind
from antiphon.rules.evidence import BatchFacts
from antiphon.rules.example import BASE_CONTEXT, PURGE, Edit, Example, Given, given
from antiphon.rules.examples.catalogue import ExampleCatalogue
from antiphon.rules.policy import Policy, Terms

_ROOT = 'xmlns:ern="http://ddex.net/xml/ern/432"'
_ITUNES_PACKAGE = (
    Edit(f"<ern:NewReleaseMessage {_ROOT}", '<package xmlns="http://apple.com/itunes/importer"'),
    Edit("</ern:NewReleaseMessage>", "</package>"),
)
_MARKER = "BatchComplete_20260114093000000.xml"
_MESSAGE_ID = "    <MessageId>message-1</MessageId>\n"
_LIVE = "<MessageControlType>LiveMessage</MessageControlType>"
_FIRST_FILE = "<File><URI>resources/01.flac</URI></File>"
_THIRD_PLACE = "<ReleaseResourceReference>A3</ReleaseResourceReference>\n        </ResourceGroupContentItem>"
_THIRD_ITEM = f"""\
        <ResourceGroupContentItem>
          <SequenceNumber>3</SequenceNumber>
          {_THIRD_PLACE}
"""
_ICPN = "<ReleaseId><ICPN>4006381333931</ICPN></ReleaseId>"
_TITLES = ("Harbour Light", "Slack Water", "The Causeway at Noon")
_WITHOUT_DEALS = (
    Edit(
        """\
  <DealList>
    <ReleaseDeal>
      <DealReleaseReference>R0</DealReleaseReference>
      <Deal>
        <DealTerms>
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod><StartDate>2026-03-06</StartDate></ValidityPeriod>
          <CommercialModelType>PayAsYouGoModel</CommercialModelType>
          <UseType>PermanentDownload</UseType>
        </DealTerms>
      </Deal>
    </ReleaseDeal>
    <ReleaseDeal>
      <DealReleaseReference>R1</DealReleaseReference>
      <DealReleaseReference>R2</DealReleaseReference>
      <DealReleaseReference>R3</DealReleaseReference>
      <Deal>
        <DealTerms>
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod>
            <StartDate>2026-03-06</StartDate>
          </ValidityPeriod>
          <CommercialModelType>SubscriptionModel</CommercialModelType>
          <CommercialModelType>AdvertisementSupportedModel</CommercialModelType>
          <UseType>OnDemandStream</UseType>
          <UseType>ConditionalDownload</UseType>
        </DealTerms>
      </Deal>
    </ReleaseDeal>
  </DealList>
""",
        "",
    ),
)
_KNOWN = ExampleCatalogue(
    release=KnownRelease(
        album_id="a" * 22,
        keys=("icpn:04006381333931",),
        tracks=tuple(
            KnownTrack(disc_number=1, track_number=number, title=title, isrc=f"QZANT260000{number}")
            for number, title in enumerate(_TITLES, 1)
        ),
    )
)


def _batch(words: str, *, name: str = "N_20260114093000000", folder: str = "4006381333931", **facts: Any) -> Given:
    """Return the circumstances of the first delivery of a batch."""
    return given(words, folder=folder, batch=BatchFacts(name=name, is_first=True, **facts))


def _agreed(words: str, *, effective_from: date = date(2026, 1, 1), **terms: Any) -> Given:
    """Return the circumstances of a provider with terms of its own."""
    return given(words, policy=Policy(terms=(Terms(effective_from=effective_from, **terms),)))


EXAMPLES: Mapping[str, Example] = {
    "D1": Example(
        fails=(Edit(_ICPN, f"{_ICPN}\n      <Mood>wistful</Mood>"),),
        passes=(Edit(_ICPN, f"{_ICPN}<!-- mood: wistful -->"),),
    ),
    "D2": Example(
        fails=(Edit(_ROOT, _ROOT.replace("432", "42")),),
        fails_given=_agreed("only ERN 4.3 is taken from this provider", versions=("4.3",)),
        passes_given=_agreed("only ERN 4.3 is taken from this provider", versions=("4.3",)),
    ),
    "D3": Example(
        fails_given=_batch("the folder is named release1", folder="release1"),
        passes_given=_batch("the folder is named 4006381333931"),
    ),
    "D4": Example(
        fails_given=_batch("the marker of the batch is an empty file", marker=_MARKER, marker_size_bytes=0),
        passes_given=_batch("the marker of the batch is a manifest", marker=_MARKER, marker_size_bytes=1840),
    ),
    "D5": Example(
        fails_given=_batch("the batch has no priority in its name", name="20260114093000000"),
        passes_given=_batch("the batch is named N_20260114093000000"),
    ),
    "D6": Example(
        fails_given=_batch("the manifest counts 12 messages, and 11 were found", declared_count=12, found_count=11),
        passes_given=_batch("the manifest counts 12 messages, and 12 were found", declared_count=12, found_count=12),
    ),
    "D7": Example(
        fails=(Edit(_FIRST_FILE, _FIRST_FILE.replace("01.flac", "1.flac")),),
        passes=(Edit(_FIRST_FILE, _FIRST_FILE.replace("resources/", "")),),
    ),
    "D8": Example(
        fails=(Edit(_MESSAGE_ID, "    <MessageId></MessageId>\n"),),
        passes=(Edit(_MESSAGE_ID, "    <MessageId>PL-2026-000001</MessageId>\n"),),
    ),
    "D9": Example(
        fails=(Edit(_THIRD_ITEM, ""),),
        fails_given=given("the release was delivered before, with three tracks", knowledge=_KNOWN),
        passes_given=given("the release was delivered before, with three tracks", knowledge=_KNOWN),
    ),
    "D10": Example(
        fails_given=given(
            "an earlier message brought the audio, and this one only a cover",
            files={"resources/cover.jpg": 910_000},
            earlier_files=BASE_CONTEXT.files,
        ),
        passes_given=given("an earlier message brought the same files", earlier_files=BASE_CONTEXT.files),
    ),
    "D11": Example(
        fails_given=given(
            "a message of the release, created an hour later, is applied already",
            applied_created=Moment("2026-01-14T10:30:00Z", MomentKind.INSTANT),
        ),
        passes_given=given(
            "a message of the release, created a week earlier, is applied",
            applied_created=Moment("2026-01-07T10:30:00Z", MomentKind.INSTANT),
        ),
    ),
    "D12": Example(
        fails=_WITHOUT_DEALS,
        fails_given=given("the release was never delivered before", is_known_release=False),
        passes=_WITHOUT_DEALS,
        passes_given=given("the release was delivered before", is_known_release=True),
    ),
    "D13": Example(
        base=PURGE,
        fails_given=_agreed("purges of this provider are not taken", takes_purges=False),
    ),
    "D14": Example(
        fails=(Edit("4006381333931", "036000291452"),),
        fails_given=given("the release was delivered before, as 4006381333931", knowledge=_KNOWN),
        passes=(Edit(_ICPN, f"{_ICPN[:11]}<GRid>A10302B0003989564F</GRid>{_ICPN[11:]}"),),
        passes_given=given("the release was delivered before, as 4006381333931", knowledge=_KNOWN),
    ),
    "D15": Example(
        fails_given=given("it is checked on Monday, 2026-03-02", now=datetime(2026, 3, 2, 12, tzinfo=UTC)),
        passes_given=given("it is checked on Friday, 2026-02-27", now=datetime(2026, 2, 27, 12, tzinfo=UTC)),
    ),
    "D16": Example(
        fails_given=given("it is the provider's update 5,001 of the day", is_known_release=True, updates_today=5001),
        passes_given=given("it is the provider's update 5,000 of the day", is_known_release=True, updates_today=5000),
    ),
    "D17": Example(
        fails=_ITUNES_PACKAGE,
        passes_given=given("the folder is named 4006381333931", folder="4006381333931"),
    ),
    "D18": Example(
        fails=(Edit(_THIRD_PLACE, _THIRD_PLACE.replace("A3", "A7")),),
    ),
    "D19": Example(
        fails_given=_agreed("the provider's tests are not passed yet", is_in_production=False),
        passes=(Edit(_LIVE, _LIVE.replace("Live", "Test")),),
        passes_given=_agreed("the provider's tests are not passed yet", is_in_production=False),
    ),
}
