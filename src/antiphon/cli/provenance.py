"""Ask the catalogue which statement, file or decision gave a field."""

from pathlib import Path

import click
import msgspec

from antiphon.cli.installation import open_installation
from antiphon.cli.options import data_option, json_option
from antiphon.cli.printing import printable
from antiphon.model.entities import RECORDED_KINDS, EntityKind
from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.surfaces.explain.provenance import answer_provenance


@click.command()
@click.argument("kind", type=click.Choice([kind.value for kind in RECORDED_KINDS]))
@click.argument("entity_id")
@click.argument("field", default="")
@json_option
@data_option
def provenance(kind: str, entity_id: str, field: str, data: Path, *, as_json: bool) -> None:
    """Say what gave each field of an entity, or one FIELD: message with its line, file, or decision."""
    with reading(open_installation(data).engine) as conn:
        answer = answer_provenance(conn, EntityKind(kind), entity_id, field)
    if answer is None:
        raise Refused("NoSuchEntity", f"there is no {kind} {entity_id!r}")
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))
        return
    for name, said in answer.lines():
        click.echo(f"{name:<14}{printable(said)}" if name else f"  {printable(said)}")
