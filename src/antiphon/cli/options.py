"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from antiphon.model.availability import Tier
from antiphon.settings import DEFAULT_HOST, DEFAULT_PORT

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
