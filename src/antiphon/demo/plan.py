"""The words in which the demo's catalogue is planned: who plays, what is recorded, what is released by whom.

Identifiers are plain strings here: the plan is the *sender's* side of a delivery, and the platform must parse what it
is sent. Days are counted from the demo day, so that "out for months", "out today" and "out next week" stay true on
whichever day the demo is started.
"""

import re
from enum import StrEnum

import msgspec

ISRC_PATTERN = re.compile(r"[A-Z]{2}[A-Z0-9]{3}\d{7}")
"""Form of an ISRC without hyphens: country, registrant, two digits of the year, five of the designation (ISO 3901)."""

INSTRUMENTAL_LANGUAGE = "zxx"
"""ISO 639-2 code for "no linguistic content": nobody sings in the demo."""


class Style(StrEnum):
    """How an artist sounds: which instruments play, and from which patterns the score is made."""

    AMBIENT = "ambient"
    STRINGS = "strings"
    CHIPTUNE = "chiptune"
    MALLETS = "mallets"
    TECHNO = "techno"


class ReleaseKind(StrEnum):
    """What a release is sold as, named as in the ERN list of release types."""

    ALBUM = "Album"
    EP = "EP"
    SINGLE = "Single"
    COMPILATION = "Compilation"


class ParentalWarning(StrEnum):
    """What a label says about the words of a recording, named as in the ERN list of parental warning types."""

    EXPLICIT = "Explicit"
    NOT_EXPLICIT = "NotExplicit"


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A distributor that delivers releases: its DDEX party id, its name, and the ERN version it writes."""

    key: str
    dpid: str
    name: str
    ern_version: str


class Artist(msgspec.Struct, frozen=True, kw_only=True):
    """A performing artist and the style all of its recordings are played in.

    ``isni`` is invented. Both labels send it, so the platform knows that they mean one artist.
    """

    key: str
    name: str
    isni: str
    style: Style


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """All a composer needs to write and play one piece.

    ``seed`` names the *work*: two recordings with one seed and mode share melody and harmony, and differ by tempo and
    ``arrangement`` alone. ``tonic`` is a MIDI pitch; ``tempo_bpm`` is a wish, bent so that whole phrases fill the
    length.
    """

    seed: int
    tonic: int
    mode: str
    tempo_bpm: float
    beats_per_bar: int = 4
    arrangement: str = "full"


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One recording as its label describes it; ``version_title`` is ``None`` for the original version."""

    isrc: str
    title: str
    artist: Artist
    composers: tuple[str, ...]
    genre: str
    duration_ms: int
    p_line_year: int
    p_line_owner: str
    recipe: Recipe
    version_title: str | None = None
    title_language: str = "en"
    performance_language: str = INSTRUMENTAL_LANGUAGE
    parental_warning: ParentalWarning = ParentalWarning.NOT_EXPLICIT

    @property
    def display_title(self) -> str:
        """Return the title with its version in brackets, as a player shows it."""
        return f"{self.title} ({self.version_title})" if self.version_title else self.title


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """A recording's place on a release, with what its deals say differently from the release.

    ``starts_in_days`` counts from the demo day to the local midnight its deals begin; ``None`` means with the release.
    ``withheld_in`` are the territories its deals exclude.
    """

    sequence: int
    recording: Recording
    starts_in_days: int | None = None
    withheld_in: tuple[str, ...] = ()


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """One release with its tracks in order; ``released_in_days`` counts from the demo day, negative for the past."""

    icpn: str
    catalogue_number: str
    title: str
    artist_name: str
    kind: ReleaseKind
    label: str
    genre: str
    c_line_year: int
    c_line_owner: str
    released_in_days: int
    provider: Provider
    cover: str
    tracks: tuple[Track, ...]

    @property
    def artist(self) -> Artist | None:
        """Return the one artist of the release; None where several perform on it."""
        return None if self.has_many_artists else self.tracks[0].recording.artist

    @property
    def has_many_artists(self) -> bool:
        """Return whether more than one artist performs on the release."""
        return len({track.recording.artist.key for track in self.tracks}) > 1


class Repertoire(msgspec.Struct, frozen=True, kw_only=True):
    """The whole plan: every release the demo delivers, in the order it delivers them."""

    releases: tuple[Release, ...]

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Return each recording once, in the order of its first appearance."""
        by_isrc = {track.recording.isrc: track.recording for release in self.releases for track in release.tracks}
        return tuple(by_isrc.values())

    @property
    def artists(self) -> tuple[Artist, ...]:
        """Return each artist once, in the order of first appearance."""
        return tuple({recording.artist.key: recording.artist for recording in self.recordings}.values())


def ean_check_digit(first_twelve: str) -> str:
    """Return the thirteenth digit of an EAN-13, from its first twelve. Source: GS1 General Specifications 7.9.1."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_twelve))
    return str(-weighted % 10)
