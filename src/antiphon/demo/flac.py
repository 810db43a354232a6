"""FLAC files of the demo's recordings, written through FFmpeg's encoder."""

from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from antiphon.demo.modes import SAMPLE_RATE_HZ

FRAME_SAMPLES = 4_096
"""Samples handed to the encoder at once: the block size FLAC itself uses for 44.1 kHz."""


def write_flac(path: Path, samples: npt.NDArray[np.int16], tags: Mapping[str, str]) -> None:
    """Write 16-bit stereo frames of shape (samples, 2) as a FLAC file that decodes to the very same samples.

    ``tags`` become Vorbis comments. The file is complete when the call returns.
    Raises: ValueError (the caller's fault) for samples of another type or shape.
    """
    if samples.dtype != np.int16 or samples.ndim != 2 or samples.shape[1] != 2:
        raise ValueError(f"FLAC samples must be int16 of shape (n, 2); got {samples.dtype} of shape {samples.shape}")
    with av.open(str(path), "w", format="flac") as container:
        container.metadata.update(tags)
        stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="stereo", format="s16")
        for start in range(0, len(samples), FRAME_SAMPLES):
            block = np.ascontiguousarray(samples[start : start + FRAME_SAMPLES]).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="stereo")
            frame.sample_rate = SAMPLE_RATE_HZ
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
