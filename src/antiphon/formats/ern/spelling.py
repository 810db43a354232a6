"""Spelling: names of elements in the case the standard gives them, for senders who write soundRecording or Isrc.

Hardly any message needs it, so none pays for it: the reader looks here only when it has read a message, and only at
the names of what it left unread.
"""

from collections.abc import Iterator

from lxml.etree import _Element as Element

from antiphon.model.resources import ResourceKind
from antiphon.model.statement import Statement

_LISTED = (
    "AbbreviatedName AdditionalTitle AdministratingRecordCompany Agency AiContribution Algorithm AllDealsCancelled "
    "ArtistPartyReference ArtistProfilePage ArtistRole ArtisticRole AspectRatio AudioBitRate AudioBitsPerSample "
    "AudioCodecType AudioSamplingRate AvRating BitDepth BitRate BitsPerSample BottomRightCorner "
    "BulkOrderWholesalePricePerUnit CLine CLineCompany CLineText CarrierType CatalogNumber CisacSocietyId ClipDetails "
    "ClipPreviewStartDate ClipPreviewStartDateTime ClipRelease ClipType CodingType ColorDepth Comment "
    "CommercialModelType CompositeMusicalWorkType Condition ConsumerFulfillmentDate ConsumerRentalPeriod "
    "ContainerFormat ContainsAI ContainsHiddenContent Contributor ContributorPartyReference CourtesyLine "
    "CoverArtPreviewStartDate CoverArtPreviewStartDateTime CreationDate Cue DPID DataType Deal DealList DealReference "
    "DealReleaseReference DealResourceReference DealTechnicalResourceDetailsReference "
    "DealTechnicalResourceDetailsReferenceList DealTerms Deity DelegatedUsageRights DeliveryFile Description "
    "DisableCrossfade DisableSearch DisplayArtist DisplayArtistName DisplayArtistRole DisplayComposer "
    "DisplayConductor DisplayGenre DisplaySequence DisplayTitle DisplayTitleText DistributionChannel "
    "DistributionChannelType DrmEnforcementType DrmPlatformType Duration DurationUsed EIDR EditionContributor "
    "EffectiveDate ElectroOpticalTransferFunctionType EndDate EndDateTime EndPoint ExcludedDistributionChannel "
    "ExcludedTerritoryCode ExpressionType File FileName FilePath FileSize FirstPublicationDate FormalTitle FrameRate "
    "FulfillmentDate FullName FullNameAsciiTranscribed FullNameIndexed FullTrackListingPreviewStartDate "
    "FullTrackListingPreviewStartDateTime GRid Genre GenreText GlobalOriginalReleaseDate GlobalReleaseDate "
    "GroupingTitle HasForegroundVocalPerformance HasImmersiveAudioMetadata HasMadeContractedContribution "
    "HasMadeFeaturedContribution HasPreOrderFulfillment HasVocalPerformance HashSum HashSumAlgorithmType "
    "HashSumDataType HashSumValue HdrVideoDynamicMetadataType HdrVideoStaticMetadataType HiResMusicDescription ICPN "
    "IPN ISAN ISNI ISRC ISWC Image ImageCodecType ImageDetailsByTerritory ImageHeight ImageId ImageResolution "
    "ImageType ImageWidth IndirectImageId IndirectMidiId IndirectResourceContributor IndirectResourceContributorRole "
    "IndirectSheetMusicId IndirectSoftwareId IndirectSoundRecordingId IndirectTextId IndirectUserDefinedResourceId "
    "IndirectVideoId InstantGratificationResourceList InstrumentType InstrumentationDescription IpiNameNumber "
    "IsArtistRelated IsBackfill IsBackground IsBonusResource IsClip IsCommunicatedOutOfBand IsComputerGenerated "
    "IsContractedArtist IsCover IsCredited IsExclusive IsFeaturedArtist IsHiResMusic IsHiddenResource "
    "IsInstantGratificationResource IsInstrumental IsMedley IsMultiArtistCompilation IsPotpourri IsPreOrderDeal "
    "IsPreOrderIncentiveResource IsPreview IsPromotional IsProvidedInDelivery IsRemastered IsSingleArtistCompilation "
    "IsSoundtrack KeyName Keywords LabelName LanguageOfDubbing LanguageOfLyrics LanguageOfPerformance LanguageOfText "
    "LinkedReleaseResourceReference MIDI MarketingComment MasteredDate MeasurementType MessageControlType "
    "MessageCreatedDateTime MessageFileName MessageHeader MessageId MessageRecipient MessageSender MessageThreadId "
    "MidiDetailsByTerritory MidiId MidiType MusicalWork MusicalWorkId MusicalWorkReference NamesAfterKeyName "
    "NamesBeforeKeyName Nationality NoDisplaySequence NoSilenceAfter NoSilenceBefore NumberOfAudioChannels "
    "NumberOfAudioObjects NumberOfChannels NumberOfContractedArtists NumberOfFeaturedArtists "
    "NumberOfNonContractedArtists NumberOfNonFeaturedArtists NumberOfUnitsPerPhysicalRelease NumberOfUsages "
    "NumberOfVoices OperatingSystemType OriginalBitRate OriginalDigitalReleaseDate OriginalReleaseDate "
    "OriginalResourceReleaseDate OriginalSamplingRate OverallBitRate PLine PLineCompany PLineText ParentalWarningType "
    "PartType Party PartyId PartyList PartyName PartyReference PerformerInformationRequired Period "
    "PeriodOfRightsDelegation PreOrderIncentiveResourceList PreOrderPreviewDate PreOrderPreviewDateTime "
    "PreOrderReleaseDate PreviewDetails PriceCode PriceInformation PriceRangeType PriceType PrimaryColorType "
    "PromotionalCode ProprietaryId PurgeRelease PurgeReleaseList PurgedRelease PurgedReleaseList Raga Rating "
    "RatingAgency RatingText Reason ReasonForCueSheetAbsence RecordCompanyPartyReference RecordingFormat "
    "RecordingMode ReferenceCreation ReferenceTitle RelatedRelease RelatedResource RelationalRelator Release "
    "ReleaseDate ReleaseDeal ReleaseDetailsByTerritory ReleaseDisplayStartDate ReleaseDisplayStartDateTime ReleaseId "
    "ReleaseLabelReference ReleaseList ReleaseReference ReleaseRelationshipType ReleaseResourceReference "
    "ReleaseResourceReferenceList ReleaseSummaryDetailsByTerritory ReleaseType ReleaseVisibility "
    "ReleaseVisibilityReference RemasteredDate ResourceContributor ResourceContributorRole ResourceGroup "
    "ResourceGroupContentItem ResourceGroupReleaseReference ResourceGroupResourceReference "
    "ResourceGroupResourceReferenceList ResourceId ResourceList ResourceMusicalWorkReference "
    "ResourceMusicalWorkReferenceList ResourceOmissionReason ResourceProcessingRequired ResourceReference "
    "ResourceRelatedResourceReference ResourceRelationshipType ResourceReleaseDate ResourceRightsController "
    "ResourceType RightSharePercentage RightShareUnknown RightsClaimPolicy RightsClaimPolicyReason "
    "RightsClaimPolicyType RightsControlType RightsController RightsControllerPartyReference RightsControllerRole "
    "RightsControllerType Role SamplingRate SentAsRequestedBy SentOnBehalfOf SequenceNumber SequenceSubNumber "
    "SheetMusic SheetMusicCodecType SheetMusicDetailsByTerritory SheetMusicId SheetMusicType Software "
    "SoftwareDetailsByTerritory SoftwareId SoftwareType SoundRecording SoundRecordingDetailsByTerritory "
    "SoundRecordingEdition SoundRecordingId SoundRecordingType SpecialContributor SpecialDisplayArtist StartDate "
    "StartDateTime StartPoint SubGenre SubTitle SubTitleLanguage SuggestedRetailPrice Synopsis TakeDown Tala "
    "TargetURL TechnicalDetails TechnicalImageDetails TechnicalInstantiation TechnicalMidiDetails "
    "TechnicalResourceDetailsReference TechnicalSheetMusicDetails TechnicalSoftwareDetails "
    "TechnicalSoundRecordingDetails TechnicalTextDetails TechnicalUserDefinedResourceDetails TechnicalVideoDetails "
    "Territory TerritoryCode TerritoryOfCommissioning TerritoryOfRegistration TerritoryOfRightsDelegation Text "
    "TextCodecType TextDetailsByTerritory TextId TextType Timing Title TitleText TopLeftCorner "
    "TrackListingPreviewStartDate TrackListingPreviewStartDateTime TrackRelease TrackReleaseVisibility TradingName "
    "Type URI URL Unit UpdateIndicator UsableResourceDuration Usage UseType UserDefinedResource "
    "UserDefinedResourceDetailsByTerritory UserDefinedResourceId UserDefinedResourceType UserInterfaceType VISAN "
    "ValidityPeriod Value VersionType Video VideoBitRate VideoCodecType VideoCueSheetReference VideoDefinitionType "
    "VideoDetailsByTerritory VideoEdition VideoId VideoType VisibilityReference WholesalePricePerUnit WorkId WorkList "
    "WorkRightsController Year "
)
_NAMES = frozenset(_LISTED.split())
"""The elements the reader knows. Source: ERN 3.8 to 4.3.2."""

_SPELT_RIGHT = {name.lower(): name for name in _NAMES}


def is_misspelt(statement: Statement) -> bool:
    """Tell whether something was left unread whose name differs from one the reader knows by case alone."""
    return any(name not in _NAMES and name.lower() in _SPELT_RIGHT for name in _list_odd_names(statement))


def mend_spelling(root: Element) -> None:
    """Rename the elements below the root whose names differ from one the reader knows by case alone."""
    odd = {element.tag for element in root.iter()} - _NAMES
    wrong = {tag: _SPELT_RIGHT[tag.lower()] for tag in odd if tag.lower() in _SPELT_RIGHT}
    for element in root.iterdescendants():
        element.tag = wrong.get(element.tag, element.tag)


def _list_odd_names(statement: Statement) -> Iterator[str]:
    for entry in statement.unread:
        yield entry.partition(" ")[0].rpartition("/")[2].partition("[")[0]
    for resource in statement.resources:
        if resource.kind is ResourceKind.OTHER:
            yield resource.path.rpartition("/")[2].partition("[")[0]
