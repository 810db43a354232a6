"""A release packed as its label would send it: one batch with message, audio, cover and manifest, on disk."""

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path

from antiphon.demo.covers import draw_cover
from antiphon.demo.flac import write_flac
from antiphon.demo.message import audio_path, cover_path, write_statement
from antiphon.demo.performance import compose_recording
from antiphon.demo.plan import Recording, Release
from antiphon.formats.ern import Manifest, ManifestEntry, write_manifest, write_what_fits
from antiphon.model.claims import DeliveredId, IdScheme


def batch_name(release: Release, created: datetime) -> str:
    """Return the batch id of a release: a timestamp of 17 digits. Source: ERN choreography, YYYYMMDDhhmmssnnn."""
    thousandths = int(release.icpn[-4:-1])
    return f"{created.astimezone(UTC):%Y%m%d%H%M%S}{thousandths:03d}"


def pack_release(
    release: Release,
    root: Path,
    *,
    demo_day: date,
    created: datetime,
    executor: Executor,
    on_track: Callable[[Recording], None],
) -> Path:
    """Compose, draw and write a release as a complete batch below ``root``; return the batch folder.

    Tracks are composed by ``executor``, and ``on_track`` hears of each as it is done. The completion marker is written
    last, so a batch cut short is never taken for a whole one; the same arguments write the same bytes.
    """
    batch = root / batch_name(release, created)
    folder = batch / release.icpn
    (folder / "resources").mkdir(parents=True, exist_ok=True)
    jobs = {
        executor.submit(play_to_file, track.recording, folder / audio_path(track)): track for track in release.tracks
    }
    cover = executor.submit(draw_to_file, release, folder / cover_path(release))
    hashes = {}
    for job in as_completed(jobs):
        hashes[audio_path(jobs[job])] = job.result()
        on_track(jobs[job].recording)
    hashes[cover_path(release)] = cover.result()

    statement = write_statement(release, demo_day=demo_day, created=created, hashes=hashes)
    message = folder / f"{release.icpn}.xml"
    message.write_bytes(write_what_fits(statement, release.provider.ern_version).data)
    manifest = Manifest(
        sender=statement.header.sender,
        recipients=statement.header.recipients,
        created=statement.header.created,
        declared_count=1,
        messages=(
            ManifestEntry(
                path=f"{release.icpn}/{message.name}",
                message_id=statement.header.message_id,
                message_type="NewReleaseMessage",
                release_ids=(DeliveredId(scheme=IdScheme.ICPN, text=release.icpn),),
                delivery_type="NewReleaseDelivery",
            ),
        ),
    )
    (batch / f"BatchComplete_{batch.name}.xml").write_bytes(write_manifest(manifest))
    return batch


def play_to_file(recording: Recording, path: Path) -> str:
    """Compose a recording into a FLAC file; return the file's MD5 in hex."""
    tags = {"TITLE": recording.display_title, "ARTIST": recording.artist.name, "ISRC": recording.isrc}
    write_flac(path, compose_recording(recording), tags)
    return md5_of(path)


def draw_to_file(release: Release, path: Path) -> str:
    """Draw the cover of a release into a file; return the file's MD5 in hex."""
    path.write_bytes(draw_cover(release))
    return md5_of(path)


def md5_of(path: Path) -> str:
    """Return the MD5 of a file in hex: the hash most senders declare. It proves transport, not authorship."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
