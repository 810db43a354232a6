"""The command tree, and the one place where errors become words and exit codes."""

import importlib
import sys
from typing import NamedTuple

import click

from antiphon import __version__
from antiphon.model.errors import Broken, Refused, Rejected, Transient

EXIT_INPUT = 1
EXIT_REFUSED = 2
EXIT_BROKEN = 70
EXIT_TRY_AGAIN = 75


class CommandPlace(NamedTuple):
    """Where a command lives, and what it does in a few words."""

    module: str
    name: str
    summary: str


COMMANDS = {
    "demo": CommandPlace("demo", "demo", "Compose, deliver and play a small catalogue."),
    "serve": CommandPlace("processes", "serve", "Run a whole installation on this machine."),
    "node": CommandPlace("processes", "node", "Run a read-only node."),
    "lint": CommandPlace("lint", "lint", "Check a delivery on this machine, without a server."),
    "inspect": CommandPlace("messages", "inspect", "Print what a message says, as JSON."),
    "rules": CommandPlace("rules", "rules", "List the rules a delivery is checked by, or show one."),
    "deliver": CommandPlace("delivering", "deliver", "Deliver a batch, a release folder or one message."),
    "deliveries": CommandPlace("deliveries", "deliveries", "List deliveries with the stage each is at."),
    "delivery": CommandPlace("deliveries", "delivery", "Show one delivery: timeline and findings."),
    "acknowledgement": CommandPlace("answers", "acknowledgement", "Print what its sender is told of a delivery."),
    "held": CommandPlace("goalie", "held", "List what waits for a decision, oldest first."),
    "conflicts": CommandPlace("conflicts", "conflicts", "List identifiers that mean different things to providers."),
    "clear": CommandPlace("goalie", "clear", "Let a held delivery go on."),
    "reject": CommandPlace("goalie", "reject", "End a held delivery."),
    "waive": CommandPlace("goalie", "waive", "Let a rule hold nothing of a provider any more."),
    "unwaive": CommandPlace("goalie", "unwaive", "Take a waiver back."),
    "waivers": CommandPlace("goalie", "waivers", "List the waivers that hold."),
    "audit": CommandPlace("goalie", "audit", "List who did what by hand."),
    "explain": CommandPlace("explanation", "explain", "Say why a track is, or is not, playable."),
    "provenance": CommandPlace("provenance", "provenance", "Say which message or decision gave a field."),
    "quality": CommandPlace("quality", "quality", "Say how good the data is, and what to fix first."),
    "takedown": CommandPlace("decisions", "takedown", "Deny a track, recording, album, artist or provider."),
    "geoblock": CommandPlace("decisions", "geoblock", "Keep a target out of some territories."),
    "hold": CommandPlace("decisions", "hold", "Let nothing new about a target go live."),
    "override": CommandPlace("overrides", "override", "Give a field a value of ours."),
    "transfer": CommandPlace("ownership", "transfer", "Give a release to another provider."),
    "erase": CommandPlace("erasing", "erase", "Destroy a release for good."),
    "merge": CommandPlace("decisions", "merge", "Make two artists or recordings one."),
    "split": CommandPlace("decisions", "split", "Give an anchor to a new artist or recording."),
    "reassign": CommandPlace("decisions", "reassign", "Give anchors to another artist or recording."),
    "anchors": CommandPlace("decisions", "anchors", "List what providers call an artist or recording."),
    "decisions": CommandPlace("decisions", "decisions", "List what was decided by hand, and by whom."),
    "undo": CommandPlace("decisions", "undo", "Take a decision back."),
    "rebuild": CommandPlace("rebuilding", "rebuild", "Prove that the catalogue is what its inputs say."),
    "publication": CommandPlace(
        "publications", "publication", "See what reaches nodes; hold it, let it go on, take it back."
    ),
    "provider": CommandPlace("accounts", "provider", "Say who may deliver."),
    "client": CommandPlace("clients", "client", "Say which programs may call."),
    "doctor": CommandPlace("doctor", "doctor", "Look an installation over."),
    "inbox": CommandPlace("inboxes", "inbox", "Watch folders and object stores alone."),
    "worker": CommandPlace("processes", "worker", "Run the intake worker alone."),
    "publisher": CommandPlace("processes", "publisher", "Run the publisher alone."),
    "follower": CommandPlace("processes", "follower", "Run the follower alone."),
    "web": CommandPlace("processes", "web", "Run the web workers alone."),
}
"""Every command, the usual work first. Imported when it is asked for: linting need not load a database or a server."""


class CommandTree(click.Group):
    """The commands of ``COMMANDS``, each imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """Return the names, in the order the help shows them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's too
        """Return the command of this name; None: there is none."""
        if cmd_name not in COMMANDS:
            return None
        place = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(f"antiphon.cli.{place.module}"), place.name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's too
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in COMMANDS.items()])


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
