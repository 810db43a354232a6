"""Rules about what a release and its tracks say of themselves: titles, artists, durations, dates, lines, languages."""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import artist_names, list_tracks
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@rule(
    "M3",
    "The release and its tracks have titles",
    severity=Severity.FATAL,
    source="formats 8",
    confidence=Confidence.STANDARD,
    fix="add the display title",
    ack_code=AckCode.METADATA_MISSING,
    why="Nobody finds, and nobody can show, what has no title.",
)
def has_titles(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the main release or a track has no title."""
    for titled in evidence.parts:
        if not any(title.value for title in titled.titles):
            yield breach_at(
                titled,
                got=f"no title for {titled.reference}",
                expected="a display title",
                message="The title is missing.",
            )


@rule(
    "M4",
    "The release and its tracks have a display artist",
    severity=Severity.FATAL,
    source="formats 6, 8",
    confidence=Confidence.STANDARD,
    fix="add a display artist with its name",
    ack_code=AckCode.PRIMARY_ARTIST_NAME_MISSING,
    why="Nobody finds what has no artist, and nobody is paid for it.",
)
def has_display_artists(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where nobody is named; a warning per track that has to take the release's artist."""
    main = evidence.statement.main_release
    product_artists = artist_names(main.display_artists, main.display_artist_names) if main else ()
    tracks = evidence.tracks
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
        yield breach_at(
            main,
            got=f"no display artist for {main.reference}",
            expected="the name of an artist",
            message="The release names no artist.",
        )


@rule(
    "M5",
    "Every track says how long it is",
    severity=Severity.WARN,
    source="formats 8",
    confidence=Confidence.STANDARD,
    fix='add Duration, such as "PT3M25S"',
    ack_code=AckCode.METADATA_MISSING,
    why="Without a declared duration nobody notices that a file is the wrong one, or was cut off.",
)
def has_durations(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per track whose duration is missing or cannot be read, so that A9 has nothing to compare."""
    for track in evidence.tracks:
        if track.duration_ms is None:
            yield breach_at(
                track,
                got=f"duration {track.duration_text!r}" if track.duration_text else "no duration",
                expected="an ISO 8601 duration",
                message="The duration is missing or cannot be read.",
            )


@rule(
    "L4",
    "P line and C line are there, with their year",
    severity=Severity.WARN,
    source="TUNEC, YT-ARTJ",
    confidence=Confidence.DISTRIBUTOR,
    fix="add the line with the year of first publication and the owner",
    ack_code=AckCode.METADATA_MISSING,
    why="The lines say who owns the recording and the release, and are shown below every album.",
)
def has_copyright_lines(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the release has no C line, and one for tracks without a P line where it has none either."""
    main = evidence.statement.main_release
    if main is None or not evidence.tracks:
        return
    if not main.c_lines:
        yield breach_at(
            main,
            got=f"no C line on {main.reference}",
            expected="a C line with its year",
            message="The release has no C line.",
            fix='add a CLine with Year and CLineText, such as "(C) 2026 Paper Lantern", to the release',
        )
    unowned = [track for track in evidence.tracks if not track.p_lines]
    if unowned and not main.p_lines:
        yield breach_at(
            unowned[0],
            got=f"no P line on {list_tracks(unowned, evidence.tracks)}, nor on the release",
            expected="a P line with its year",
            message="It is not said who owns the recording.",
            fix='add a PLine with Year and PLineText, such as "(P) 2026 Paper Lantern", to the track or the release',
        )
    for owner in evidence.parts:
        for line in (*owner.p_lines, *owner.c_lines):
            if line.year is None and not _YEAR.search(line.text):
                yield breach_at(
                    owner,
                    got=f"line {line.text!r} without a year on {owner.reference}",
                    expected="the year of publication",
                    message="A rights line has no year.",
                    fix="add Year to the line",
                )


RULES = (
    has_titles,
    has_display_artists,
    has_durations,
    has_copyright_lines,
)
