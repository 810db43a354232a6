"""Whatever is sent to the token endpoint, it answers as the description says."""

from http import HTTPStatus
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.core.transport import Response
from schemathesis.generation import GenerationMode

from antiphon.surfaces.reads import ReadPath, Request
from antiphon.surfaces.reads.description import describe
from antiphon.surfaces.reads.forms import FORM_TYPE, TOKEN_PATH
from tests.surfaces.reads.asking import read_response
from tests.surfaces.reads.catalogue_fixture import CLIENT, CLIENT_SECRET, NOW
from tests.surfaces.reads.generated_calls import BASE_URL, CHECKS, always_the_same, find_operations

EXAMPLES = 100


def answer_form(read_path: ReadPath, case: Any, number: int) -> Response:
    """Return what the read path answers to a generated form, each from an address of its own."""
    sent = requests.Request(**case.as_transport_kwargs(base_url=BASE_URL)).prepare()
    form = sent.body.encode() if isinstance(sent.body, str) else sent.body
    assert form is None or isinstance(form, bytes)
    headers = {"content-type": FORM_TYPE}
    got = read_response(
        read_path,
        read_path.answer(
            Request(
                method=case.method,
                path=TOKEN_PATH,
                query_string="",
                headers=headers,
                form=form or b"",
                peer=f"192.0.2.{number}:1",
            ),
            NOW.timestamp(),
        ),
    )
    return Response(
        status_code=got.status,
        headers={name: [value] for name, value in got.headers.items()},
        content=got.body,
        request=sent,
        elapsed=0.0,
        verify=False,
        message=HTTPStatus(got.status).phrase,
    )


@pytest.mark.slow
def test_every_answer_to_a_form_is_as_described(read_path: ReadPath) -> None:
    operation = find_operations(describe(BASE_URL))[TOKEN_PATH]
    answered: set[int] = set()

    @always_the_same(EXAMPLES)
    @given(data=st.data(), mode=st.sampled_from(GenerationMode), is_client=st.booleans())
    def check(data: st.DataObject, mode: GenerationMode, is_client: bool) -> None:
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if is_client and isinstance(case.body, dict):
            case.body |= {"client_id": CLIENT.client_id, "client_secret": CLIENT_SECRET}
        response = answer_form(read_path, case, len(answered))
        answered.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    check()
    assert {200, 400, 401} <= answered
