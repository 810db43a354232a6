"""Give a field a value of ours, whatever its provider says."""

from typing import Any

import click
import msgspec

from antiphon.catalogue import OVERRIDABLE
from antiphon.cli.decisions import decision_options, record_decision, say_decided
from antiphon.cli.printing import printable
from antiphon.model.decisions import DecisionKind, Override

_FIELDS = "; ".join(f"{kind}: {', '.join(fields)}" for kind, fields in OVERRIDABLE.items())


@click.command(epilog=f"Fields of each kind: {_FIELDS}.")
@decision_options(DecisionKind.OVERRIDE)
@click.argument("field")
@click.argument("values", metavar="VALUE...", nargs=-1, required=True)
def override(field: str, values: tuple[str, ...], **said: Any) -> None:
    """Give a FIELD of an entity a VALUE of ours, whatever its provider says; for genres several may be given.

    It holds through every later delivery, until it is undone.
    """
    decided = record_decision(Override(field=field, value=write_value(field, values)), **said)
    say_decided(f"{field} is {printable(', '.join(values))} now", decided)


def write_value(field: str, values: tuple[str, ...]) -> str:
    """Return values as they were typed as the JSON that the field takes. Raises: UsageError for several of one."""
    if field == "genres":
        return msgspec.json.encode(values).decode()
    if len(values) > 1:
        raise click.UsageError(f"{field} has one value; put a text of several words into quotes")
    if field in ("explicit", "is_explicit") and values[0].lower() in ("true", "false"):
        return values[0].lower()
    return msgspec.json.encode(values[0]).decode()
