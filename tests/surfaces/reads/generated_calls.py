"""Calls that schemathesis makes up from a description, answered by the read path in this process."""

from collections import Counter
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from antiphon.access import AccessRole, Tier
from antiphon.surfaces.reads import ReadPath
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import API_KEY, a_token

BASE_URL = "https://music.example"
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Sent = Mapping[str, str]

CALLERS: tuple[Sent, ...] = (
    {},
    {"authorization": f"Bearer {a_token(Tier.PREMIUM)}"},
    {"authorization": f"Bearer {a_token(Tier.FREE, role=AccessRole.PROVIDER)}"},
    {"authorization": f"Bearer {a_token(role=AccessRole.OPERATOR)}"},
    {"x-api-key": API_KEY},
)
"""As nobody, which is always tried; by a token of either tier, with each role and without one; by an API key."""


def find_operations(document: dict[str, Any]) -> dict[str, Any]:
    """Return the operations of a document by their path. Raises where it is no sound OpenAPI."""
    schema = schemathesis.openapi.from_dict(document)
    schema.validate()
    operations: list[Any] = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    return {operation.path: operation for operation in operations}


def call(read_path: ReadPath, case: Any, caller: Sent) -> Response:
    """Return what the read path answers to a generated call."""
    base_url = BASE_URL if case.operation.path.startswith("/v1/") else f"{BASE_URL}/v1"
    sent = requests.Request(**case.as_transport_kwargs(base_url=base_url)).prepare()
    assert sent.url is not None
    got = ask(read_path, sent.url.removeprefix(BASE_URL), method=case.method, tier=None, headers=dict(caller))
    return Response(
        status_code=got.status,
        headers={name: [value] for name, value in got.headers.items()},
        content=got.body,
        request=sent,
        elapsed=0.0,
        verify=False,
        message=HTTPStatus(got.status).phrase,
    )


def list_known(path: str, words: Mapping[str, list[str]], ids: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Return what leads somewhere as a parameter of a path, by the parameter's name.

    ``words``: by the name of a parameter. ``ids``: by the word of paths that comes before them, such as "albums".
    """
    kind = path.removeprefix("/v1").partition("/{")[0].rpartition("/")[2]
    own = ids.get(kind, [])
    batches = [",".join(own), *own, ",".join([*own, "0" * 22])]
    return {**words, "id": own, "category_id": own, "ids": batches}


def always_the_same(examples: int) -> settings:
    """Return how calls are generated: so many, the same in every run."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def check_operation(
    read_path: ReadPath,
    operation: Any,
    known: Mapping[str, list[str]],
    *,
    examples: int,
    more: Sequence[Any] = (),
) -> Counter[int]:
    """Check generated calls of an operation, right and wrong ones, by every caller. Return how they were answered.

    Every second parameter for which something is ``known`` is taken from there. ``more``: checks of schemathesis beyond
    those of every answer.
    """
    answered: Counter[int] = Counter()

    @always_the_same(examples)
    @given(data=st.data(), mode=st.sampled_from(GenerationMode), caller=st.sampled_from(CALLERS))
    def check(data: st.DataObject, mode: GenerationMode, caller: Sent) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        for parameter in (*operation.path_parameters, *operation.query):
            texts = known.get(parameter.name)
            if texts and data.draw(st.booleans()):
                told = case.path_parameters if parameter.location == "path" else case.query
                told[parameter.name] = data.draw(st.sampled_from(texts))
        response = call(read_path, case, caller)
        answered[response.status_code] += 1
        case.validate_response(response, checks=[*CHECKS, *more])

    check()
    return answered
