"""A release of twelve tracks from accepted to playable, against PyAV alone making the same Opus files.

Ours is a running installation, all processes: the delivery is read, checked, hashed, decoded, measured, encoded,
committed, published and followed, and the time ends when a listener is told over HTTP that its first track is playable.
It starts when the sender has the receipt. The reference decodes the same FLACs and encodes them with the same settings
in two processes that run already, and does nothing else: no loudness, no cover, no sandbox. The installation idles
meanwhile. Each run has audio that was never seen before.
"""

import multiprocessing
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import av
from av.audio.resampler import AudioResampler

from antiphon.demo.message import audio_path
from antiphon.media.transcoder import OPUS_BITRATE_BPS, OPUS_FRAME_SAMPLES, OPUS_RATE_HZ
from antiphon.model.entities import EntityKind
from bench.installations import Installation, run_installation
from bench.releases import make_cover, make_sound, plan_release, write_delivery
from bench.results import Result

RUNS = 5
TRACKS = 12
DURATION_MS = 30_000
PROCESSES = 2


def measure() -> list[Result]:
    """Return seconds from accepted to playable, against encoding alone."""
    ours, encoding = [], []
    with (
        tempfile.TemporaryDirectory() as temporary,
        ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as encoders,
    ):
        folder = Path(temporary)
        cover = make_cover(folder / "cover.jpg")
        with run_installation(folder / "data") as installation:
            warm_up(installation, folder, cover)
            for run in range(1, RUNS + 1):
                release = plan_release(run, TRACKS, duration_ms=DURATION_MS)
                sounds = {
                    n: make_sound(folder / "sound.flac", run * 100 + n, DURATION_MS) for n in range(1, TRACKS + 1)
                }
                delivery = write_delivery(release, folder, sounds, cover)
                sources = [delivery / audio_path(track) for track in release.tracks]
                list(encoders.map(encode_opus, sources[:PROCESSES]))  # the processes run and have loaded PyAV
                encoding.append(time_encoding(encoders, sources))
                ours.append(time_delivery(installation, delivery))
    return [
        Result(
            name="delivery",
            against=f"PyAV alone encoding the {TRACKS} files, {PROCESSES} processes",
            unit="s",
            ours=tuple(ours),
            reference=tuple(encoding),
            bar=2,
            higher_is_better=False,
            note=f"{TRACKS} tracks of {DURATION_MS // 1000} s, FLAC 44.1 kHz",
        )
    ]


def warm_up(installation: Installation, folder: Path, cover: bytes) -> None:
    """Have a small release delivered, so that every process runs and has loaded what it needs."""
    release = plan_release(RUNS + 1, 1, duration_ms=2_000)
    sound = make_sound(folder / "sound.flac", 0, 2_000)
    installation.wait_until_live([installation.accept(write_delivery(release, folder, {1: sound}, cover))])


def time_delivery(installation: Installation, folder: Path) -> float:
    """Return the seconds from the receipt to the first answer that says the release plays."""
    delivery = installation.accept(folder)
    started_s = time.perf_counter()
    installation.wait_until_live([delivery])
    (album,) = installation.find_entities(delivery, EntityKind.ALBUM)
    installation.listener.wait_for(
        f"/v1/albums/{album}?market=SE", lambda found: found["tracks"]["items"][0]["is_playable"]
    )
    return time.perf_counter() - started_s


def time_encoding(encoders: ProcessPoolExecutor, sources: list[Path]) -> float:
    """Return the seconds that encoding alone takes."""
    started_s = time.perf_counter()
    list(encoders.map(encode_opus, sources))
    return time.perf_counter() - started_s


def encode_opus(source: Path) -> None:
    """Decode a FLAC and write an Opus file beside it, as plainly as PyAV can."""
    resampler = AudioResampler(format="flt", layout="stereo", rate=OPUS_RATE_HZ, frame_size=OPUS_FRAME_SAMPLES)
    with av.open(str(source)) as container, av.open(str(source.with_suffix(".opus")), "w", format="ogg") as target:
        options = {"b": str(OPUS_BITRATE_BPS)}
        opus = target.add_stream("libopus", rate=OPUS_RATE_HZ, layout="stereo", options=options)
        for frame in container.decode(audio=0):
            for piece in resampler.resample(frame):
                target.mux(opus.encode(piece))
        for piece in resampler.resample(None):
            target.mux(opus.encode(piece))
        target.mux(opus.encode(None))
