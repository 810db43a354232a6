"""Facets: what is said of recordings, releases and credits by elements that hold one plain value each.

ERN has some eighty of them, most of them rare. They are read by what kind of value they hold and keep the name of
their element, so that a new one is a line in a table here: flags, terms, texts and dates.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from antiphon.formats.ern.reading import Content, Reading, read_flag
from antiphon.formats.ern.sections import Section
from antiphon.model.claims import DatedEvent, Flag, Scope, ScopedText, Term

FLAGS = frozenset(
    {
        "ContainsHiddenContent",
        "DisableCrossfade",
        "DisableSearch",
        "HasForegroundVocalPerformance",
        "HasImmersiveAudioMetadata",
        "HasMadeContractedContribution",
        "HasMadeFeaturedContribution",
        "HasPreOrderFulfillment",
        "HasVocalPerformance",
        "IsArtistRelated",
        "IsBackground",
        "IsBonusResource",
        "IsCommunicatedOutOfBand",
        "IsComputerGenerated",
        "IsContractedArtist",
        "IsCover",
        "IsCredited",
        "IsFeaturedArtist",
        "IsHiResMusic",
        "IsHiddenResource",
        "IsInstantGratificationResource",
        "IsInstrumental",
        "IsMedley",
        "IsPotpourri",
        "IsPreOrderIncentiveResource",
        "IsRemastered",
        "IsSingleArtistCompilation",
        "IsSoundtrack",
        "NoDisplaySequence",
        "NoSilenceAfter",
        "NoSilenceBefore",
        "PerformerInformationRequired",
        "ResourceProcessingRequired",
    }
)
"""Elements that are true or false."""

TERMS = frozenset(
    {
        "CodingType",
        "CompositeMusicalWorkType",
        "DistributionChannelType",
        "DrmEnforcementType",
        "RecordingFormat",
        "RecordingMode",
        "ResourceOmissionReason",
        "VersionType",
        "VideoDefinitionType",
    }
)
"""Elements that hold a value of an allowed-value set."""

TEXTS = frozenset(
    {
        "ArtistProfilePage",
        "CourtesyLine",
        "Deity",
        "Description",
        "HiResMusicDescription",
        "InstrumentationDescription",
        "Keywords",
        "LanguageOfDubbing",
        "LanguageOfLyrics",
        "LanguageOfPerformance",
        "LanguageOfText",
        "MarketingComment",
        "NumberOfContractedArtists",
        "NumberOfFeaturedArtists",
        "NumberOfNonContractedArtists",
        "NumberOfNonFeaturedArtists",
        "NumberOfUnitsPerPhysicalRelease",
        "Raga",
        "ReasonForCueSheetAbsence",
        "SubTitleLanguage",
        "Synopsis",
        "Tala",
        "TargetURL",
        "TerritoryOfCommissioning",
        "VideoCueSheetReference",
    }
)
"""Elements that hold a text."""

DATES = frozenset(
    {
        "CreationDate",
        "FirstPublicationDate",
        "FulfillmentDate",
        "GlobalOriginalReleaseDate",
        "GlobalReleaseDate",
        "MasteredDate",
        "OriginalDigitalReleaseDate",
        "OriginalReleaseDate",
        "OriginalResourceReleaseDate",
        "ReleaseDate",
        "RemasteredDate",
        "ResourceReleaseDate",
    }
)
"""Elements that hold a date."""

FACETS = FLAGS | TERMS | TEXTS | DATES
"""All of them."""


class Facets(NamedTuple):
    """What was found, each by name and then in message order."""

    flags: tuple[Flag, ...] = ()
    terms: tuple[Term, ...] = ()
    texts: tuple[ScopedText, ...] = ()
    dates: tuple[DatedEvent, ...] = ()


NO_FACETS = Facets()


def read_facets(sections: Sequence[Section], reading: Reading) -> Facets:
    """Take the facets out of all sections. Comes after the readers that know an element by more than its value."""
    if all(FACETS.isdisjoint(section.children) for section in sections):
        return NO_FACETS
    flags: list[Flag] = []
    terms: list[Term] = []
    texts: list[ScopedText] = []
    dates: list[DatedEvent] = []
    for section in sections:
        content, scope = section.children, section.scope
        for tag in sorted(FACETS.intersection(content)):
            if tag in FLAGS:
                flags += take_flags(content, (tag,))
            elif tag in TERMS:
                terms += [term for element in content.take(tag) if (term := reading.term(element)).role.value]
            elif tag in TEXTS:
                texts += _take_texts(content, tag, scope, reading)
            else:
                dates += _take_dates(content, tag, scope, reading)
    return Facets(
        flags=tuple(sorted(flags, key=lambda flag: flag.name)),
        terms=tuple(sorted(terms, key=lambda term: term.name)),
        texts=tuple(sorted(texts, key=lambda text: text.kind)),
        dates=tuple(sorted(dates, key=lambda event: event.name)),
    )


def take_flags(content: Content, tags: Iterable[str]) -> list[Flag]:
    """Take the flags of these names that have a value."""
    found = []
    for tag in tags:
        for element in content.get(tag, ()):
            if element.text and not element.text.isspace():
                found.append(read_flag(element))
                content.pop(tag, None)
    return found


def _take_texts(content: Content, tag: str, scope: Scope, reading: Reading) -> list[ScopedText]:
    found = []
    for element in content.take(tag):
        if len(element):
            content.setdefault(tag, []).append(element)
        elif (text := reading.text(element, scope, tag)).value:
            found.append(text)
    return found


def _take_dates(content: Content, tag: str, scope: Scope, reading: Reading) -> list[DatedEvent]:
    found = []
    for element in content.take(tag):
        event = reading.event(element, scope)
        if event is None:
            content.setdefault(tag, []).append(element)
        else:
            found.append(event)
    return found
