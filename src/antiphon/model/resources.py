"""Resources: the recordings, videos, images and texts a message describes."""

from enum import StrEnum

import msgspec

from antiphon.model.claims import (
    Advisory,
    CopyrightLine,
    Credit,
    DatedEvent,
    DeliveredId,
    FileClaim,
    Flag,
    Genre,
    Relation,
    RightsController,
    Role,
    ScopedText,
    Term,
)

NO_WORDS = "zxx"
"""The language of a recording without words. Source: ISO 639-2, "no linguistic content"."""


class ResourceKind(StrEnum):
    """The kinds of resources of ERN; ``OTHER`` keeps what no standard names."""

    SOUND_RECORDING = "sound_recording"
    VIDEO = "video"
    IMAGE = "image"
    TEXT = "text"
    SHEET_MUSIC = "sheet_music"
    SOFTWARE = "software"
    MIDI = "midi"
    OTHER = "other"


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """One edition of a recording with its own ids ("ImmersiveEdition"). Source: ERN 4.3 SoundRecordingEdition."""

    kind: str = ""
    ids: tuple[DeliveredId, ...] = ()
    p_lines: tuple[CopyrightLine, ...] = ()
    c_lines: tuple[CopyrightLine, ...] = ()


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """One resource. ``reference`` (A...) holds inside its message only and is never a catalogue key.

    ``titles`` holds the display title first. ``duration_ms`` is None where none was given or it could not be read;
    ``duration_text`` keeps the lexical form.
    """

    reference: str
    kind: ResourceKind
    type: str = ""
    ids: tuple[DeliveredId, ...] = ()
    work_ids: tuple[DeliveredId, ...] = ()
    titles: tuple[ScopedText, ...] = ()
    display_artists: tuple[Credit, ...] = ()
    display_artist_names: tuple[ScopedText, ...] = ()
    contributors: tuple[Credit, ...] = ()
    duration_ms: int | None = None
    duration_text: str = ""
    language: str = ""
    genres: tuple[Genre, ...] = ()
    p_lines: tuple[CopyrightLine, ...] = ()
    c_lines: tuple[CopyrightLine, ...] = ()
    advisories: tuple[Role, ...] = ()
    """Parental warnings ("Explicit", "NotExplicit", ...) as written."""
    ai_use: str = ""
    """How much of it generative AI made, as written ("None", "Partly", "All"); empty: not said. Source: ContainsAI."""
    files: tuple[FileClaim, ...] = ()
    line: int = 0
    path: str = ""
    user_type: Role | None = None
    """The type with what its sender defined, where ``type`` is UserDefined."""
    flags: tuple[Flag, ...] = ()
    """What is said of it by yes or no: IsInstrumental, IsCover, HasVocalPerformance, IsRemastered, IsHiddenResource."""
    terms: tuple[Term, ...] = ()
    """VersionType, RecordingFormat, RecordingMode, CompositeMusicalWorkType."""
    texts: tuple[ScopedText, ...] = ()
    """Keywords, Synopsis, MarketingComment, CourtesyLine and further languages, each with its element as ``kind``."""
    dates: tuple[DatedEvent, ...] = ()
    labels: tuple[ScopedText, ...] = ()
    rights_controllers: tuple[RightsController, ...] = ()
    relations: tuple[Relation, ...] = ()
    advisory_scopes: tuple[Advisory, ...] = ()
    """The advisories again and ratings, where the sender says for whom they are, or by whose standard."""
    editions: tuple[Edition, ...] = ()
    """The editions, where there are several, or where one says of which kind it is; ``ids`` has all their ids."""

    default_language: str = ""
    """The language of its texts that name none themselves. Source: ERN @LanguageAndScriptCode."""

    def flag(self, name: str) -> bool | None:
        """Return what the message says of an element like IsInstrumental; None where it says nothing."""
        return next((flag.is_set for flag in self.flags if flag.name == name), None)
