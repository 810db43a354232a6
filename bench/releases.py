"""Releases for benchmarks, written to disk as a label would send them: noisy chords, plain covers, our own messages."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from antiphon.demo.flac import write_flac
from antiphon.demo.message import audio_path, cover_path, write_statement
from antiphon.demo.plan import (
    Artist,
    Provider,
    Recipe,
    Recording,
    Release,
    ReleaseKind,
    Style,
    Track,
    ean_check_digit,
)
from antiphon.formats.ern import write_what_fits
from antiphon.model.statement import Statement

LABEL = Provider(key="bench", dpid="PADPIDA20260417099", name="Paper Lantern", ern_version="4.3.2")
SAMPLE_RATE_HZ = 44_100
COVER_PIXELS = 1_500
FIRST_DAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""Messages are created on this day; its releases have been out since the day before."""

RELEASES_OF_AN_ARTIST = 25
"""As many as a busy artist has; the first has a shorter name and one less."""

SERIALS_OF_A_RELEASE = 100
"""Numbers of recordings kept for one release, so that no two releases share one."""

REGISTRANTS = tuple(f"{a}{b}{c}" for a in "AB" for b in "NOPQRST" for c in "TUVWXYZ")
"""Parts of an ISRC that stand for who registers: one has 100,000 numbers a year."""

Hashes = Mapping[str, str]
"""MD5 in hex by the path of a file below its release folder."""


def plan_release(number: int, tracks: int, *, duration_ms: int, version: str = "4.3.2", title: str = "") -> Release:
    """Return a release that shares no identifier with that of another number."""
    nth_artist = number // RELEASES_OF_AN_ARTIST
    artist = Artist(
        key=f"bench{nth_artist}",
        name=f"The Tidemarks {nth_artist}" if nth_artist else "The Tidemarks",
        isni=_make_isni(nth_artist),
        style=Style.AMBIENT,
    )
    serials = [number * SERIALS_OF_A_RELEASE + place for place in range(1, tracks + 1)]
    recipe = Recipe(seed=0, tonic=60, mode="", tempo_bpm=0)
    recordings = [
        Recording(
            isrc=f"QZ{REGISTRANTS[serial // 100_000]}26{serial % 100_000:05d}",
            title=f"Harbour Light No. {place}",
            artist=artist,
            composers=("Odile Marrow",),
            genre="Ambient",
            duration_ms=duration_ms,
            p_line_year=2026,
            p_line_owner=LABEL.name,
            recipe=recipe,
        )
        for place, serial in enumerate(serials, 1)
    ]
    first_twelve = f"400638{number:06d}"
    return Release(
        icpn=first_twelve + ean_check_digit(first_twelve),
        catalogue_number=f"PL{number:04d}",
        title=title or f"Harbour Lights {number}",
        artist_name=artist.name,
        kind=ReleaseKind.ALBUM,
        label=LABEL.name,
        genre="Ambient",
        c_line_year=2026,
        c_line_owner=LABEL.name,
        released_in_days=-1,
        provider=Provider(key=LABEL.key, dpid=LABEL.dpid, name=LABEL.name, ern_version=version),
        cover="",
        tracks=tuple(Track(sequence=n, recording=recording) for n, recording in enumerate(recordings, 1)),
    )


def describe_release(release: Release, hashes: Hashes, *, revision: int = 0) -> Statement:
    """Return what the label says of a release; a higher ``revision`` is a newer message."""
    created = FIRST_DAY + timedelta(seconds=revision)
    return write_statement(release, demo_day=FIRST_DAY.date(), created=created, hashes=dict(hashes))


def write_delivery(release: Release, root: Path, sounds: Mapping[int, bytes], cover: bytes) -> Path:
    """Write a release with its files below ``root`` and return its folder. ``sounds``: the FLAC of each track."""
    folder = root / release.icpn
    (folder / "resources").mkdir(parents=True)
    for track in release.tracks:
        (folder / audio_path(track)).write_bytes(sounds[track.sequence])
    (folder / cover_path(release)).write_bytes(cover)
    write_message_file(folder, describe_release(release, hash_files(release, sounds, cover)))
    return folder


def write_update(release: Release, root: Path, hashes: Hashes, *, revision: int) -> Path:
    """Write a newer message about a release, without files, below ``root``; return its folder."""
    folder = root / f"{revision}" / release.icpn
    folder.mkdir(parents=True)
    write_message_file(folder, describe_release(release, hashes, revision=revision))
    return folder


def write_message_file(folder: Path, statement: Statement) -> None:
    """Write the message of a release folder."""
    (folder / f"{folder.name}.xml").write_bytes(write_what_fits(statement, statement.format.version).data)


def hash_files(release: Release, sounds: Mapping[int, bytes], cover: bytes) -> Hashes:
    """Return the hash of each file of a release."""
    hashes = {audio_path(track): _md5(sounds[track.sequence]) for track in release.tracks}
    return {**hashes, cover_path(release): _md5(cover)}


def invent_hashes(release: Release) -> Hashes:
    """Return a hash for each file of a release that nobody will look into."""
    paths = [*(audio_path(track) for track in release.tracks), cover_path(release)]
    return {path: _md5(path.encode()) for path in paths}


def make_sound(path: Path, seed: int, duration_ms: int) -> bytes:
    """Return a stereo FLAC of a chord that swells under noise: about what music costs a codec. ``path``: to work in."""
    chance = np.random.default_rng(seed)
    time_s = np.arange(SAMPLE_RATE_HZ * duration_ms // 1000) / SAMPLE_RATE_HZ
    tones = sum(np.sin(2 * np.pi * hz * time_s) for hz in chance.uniform(80, 2_000, 6))
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * time_s * chance.uniform(0.1, 0.5))
    noise = chance.normal(0, 0.4, (len(time_s), 2))
    write_flac(path, ((tones * swell)[:, None] * 2_500 + noise * 1_500).astype(np.int16), {})
    return path.read_bytes()


def make_cover(path: Path) -> bytes:
    """Return a square JPEG of a grey slope, large enough for every shop. ``path``: to work in."""
    Image.linear_gradient("L").resize((COVER_PIXELS, COVER_PIXELS)).convert("RGB").save(path, "JPEG")
    return path.read_bytes()


def _make_isni(number: int) -> str:
    """Return an ISNI that nobody has, with its check digit. Source: ISO 27729, which is ISO 7064 MOD 11-2."""
    digits = f"{52604179 + number:015d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    return digits + "0123456789X"[(12 - total % 11) % 11]


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
