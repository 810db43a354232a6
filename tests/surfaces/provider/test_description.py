"""The provider API is as its description says: references lead somewhere, answers have the shapes it names."""

from pathlib import Path
from typing import Any

import pytest

from antiphon.record import writing
from antiphon.surfaces.provider.description import describe_provider_api
from antiphon.surfaces.provider.operations import OPERATIONS
from tests.docs.house import OPERATOR
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import PROVIDER, now
from tests.record.releases import commit_statement, find_album_id
from tests.surfaces.provider.dockside import DELIVERIES, Dockside

DOCUMENT = describe_provider_api("http://music.example")
READS = [one for one in OPERATIONS if one.method == "GET" and one.answer]


def list_references(value: Any) -> set[str]:
    """Return every shape that something in the document refers to."""
    if isinstance(value, list):
        return set().union(*map(list_references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
    return own.union(*map(list_references, value.values()))


def find_missing(schema: dict[str, Any], value: Any) -> list[str]:
    """Return the members a schema demands and a value lacks, followed into lists and named shapes."""
    if "$ref" in schema:
        return find_missing(DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]], value)
    missing = [name for part in schema.get("allOf", []) for name in find_missing(part, value)]
    if isinstance(value, dict):
        missing += [name for name in schema.get("required", []) if name not in value]
        known = ((part, value[name]) for name, part in schema.get("properties", {}).items() if name in value)
        missing += [name for part, member in known for name in find_missing(part, member)]
    if isinstance(value, list):
        missing += [name for item in value for name in find_missing(schema.get("items", {}), item)]
    return missing


def test_every_reference_of_the_description_leads_to_a_shape() -> None:
    shapes = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert list_references(DOCUMENT) <= shapes


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [one["operationId"] for methods in DOCUMENT["paths"].values() for one in methods.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)


@pytest.mark.parametrize("operation", READS, ids=lambda one: str(one.path))
def test_an_answer_has_what_the_description_promises(dock: Dockside, tmp_path: Path, operation: Any) -> None:
    (receipt,) = dock.site.accept(write_delivery(tmp_path / "out", a_small_statement(1)))
    upload = dock.announce("R1.xml", 1).rpartition("/")[2]
    with writing(dock.site.engine) as conn:
        commit_statement(conn, a_small_statement(2), now(), provider=PROVIDER)
        album_id = find_album_id(conn, a_small_statement(2))
    words = {"delivery_id": receipt.delivery_id, "upload_id": upload, "provider_id": PROVIDER, "album_id": album_id}
    path = operation.path.format(**words)
    answer = dock.ask("GET", path) if "upload" in path else dock.ask("GET", path, OPERATOR)
    assert answer.status_code == 200, answer.text
    assert find_missing(operation.answer, answer.json()) == []


def test_what_a_completion_answers_is_as_described(dock: Dockside, tmp_path: Path) -> None:
    folder = write_delivery(tmp_path / "out", a_small_statement(1))
    message = folder / f"{folder.name}.xml"
    headers = {"content-type": "application/xml"}
    answer = dock.ask("POST", f"{DELIVERIES}?name={message.name}", content=message.read_bytes(), headers=headers)
    described = next(one for one in OPERATIONS if (one.method, one.path) == ("POST", DELIVERIES))
    assert find_missing(described.answer, answer.json()) == []
    assert answer.json()["deliveries"][0]["name"] == folder.name
