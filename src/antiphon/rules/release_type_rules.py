"""Rules about what kind of product a release is: its type, its length, and whether it is whole."""

import re
from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.releases import Release, ResourceGroup
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

AUDIO_TYPES = frozenset(
    {
        "Album",
        "AlertToneRelease",
        "AudioBookRelease",
        "AudioDramaRelease",
        "ClassicalAlbum",
        "ClassicalDigitalBoxedSet",
        "Compilation",
        "DigitalBoxSetRelease",
        "DjMix",
        "EP",
        "KaraokeRelease",
        "MaxiSingle",
        "MiniAlbum",
        "MixTape",
        "PlayList",
        "RingbackToneRelease",
        "RingtoneRelease",
        "Single",
        "SingleResourceRelease",
        "TrackRelease",
    }
)
"""Release types of audio. Source: ERN ReleaseType; "Compilation" is sent, though the standard has a flag for it."""

_OTHER_PRODUCT = re.compile(
    r"Video|Film|Bundle|Episode|Season|Series|Multimedia|Booklet|Image|Wallpaper|SheetMusic|EBook|LyricSheet|Game"
    r"|Documentary|Logo|Stem|Mixed",
)
SHORT_MS = 30 * 60 * 1000
"""Up to here a few tracks are a single or an EP. Source: delivery rules P2."""

SINGLE_TRACKS, EP_TRACKS = 3, 6
"""The most tracks of a single, and of an EP. Source: delivery rules P2."""

_MEASURES = {
    "Single": "up to 3 tracks and 30 min",
    "EP": "4 to 6 tracks, up to 30 min",
    "Album": "more than 6 tracks, or than 30 min",
}
_PARTIAL = re.compile(r"partial|excerpt|highlight|selection|sampler|extract", re.I)
_VERSION = re.compile(r"\s*[(\[].*$|\s+[-–—]\s+.*$")
"""What follows a song's name where a version of it is meant."""


@rule(
    "P1",
    "The release has a type, and one of audio",
    severity=Severity.HOLD,
    source="PS-META, PS-ERN4",
    confidence=Confidence.PLATFORM,
    fix="give ReleaseType as Album, ClassicalAlbum, Single or EP; say of a compilation that it is one by its flag",
    ack_code=AckCode.METADATA_MISSING,
    why="The type decides where a release is shown, and which other rules it is measured by.",
)
def has_audio_type(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach for a type that no standard has; warnings for none, and for types of other products than audio."""
    main = evidence.statement.main_release
    if main is None or not evidence.tracks:
        return
    values = [role.value for role in main.types]
    if any(value in AUDIO_TYPES for value in values):
        return
    if not values:
        yield breach_at(
            main,
            got="no release type",
            expected="Album, Single or EP",
            message="The release has no type.",
            severity=Severity.WARN,
        )
        return
    is_known = values[0] in ("UserDefined", "AsPerContract") or _OTHER_PRODUCT.search(values[0]) is not None
    yield breach_at(
        main,
        got=f"release type {main.types[0].user_value or values[0]!r}",
        expected="Album, ClassicalAlbum, Single or EP",
        message="What is audio in it is taken; nothing else is." if is_known else "",
        severity=Severity.WARN if is_known else None,
    )


@rule(
    "P2",
    "The type fits the number of tracks and their length",
    severity=Severity.WARN,
    source="MB9",
    confidence=Confidence.THIRD_PARTY,
    fix="correct ReleaseType; leave it, where the label calls it so on purpose",
    ack_code=AckCode.FILE_OK,
    why="Up to three tracks and 30 minutes are a single, four to six an EP, more an album; platforms show them so, "
    "whatever the message says.",
)
def fits_type_to_tracks(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a single, EP or album is none by the common measure. One song in versions is a single."""
    main = evidence.statement.main_release
    declared = next((role.value for role in main.types if role.value in ("Single", "EP", "Album")), "") if main else ""
    tracks = evidence.tracks
    durations = [track.duration_ms for track in tracks]
    if main is None or not declared or not tracks or None in durations:
        return
    length_ms = sum(duration or 0 for duration in durations)
    measured = _measure_type(len(tracks), length_ms)
    if declared == measured or (declared == "Single" and (len(tracks) == 1 or _is_one_song(tracks))):
        return
    minutes = f"{length_ms / 60_000:.0f} min"
    yield breach_at(
        main,
        got=f"{declared} of {len(tracks)} {'track' if len(tracks) == 1 else 'tracks'} in {minutes}",
        expected=f"{measured}: {_MEASURES[measured]}",
        message=f"By its tracks and their length it is no {declared}.",
    )


@rule(
    "P12",
    "A release with tracks left out says so",
    severity=Severity.WARN,
    source="HITS",
    confidence=Confidence.DISTRIBUTOR,
    fix="send the missing tracks, number the tracks without gaps, or say in the title that it is partial",
    ack_code=AckCode.METADATA_MISSING,
    why="Numbers that are skipped mean tracks that the physical release has and this one lacks: listeners miss them.",
)
def says_that_it_is_partial(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per disc or side whose track numbers have a gap, unless a title calls the release partial."""
    main = evidence.statement.main_release
    if main is None or main.group is None or _is_called_partial(main):
        return
    for group in _list_groups(main.group):
        numbers = sorted({place.sequence for place in group.places if place.sequence is not None and place.is_primary})
        missing = _find_gaps(numbers)
        if missing:
            yield breach_at(
                main,
                line=group.places[0].line,
                got=f"no track {', '.join(map(str, missing[:5]))} of {numbers[-1]}",
                expected="every number, or a title that says partial",
                message="The track numbers have a gap.",
            )


def _measure_type(tracks: int, length_ms: int) -> str:
    if length_ms > SHORT_MS or tracks > EP_TRACKS:
        return "Album"
    return "Single" if tracks <= SINGLE_TRACKS else "EP"


def _is_one_song(tracks: tuple[Resource, ...]) -> bool:
    songs = {_VERSION.sub("", track.titles[0].value).casefold() for track in tracks if track.titles}
    return len(songs) == 1


def _is_called_partial(release: Release) -> bool:
    return any(_PARTIAL.search(f"{title.value} {title.subtitle}") for title in release.titles)


def _find_gaps(numbers: list[int]) -> list[int]:
    """Return the numbers left out of those that count from 1; none where they count otherwise.

    Discs that go on counting begin elsewhere, 0 is a hidden track, and numbers far beyond the tracks are no count.
    """
    if not numbers or numbers[0] != 1 or numbers[-1] > 2 * len(numbers) + 1:
        return []
    return sorted({*range(1, numbers[-1] + 1)} - {*numbers})


def _list_groups(group: ResourceGroup) -> Iterator[ResourceGroup]:
    yield group
    for inner in group.groups:
        yield from _list_groups(inner)


RULES = (has_audio_type, fits_type_to_tracks, says_that_it_is_partial)
