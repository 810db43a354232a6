"""The command tree, and the one place where errors become words and exit codes."""

import importlib
import sys

import click

from antiphon import __version__
from antiphon.model.errors import Broken, Refused, Rejected, Transient

EXIT_INPUT = 1
EXIT_REFUSED = 2
EXIT_BROKEN = 70
EXIT_TRY_AGAIN = 75

COMMANDS = {
    "demo": "antiphon.cli.demo:demo",
    "serve": "antiphon.cli.processes:serve",
    "node": "antiphon.cli.processes:node",
    "worker": "antiphon.cli.processes:worker",
    "publisher": "antiphon.cli.processes:publisher",
    "follower": "antiphon.cli.processes:follower",
    "web": "antiphon.cli.processes:web",
    "lint": "antiphon.cli.messages:lint",
    "inspect": "antiphon.cli.messages:inspect",
    "rules": "antiphon.cli.messages:rules",
    "deliver": "antiphon.cli.deliveries:deliver",
    "deliveries": "antiphon.cli.deliveries:deliveries",
    "delivery": "antiphon.cli.deliveries:delivery",
    "clear": "antiphon.cli.deliveries:clear",
    "explain": "antiphon.cli.catalogue:explain",
    "takedown": "antiphon.cli.catalogue:takedown",
    "rebuild": "antiphon.cli.catalogue:rebuild",
    "publication": "antiphon.cli.catalogue:publication",
    "provider": "antiphon.cli.accounts:provider",
    "client": "antiphon.cli.accounts:client",
    "doctor": "antiphon.cli.doctor:doctor",
}
"""Where each command lives. Imported when it is asked for: ``antiphon lint`` need not load a web server."""


class CommandTree(click.Group):
    """The commands of ``COMMANDS``, each imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names, in the order the help shows them: the usual work first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the signature is click's
        """Return the command of this name; None: there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=CommandTree, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="antiphon")
def tree() -> None:
    """An open audio content platform: from delivered to live in seconds, and it can always say why."""


def main() -> None:
    """Run the command line and end the process with the code that says how it went."""
    try:
        tree.main(prog_name="antiphon", standalone_mode=True)
    except Rejected as error:
        fail(EXIT_INPUT, f"rejected: {error}")
    except Refused as error:
        fail(EXIT_REFUSED, f"refused: {error}")
    except Transient as error:
        fail(EXIT_TRY_AGAIN, f"try again: {error}")
    except Broken as error:
        fail(EXIT_BROKEN, f"a fault of ours: {error}")


def fail(code: int, message: str) -> None:
    """End the process with a message on standard error."""
    click.echo(f"antiphon: {message}", err=True)
    sys.exit(code)
