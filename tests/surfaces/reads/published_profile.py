"""The published description of the shape that the catalogue profile follows, made fit for use when it is loaded.

It is not part of the project, so what is wrong with it is put right here, and nowhere else: a batch has null for an id
that names nothing (as the service itself answers, and as its text says), and an operation may answer 400 and 404
wherever it takes a parameter (the document tells of these for audiobooks alone).
"""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # no stubs among the dependencies

CATALOGUE_PATHS = (
    *("/tracks/{id}", "/tracks"),
    *("/albums/{id}", "/albums", "/albums/{id}/tracks"),
    *("/artists/{id}", "/artists", "/artists/{id}/albums", "/artists/{id}/top-tracks"),
    *("/shows/{id}", "/shows", "/shows/{id}/episodes", "/episodes/{id}", "/episodes"),
    *("/audiobooks/{id}", "/audiobooks", "/audiobooks/{id}/chapters", "/chapters/{id}", "/chapters"),
    *("/search", "/browse/new-releases", "/browse/categories", "/browse/categories/{category_id}"),
    *("/recommendations/available-genre-seeds", "/markets"),
)
"""The operations the profile serves, as the published description names them."""

_BATCHES = ("ManyTracks", "ManyAlbums", "ManyArtists", "ManySimplifiedShows", "ManyEpisodes")
_SPOKEN_BATCHES = ("ManyAudiobooks", "ManyChapters")


def load_profile(shared: Path) -> dict[str, Any]:
    """Return the published description of the operations the profile serves, on our address."""
    document: dict[str, Any] = _drop_examples(
        yaml.load((shared / "api/spotify-openapi.yml").read_bytes(), yaml.CSafeLoader)
    )
    responses, parameters = document["components"]["responses"], document["components"]["parameters"]
    document["servers"] = [{"url": "https://music.example/v1"}]
    document["paths"] = {path: {"get": document["paths"][path]["get"]} for path in CATALOGUE_PATHS}
    for name in (*_BATCHES, *_SPOKEN_BATCHES):
        [batch] = responses[name]["content"]["application/json"]["schema"]["properties"].values()
        batch["items"] = {"allOf": [batch["items"]], "nullable": True}
    for operation in document["paths"].values():
        operation["get"]["responses"] |= {"400": responses["BadRequest"], "404": responses["NotFound"]}
        operation["get"]["parameters"] = [
            dict(parameters[told["$ref"].rpartition("/")[2]] if "$ref" in told else told)
            for told in operation["get"].get("parameters", ())
        ]
    return document


def _drop_examples(value: Any) -> Any:
    """Return a part of the document without its examples: some are dates in YAML, which no JSON Schema takes."""
    if isinstance(value, dict):
        return {name: _drop_examples(member) for name, member in value.items() if name != "example"}
    return [_drop_examples(member) for member in value] if isinstance(value, list) else value
