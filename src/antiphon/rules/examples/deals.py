"""Examples of the rules about types, dates, deals and territories (P)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from antiphon.rules.example import Edit, Example, given

_ALBUM = "<ReleaseType>Album</ReleaseType>"
_DURATIONS = ("<Duration>PT11M20S</Duration>", "<Duration>PT10M45S</Duration>", "<Duration>PT12M5S</Duration>")
_STREAMS = """\
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod>
            <StartDate>2026-03-06</StartDate>
          </ValidityPeriod>
"""
_MODELS = """\
          <CommercialModelType>SubscriptionModel</CommercialModelType>
          <CommercialModelType>AdvertisementSupportedModel</CommercialModelType>
"""
_SOLD = """\
      <Deal>
        <DealTerms>
          <TerritoryCode>Worldwide</TerritoryCode>
          <ValidityPeriod><StartDate>2026-03-06</StartDate></ValidityPeriod>
          <CommercialModelType>PayAsYouGoModel</CommercialModelType>
          <UseType>PermanentDownload</UseType>
        </DealTerms>
      </Deal>
"""
_THIRD = "      <DealReleaseReference>R3</DealReleaseReference>\n"
_ORIGINAL = "<OriginalReleaseDate>2026-03-06</OriginalReleaseDate>"
_THIRD_NUMBER = """\
          <SequenceNumber>3</SequenceNumber>
          <ReleaseResourceReference>A3</ReleaseResourceReference>
"""


def _start(text: str) -> Edit:
    """Return the edit that starts the streaming deal otherwise."""
    return Edit(_STREAMS, _STREAMS.replace("<StartDate>2026-03-06</StartDate>", text))


def _territories(*codes: str) -> Edit:
    """Return the edit that names other territories in the streaming deal."""
    worldwide = "          <TerritoryCode>Worldwide</TerritoryCode>\n"
    named = "".join(f"          <TerritoryCode>{code}</TerritoryCode>\n" for code in codes)
    return Edit(_STREAMS, _STREAMS.replace(worldwide, named))


def _sold(*offers: tuple[str, str, str]) -> Edit:
    """Return the edit that sells downloads by several deals: (territory, price, currency) each."""
    deals = [
        _SOLD.replace("Worldwide", territory).replace(
            "        </DealTerms>",
            "          <PriceInformation>"
            f'<WholesalePricePerUnit CurrencyCode="{currency}">{price}</WholesalePricePerUnit>'
            "</PriceInformation>\n        </DealTerms>",
        )
        for territory, price, currency in offers
    ]
    return Edit(_SOLD, "".join(deals))


def _renewed(last_day: str) -> Edit:
    """Return the edit that sells downloads until a last day in 2026, and again from the first day of 2027 on."""
    start = "<StartDate>2026-03-06</StartDate>"
    first = _SOLD.replace(start, f"{start}<EndDate>{last_day}</EndDate>")
    return Edit(_SOLD, first + _SOLD.replace(start, "<StartDate>2027-01-01</StartDate>"))


def _excluding(*codes: str) -> Edit:
    """Return the edit that sells downloads in NO and SE without some of them."""
    excluded = "".join(f"          <ExcludedTerritoryCode>{code}</ExcludedTerritoryCode>\n" for code in codes)
    named = "".join(f"          <TerritoryCode>{code}</TerritoryCode>\n" for code in ("NO", "SE"))
    worldwide = "          <TerritoryCode>Worldwide</TerritoryCode>\n"
    return Edit(_SOLD, _SOLD.replace(worldwide, named + excluded))


_SHORT = tuple(Edit(duration, "<Duration>PT3M20S</Duration>") for duration in _DURATIONS)

EXAMPLES: Mapping[str, Example] = {
    "P1": Example(
        fails=(Edit(_ALBUM, "<ReleaseType>LongPlayer</ReleaseType>"),),
        passes=(Edit(_ALBUM, "<ReleaseType>ClassicalAlbum</ReleaseType>"),),
    ),
    "P2": Example(
        fails=_SHORT,
        passes=(*_SHORT, Edit(_ALBUM, "<ReleaseType>Single</ReleaseType>")),
    ),
    "P3": Example(fails=(_territories(),), passes=(_territories("SE", "NO", "DK", "FI"),)),
    "P4": Example(
        fails=(_start("<StartDate>06.03.2026</StartDate>"),),
        passes=(_start("<StartDateTime>2026-03-06T00:00:00</StartDateTime>"),),
    ),
    "P5": Example(
        fails=(_start("<StartDateTime>2026-03-06T00:00:00Z</StartDateTime>"),),
        passes=(_start("<StartDateTime>2026-03-06T17:00:00Z</StartDateTime>"),),
    ),
    "P6": Example(
        fails=(_start("<StartDate>2026-03-06</StartDate><EndDate>2026-03-05</EndDate>"),),
        passes=(_start("<StartDate>2026-03-06</StartDate><EndDate>2026-03-06</EndDate>"),),
    ),
    "P7": Example(fails=(_territories("SE", "UK"),), passes=(_territories("SE", "GB", "XK"),)),
    "P8": Example(
        fails=(Edit(_MODELS, ""),),
        passes=(Edit(_MODELS, "          <CommercialModelType>FreeOfChargeModel</CommercialModelType>\n"),),
    ),
    "P9": Example(fails=(Edit(_THIRD, ""),)),
    "P10": Example(
        fails=(Edit(_THIRD, ""),),
        fails_given=given("the release was delivered before", is_known_release=True),
        passes=(Edit(_THIRD, ""),),
        passes_given=given("the release was never delivered before", is_known_release=False),
    ),
    "P11": Example(
        fails=(Edit(_ORIGINAL, _ORIGINAL.replace("2026-03-06", "2026-04-01")),),
        passes=(Edit(_ORIGINAL, _ORIGINAL.replace("2026-03-06", "1979")),),
    ),
    "P12": Example(
        fails=(Edit(_THIRD_NUMBER, _THIRD_NUMBER.replace("3<", "5<")),),
        passes=(
            Edit(_THIRD_NUMBER, _THIRD_NUMBER.replace("3<", "5<")),
            Edit(
                '<DisplayTitleText LanguageAndScriptCode="en">A Long Tide</DisplayTitleText>\n'
                '      <DisplayTitle LanguageAndScriptCode="en">\n        <TitleText>A Long Tide</TitleText>\n',
                '<DisplayTitleText LanguageAndScriptCode="en">A Long Tide (Partial)</DisplayTitleText>\n'
                '      <DisplayTitle LanguageAndScriptCode="en">\n        <TitleText>A Long Tide</TitleText>\n'
                "        <SubTitle>Partial</SubTitle>\n",
            ),
        ),
    ),
    "P13": Example(
        fails_given=given("it is checked on 2026-03-02, four days ahead", now=datetime(2026, 3, 2, 12, tzinfo=UTC)),
        passes_given=given("it is checked on 2026-02-27, a week ahead", now=datetime(2026, 2, 27, 12, tzinfo=UTC)),
    ),
    "P14": Example(
        fails=(_sold(("Worldwide", "6.30", "EUR"), ("SE", "59.00", "SEK")),),
        passes=(_sold(("NO", "6.30", "EUR"), ("SE", "59.00", "SEK")),),
    ),
    "P15": Example(
        fails=(Edit(_SOLD, _SOLD + _SOLD),),
        passes=(Edit(_SOLD, _SOLD.replace("Worldwide", "NO") + _SOLD.replace("Worldwide", "SE")),),
    ),
    "P16": Example(fails=(_renewed("2026-12-30"),), passes=(_renewed("2026-12-31"),)),
    "P17": Example(fails=(_excluding("NO", "SE"),), passes=(_excluding("NO"),)),
}
