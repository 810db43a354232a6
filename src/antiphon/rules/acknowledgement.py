"""The codes by which a recipient tells a sender what was wrong. Source: ERN choreography, ErncFileStatus; formats 6."""

from enum import StrEnum


class AckCode(StrEnum):
    """The status values an acknowledgement may carry. Each rule names the one that fits best."""

    FILE_OK = "FileOK"
    ARTIST_ROLE_UNKNOWN = "ArtistRoleUnknown"
    COMMERCIAL_RELEASE_DATE_INVALID = "CommercialReleaseDateInvalid"
    CONFLICTING_AVAILABILITY_PERIODS = "ConflictingAvailabilityPeriods"
    DUPLICATED_PUBLISHER_NAMES = "DuplicatedPublisherNames"
    ERN_MISSING = "ErnMissing"
    IDENTIFIER_INVALID = "IdentifierInvalid"
    IDENTIFIER_SYNTAX_INVALID = "IdentifierSyntaxInvalid"
    INTERNAL_ERROR = "InternalError"
    METADATA_MISSING = "MetadataMissing"
    NEW_RELEASE_MESSAGE_INVALID = "NewReleaseMessageInvalid"
    NO_DEAL_FOR_TRACK_RELEASE = "NoDealForTrackRelease"
    NO_DEAL_IN_NEW_RELEASE_MESSAGE = "NoDealInNewReleaseMessage"
    ORIGINAL_RELEASE_DATE_LATER = "OriginalReleaseDateLaterThanReleaseDate"
    PRIMARY_ARTIST_NAME_MISSING = "PrimaryArtistNameMissing"
    RESOURCE_CORRUPT = "ResourceCorrupt"
    RESOURCE_MISSING = "ResourceMissing"
    RESOURCE_NOT_MEETING_SPECIFICATIONS = "ResourceNotMeetingSpecifications"
    HASH_SUM_WRONG = "SignatureOrHashSumWrongOrMissing"
    UNSUPPORTED_USAGE = "UnsupportedUsage"
    USER_DEFINED = "UserDefined"
