"""Resources: the recordings, videos, images and texts a message describes."""

from enum import StrEnum

import msgspec

from antiphon.model.claims import (
    CopyrightLine,
    Credit,
    DeliveredId,
    FileClaim,
    Genre,
    Role,
    ScopedText,
)


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
