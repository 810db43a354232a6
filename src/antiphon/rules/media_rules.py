"""Rules about what decoding a file told: audio and artwork."""

from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.media import COVER_ADVISED_PX, AudioFacts, ImageFacts
from antiphon.model.resources import Resource, ResourceKind
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, Need, breach_at, rule

BITS_PER_SAMPLE_FLOOR = 16
SAMPLE_RATE_FLOOR_HZ = 44_100
"""What a CD has; less is not sold as lossless. Source: SP-AF."""

CHANNELS = 2
"""One stereo master per track; immersive mixes come as recordings of their own. Source: SP-AF, SP-IMG."""

DURATION_TOLERANCE_MS = 2_000
DURATION_TOLERANCE_SHARE = 0.02
"""How far a declared duration may be off, whichever allows more: senders round to seconds. Source: formats 8.5."""

COVER_FLOOR_PX = 640
"""The least side of a cover. Source: SP-IMG."""

COVER_FORMATS = frozenset({"JPEG", "PNG", "TIFF"})
COVER_MODES = frozenset({"RGB", "RGBA"})


@rule(
    "A1",
    "Audio is FLAC or WAV",
    severity=Severity.FATAL,
    source="SP-AF",
    confidence=Confidence.PLATFORM,
    fix="deliver the lossless master as FLAC",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="What a listener hears is made from this file: a lossy one is damaged before it is encoded again.",
)
def is_lossless_audio(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per audio file that is neither FLAC nor PCM in WAV."""
    for recording, facts in _audio(evidence):
        is_flac = facts.container == "flac" and facts.codec == "flac"
        is_wav = facts.container in ("wav", "w64") and facts.codec.startswith("pcm_")
        if not (is_flac or is_wav):
            yield _of_file(
                recording,
                f"{facts.codec} in {facts.container}",
                "FLAC, or PCM in WAV",
                "The audio is neither FLAC nor WAV.",
            )


@rule(
    "A2",
    "Audio has 16 bits, 44.1 kHz and two channels, or more bits and a higher rate",
    severity=Severity.FATAL,
    source="SP-AF, SP-IMG",
    confidence=Confidence.PLATFORM,
    fix="deliver the stereo master at its own resolution, never converted up",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="What was recorded or delivered with less cannot be made better, only louder. Mono is delivered as stereo.",
)
def has_enough_resolution(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per property of an audio file that is below the floor. A codec without bits is A1's matter."""
    for recording, facts in _audio(evidence):
        if 0 < facts.bits_per_sample < BITS_PER_SAMPLE_FLOOR:
            yield _of_file(
                recording,
                f"{facts.bits_per_sample} bits",
                f"at least {BITS_PER_SAMPLE_FLOOR} bits",
                "The audio has too few bits.",
            )
        if facts.sample_rate_hz < SAMPLE_RATE_FLOOR_HZ:
            yield _of_file(
                recording,
                f"{facts.sample_rate_hz} Hz",
                f"at least {SAMPLE_RATE_FLOOR_HZ} Hz",
                "The sample rate is too low.",
            )
        if facts.channels != CHANNELS:
            yield _of_file(recording, f"{facts.channels} channels", f"{CHANNELS} channels", "The audio is not stereo.")


@rule(
    "A9",
    "Audio is as long as declared",
    severity=Severity.HOLD,
    source="WB; formats 8.5",
    confidence=Confidence.INFERRED,
    fix="check that this is the right file and the whole of it, then correct the file or Duration",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="A file that is shorter or longer than the message says is mostly the wrong one, or was cut off on its way.",
)
def has_declared_duration(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per file that is off by more than 2 s and more than 2 % of what was declared."""
    for recording, facts in _audio(evidence):
        declared_ms = recording.duration_ms
        if declared_ms is None:
            continue
        tolerance_ms = max(DURATION_TOLERANCE_MS, round(declared_ms * DURATION_TOLERANCE_SHARE))
        if abs(facts.duration_ms - declared_ms) > tolerance_ms:
            yield _of_file(
                recording,
                f"{facts.duration_ms / 1000:.1f} s of audio",
                f"{declared_ms / 1000:.1f} s (+-{tolerance_ms / 1000:.1f} s), as {recording.duration_text} says",
                "The audio is not as long as the message says.",
            )


@rule(
    "C1",
    "Artwork is JPEG, PNG or TIFF",
    severity=Severity.FATAL,
    source="SP-IMG",
    confidence=Confidence.PLATFORM,
    fix="deliver the cover as JPEG or PNG",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="Other formats, and other contents under these names, cannot be shown everywhere.",
)
def is_artwork_format(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per image of another format, by its content and whatever its name."""
    for image, facts in _images(evidence):
        if facts.format.upper() not in COVER_FORMATS:
            yield _of_file(image, facts.format, "JPEG, PNG or TIFF", "The image is of another format.")


@rule(
    "C2",
    "Artwork is large enough",
    severity=Severity.FATAL,
    source="SP-IMG, FUGA, SUN",
    confidence=Confidence.PLATFORM,
    fix="deliver the cover at 3000 x 3000 px, from the original and never scaled up",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="A cover is shown from the size of a thumb to that of a wall, and never looks better than it was delivered.",
)
def is_large_enough(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per image below 640 px on a side, and a warning below 3000 px."""
    for image, facts in _images(evidence):
        side_px = min(facts.width_px, facts.height_px)
        if side_px < COVER_ADVISED_PX:
            is_too_small = side_px < COVER_FLOOR_PX
            least_px = COVER_FLOOR_PX if is_too_small else COVER_ADVISED_PX
            severity = None if is_too_small else Severity.WARN
            yield _of_file(image, _size(facts), f"at least {least_px} x {least_px} px", "The image is small.", severity)


@rule(
    "C3",
    "Artwork is square",
    severity=Severity.HOLD,
    source="SP-IMG, REV-SG",
    confidence=Confidence.DISTRIBUTOR,
    fix="deliver a square cover; do not stretch it",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="Covers are shown in squares: another shape is cut or gets borders, and the artist did not mean either.",
)
def is_square(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per front cover that is not square."""
    for image, facts in _images(evidence):
        if facts.width_px != facts.height_px and image.type in ("FrontCoverImage", ""):
            yield _of_file(image, _size(facts), "as wide as high", "The cover is not square.")


@rule(
    "C4",
    "Artwork is RGB",
    severity=Severity.FATAL,
    source="SP-IMG",
    confidence=Confidence.PLATFORM,
    fix="convert the cover to RGB with 8 bits per channel",
    ack_code=AckCode.RESOURCE_NOT_MEETING_SPECIFICATIONS,
    need=Need.MEDIA,
    why="CMYK is for print. On a screen its colours come out wrong, and some viewers show nothing at all.",
)
def is_rgb(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per CMYK image; a warning for grey and palette ones, which convert without loss."""
    for image, facts in _images(evidence):
        if facts.mode not in COVER_MODES:
            is_lossless = facts.mode in ("1", "L", "LA", "P", "PA")
            yield _of_file(
                image,
                f"colour mode {facts.mode}",
                "RGB",
                "The image is not RGB.",
                Severity.WARN if is_lossless else None,
            )


def _audio(evidence: Evidence) -> Iterator[tuple[Resource, AudioFacts]]:
    for resource in evidence.statement.resources:
        media = evidence.media.get(resource.reference)
        if media and media.audio and resource.kind is ResourceKind.SOUND_RECORDING:
            yield resource, media.audio


def _images(evidence: Evidence) -> Iterator[tuple[Resource, ImageFacts]]:
    for resource in evidence.statement.resources:
        media = evidence.media.get(resource.reference)
        if media and media.image and resource.kind is ResourceKind.IMAGE:
            yield resource, media.image


def _of_file(resource: Resource, got: str, expected: str, message: str, severity: Severity | None = None) -> Breach:
    """Return a breach at the resource's first full file, which is the one that was decoded."""
    claim = next((file for file in resource.files if not file.is_preview), None)
    return breach_at(
        resource,
        line=claim.line if claim else 0,
        got=f"{claim.uri}: {got}" if claim else got,
        expected=expected,
        message=message,
        severity=severity,
    )


def _size(facts: ImageFacts) -> str:
    return f"{facts.width_px} x {facts.height_px} px"


RULES = (
    is_lossless_audio,
    has_enough_resolution,
    has_declared_duration,
    is_artwork_format,
    is_large_enough,
    is_square,
    is_rgb,
)
