"""FLAC files are refused for other shapes, and give back the very samples they were made from."""

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from antiphon.demo.flac import write_flac
from antiphon.demo.modes import SAMPLE_RATE_HZ


@pytest.mark.parametrize("wrong", [np.zeros((10, 1), np.int16), np.zeros(10, np.int16), np.zeros((10, 2), np.float32)])
def test_samples_of_another_shape_or_type_are_refused_before_a_file_is_made(
    tmp_path: Path, wrong: npt.NDArray[np.int16]
) -> None:
    with pytest.raises(ValueError, match="int16"):
        write_flac(tmp_path / "wrong.flac", wrong, {})
    assert not (tmp_path / "wrong.flac").exists()


@pytest.mark.parametrize("sample_count", [1, 4_096, 30_001])
def test_a_file_decodes_to_the_samples_it_was_written_from(tmp_path: Path, sample_count: int) -> None:
    samples = np.random.default_rng(4).integers(-32_768, 32_767, (sample_count, 2), dtype=np.int16)
    path = tmp_path / "noise.flac"
    write_flac(path, samples, {"TITLE": "朝の窓", "ISRC": "QZANT2600006"})
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.sample_rate, stream.channels) == ("flac", SAMPLE_RATE_HZ, 2)
        assert stream.codec_context.format is not None
        assert stream.codec_context.format.name == "s16"
        assert container.metadata["TITLE"] == "朝の窓"
        assert container.metadata["ISRC"] == "QZANT2600006"
        decoded = np.concatenate([frame.to_ndarray().reshape(-1, 2) for frame in container.decode(stream)])
    assert np.array_equal(decoded, samples)


def test_a_file_declares_its_length_and_checksum(tmp_path: Path) -> None:
    path = tmp_path / "tone.flac"
    write_flac(path, np.full((SAMPLE_RATE_HZ, 2), 1_000, dtype=np.int16), {})
    header = path.read_bytes()[:42]
    assert header[:4] == b"fLaC"
    assert int.from_bytes(header[21:26], "big") & 0xF_FFFF_FFFF == SAMPLE_RATE_HZ
    assert header[26:42] != bytes(16)
