"""An audio file decoded once, to its end: facts and loudness are measured, and Opus encoded, on the way.

Runs in a child only. The demuxers and decoders are named here, all others are never entered; the file comes as an
open descriptor, and a demuxer that asks for another one (a playlist, a concatenation, a reference) is refused.
"""

import re
from collections.abc import Iterator
from fractions import Fraction
from math import isfinite
from typing import BinaryIO, NoReturn

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.filter import Graph

from antiphon.media.declared_length import count_missing_bytes
from antiphon.media.jobs import CORRUPT, DECODABLE, SEND_AGAIN, UNACCEPTED, DecodedAudio, UnusableFile
from antiphon.model.media import AudioFacts

CONTAINERS = {"flac": "flac", "wav": "wav", "mp3": "mp3", "ogg": "ogg", "mov": "mp4", "aiff": "aiff"}
"""Demuxers that are opened, with our word for the container. Source: delivery-rules A1, A18; RELIABILITY B8."""

CODECS = (
    "flac,alac,mp3float,mp3,aac,vorbis,opus,libopus,pcm_u8,pcm_s8,pcm_s16le,pcm_s24le,pcm_s32le,pcm_f32le,pcm_f64le,"
    "pcm_s16be,pcm_s24be,pcm_s32be,pcm_f32be,pcm_f64be"
)
"""Decoders that are opened: the lossless ones labels deliver, and common lossy ones, so that a rule can name them."""

OPUS_RATE_HZ = 48_000
"""Opus knows no other full-band rate. Source: RFC 7845."""

OPUS_BITRATE_BPS = 128_000
"""Bits per second: transparent for nearly everybody in stereo, a tenth of the FLAC."""

OPUS_FRAME_SAMPLES = 960
"""Samples per Opus frame: 20 ms, the codec's own default."""

SILENCE_LUFS = -70.0
"""The absolute gate of BS.1770: what the filter answers when nothing was louder."""


def transcode(source: BinaryIO, target: BinaryIO) -> DecodedAudio:
    """Return the facts of ``source`` and leave its Opus rendition in ``target``, the same bytes every time.

    Raises: UnusableFile (the provider's fault); any FFmpegError is a file that does not decode.
    """
    with _open(source) as container:
        stream = _find_stream(container)
        measurement = _Measurement()
        with av.open(target, "w", format="ogg", container_options={"fflags": "+bitexact"}) as rendition:
            options = {"b": str(OPUS_BITRATE_BPS), "flags": "+bitexact"}
            opus = rendition.add_stream("libopus", rate=OPUS_RATE_HZ, layout="stereo", options=options)
            for frame in measurement.pass_through(_decode(container, stream)):
                rendition.mux(opus.encode(frame))
            rendition.mux(opus.encode(None))
        _check_length(source, container, stream, measurement.samples)
        facts = AudioFacts(
            container=CONTAINERS[_demuxer(container)],
            codec=stream.codec_context.codec.canonical_name,
            sample_rate_hz=stream.sample_rate,
            channels=stream.channels,
            bits_per_sample=_bits_per_sample(stream),
            duration_ms=round(measurement.samples * 1000 / stream.sample_rate),
            loudness_lufs=measurement.integrated_lufs,
        )
    source.seek(0)
    return DecodedAudio(facts=facts, is_native_flac=facts.container == "flac" and source.read(4) == b"fLaC")


def _open(source: BinaryIO) -> InputContainer:
    names = ",".join(CONTAINERS)
    options = {"format_whitelist": names, "codec_whitelist": CODECS, "protocol_whitelist": "none"}
    try:
        # Tags may be in any encoding; no fact comes from them.
        return av.open(source, "r", container_options=options, metadata_errors="replace", io_open=_refuse_to_open)
    except av.ArgumentError as error:
        raise UnusableFile(
            UNACCEPTED, got="a container that is not accepted", expected=f"one of {names}", fix="deliver FLAC or WAV"
        ) from error
    except av.FFmpegError as error:
        raise _corrupt(f"a file that is not audio, or has lost its head ({_reason(error)})") from error


def _refuse_to_open(url: str, *_: object) -> NoReturn:
    raise UnusableFile(
        UNACCEPTED,
        got=f"a file that refers to another: {url[:200]!r}",
        expected="a file that holds its own audio",
        fix="deliver FLAC or WAV",
    )


def _demuxer(container: InputContainer) -> str:
    return container.format.name.partition(",")[0]


def _find_stream(container: InputContainer) -> AudioStream:
    streams = container.streams.audio
    if len(streams) != 1:
        raise UnusableFile(
            UNACCEPTED,
            got=f"{len(streams)} audio streams",
            expected="one audio stream",
            fix="deliver one recording per file",
        )
    stream = streams[0]
    if stream.codec_context.name not in CODECS.split(","):
        raise UnusableFile(
            UNACCEPTED,
            got="a codec that is not accepted",
            expected=f"one of {CODECS}",
            fix="deliver FLAC or WAV",
        )
    # One thread: a file's limits are per child, and several children run beside each other anyway.
    stream.codec_context.thread_count = 1
    stream.codec_context.options = {"err_detect": "crccheck+explode"}
    return stream


def _decode(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Yield the stream's frames to its end. Raises: UnusableFile if one is damaged, they change form, or are none."""
    form: tuple[int, str, str] | None = None
    samples = 0
    try:
        for frame in container.decode(stream):
            found = (frame.sample_rate, frame.layout.name, frame.format.name)
            if form not in (None, found):
                raise _corrupt(f"audio that changes from {form} to {found} at sample {samples}")
            form = found
            samples += frame.samples
            yield frame
    except av.FFmpegError as error:
        raise _corrupt(f"audio that cannot be decoded beyond sample {samples} ({_reason(error)})") from error
    if not samples:
        raise _corrupt("no audio at all")


def _check_length(source: BinaryIO, container: InputContainer, stream: AudioStream, decoded_samples: int) -> None:
    """Refuse a file that ends before the end it declares. Lossy containers only estimate theirs."""
    if missing_bytes := count_missing_bytes(source):
        raise _corrupt(f"a file that is {missing_bytes} bytes shorter than its header declares")
    if _demuxer(container) not in ("flac", "wav", "aiff") or not stream.duration or stream.time_base is None:
        return
    declared_samples = round(stream.duration * stream.time_base * stream.sample_rate)
    if decoded_samples < declared_samples:
        raise _corrupt(f"{decoded_samples} samples of the {declared_samples} its header declares")


def _corrupt(got: str) -> UnusableFile:
    return UnusableFile(CORRUPT, got=got, expected=DECODABLE, fix=SEND_AGAIN)


def _reason(error: av.FFmpegError) -> str:
    return (error.strerror or type(error).__name__).lower()


def _bits_per_sample(stream: AudioStream) -> int:
    """Return the bits of a sample as coded, 0 for codecs that have none."""
    extradata = bytes(stream.codec_context.extradata or b"")
    match stream.codec_context.codec.canonical_name:
        case "flac" if len(extradata) >= 14:  # STREAMINFO: 5 bits across bytes 12 and 13, less one (RFC 9639, 8.2)
            return ((extradata[12] & 1) << 4 | extradata[13] >> 4) + 1
        case "alac" if len(extradata) >= 18:  # the "alac" box with its 12-byte head, then ALACSpecificConfig.bitDepth
            return extradata[17]
        case name if digits := re.match(r"pcm_[usf](\d+)", name):
            return int(digits[1])
    return 0


class _Measurement:
    """What is learned of the audio on its way from the decoder to the encoder, so that it is touched once."""

    def __init__(self) -> None:
        self.samples = 0
        self._integrated = ""

    @property
    def integrated_lufs(self) -> float | None:
        """The integrated loudness, to a tenth; None for silence, and for less than the 400 ms a block takes."""
        lufs = float(self._integrated or SILENCE_LUFS)
        return round(lufs, 1) if isfinite(lufs) and lufs > SILENCE_LUFS else None

    def pass_through(self, frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
        """Yield the audio again, in the form and the pieces Opus takes."""
        graph: Graph | None = None
        for frame in frames:
            graph = graph or _build_graph(frame)
            self.samples += frame.samples
            frame.pts = None
            graph.push(frame)
            yield from self._pull(graph)
        if graph is not None:
            graph.push(None)
            yield from self._pull(graph)

    def _pull(self, graph: Graph) -> Iterator[AudioFrame]:
        while True:
            try:
                frame = graph.pull()
            except (av.BlockingIOError, av.EOFError):
                return
            if isinstance(frame, AudioFrame):
                self._integrated = frame.metadata.get("lavfi.r128.I", self._integrated)
                yield frame


def _build_graph(first: AudioFrame) -> Graph:
    graph = Graph()
    graph.threads = 1
    source = graph.add_abuffer(
        sample_rate=first.sample_rate,
        format=first.format.name,
        layout=first.layout.name,
        time_base=Fraction(1, first.sample_rate),
    )
    # True peak would take four times as long as all the rest of the measurement, and no rule asks for it.
    loudness = graph.add("ebur128", "metadata=1:peak=none")
    form = graph.add("aformat", f"sample_fmts=flt:sample_rates={OPUS_RATE_HZ}:channel_layouts=stereo")
    pieces = graph.add("asetnsamples", f"n={OPUS_FRAME_SAMPLES}:p=0")
    graph.link_nodes(source, loudness, form, pieces, graph.add("abuffersink")).configure()
    return graph
