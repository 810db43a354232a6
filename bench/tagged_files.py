"""A library as people keep it: a folder of tagged MP3 files, an album a folder."""

from collections.abc import Iterable
from pathlib import Path

import av
import numpy as np

from antiphon.model.entities import Album

SECONDS = 1
RATE_HZ = 44_100


def write_library(albums: Iterable[Album], folder: Path) -> None:
    """Write a second of silence for each track, with the tags that make it one."""
    folder.mkdir(parents=True)
    silence = folder / "silence.mp3"
    _encode_silence(silence)
    for number, album in enumerate(albums):
        own = folder / f"{number:05d}"
        own.mkdir()
        for track in album.tracks:
            tags = {
                "title": track.title,
                # Two artists of one track would be two albums to a server that reads tags.
                "artist": track.artists[0].name,
                "album_artist": album.artists[0].name,
                "album": f"{album.title} {number}",
                "track": str(track.track_number),
                "date": album.release_date[:4],
                "genre": album.genres[0],
            }
            _copy_tagged(silence, own / f"{track.track_number:02d}.mp3", tags)
    silence.unlink()


def _encode_silence(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mp3", rate=RATE_HZ)
        samples = np.zeros((1, SECONDS * RATE_HZ), dtype=np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate = RATE_HZ
        stream.layout = "mono"
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


def _copy_tagged(source: Path, target: Path, tags: dict[str, str]) -> None:
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        stream = written.add_stream_from_template(read.streams.audio[0])
        written.metadata.update(tags)
        for packet in read.demux(audio=0):
            if packet.dts is not None:
                packet.stream = stream
                written.mux(packet)
