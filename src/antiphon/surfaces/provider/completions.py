"""Deliveries over HTTP: uploads are completed, or one body brings it all. The answer holds the ids to follow."""

from collections.abc import Sequence

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from antiphon.access import Caller
from antiphon.intake.completion import Completion, complete_uploads
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.bodies import decode_json, find_media_type, read_json_body
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.provider.pieces import write_body
from antiphon.surfaces.provider.reports import show_finding
from antiphon.surfaces.provider.tus import read_length, read_sha256
from antiphon.surfaces.provider.uploads import admit_provider
from antiphon.surfaces.refusals import RefusedAnswer, answering_refusals

DELIVERIES_PATH = "/provider/v1/deliveries"

MAX_COMPLETION_BYTES = 64 * 1024
"""bytes; a thousand ids of uploads take 35 kB."""

FILE_NAMES = {
    "application/zip": "delivery.zip",
    "application/x-tar": "delivery.tar",
    "application/gzip": "delivery.tar.gz",
    "application/xml": "delivery.xml",
    "text/xml": "delivery.xml",
}
"""What a whole delivery in one body may be, and what it is called where the sender gives it no name.

No page of another site can make a browser send one of these without asking us first.
"""


class CompletionBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be completed. ``name``: the folder's, which may carry the batch's timestamp; empty: none."""

    uploads: tuple[str, ...]
    name: str = ""


async def accept_deliveries(dock: Dock, request: Request) -> Response:
    """Accept what uploads or a body bring; 201 with the ids, 200 where all of it had come before.

    Raises: HTTPException; 422 where nothing of it is a delivery.
    """
    caller = await run_in_threadpool(admit_provider, dock, request)
    media_type = find_media_type(request)
    if media_type in FILE_NAMES:
        return await _accept_body(dock, request, caller, FILE_NAMES[media_type])
    body = decode_json(await read_json_body(request, MAX_COMPLETION_BYTES), CompletionBody)
    completion = await run_in_threadpool(_complete, dock, caller, body.uploads, body.name)
    return answer_completion(completion)


async def _accept_body(dock: Dock, request: Request, caller: Caller, file_name: str) -> Response:
    """Take one body as the whole delivery: an upload that is announced, sent and completed in one request."""
    if "content-length" not in request.headers:
        raise HTTPException(411, "say the body's Content-Length, or send it as an upload in pieces")
    size_bytes = read_length(request, "content-length")
    with answering_refusals():
        upload = await run_in_threadpool(
            lambda: dock.uploads.create(
                caller.provider,
                caller.client_id,
                path=request.query_params.get("name") or file_name,
                size_bytes=size_bytes,
                sha256=read_sha256(request.query_params.get("sha256", "")),
                now=dock.gate.clock(),
            )
        )
    try:
        here = await write_body(dock.uploads, upload, 0, request, dock.gate.clock())
        if here != size_bytes:
            raise HTTPException(400, f"the connection ended after {here} of {size_bytes} bytes; send it again")
        return answer_completion(await run_in_threadpool(_complete, dock, caller, (upload.id,), ""))
    finally:
        await run_in_threadpool(dock.uploads.remove, upload)


def _complete(dock: Dock, caller: Caller, upload_ids: Sequence[str], name: str) -> Completion:
    with answering_refusals():
        return complete_uploads(
            dock.gate.engine,
            dock.blobs,
            dock.queue,
            dock.uploads,
            caller.provider,
            upload_ids,
            dock.gate.clock(),
            name=name,
        )


def answer_completion(completion: Completion) -> Response:
    """Return what a provider is told: the deliveries, where to follow each, and what there is no delivery of."""
    receipts = completion.outcome.receipts
    problems = [show_finding(problem) for problem in completion.outcome.problems]
    if not receipts:
        first = completion.outcome.problems[0].message if completion.outcome.problems else "there is no message in it"
        raise RefusedAnswer(422, f"nothing of it is a delivery: {first}", reason="NoDelivery")
    is_new = not completion.is_repeated and not all(receipt.is_duplicate for receipt in receipts)
    deliveries = [
        {
            "id": receipt.delivery_id,
            "name": receipt.name,
            "is_duplicate": receipt.is_duplicate,
            "url": f"{DELIVERIES_PATH}/{receipt.delivery_id}",
            "events_url": f"{DELIVERIES_PATH}/{receipt.delivery_id}/events",
        }
        for receipt in receipts
    ]
    body = {"completion": completion.id, "deliveries": deliveries, "problems": problems}
    return answer_json(body, 201 if is_new else 200)
