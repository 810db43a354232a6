"""``antiphon doctor``: what is wrong with an installation, and what to do about it."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

import av
import click
import msgspec

from antiphon.blobs import open_blobs
from antiphon.cli.clock import read_clock
from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option
from antiphon.cli.signing import read_signing_keys
from antiphon.model.errors import AntiphonError
from antiphon.publication.announcing import newest_stored
from antiphon.publication.denials import list_unknown
from antiphon.record import reading, writing
from antiphon.record.changes import head_version, lock_head
from antiphon.record.deliveries import list_deliveries
from antiphon.record.erasing import list_unfinished
from antiphon.record.publication_holds import find_hold
from antiphon.record.publications import announced_head
from antiphon.record.timeline import load_stages
from antiphon.replica import LEASE_S, Replica
from antiphon.rights import zone_rules_version
from antiphon.settings import Places, find_places

FREE_BYTES_MIN = 2 * 10**9
"""bytes; below this a few albums fill the disk. Two hours of 24-bit audio with renditions take about as much."""

STUCK_AFTER = timedelta(minutes=10)
"""A delivery that has not moved this long has no worker, or one that does not get on."""

PROBE_BYTES = b"antiphon doctor"


class Diagnosis(msgspec.Struct, frozen=True):
    """One thing looked at. ``fix`` empty: it is well."""

    subject: str
    said: str
    fix: str = ""


@click.command()
@data_option
def doctor(data: Path) -> None:
    """Look an installation over, from its signing key to its erasures. Exit code 1 where something is wrong."""
    places = find_places(data, os.environ)
    is_well = True
    for diagnosis in examine(places):
        is_well = is_well and not diagnosis.fix
        mark = click.style("ok   ", fg="green") if not diagnosis.fix else click.style("wrong", fg="red", bold=True)
        click.echo(f"{mark}  {diagnosis.subject:<12} {diagnosis.said}")
        if diagnosis.fix:
            click.echo(f"       {'':<12} fix: {diagnosis.fix}")
    raise SystemExit(0 if is_well else 1)


def examine(places: Places) -> Iterator[Diagnosis]:
    """Yield what was looked at, in the order a repair would go."""
    examinations: tuple[tuple[str, Callable[[Places], Diagnosis]], ...] = (
        ("media", examine_media),
        ("signing key", examine_key),
        ("disk", examine_disk),
        ("record", examine_record),
        ("blobs", examine_blobs),
        ("publication", examine_publication),
        ("node", examine_node),
        ("deliveries", examine_deliveries),
        ("erasures", examine_erasures),
    )
    for subject, examination in examinations:
        try:
            yield examination(places)
        except (AntiphonError, OSError) as error:
            yield Diagnosis(subject, str(error), "mend what it says, then ask again")


def examine_media(_places: Places) -> Diagnosis:
    """Look whether recordings can be decoded and encoded here."""
    missing = {"libopus", "flac"} - set(av.codecs_available)
    libraries = f"PyAV {version('av')}, time zones {zone_rules_version()}"
    return Diagnosis("media", libraries, f"FFmpeg lacks {', '.join(sorted(missing))}: install again" if missing else "")


def examine_key(_places: Places) -> Diagnosis:
    """Look whether tokens can be signed with a key nobody guesses."""
    keys = read_signing_keys()
    return Diagnosis("signing key", f"{len(keys.live)} live")


def examine_disk(places: Places) -> Diagnosis:
    """Look whether there is room for deliveries."""
    if not places.data.exists():
        return Diagnosis("disk", f"{places.data} does not exist", f"antiphon serve --data {places.data}")
    free = shutil.disk_usage(places.data).free
    said = f"{free / 10**9:.1f} GB free below {places.data}"
    return Diagnosis("disk", said, "" if free >= FREE_BYTES_MIN else "make room, or move the blobs: ANTIPHON_BLOBS_URL")


def examine_record(places: Places) -> Diagnosis:
    """Look whether the record answers, and how far it is."""
    parts = open_installation(places.data)
    with reading(parts.engine) as conn:
        changes, head = head_version(conn), announced_head(conn)
        hold = find_hold(conn)
    announced = head.record_version if head is not None else 0
    said = f"{changes} changes, {announced} of them announced"
    fix = "" if changes == announced or hold is not None else "run the publisher: antiphon publisher"
    return Diagnosis("record", said, fix)


def examine_publication(places: Places) -> Diagnosis:
    """Look whether anything keeps what is committed from nodes, or is denied by nobody knows whom."""
    parts = open_installation(places.data)
    with reading(parts.engine) as conn:
        hold, head = find_hold(conn), announced_head(conn)
    with writing(parts.engine) as conn:
        lock_head(conn)  # whoever decides writes the overlay before the decision is there
        unknown = list_unknown(conn, parts.blobs, read_clock())
    version, stored = head.version if head is not None else 0, newest_stored(parts.blobs)
    if stored > version:
        said = f"the store holds version {stored}, the record {version}: it was restored from an older backup"
        return Diagnosis("publication", said, "antiphon publication recover")
    if hold is not None:
        return Diagnosis(
            "publication", f"held by {hold.held_by} at version {hold.version}", "antiphon publication status"
        )
    said = f"version {version}, nothing holds it"
    if unknown:
        return Diagnosis("publication", f"{len(unknown)} denials of unknown decisions", "antiphon publication status")
    return Diagnosis("publication", said)


def examine_blobs(places: Places) -> Diagnosis:
    """Look whether the blob store takes bytes and gives them back."""
    blobs = open_blobs(places.blobs_url)
    is_same = blobs.get(blobs.put(PROBE_BYTES)) == PROBE_BYTES
    return Diagnosis("blobs", places.blobs_url, "" if is_same else "the store gives back other bytes: check its disk")


def examine_node(places: Places) -> Diagnosis:
    """Look whether this machine's node is up to date and holds its lease, and what keeps it from following."""
    replica = Replica(places.node)
    freshness, trouble = replica.freshness(read_clock()), replica.trouble()
    said = f"version {freshness.version}, overlay read {LEASE_S - freshness.lease_left_s:.0f} s ago"
    said += f", pinned to version {freshness.pin}" if freshness.pin else ""
    if freshness.lease_left_s <= 0:
        return Diagnosis("node", said, "run the follower: antiphon follower; playback is denied until then")
    return Diagnosis("node", said, f"docs/publication.md says what to do: {trouble}" if trouble else "")


def examine_deliveries(places: Places) -> Diagnosis:
    """Look for deliveries that do not get on."""
    now = read_clock()
    with reading(open_installation(places.data).engine) as conn:
        deliveries = list_deliveries(conn, limit=1000)
        stages = load_stages(conn, [delivery.id for delivery in deliveries])
    waiting = [delivery for delivery in deliveries if not stages[delivery.id].is_final]
    oldest = (now - STUCK_AFTER).isoformat()
    stuck = [delivery for delivery in waiting if delivery.received_at < oldest]
    said = f"{len(deliveries)} newest: {len(waiting)} under way, {len(stuck)} of them for more than 10 minutes"
    return Diagnosis("deliveries", said, "run the worker: antiphon worker" if stuck else "")


def examine_erasures(places: Places) -> Diagnosis:
    """Look for deliveries that were decided to be erased and still have bytes: whoever destroyed them died."""
    with reading(open_installation(places.data).engine) as conn:
        unfinished = list_unfinished(conn)
    said = f"{len(unfinished)} deliveries are still to be destroyed"
    return Diagnosis("erasures", said, "start the publisher again: it destroys them first" if unfinished else "")
