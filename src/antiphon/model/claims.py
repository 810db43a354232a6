"""The small parts statements are made of: what a sender claims, as written, trimmed and nothing else.

Whether a claim holds is for ``rules`` and ``identity`` to say, so nothing here is normalised or checked.
"""

from enum import StrEnum

import msgspec

from antiphon.model.periods import Moment


class IdScheme(StrEnum):
    """The identifier schemes a delivery may use."""

    ISRC = "isrc"
    GRID = "grid"
    ICPN = "icpn"
    ISWC = "iswc"
    ISNI = "isni"
    IPI = "ipi"
    DPID = "dpid"
    CATALOG_NUMBER = "catalog_number"
    PROPRIETARY = "proprietary"


class DeliveredId(msgspec.Struct, frozen=True, kw_only=True):
    """One identifier as the sender wrote it. ``namespace`` names the issuer of a proprietary id or catalogue number."""

    scheme: IdScheme
    text: str
    namespace: str = ""
    is_replaced: bool = False
    """The id is an old one, given as an alias. Source: ERN @IsReplaced."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a value is meant. ``territories`` empty and ``excluded`` empty: everywhere. Codes are as written."""

    territories: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    language: str = ""
    is_default: bool = False
    is_original: bool = False
    """The text is in the original language of what it names. Source: ERN 4.3 @IsInOriginalLanguage."""


class ScopedText(msgspec.Struct, frozen=True, kw_only=True):
    """A text for some territories and one language. ``subtitle`` carries the version ("Acoustic Version")."""

    value: str
    subtitle: str = ""
    kind: str = ""
    """The sender's kind of the text: a TitleType, "FormalTitle", a kind of label, or the element it stood in
    ("Keywords"); empty: the plain one."""
    scope: Scope = Scope()
    kind_namespace: str = ""
    """Who defined ``kind``, where it is no word of the standard. Source: @LabelType UserDefined, @Namespace."""


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """One statement that is true or false, by the name of its element ("IsInstrumental", "IsCover")."""

    name: str
    is_set: bool


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One role of a party. ``user_value`` and ``namespace`` are filled where ``value`` is UserDefined."""

    value: str
    user_value: str = ""
    namespace: str = ""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """One more value of an allowed-value set, by the name of its element ("VersionType", "RecordingMode")."""

    name: str
    role: Role


class DatedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, by the name of its element ("MasteredDate", "OriginalResourceReleaseDate")."""

    name: str
    date: Moment
    scope: Scope = Scope()
    is_approximate: bool = False


class Advisory(msgspec.Struct, frozen=True, kw_only=True):
    """A parental warning, or the rating of an agency, for some territories.

    ``agency`` is empty for a parental warning (ParentalWarningType), else who rates (AvRating).
    """

    role: Role
    agency: str = ""
    reason: str = ""
    scope: Scope = Scope()


class PartyName(msgspec.Struct, frozen=True, kw_only=True):
    """One name of a party, in one language and script, in the forms its sender gives it. Each may be empty."""

    full: str = ""
    ascii: str = ""
    indexed: str = ""
    before_key: str = ""
    key: str = ""
    after_key: str = ""
    abbreviated: str = ""
    scope: Scope = Scope()


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """One party and what it did. ``sequence`` is the display order, 1-based; None: not given."""

    name: str
    ids: tuple[DeliveredId, ...] = ()
    roles: tuple[Role, ...] = ()
    sequence: int | None = None
    scope: Scope = Scope()
    ai_contribution: str = ""
    """How much of this contribution generative AI made, as written ("None", "Partly", "All"); empty: not said."""
    line: int = 0
    names: tuple[PartyName, ...] = ()
    """All names as given, where they say more than ``name``: other languages, sorted forms, parts."""
    kind: str = ""
    """The element, where it says more than the list: DisplayConductor, DisplayComposer, EditionContributor."""
    special: str = ""
    """Who, where it is no party: VariousArtists, Traditional, GenerativeAI. Source: ERN 4.3.2 SpecialDisplayArtist."""
    instruments: tuple[Role, ...] = ()
    nationalities: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    """IsCredited, HasMadeFeaturedContribution, IsFeaturedArtist, IsContractedArtist and their like."""


class DelegatedRights(msgspec.Struct, frozen=True, kw_only=True):
    """Which uses a rights controller may grant, where and when."""

    use_types: tuple[Role, ...] = ()
    territories: tuple[str, ...] = ()
    start: Moment | None = None
    end: Moment | None = None


class RightsController(msgspec.Struct, frozen=True, kw_only=True):
    """Who controls which share of the rights in a recording, or (``in_work``) in the work it performs.

    ``share_percentage`` is a decimal text as written; empty: not given. ``territories`` empty: not said.
    """

    name: str = ""
    ids: tuple[DeliveredId, ...] = ()
    names: tuple[PartyName, ...] = ()
    roles: tuple[Role, ...] = ()
    kind: str = ""
    share_percentage: str = ""
    is_share_unknown: bool = False
    territories: tuple[str, ...] = ()
    start: Moment | None = None
    end: Moment | None = None
    sequence: int | None = None
    in_work: bool = False
    delegated: tuple[DelegatedRights, ...] = ()
    scope: Scope = Scope()
    line: int = 0


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """How a release or resource relates to another one, which ids name or, in this message, ``reference``."""

    role: Role
    is_release: bool = True
    ids: tuple[DeliveredId, ...] = ()
    reference: str = ""
    titles: tuple[ScopedText, ...] = ()
    display_artist_names: tuple[ScopedText, ...] = ()
    labels: tuple[ScopedText, ...] = ()
    dates: tuple[DatedEvent, ...] = ()
    start: str = ""
    """Where the other one starts in this one, as written: seconds (4.3.1 and later) or a duration."""
    end: str = ""
    duration_text: str = ""
    """How much of the other one is used; an ISO 8601 duration as written."""
    scope: Scope = Scope()
    line: int = 0


class CopyrightLine(msgspec.Struct, frozen=True, kw_only=True):
    """A P line or a C line: who owns the recording, or the release and its artwork, since which year."""

    text: str
    year: int | None = None
    company: str = ""
    scope: Scope = Scope()


class Genre(msgspec.Struct, frozen=True, kw_only=True):
    """A genre as written, with its sub-genre if there is one."""

    text: str
    sub_genre: str = ""
    scope: Scope = Scope()


class HashSum(msgspec.Struct, frozen=True, kw_only=True):
    """A declared hash. ``algorithm`` and ``value`` as written ("MD5", hex or base64)."""

    algorithm: str
    value: str
    data_type: str = ""
    """HexBinary or Binary64 where the sender says so."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One more technical detail as written, by the name of its element ("ImageHeight", "FrameRate", "FileSize")."""

    name: str
    text: str
    unit: str = ""


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """A preview or other clip of a file: a part of it, or (``technical_reference``) a file of its own.

    ``start_s`` and ``end_s`` are seconds as written, ``duration_text`` an ISO 8601 duration.
    Source: ERN 3 and 4.1 PreviewDetails; ERN 4.3 ClipDetails.
    """

    technical_reference: str = ""
    types: tuple[Role, ...] = ()
    part_type: str = ""
    start_s: str = ""
    end_s: str = ""
    duration_text: str = ""
    expression: str = ""
    top_left: str = ""
    bottom_right: str = ""


class FileClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One file a resource names. ``uri`` is the path as written, relative to the message or to resources/.

    ``is_provided`` is ERN >= 4.2's IsProvidedInDelivery; None: not said. Units are in the names.
    """

    uri: str
    technical_reference: str = ""
    hash_sum: HashSum | None = None
    codec: str = ""
    bitrate_kbps: float | None = None
    channels: int | None = None
    sample_rate_hz: float | None = None
    bits_per_sample: int | None = None
    is_preview: bool = False
    is_provided: bool | None = None
    line: int = 0
    container: str = ""
    duration_text: str = ""
    """How long the file plays, where its technical details say so; an ISO 8601 duration as written."""
    measures: tuple[Measure, ...] = ()
    flags: tuple[Flag, ...] = ()
    clips: tuple[Clip, ...] = ()
    edition: int = 0
    """Which of the resource's ``editions`` the file belongs to, 0-based."""
