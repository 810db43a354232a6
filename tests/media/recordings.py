"""Recordings made for the tests: tones and silence in any container, as small as they can be."""

from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream

RATE_HZ = 44_100


def write_recording(
    path: Path,
    *,
    codec: str = "flac",
    seconds: float = 1.0,
    rate_hz: int = RATE_HZ,
    layout: str = "stereo",
    level_dbfs: float = -20.0,
    sample_format: str = "s16",
    streams: int = 1,
    container: str | None = None,
) -> Path:
    """Write a 997 Hz tone, the same in all channels, with peaks at ``level_dbfs`` (-inf: silence); return the path."""
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    tone = 10 ** (level_dbfs / 20) * np.sin(2 * np.pi * 997 * times_s)
    interleaved = np.repeat(tone, av.AudioLayout(layout).nb_channels).astype(np.float32).reshape(1, -1)
    with av.open(str(path), "w", format=container) as output:
        added = [output.add_stream(codec, rate=rate_hz) for _ in range(streams)]
        for stream in added:
            assert isinstance(stream, AudioStream)
            stream.layout, stream.format = layout, sample_format
        for stream in added:
            assert isinstance(stream, AudioStream)
            frame = av.AudioFrame.from_ndarray(interleaved, format="flt", layout=layout)
            frame.sample_rate = rate_hz
            for piece in av.AudioResampler(format=sample_format, layout=layout, rate=rate_hz).resample(frame):
                output.mux(stream.encode(piece))
            output.mux(stream.encode(None))
    return path


def read_samples(data_path: Path) -> tuple[int, int]:
    """Return how many samples a file decodes to, and at which rate."""
    with av.open(str(data_path)) as container:
        stream = container.streams.audio[0]
        return sum(frame.samples for frame in container.decode(stream)), stream.sample_rate
