"""Small real deliveries on disk: our own message, short FLAC files and a cover, with right hash sums."""

import hashlib
import math
from pathlib import Path

import av
import numpy as np
from PIL import Image

from antiphon.formats.ern import write_what_fits
from antiphon.model.claims import DeliveredId, HashSum, IdScheme
from antiphon.model.statement import MessageParty, Statement
from tests.builders import a_cover, a_file, a_moment, a_recording, a_release, a_statement, changed
from tests.intake.installation import DPID

SAMPLE_RATE_HZ = 44_100
FLAC_MS = 2_000
REGISTRANTS = "TUVWXYZABCDEFGHIJKLMNOPQRS"


def a_small_statement(
    number: int = 1, *, tracks: int = 2, version: str = "4.3.2", created: str = "2026-01-05T09:00:00Z"
) -> Statement:
    """Return an album of short tracks that no other number shares an identifier with."""
    first = number * 100
    recordings = tuple(
        a_recording(
            n,
            ids=(DeliveredId(scheme=IdScheme.ISRC, text=an_isrc(first + n)),),
            duration_ms=FLAC_MS,
            duration_text="PT2S",
        )
        for n in range(1, tracks + 1)
    )
    statement = a_statement(tracks)
    releases = (
        changed(a_release(tracks), ids=(DeliveredId(scheme=IdScheme.ICPN, text=an_icpn(number)),)),
        *(
            changed(release, ids=(DeliveredId(scheme=IdScheme.PROPRIETARY, text=f"{number}-{n}", namespace=DPID),))
            for n, release in enumerate(statement.releases[1:], 1)
        ),
    )
    header = changed(
        statement.header,
        message_id=f"M-{number}",
        sender=MessageParty(dpid=DPID, name="Paper Lantern"),
        created=a_moment(created),
    )
    return changed(
        statement,
        format=changed(statement.format, version=version),
        header=header,
        resources=(*recordings, a_cover()),
        releases=releases,
    )


def an_isrc(number: int) -> str:
    """Return the ISRC of the recording of that number: every hundred thousand have a registrant of their own."""
    block, designation = divmod(number, 100_000)
    return f"QZAN{REGISTRANTS[block]}26{designation:05}"


def an_icpn(number: int) -> str:
    """Return the EAN of the release of that number, check digit included."""
    digits = f"400638{number:06}"
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def write_delivery(root: Path, statement: Statement, *, seed: int = 1) -> Path:
    """Write the release folder of a statement with every file it names, and return it.

    Each file's hash sum is put into the message, unless the claim has one.
    """
    release = statement.main_release
    assert release is not None
    folder = root / release.ids[0].text
    (folder / "resources").mkdir(parents=True)
    resources = []
    for i, resource in enumerate(statement.resources):
        claims = []
        for claim in resource.files:
            path = folder / claim.uri
            if path.suffix == ".flac":
                write_flac(path, seed=seed * 1000 + i)
            else:
                write_cover(path, seed=seed)
            claims.append(
                claim if claim.hash_sum else a_file(claim.uri, hash_sum=md5_of(path), **_technical(claim.uri))
            )
        resources.append(changed(resource, files=tuple(claims)))
    write_xml(folder, changed(statement, resources=tuple(resources)))
    return folder


def write_xml(folder: Path, statement: Statement) -> None:
    """Write the message of a release folder."""
    (folder / f"{folder.name}.xml").write_bytes(write_what_fits(statement, statement.format.version).data)


def write_batch(root: Path, name: str, *statements: Statement, marker: bytes | None = b"") -> Path:
    """Write a batch of deliveries and return its folder; ``marker`` None: it is not complete."""
    batch = root / name
    batch.mkdir(parents=True)
    for number, statement in enumerate(statements, 1):
        write_delivery(batch, statement, seed=number)
    if marker is not None:
        (batch / f"BatchComplete_{name}.xml").write_bytes(marker)
    return batch


def write_flac(path: Path, *, seed: int, duration_ms: int = FLAC_MS) -> None:
    """Write a stereo FLAC of a tone that depends on the seed."""
    count = SAMPLE_RATE_HZ * duration_ms // 1000
    phase = 2 * math.pi * (220 + seed % 397) * np.arange(count) / SAMPLE_RATE_HZ
    samples = np.repeat((np.sin(phase) * 8_000).astype(np.int16), 2).reshape(1, -1)
    with av.open(str(path), "w", format="flac") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE_HZ, layout="stereo")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="stereo")
        frame.sample_rate = SAMPLE_RATE_HZ
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_cover(path: Path, *, seed: int, side_px: int = 1_600) -> None:
    """Write a square JPEG whose colour depends on the seed."""
    Image.new("RGB", (side_px, side_px), (seed * 37 % 256, seed * 91 % 256, 120)).save(path, "JPEG")


def md5_of(path: Path) -> HashSum:
    """Return the MD5 sum of a file as a message declares it."""
    return HashSum(algorithm="MD5", value=hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest())


def _technical(uri: str) -> dict[str, str]:
    return {"technical_reference": "T90" if uri.endswith(".jpg") else f"T{int(Path(uri).stem)}"}
