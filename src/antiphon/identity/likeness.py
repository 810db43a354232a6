"""How alike two recordings are by what is said of them: a probability, and the reasons it is made of.

Each thing that can be compared of two sketches comes to at most one level of evidence (title: same, near or far
apart; length: less than one second apart, four, fifteen, or further), each level has a weight in log-odds, and the sum
of the weights is the answer. So every score can be taken apart again into what spoke for it and what against. What one
side does not say is no evidence.

The weights were fitted by logistic regression on labelled pairs of songs from two shops (``bench.matching`` fits them,
and measures on what they have not seen); they are rounded, since the last digits mean nothing.

Example: "Glass Harbour (Night Mix)" of 5:21 by Mira Vale, against "Glass Harbour [Night Mix]" of 5:21 by Mira Vale:
title, version and artist are the same and so is the length, so 0.99. Against the plain "Glass Harbour" of 3:30 the
version and the length speak: 0.25.

What belongs to a release rather than a recording (album, date) counts only where each side is of one release, as in a
shop. The catalogue's own recordings are on many, so its sketches leave it out.
"""

import math
from typing import NamedTuple

import msgspec
from rapidfuzz import fuzz

from antiphon.identity.titles import TitleParts, find_album_versions, find_numbers, split_words, take_apart

SAME_RECORDING = 0.5
"""The score from which two sketches are more likely one recording than two."""

NEAR, FAR = 85.0, 60.0
"""Percent of likeness: from ``NEAR`` on texts are spellings of each other; below ``FAR`` they are different texts."""

WEIGHTS: dict[str, float] = {
    "title same": 2.9,
    "title near": 0.1,
    "title far": -2.4,
    "part other": -0.5,
    "guests other": -1.0,
    "version same": 0.9,
    "version on one side": -1.0,
    "version other": -1.2,
    "artist same": 0.5,
    "artist other": -2.0,
    "length within 1 s": 1.9,
    "length within 4 s": 0.2,
    "length within 15 s": -0.9,
    "length apart": -1.6,
    "album same": 0.3,
    "album other": -0.1,
    "year other": -1.1,
    "advisory other": -3.0,
}
"""By level of evidence. Two are ours: shops never have to tell apart what different artists recorded, and show the
explicit and the clean recording of a song as one."""

PRIOR = -1.9
"""Log-odds before any field is looked at: candidates share an artist or a title, and mostly are two recordings."""

SAME_ISRC_PRIOR = 0.5
"""Log-odds where both have one ISRC. That is strong evidence where all else agrees, and little where it does not:
labels do send the ISRC of another song, and editions of one song share theirs."""


class RecordingSketch(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a recording, as delivered. Empty or None: nothing is said.

    ``released`` is a day, a month or a year in ISO 8601; ``is_explicit`` None: nobody says.
    """

    title: str
    version: str = ""
    artists: tuple[str, ...] = ()
    album: str = ""
    duration_ms: int | None = None
    released: str = ""
    is_explicit: bool | None = None


class Evidence(NamedTuple):
    """One thing that was found, and its weight in log-odds: above 0 it speaks for one recording."""

    found: str
    weight: float


class Likeness(NamedTuple):
    """How likely two sketches are of one recording (0 to 1), and why, strongest evidence first."""

    score: float
    evidence: tuple[Evidence, ...]


def compare_recordings(one: RecordingSketch, other: RecordingSketch, prior: float = PRIOR) -> Likeness:
    """Return how alike two recordings are; ``prior``: the log-odds before they are looked at. Symmetric."""
    found = [name for name in find_evidence(one, other) if name]
    evidence = sorted((Evidence(name, WEIGHTS[name]) for name in found), key=lambda e: (-abs(e.weight), e.found))
    return Likeness(1 / (1 + math.exp(-prior - sum(e.weight for e in evidence))), tuple(evidence))


def find_evidence(one: RecordingSketch, other: RecordingSketch) -> tuple[str, ...]:
    """Return the level of evidence of each field, by its name in ``WEIGHTS``; empty where a field says nothing."""
    title, other_title = take_apart(one.title, one.version), take_apart(other.title, other.version)
    return (
        _compare_words("title", title.words, other_title.words),
        "part other" if find_numbers(title.words) != find_numbers(other_title.words) else "",
        _compare_versions(_add_versions(title, one.album, other_title), _add_versions(other_title, other.album, title)),
        _compare_guests(title.guests, other_title.guests),
        _compare_artists(one.artists, other.artists),
        _compare_lengths(one.duration_ms, other.duration_ms),
        _compare_albums(one.album, other.album),
        _compare_years(one.released, other.released),
        _compare_advisories(one, other),
    )


def _compare_words(field: str, one: tuple[str, ...], other: tuple[str, ...]) -> str:
    if one == other:
        return f"{field} same"
    alike = measure_texts(" ".join(one), " ".join(other))
    return f"{field} near" if alike >= NEAR else f"{field} far" if alike < FAR else ""


def measure_texts(one: str, other: str) -> float:
    """Return how alike two texts are, in percent, in whatever order their words stand."""
    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))


def _add_versions(title: TitleParts, album: str, other: TitleParts) -> frozenset[str]:
    """Return the version a title tells, with what its album's says and the other title too: "Song" on "Live at Home"
    is "Song (Live)" elsewhere.
    """
    return title.version | (find_album_versions(album) & other.version)


def _compare_versions(one: frozenset[str], other: frozenset[str]) -> str:
    if one == other:
        return "version same"
    if not one or not other:
        return "version on one side"
    return "version other" if len(one & other) / len(one | other) < 0.5 else ""


def _compare_guests(one: frozenset[str], other: frozenset[str]) -> str:
    return "guests other" if one and other and one.isdisjoint(other) else ""


def _compare_artists(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    words, other_words = split_words(" ".join(one)), split_words(" ".join(other))
    if not words or not other_words:
        return ""
    if words == other_words:
        return "artist same"
    return "artist other" if set(words).isdisjoint(other_words) else ""


def _compare_lengths(one_ms: int | None, other_ms: int | None) -> str:
    if one_ms is None or other_ms is None:
        return ""
    apart_s = abs(one_ms - other_ms) / 1000
    return next((f"length within {bound_s} s" for bound_s in (1, 4, 15) if apart_s < bound_s), "length apart")


def _compare_albums(one: str, other: str) -> str:
    if not one or not other:
        return ""
    words, other_words = (tuple(w for w in take_apart(t).words if w not in ("ep", "single")) for t in (one, other))
    if words == other_words:
        return "album same"
    return "album other" if measure_texts(" ".join(words), " ".join(other_words)) < FAR else ""


def _compare_years(one: str, other: str) -> str:
    return "year other" if one and other and one[:4] != other[:4] else ""


def _compare_advisories(one: RecordingSketch, other: RecordingSketch) -> str:
    return "advisory other" if {one.is_explicit, other.is_explicit} == {True, False} else ""
