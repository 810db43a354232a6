"""Rules about what a release and its tracks say of themselves: titles, artists, durations, dates, lines, languages."""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import artist_names, described_parts, tracks_of
from antiphon.rules.dates import is_later
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_VARIOUS = re.compile(
    r"(?:various(?: artists?)?|v\.? ?/? ?a\.?|diverse(?: artists?)?|verschiedene(?: interpreten)?)", re.I
)
_PLACEHOLDER = "VariousArtists"
"""The value of SpecialDisplayArtist (ERN 4.3.2) that says so in one word."""


@rule(
    "M3",
    "The release and its tracks have titles",
    severity=Severity.FATAL,
    source="formats 8",
    confidence=Confidence.STANDARD,
    fix="add the display title",
    ack_code=AckCode.METADATA_MISSING,
)
def has_titles(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the main release or a track has no title."""
    for titled in described_parts(evidence.statement):
        if not any(title.value for title in titled.titles):
            yield breach_at(titled, got=f"no title for {titled.reference}", expected="a display title")


@rule(
    "M4",
    "The release and its tracks have a display artist",
    severity=Severity.FATAL,
    source="formats 6, 8",
    confidence=Confidence.STANDARD,
    fix="add a display artist with its name",
    ack_code=AckCode.PRIMARY_ARTIST_NAME_MISSING,
)
def has_display_artists(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where nobody is named; a warning per track that has to take the release's artist."""
    main = evidence.statement.main_release
    product_artists = artist_names(main.display_artists, main.display_artist_names) if main else ()
    tracks = tracks_of(evidence.statement)
    unnamed = [track for track in tracks if not artist_names(track.display_artists, track.display_artist_names)]
    for track in unnamed:
        yield breach_at(
            track,
            got=f"no display artist for {track.reference}",
            expected="the name of an artist",
            message=f"The release's artist stands in: {product_artists[0]}." if product_artists else "",
            severity=Severity.WARN if product_artists else None,
        )
    if main is not None and not product_artists and (unnamed or not tracks):
        yield breach_at(main, got=f"no display artist for {main.reference}", expected="the name of an artist")


@rule(
    "M5",
    "Every track says how long it is",
    severity=Severity.WARN,
    source="formats 8",
    confidence=Confidence.STANDARD,
    fix='add Duration, such as "PT3M25S"',
    ack_code=AckCode.METADATA_MISSING,
)
def has_durations(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track whose duration is missing or cannot be read, so that A9 has nothing to compare."""
    for track in tracks_of(evidence.statement):
        if track.duration_ms is None:
            yield breach_at(
                track,
                got=f"duration {track.duration_text!r}" if track.duration_text else "no duration",
                expected="an ISO 8601 duration",
            )


@rule(
    "R4",
    "No track is by Various Artists",
    severity=Severity.HOLD,
    source="CATA, OMZ2, REV-SG",
    confidence=Confidence.DISTRIBUTOR,
    fix="name the artists of each track; only a release may be by Various Artists",
    ack_code=AckCode.USER_DEFINED,
)
def names_artists_of_tracks(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track whose artist is a placeholder for many."""
    for track in tracks_of(evidence.statement):
        for name in dict.fromkeys(artist_names(track.display_artists, track.display_artist_names)):
            if name == _PLACEHOLDER or _VARIOUS.fullmatch(name.strip()):
                yield breach_at(track, got=f"artist {name!r}", expected="the artists of this track")


@rule(
    "P11",
    "The original release date is not after the release date",
    severity=Severity.WARN,
    source="RBS",
    confidence=Confidence.DISTRIBUTOR,
    fix="give the date of the first release ever, in any format, as the original one",
    ack_code=AckCode.ORIGINAL_RELEASE_DATE_LATER,
)
def is_not_released_before_original(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per release whose original date is later, as far as both dates are given."""
    for release in evidence.statement.releases:
        released, original = release.release_date, release.original_release_date
        if released and original and is_later(original, released):
            yield breach_at(release, got=f"original release date {original.text}", expected=f"by {released.text}")


@rule(
    "L2",
    "Every track says what language it is sung in",
    severity=Severity.WARN,
    source="PLAYT, MG-REJ, WB",
    confidence=Confidence.DISTRIBUTOR,
    fix='add LanguageOfPerformance with an ISO 639 code; "zxx" where there are no words',
    ack_code=AckCode.METADATA_MISSING,
)
def has_languages(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track without a language or with what is no language code."""
    for track in tracks_of(evidence.statement):
        if not _LANGUAGE.fullmatch(track.language):
            got = f"language {track.language!r}" if track.language else "no language"
            yield breach_at(track, got=got, expected="an ISO 639 code")


@rule(
    "L4",
    "P line and C line are there, with their year",
    severity=Severity.WARN,
    source="TUNEC, YT-ARTJ",
    confidence=Confidence.DISTRIBUTOR,
    fix="add the line with the year of first publication and the owner",
    ack_code=AckCode.METADATA_MISSING,
)
def has_copyright_lines(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the release has no C line, and per track without a P line where the release has none."""
    main = evidence.statement.main_release
    tracks = tracks_of(evidence.statement)
    if main is None or not tracks:
        return
    if not main.c_lines:
        yield breach_at(main, got="no C line", expected="a C line with its year")
    if not main.p_lines:
        for track in tracks:
            if not track.p_lines:
                yield breach_at(track, got="no P line, nor one on the release", expected="a P line with its year")
    for owner in described_parts(evidence.statement):
        for line in (*owner.p_lines, *owner.c_lines):
            if line.year is None and not re.search(r"\b(?:19|20)\d\d\b", line.text):
                yield breach_at(owner, got=f"line {line.text!r} without a year", expected="the year of publication")


RULES = (
    has_titles,
    has_display_artists,
    has_durations,
    names_artists_of_tracks,
    is_not_released_before_original,
    has_languages,
    has_copyright_lines,
)
