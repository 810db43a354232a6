"""Options that several commands share."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from antiphon.model.availability import Tier
from antiphon.settings import DEFAULT_HOST, DEFAULT_PORT, DEFAULT_RATE

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
OPERATOR = "operator"
"""Who does what nobody's name is given for: whoever has a shell on the machine."""

by_option = click.option("--by", default=OPERATOR, show_default=True, help="Who decides.")
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
NODE_OPTIONS = (
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
        "--rate",
        default=DEFAULT_RATE,
        show_default=True,
        type=click.IntRange(0, 1_000_000),
        envvar="ANTIPHON_RATE",
        help="Requests a second one client may make of each web worker; 0: no limit.",
    ),
)
open_player_option = click.option(
    "--open-player/--closed-player",
    default=False,
    envvar="ANTIPHON_OPEN_PLAYER",
    help="Let visitors of the player listen without an account.",
)


def node_options(command: Command) -> Command:
    """Add the options that say where and how a node listens: fields of ``settings.Web``."""
    for option in reversed(NODE_OPTIONS):
        command = option(command)
    return command


def web_options(command: Command) -> Command:
    """Add the options of a whole installation: those of a node, and its player's."""
    return node_options(open_player_option(command))


def gate_options(command: Command) -> Command:
    """Add the options that say what the gate holds: the words of ``publication.gate_settings``."""
    for option in (
        click.option(
            "--canary",
            "canaries",
            multiple=True,
            envvar="ANTIPHON_CANARIES",
            metavar="ENTITY[@MARKET]",
            help="An entity that every version must keep, and keep playable in a market; may be given several times.",
        ),
        click.option(
            "--gate",
            "limits",
            multiple=True,
            envvar="ANTIPHON_GATES",
            metavar="NAME=NUMBER",
            help="Another limit than the shipped one: fall_share, fall_documents, fall_tracks, rise_share, "
            "rise_documents, rise_tracks; may be given several times.",
        ),
    ):
        command = option(command)
    return command


SEMAPHORE_WORD = ",semaphore"
"""What follows a location whose release folders are complete only when a semaphore says so."""


class WatchedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """One place to watch. ``location``: a folder, or s3://bucket/prefix or gs://bucket/prefix."""

    provider: str
    location: str
    needs_semaphore: bool = False

    def __str__(self) -> str:
        return f"{self.provider}={self.location}{SEMAPHORE_WORD if self.needs_semaphore else ''}"


def read_watched(_context: click.Context, _option: click.Parameter, texts: Sequence[str]) -> tuple[WatchedPlace, ...]:
    """Return the places that PROVIDER=LOCATION name. Raises: BadParameter (whoever wrote the command)."""
    places = []
    for text in texts:
        provider, separator, location = text.partition("=")
        needs_semaphore = location.endswith(SEMAPHORE_WORD)
        location = location.removesuffix(SEMAPHORE_WORD)
        if not separator or not provider or not location:
            raise click.BadParameter(f"got {text!r}; expected PROVIDER=FOLDER or PROVIDER=s3://BUCKET/PREFIX")
        places.append(WatchedPlace(provider=provider, location=location, needs_semaphore=needs_semaphore))
    if len({place.location for place in places}) < len(places):
        raise click.BadParameter("a place is watched for one provider: whoever may write there speaks for it")
    return tuple(places)


watch_option = click.option(
    "--inbox",
    "watched",
    multiple=True,
    callback=read_watched,
    envvar="ANTIPHON_INBOXES",
    metavar="PROVIDER=LOCATION[,semaphore]",
    help="A folder, or s3://BUCKET/PREFIX, in which a provider delivers; may be given several times.",
)
