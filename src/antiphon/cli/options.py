"""Options that several commands share, and what they open."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click
import msgspec
from sqlalchemy import Engine

from antiphon.access import SigningKeys, Tier, load_signing_keys
from antiphon.blobs import BlobStore, open_blobs
from antiphon.model.errors import Refused
from antiphon.record import migrate, open_record
from antiphon.settings import DEFAULT_HOST, DEFAULT_PORT, Places, find_places, make_folders

Command = TypeVar("Command", bound=Callable[..., object])

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("antiphon-data"),
    show_default=True,
    envvar="ANTIPHON_DATA",
    show_envvar=True,
    help="Folder of the installation.",
)
log_option = click.option(
    "--log-format",
    type=click.Choice(["console", "json"]),
    default="json",
    show_default=True,
    envvar="ANTIPHON_LOG_FORMAT",
    help="How log lines are written to standard error.",
)
tier_option = click.option(
    "--tier",
    type=click.Choice([tier.value for tier in Tier]),
    default=Tier.PREMIUM.value,
    show_default=True,
    help="What listeners pay with.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
host_option = click.option(
    "--host", default=DEFAULT_HOST, show_default=True, envvar="ANTIPHON_HOST", help="Address to listen on."
)
port_option = click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(1, 65535),
    envvar="ANTIPHON_PORT",
    help="Port to listen on.",
)
WEB_OPTIONS = (
    host_option,
    port_option,
    click.option(
        "--public-url",
        default="",
        envvar="ANTIPHON_PUBLIC_URL",
        help="Base of absolute links, where a proxy stands in front.",
    ),
    click.option(
        "--workers",
        default=1,
        show_default=True,
        type=click.IntRange(1, 64),
        envvar="ANTIPHON_WORKERS",
        help="Web worker processes.",
    ),
    click.option(
        "--open-player/--closed-player",
        default=False,
        envvar="ANTIPHON_OPEN_PLAYER",
        help="Let visitors of the player listen without an account.",
    ),
)


def web_options(command: Command) -> Command:
    """Add the options that say where and how the installation listens: the fields of ``settings.Web``."""
    for option in reversed(WEB_OPTIONS):
        command = option(command)
    return command


def read_clock() -> datetime:
    """Return the time now, UTC. The only clock there is."""
    return datetime.now(UTC)


class Installation(msgspec.Struct, frozen=True):
    """The opened parts of an installation."""

    places: Places
    engine: Engine
    blobs: BlobStore


def open_installation(data: Path, *, create: bool = False) -> Installation:
    """Open the record and the blobs of an installation, its tables brought up to date.

    ``create``: make it if it is not there. Raises: Refused where it is not.
    """
    places = find_places(data, os.environ)
    if not create and places.record_url.startswith("sqlite") and not (places.data / "record.db").exists():
        message = f"{places.data} holds no installation; `antiphon serve --data {data}` makes one"
        raise Refused("NoInstallation", message)
    make_folders(places)
    engine = open_record(places.record_url)
    migrate(engine)
    return Installation(places, engine, open_blobs(places.blobs_url))


def read_signing_keys() -> SigningKeys:
    """Return the signing keys of the environment: ``ANTIPHON_SIGNING_KEY`` and, while rotating, ``..._PREVIOUS``.

    Raises: Refused for a missing, short or guessable key; nothing that signs starts without one.
    """
    lines = [os.environ.get(name, "") for name in ("ANTIPHON_SIGNING_KEY", "ANTIPHON_SIGNING_KEY_PREVIOUS")]
    try:
        return load_signing_keys("\n".join(lines))
    except Refused as error:
        raise Refused(error.code, f"ANTIPHON_SIGNING_KEY: {error}") from error
