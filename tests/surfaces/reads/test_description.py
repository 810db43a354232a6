"""Every route is documented, every documented route answers, and answers have the documented shape."""

import re
from typing import Any

import pytest

from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.categories import identify_category
from antiphon.surfaces.reads.description import PATHS, describe
from antiphon.surfaces.reads.operations import ROUTES
from antiphon.surfaces.reads.routes import FormRoute, OpenRoute
from antiphon.surfaces.reads.token_operation import TOKEN_PATHS
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import AUDIOBOOK, SHOW, TIDEMARKS, an_id

ALBUM, TRACK = an_id("Harbour Lights"), an_id("Harbour Lights 2")
EXAMPLES = {
    "/v1/tracks/{id}": f"/v1/tracks/{TRACK}",
    "/v1/tracks": f"/v1/tracks?ids={TRACK},{'0' * 22}",
    "/v1/tracks/{id}/stream": f"/v1/tracks/{TRACK}/stream",
    "/v1/albums/{id}": f"/v1/albums/{ALBUM}",
    "/v1/albums": f"/v1/albums?ids={ALBUM}",
    "/v1/albums/{id}/tracks": f"/v1/albums/{ALBUM}/tracks",
    "/v1/artists/{id}": f"/v1/artists/{TIDEMARKS.id}",
    "/v1/artists": f"/v1/artists?ids={TIDEMARKS.id}",
    "/v1/artists/{id}/albums": f"/v1/artists/{TIDEMARKS.id}/albums",
    "/v1/artists/{id}/top-tracks": f"/v1/artists/{TIDEMARKS.id}/top-tracks",
    "/v1/shows/{id}": f"/v1/shows/{SHOW.id}",
    "/v1/shows": f"/v1/shows?ids={SHOW.id},{'0' * 22}",
    "/v1/shows/{id}/episodes": f"/v1/shows/{SHOW.id}/episodes",
    "/v1/episodes/{id}": f"/v1/episodes/{SHOW.episodes[1].id}",
    "/v1/episodes": f"/v1/episodes?ids={SHOW.episodes[1].id}",
    "/v1/audiobooks/{id}": f"/v1/audiobooks/{AUDIOBOOK.id}",
    "/v1/audiobooks": f"/v1/audiobooks?ids={AUDIOBOOK.id}",
    "/v1/audiobooks/{id}/chapters": f"/v1/audiobooks/{AUDIOBOOK.id}/chapters",
    "/v1/chapters/{id}": f"/v1/chapters/{AUDIOBOOK.chapters[1].id}",
    "/v1/chapters": f"/v1/chapters?ids={AUDIOBOOK.chapters[1].id}",
    "/v1/browse/categories": "/v1/browse/categories",
    "/v1/browse/categories/{id}": f"/v1/browse/categories/{identify_category('Ambient')}",
    "/v1/recommendations/available-genre-seeds": "/v1/recommendations/available-genre-seeds",
    "/v1/search": "/v1/search?q=lantern&type=album,artist,track,show,episode,audiobook",
    "/v1/browse/new-releases": "/v1/browse/new-releases",
    "/v1/markets": "/v1/markets",
    "/v1/tracks/{id}/linked-in": f"/v1/tracks/{TRACK}/linked-in",
    "/v1/lookup": "/v1/lookup?isrc=QZANT2600002,QZANT2699999&ean=4006381333931",
    "/v1/changes": "/v1/changes?cursor=0&limit=30",
    "/v1/exports": "/v1/exports",
    "/v1/exports/{version}": "/v1/exports/1",
}


def find_faults(document: dict[str, Any], schema: dict[str, Any], value: Any, place: str = "$") -> list[str]:
    """Return where a value departs from a schema. Knows the words our schemas use, and refuses others."""
    unknown = schema.keys() - {
        *("$ref", "type", "items", "properties", "required", "enum", "const", "pattern", "oneOf"),
        *("description", "format", "minimum", "additionalProperties"),
    }
    assert not unknown, f"{place}: this test does not know {unknown}"
    if "$ref" in schema:
        named = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return find_faults(document, named, value, place)
    if "oneOf" in schema:
        fits = [not find_faults(document, option, value, place) for option in schema["oneOf"]]
        return [] if fits.count(True) == 1 else [f"{place}: fits {fits.count(True)} of the options"]
    kinds = schema.get("type", [])
    types = {"string": str, "integer": int, "boolean": bool, "null": type(None), "array": list, "object": dict}
    if kinds and not any(type(value) is types[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        return [f"{place}: {value!r} is no {kinds}"]
    faults = []
    if value not in schema.get("enum", [value]) or value != schema.get("const", value):
        faults.append(f"{place}: {value!r} is not one of the values")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        faults.append(f"{place}: {value!r} has not the pattern")
    if isinstance(value, list):
        faults += [
            f for n, item in enumerate(value) for f in find_faults(document, schema["items"], item, f"{place}[{n}]")
        ]
    if isinstance(value, dict):
        members = schema.get("properties", {})
        faults += [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
        if members:
            faults += [f"{place}: {name} is not documented" for name in value if name not in members]
        for name in value.keys() & members.keys():
            faults += find_faults(document, members[name], value[name], f"{place}.{name}")
    return faults


def test_every_route_is_documented_and_every_documented_route_is_there() -> None:
    assert list(TOKEN_PATHS) == [route.path for route in ROUTES if isinstance(route, FormRoute)]
    described = [route for route in ROUTES if not isinstance(route, FormRoute)]
    assert list(PATHS) == [route.path for route in described]
    for route in described:
        operation = PATHS[route.path]["get"]
        assert operation["operationId"] == route.operation
        assert (operation.get("security") == []) is isinstance(route, OpenRoute)
        braced = re.findall(r"\{(\w+)\}", route.path)
        assert [p["name"] for p in operation["parameters"] if p["in"] == "path"] == braced


def test_every_reference_leads_somewhere() -> None:
    document = describe("https://music.example")
    names = re.findall(r"#/components/schemas/(\w+)", repr(document))
    assert set(names) <= document["components"]["schemas"].keys()
    assert set(names) == document["components"]["schemas"].keys(), "a shape nobody uses"


def test_the_description_is_served_to_everyone(read_path: ReadPath) -> None:
    got = ask(read_path, "/v1/openapi.json", tier=None)
    assert (got.status, got.content) == (200, describe("https://music.example"))


@pytest.mark.parametrize("path", EXAMPLES)
@pytest.mark.parametrize("market", ["", "SE", "NO"])
def test_an_answer_has_the_documented_shape(read_path: ReadPath, path: str, market: str) -> None:
    example = EXAMPLES[path]
    got = ask(read_path, f"{example}{'&' if '?' in example else '?'}market={market}")
    document = describe("https://music.example")
    documented = document["paths"][path]["get"]["responses"][str(got.status)]
    assert find_faults(document, documented["content"]["application/json"]["schema"], got.content) == []
