"""Spoken word: shows of episodes and audiobooks of chapters. No format delivers them yet.

An episode is to its show what a track is to its album, and so is a chapter to its audiobook: it has rights and
renditions of its own, and only the owner's grant counts.
"""

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.entities import AlbumCopyright
from antiphon.model.media import CoverSize, Rendition


class SpokenWord(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of anything spoken.

    ``description`` is plain text. ``html_description`` may hold markup, reduced by whoever reads the format to what can
    do no harm; empty: there is only the text. ``languages`` are codes of ISO 639, the main one first.
    """

    id: str
    title: str
    description: str = ""
    html_description: str = ""
    languages: tuple[str, ...] = ()
    explicit: bool = False
    covers: tuple[CoverSize, ...] = ()


class SpokenPart(SpokenWord, frozen=True, kw_only=True):
    """What is played. ``intervals`` and ``renditions`` are as a track's, ``release_date`` is as an album's.

    Without ``covers`` it shows those of what it is part of.
    """

    duration_ms: int
    release_date: str = ""
    renditions: tuple[Rendition, ...] = ()
    intervals: tuple[Interval, ...] = ()


class Episode(SpokenPart, frozen=True, kw_only=True):
    """An episode of a show."""


class Chapter(SpokenPart, frozen=True, kw_only=True):
    """A chapter of an audiobook."""


class Show(SpokenWord, frozen=True, kw_only=True):
    """A podcast or another series, with its episodes in any order. ``provider`` owns it."""

    provider: str
    episodes: tuple[Episode, ...]
    publisher: str = ""
    copyrights: tuple[AlbumCopyright, ...] = ()


class Audiobook(SpokenWord, frozen=True, kw_only=True):
    """A book read aloud, with its chapters in reading order; ``provider`` owns it. ``edition``: "Unabridged"."""

    provider: str
    authors: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    narrators: tuple[str, ...] = ()
    edition: str = ""
    publisher: str = ""
    copyrights: tuple[AlbumCopyright, ...] = ()
