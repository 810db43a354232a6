"""The rule about immersive mixes, which are recordings of their own beside the stereo ones."""

from collections.abc import Iterator

from antiphon.model.claims import FileClaim, IdScheme
from antiphon.model.findings import Severity
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import artist_names, ids_of_file, shown_title
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule
from antiphon.rules.title_anatomy import compared_text, compared_title

IMMERSIVE_SAMPLE_RATE_HZ = 48_000
IMMERSIVE_CHANNELS = 3
"""Channels from which a mix is immersive. Source: REV-TRK."""

IMMERSIVE_SIZE_BYTES = 2_000_000_000
"""What an immersive file must stay below. Source: REV-TRK."""

IMMERSIVE_DURATION_MS = 100
"""How far the durations of the stereo and the immersive mix may differ: nothing but what rounding makes of it."""


@rule(
    "I10",
    "An immersive mix has its own ISRC, the duration of the stereo mix, 48 kHz and less than 2 GB",
    severity=Severity.HOLD,
    source="REV-TRK",
    confidence=Confidence.DISTRIBUTOR,
    fix="deliver the immersive mix as its own recording, at 48 kHz, as long as the stereo mix",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    why="Players switch between the two mixes in the middle of a track, so both have to run alike and be told apart.",
)
def has_proper_immersive_mix(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per recording of both mixes under one ISRC, and per immersive file of another rate or size.

    Durations are compared between recordings of one title and artist; where they differ it is a warning.
    """
    mixes = {track.reference: [file for file in track.files if _is_immersive(file)] for track in evidence.tracks}
    if not any(mixes.values()):
        return
    stereo = {_mix_key(track): track for track in evidence.tracks if not mixes[track.reference]}
    for track in evidence.tracks:
        if mixes[track.reference]:
            yield from _find_immersive_faults(evidence, track, mixes[track.reference], stereo.get(_mix_key(track)))


def _find_immersive_faults(
    evidence: Evidence, track: Resource, immersive: list[FileClaim], stereo: Resource | None
) -> Iterator[Breach]:
    isrcs = {isrc for file in immersive for isrc in _isrcs_of(track, file)}
    shared = [isrc for file in track.files if _is_stereo(file) for isrc in _isrcs_of(track, file) if isrc in isrcs]
    if shared:
        yield breach_at(
            track,
            got=f"stereo and immersive mix under ISRC {shared[0]}",
            expected="an ISRC for each",
            message="Two mixes share one ISRC.",
        )
    for file in immersive:
        size_bytes = (evidence.context.files or {}).get(file.uri, 0)
        rate_hz = file.sample_rate_hz or IMMERSIVE_SAMPLE_RATE_HZ
        if rate_hz != IMMERSIVE_SAMPLE_RATE_HZ:
            yield breach_at(
                track,
                got=f"immersive mix at {rate_hz:g} Hz",
                expected="48000 Hz",
                message="The immersive mix has another sample rate than it must.",
                line=file.line,
            )
        if size_bytes >= IMMERSIVE_SIZE_BYTES:
            yield breach_at(
                track,
                got=f"immersive mix of {size_bytes} bytes",
                expected="less than 2 GB",
                message="The immersive mix is too large.",
                line=file.line,
            )
    lengths_ms = (track.duration_ms, stereo.duration_ms) if stereo is not None else (None, None)
    if stereo and all(lengths_ms) and abs((lengths_ms[0] or 0) - (lengths_ms[1] or 0)) > IMMERSIVE_DURATION_MS:
        yield breach_at(
            track,
            got=f"immersive mix of {(lengths_ms[0] or 0) / 1000:g} s",
            expected=f"{(lengths_ms[1] or 0) / 1000:g} s, as the stereo mix {stereo.reference} has",
            message="The two mixes are not equally long.",
            severity=Severity.WARN,
        )


def _isrcs_of(track: Resource, file: FileClaim) -> list[str]:
    return [claimed.text for claimed in ids_of_file(track, file) if claimed.scheme is IdScheme.ISRC]


def _mix_key(track: Resource) -> tuple[str, frozenset[str]]:
    names = artist_names(track.display_artists, track.display_artist_names)
    return compared_title(shown_title(track.titles)), frozenset(map(compared_text, names))


def _is_immersive(file: FileClaim) -> bool:
    codec = file.codec.casefold()
    return (file.channels or 0) >= IMMERSIVE_CHANNELS or "atmos" in codec or codec in ("ac-4", "mpeg-h", "adm")


def _is_stereo(file: FileClaim) -> bool:
    return file.channels is not None and not file.is_preview and not _is_immersive(file)


RULES = (has_proper_immersive_mix,)
