"""The page of the command line, made of the command tree itself."""

import inspect
from collections.abc import Iterator

import click

import antiphon.cli
from antiphon.cli.commands import tree
from scripts.reference.markdown import write_code, write_table

_HEAD = """\
# Commands

Made of the command tree by `make docs`; a test fails when the two differ. `antiphon COMMAND --help` says the same.
Every environment variable is explained in [settings.md](settings.md).

## Exit codes

"""


def list_commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command that does something, with the words that call it ("provider add"), as the help lists them."""
    yield from _walk("", tree)


def describe_commands() -> str:
    """Return the page, in Markdown."""
    return _HEAD + _describe_exit_codes() + "".join(_describe(words, command) for words, command in list_commands())


def describe_option(option: click.Option, command: click.Command) -> tuple[str, str, str, str]:
    """Return an option as the page shows it: its forms, its environment variable, its default, what it says."""
    context = click.Context(command)
    takes = "" if option.is_flag else option.make_metavar(context).removesuffix(" RANGE")
    forms = " ".join([" / ".join([*option.opts, *option.secondary_opts]), takes]).strip()
    extra = option.get_help_extra(context)
    default = "required" if option.required else extra.get("default", "") if option.show_default else ""
    bounds = f" From {extra['range'].replace('<=x<=', ' to ')}." if "range" in extra else ""
    repeats = " May be repeated." if option.multiple and "repeat" not in (option.help or "") else ""
    return forms, str(option.envvar or ""), default, (option.help or "") + bounds + repeats


def _walk(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        child = command.get_command(context, name)
        if child is not None:
            yield from _walk(f"{words} {name}".strip(), child)


def _describe(words: str, command: click.Command) -> str:
    pieces = " ".join(["antiphon", words, *command.collect_usage_pieces(click.Context(command))])
    text = inspect.cleandoc(command.help or "")
    options = [option for option in command.params if isinstance(option, click.Option)]
    rows = [describe_option(option, command) for option in options]
    table = write_table(
        ("option", "environment", "default", "what it says"),
        ((write_code(forms), write_code(name), write_code(default), says) for forms, name, default, says in rows),
    )
    return f"\n## antiphon {words}\n\n    {pieces}\n\n{text}\n" + (f"\n{table}" if options else "")


def _describe_exit_codes() -> str:
    """Return the exit codes, which the package of the command line explains in its docstring."""
    lines = [line for line in (antiphon.cli.__doc__ or "").splitlines() if line[:1].isdigit()]
    return write_table(("exit code", "what it says"), (line.split(None, 1) for line in lines))
