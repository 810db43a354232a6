"""The page of settings: every environment variable, from the options that read it and from the few read directly."""

from typing import NamedTuple

import click

from antiphon.settings import DEFAULT_HOST, DEFAULT_PORT
from scripts.reference.commands import describe_option, list_commands
from scripts.reference.markdown import write_code, write_table

_HEAD = """\
# Settings

Made of the command line by `make docs`; a test fails when a variable is missing here. There is no settings file: a
setting is an option of a command or an environment variable, and the option wins. `antiphon serve` and `antiphon node`
hand theirs to the processes they start.

"""

_AFTER = f"""
## A signing key

Access tokens and stream addresses are signed with it. Nothing that signs starts without one, nor with one that is
short, repetitive or copied from documentation. Make one anywhere Python is:

    export ANTIPHON_SIGNING_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(32))')

To rotate it without refusing anybody, each step with a restart:

1. With several machines, let each verify the new key first: set it as `ANTIPHON_SIGNING_KEY_PREVIOUS`.
2. Swap them: the new key is `ANTIPHON_SIGNING_KEY`, the old one `ANTIPHON_SIGNING_KEY_PREVIOUS`.
3. An hour later the last token of the old key has ended: unset the previous one.

The demo makes a key of its own and keeps it in `demo.json` of its data folder.

## What lies in the data folder

| in the folder | what it is | if it is lost |
|---|---|---|
| `record.db` | the record: catalogue, deliveries, decisions, workflow state | restore it from a backup |
| `blobs/` | originals, renditions, segments, versions, takedowns | restore it from a backup |
| `listeners.db` | what listeners star | restore it from a backup |
| `plays.db` | the index of the play lake; the plays themselves are blobs | restore it from a backup |
| `node/` | this machine's LMDB and search index | made again from the blobs |
| `metrics/`, `scratch/` | figures of running processes, files being decoded | nothing |

## In front of it

The web server listens on `{DEFAULT_HOST}:{DEFAULT_PORT}` unless told otherwise, without TLS: put a proxy in front that
has it, and say in `ANTIPHON_PUBLIC_URL` which address listeners use. `/ops/` is open to whoever reaches the port: let
the proxy keep it inside.

Clients that dawdle cost others nothing here: a connection on which no whole request head comes within 20 s is closed,
forms end after 5 s, and a worker keeps 16,384 connections. What the server cannot end is an upload or an answer that
trickles (each holds a connection, and no thread): let the proxy set its own time limits on those.

`kill -HUP` of `antiphon serve` or `antiphon node` replaces its web workers under load, by newer code if there is some:
new ones stand beside the old for 8 s, on one port, and no request fails; kept connections are closed between two
requests, as HTTP allows. A proxy that retries a look-up on another connection (most do) hides even that. Each machine
at a time.
"""


class Variable(NamedTuple):
    """One environment variable: its option, what holds without it, what it says, which commands read it."""

    name: str
    option: str
    default: str
    says: str
    commands: tuple[str, ...]


_READ_DIRECTLY = (
    Variable(
        "ANTIPHON_SIGNING_KEY",
        "",
        "none: it does not start",
        "The key that signs tokens and stream addresses, 32 bytes or more. The demo makes its own.",
        ("serve", "node", "web", "doctor"),
    ),
    Variable(
        "ANTIPHON_SIGNING_KEY_PREVIOUS",
        "",
        "",
        "The key before, while it is rotated: signs nothing, still verifies.",
        ("serve", "node", "web", "doctor"),
    ),
    Variable(
        "ANTIPHON_BLOBS_URL",
        "",
        "`blobs/` in the data folder",
        "Where blobs are: a folder, `file:///path`, `s3://bucket/prefix` or `gs://bucket/prefix`. Credentials come "
        "from where the store's own tools look for them.",
        ("every command with --data",),
    ),
    Variable(
        "ANTIPHON_RECORD_URL",
        "",
        "`record.db` in the data folder",
        "Where the record is: `sqlite:///path`, or `postgresql+psycopg://user@host/database` for many machines.",
        ("every command with --data",),
    ),
)


def list_variables() -> list[Variable]:
    """Return every environment variable, by name."""
    found: dict[str, Variable] = {}
    for words, command in list_commands():
        for option in command.params:
            if not isinstance(option, click.Option) or not isinstance(option.envvar, str):
                continue
            forms, name, default, says = describe_option(option, command)
            earlier = found[name].commands if name in found else ()
            found[name] = Variable(name, forms, write_code(default), says, (*earlier, words))
    return sorted([*found.values(), *_READ_DIRECTLY])


def describe_settings() -> str:
    """Return the page, in Markdown."""
    rows = (
        (write_code(one.name), write_code(one.option), one.default, one.says, ", ".join(one.commands))
        for one in list_variables()
    )
    return _HEAD + write_table(("variable", "option", "default", "what it says", "read by"), rows) + _AFTER
