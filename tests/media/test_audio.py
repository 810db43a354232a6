"""Audio files: what is refused and why, and what the facts and renditions of the others are."""

import random
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from antiphon.blobs import BlobStore
from antiphon.media import render_audio
from antiphon.media.limits import AUDIO_FILE_BYTES_MAX
from antiphon.media.transcoder import OPUS_BITRATE_BPS, OPUS_RATE_HZ
from antiphon.model.errors import Rejected
from antiphon.model.media import ResourceMedia
from tests.media.recordings import read_samples, write_recording

SEED = 20260702

Render = Callable[[Path], ResourceMedia]


@pytest.fixture
def render(blobs: BlobStore, scratch: Path) -> Render:
    return lambda path: render_audio(path, blobs, scratch)


def refusal_of(render: Render, path: Path) -> Rejected:
    with pytest.raises(Rejected) as refused:
        render(path)
    assert refused.value.place.file == path.name
    assert refused.value.got
    assert refused.value.fix
    return refused.value


PLAYLISTS = {
    "hls": b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "m3u": b"#EXTM3U\n/etc/passwd\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "dash": b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>file:///etc/passwd</BaseURL></MPD>',
    "sdp": b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9999 RTP/AVP 0\r\n",
    "subtitles": b"1\n00:00:00,000 --> 00:00:09,000\nnot a song\n\n",
    "smooth streaming": b'<SmoothStreamingMedia MajorVersion="2" MinorVersion="0"></SmoothStreamingMedia>',
    "image sequence": b"%03d.png",
    "metadata": b";FFMETADATA1\ntitle=not a song\n",
    "asf reference": b"[Reference]\r\nRef1=http://127.0.0.1:9/a.asf\r\n",
}


@pytest.mark.parametrize("extension", ["flac", "wav", "m3u8"])
@pytest.mark.parametrize("trick", PLAYLISTS)
def test_a_playlist_is_refused_whatever_it_calls_itself(
    render: Render, tmp_path: Path, trick: str, extension: str
) -> None:
    path = tmp_path / f"song.{extension}"
    path.write_bytes(PLAYLISTS[trick])
    assert refusal_of(render, path).code in ("ResourceCorrupt", "ResourceNotMeetingSpecifications")


NOT_AUDIO = {
    "empty": b"",
    "one byte": b"f",
    "only a mark": b"fLaC",
    "zeros": bytes(10_000),
    "noise": random.Random(SEED).randbytes(10_000),
    "markup": b"<html><script>alert(1)</script></html>",
    "a program": b"\x7fELF" + bytes(1000),
}


@pytest.mark.parametrize("kind", NOT_AUDIO)
def test_what_is_not_audio_is_corrupt(render: Render, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "song.flac"
    path.write_bytes(NOT_AUDIO[kind])
    assert refusal_of(render, path).code == "ResourceCorrupt"


def box(name: bytes, body: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I", 8 + len(body) if size is None else size) + name + body


BOMBS = {
    "an ID3 tag of 256 MB": b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(1000),
    "an ID3 frame of 256 MB": b"ID3\x04\0\0\0\0\x07\x68APIC\x7f\x7f\x7f\x7f\0\0" + bytes(974),
    "a FLAC picture of 16 MB": b"fLaC\x86\xff\xff\xff" + bytes(1000),
    "a FLAC comment of 4 GB": b"fLaC\x04\0\0\x28\xff\xff\xff\xff" + b"\xff" * 100,
    "a WAV fmt chunk of 4 GB": b"RIFF\xff\xff\xff\xffWAVEfmt \xf0\xff\xff\xff" + bytes(1000),
    "a WAV of zero channels": b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\0\0" + bytes(12) + b"data\x10\0\0\0" + bytes(16),
    "an MP4 that nests for ever": box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", b"", 0x7FFFFFFF) * 120,
    "an MP4 sample table of 4 billion": box(b"ftyp", b"M4A \0\0\0\0")
    + box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", box(b"stsz", bytes(4) + b"\xff" * 8)))))),
    "an Ogg page of no stream": b"OggS" + b"\xff" * 300,
    "an AIFF of 4 billion frames": b"FORM\0\0\0\x2eAIFFCOMM\0\0\0\x12\0\x02\xff\xff\xff\xff\0\x10" + b"\xff" * 10,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_header_that_promises_gigabytes_costs_nothing(render: Render, tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "song.flac"
    path.write_bytes(BOMBS[bomb])
    refusal_of(render, path)


@pytest.mark.parametrize(("extension", "codec"), [("flac", "flac"), ("wav", "pcm_s16le"), ("aiff", "pcm_s16be")])
@pytest.mark.parametrize("kept", [0.3, 0.97])
def test_a_file_that_is_cut_off_is_corrupt(
    render: Render, tmp_path: Path, extension: str, codec: str, kept: float
) -> None:
    path = write_recording(tmp_path / f"song.{extension}", codec=codec)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert refusal_of(render, path).code == "ResourceCorrupt"


def test_a_single_flipped_bit_in_a_flac_is_found(render: Render, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    whole = write_recording(tmp_path / "whole.flac", seconds=0.5).read_bytes()
    first_frame = whole.index(b"\xff\xf8")
    for _ in range(10):
        damaged = bytearray(whole)
        damaged[chance.randrange(first_frame, len(whole))] ^= 1 << chance.randrange(8)
        path = tmp_path / "song.flac"
        path.write_bytes(damaged)
        assert refusal_of(render, path).code == "ResourceCorrupt"


def test_mutated_files_are_rendered_or_refused_and_nothing_else(render: Render, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    chance = random.Random(SEED)
    originals = [
        write_recording(tmp_path / name, codec=codec, seconds=0.3, sample_format=form, rate_hz=48_000).read_bytes()
        for name, codec, form in (
            ("a.flac", "flac", "s16"),
            ("a.wav", "pcm_s16le", "s16"),
            ("a.mp3", "libmp3lame", "s16p"),
            ("a.m4a", "aac", "fltp"),
            ("a.aiff", "pcm_s16be", "s16"),
            ("a.ogg", "libopus", "s16"),
        )
    ]
    for _ in range(60):
        mutated = bytearray(chance.choice(originals))
        for _ in range(chance.choice((1, 4, 16))):
            mutated[chance.randrange(min(len(mutated), 600))] = chance.randrange(256)
        path = tmp_path / "song.bin"
        path.write_bytes(mutated)
        with suppress(Rejected):
            assert render(path).audio is not None


def test_a_codec_outside_the_list_is_refused_and_said(render: Render, tmp_path: Path) -> None:
    refused = refusal_of(render, write_recording(tmp_path / "song.wav", codec="pcm_mulaw"))
    assert refused.code == "ResourceNotMeetingSpecifications"
    assert "codec" in refused.got
    assert "flac" in refused.expected


def test_a_container_outside_the_list_is_refused_and_said(render: Render, tmp_path: Path) -> None:
    refused = refusal_of(render, write_recording(tmp_path / "song.flac", codec="pcm_s16be", container="au"))
    assert refused.code == "ResourceNotMeetingSpecifications"
    assert "container" in refused.got


def test_two_recordings_in_one_file_are_refused(render: Render, tmp_path: Path) -> None:
    path = write_recording(tmp_path / "song.m4a", codec="aac", sample_format="fltp", streams=2)
    assert "2 audio streams" in refusal_of(render, path).got


def test_a_file_above_the_size_limit_is_refused_unopened(render: Render, tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    with path.open("wb") as sparse:
        sparse.truncate(AUDIO_FILE_BYTES_MAX + 1)
    refused = refusal_of(render, path)
    assert refused.code == "ResourceNotMeetingSpecifications"
    assert str(AUDIO_FILE_BYTES_MAX) in refused.expected


def test_the_refusal_names_the_file_as_the_provider_does(blobs: BlobStore, scratch: Path, tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(b"x")
    with pytest.raises(Rejected, match=r"resources/01\.flac"):
        render_audio(tmp_path / "blob", blobs, scratch, file="resources/01.flac")


@pytest.mark.parametrize(
    ("name", "codec", "form", "container", "word", "bits"),
    [
        ("a.flac", "flac", "s16", "flac", "flac", 16),
        ("b.flac", "flac", "s32", "flac", "flac", 24),
        ("a.wav", "pcm_s16le", "s16", "wav", "pcm_s16le", 16),
        ("b.wav", "pcm_s24le", "s32", "wav", "pcm_s24le", 24),
        ("c.wav", "pcm_f32le", "flt", "wav", "pcm_f32le", 32),
        ("a.aiff", "pcm_s24be", "s32", "aiff", "pcm_s24be", 24),
        ("a.m4a", "alac", "s16p", "mp4", "alac", 16),
        ("b.m4a", "alac", "s32p", "mp4", "alac", 24),
    ],
)
def test_lossless_files_give_their_exact_facts(
    render: Render, tmp_path: Path, name: str, codec: str, form: str, container: str, word: str, bits: int
) -> None:
    media = render(write_recording(tmp_path / name, codec=codec, seconds=1.5, sample_format=form))
    assert media.audio is not None
    assert (media.audio.container, media.audio.codec, media.audio.bits_per_sample) == (container, word, bits)
    assert (media.audio.sample_rate_hz, media.audio.channels, media.audio.duration_ms) == (44_100, 2, 1500)
    assert media.audio.loudness_lufs == pytest.approx(-20.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec", "form", "word"), [("a.mp3", "libmp3lame", "s16p", "mp3"), ("a.m4a", "aac", "fltp", "aac")]
)
def test_lossy_files_are_taken_and_their_facts_say_so(
    render: Render, tmp_path: Path, name: str, codec: str, form: str, word: str
) -> None:
    media = render(write_recording(tmp_path / name, codec=codec, sample_format=form))
    assert media.audio is not None
    assert (media.audio.codec, media.audio.bits_per_sample) == (word, 0)
    assert media.audio.duration_ms == pytest.approx(1000, abs=60)
    assert [rendition.profile for rendition in media.renditions] == ["opus"]


@pytest.mark.parametrize(
    ("rate_hz", "layout", "channels"), [(96_000, "stereo", 2), (48_000, "mono", 1), (44_100, "5.1", 6)]
)
def test_any_rate_and_layout_becomes_stereo_at_48_khz(
    render: Render, blobs: BlobStore, tmp_path: Path, rate_hz: int, layout: str, channels: int
) -> None:
    media = render(write_recording(tmp_path / "song.flac", rate_hz=rate_hz, layout=layout))
    assert media.audio is not None
    assert (media.audio.sample_rate_hz, media.audio.channels) == (rate_hz, channels)
    blobs.get_file(media.renditions[0].blob, tmp_path / "opus")
    assert read_samples(tmp_path / "opus") == (OPUS_RATE_HZ, OPUS_RATE_HZ)


def test_a_flac_is_served_as_opus_and_as_itself(render: Render, blobs: BlobStore, tmp_path: Path) -> None:
    path = write_recording(tmp_path / "song.flac", seconds=10)
    media = render(path)
    opus, flac = media.renditions
    assert (opus.profile, opus.media_type, opus.duration_ms) == ("opus", "audio/ogg; codecs=opus", 10_000)
    assert opus.size_bytes == blobs.size(opus.blob)
    assert opus.bitrate_bps == pytest.approx(OPUS_BITRATE_BPS, rel=0.2)
    assert (flac.profile, flac.media_type, flac.blob) == ("flac", "audio/flac", media.source)
    assert blobs.get(media.source) == path.read_bytes()


def test_a_flac_behind_a_foreign_tag_is_not_served_as_it_is(render: Render, tmp_path: Path) -> None:
    path = write_recording(tmp_path / "song.flac")
    path.write_bytes(b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + path.read_bytes())
    assert [rendition.profile for rendition in render(path).renditions] == ["opus"]


def test_the_extension_decides_nothing(render: Render, tmp_path: Path) -> None:
    media = render(write_recording(tmp_path / "song.txt", container="flac"))
    assert media.audio is not None
    assert media.audio.container == "flac"


def test_silence_has_no_loudness(render: Render, tmp_path: Path) -> None:
    media = render(write_recording(tmp_path / "song.flac", level_dbfs=float("-inf")))
    assert media.audio is not None
    assert media.audio.loudness_lufs is None


def test_the_same_file_always_gives_the_same_bytes_and_scratch_stays_empty(
    blobs: BlobStore, scratch: Path, tmp_path: Path
) -> None:
    path = write_recording(tmp_path / "song.flac")
    first = render_audio(path, blobs, scratch)
    with ThreadPoolExecutor(4) as threads:
        again = list(threads.map(lambda _: render_audio(path, blobs, scratch), range(4)))
    assert again == [first] * 4
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_every_reference_sample_is_rendered_or_refused(render: Render, shared: Path) -> None:
    def outcome(path: Path) -> str:
        try:
            return "rendered" if render(path).audio else "nothing"
        except Rejected as refused:
            return refused.code

    paths = sorted((shared / "samples" / "audio").iterdir())
    with ThreadPoolExecutor(2) as threads:
        outcomes = dict(zip((path.name for path in paths), threads.map(outcome, paths), strict=True))
    assert set(outcomes.values()) == {"rendered", "ResourceCorrupt", "ResourceNotMeetingSpecifications"}
    assert outcomes["navidrome_test.flac"] == "rendered"
    assert outcomes["mutagen_106-invalid-streaminfo.flac"] == "ResourceCorrupt"
    assert outcomes["navidrome_test.wma"] == "ResourceNotMeetingSpecifications"
