"""Uploads over HTTP, by the tus protocol: announce a file, send it in as many pieces as it takes, ask how far it is.

Core, creation, expiration, termination and checksum. A client library of that protocol needs only the address of
``/provider/v1/uploads`` and a token.
"""

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from antiphon.access import AccessRole, Caller
from antiphon.intake.uploads import MAX_UPLOAD_BYTES, Uploads
from antiphon.record.uploads import Upload
from antiphon.surfaces.answers import answer_json
from antiphon.surfaces.bodies import find_media_type
from antiphon.surfaces.provider.dock import Dock
from antiphon.surfaces.provider.pieces import write_body
from antiphon.surfaces.provider.tus import (
    CHECKSUMS,
    CHUNK_TYPE,
    EXTENSIONS,
    TUS_VERSION,
    answer_tus,
    format_expiry,
    read_checksum,
    read_length,
    read_metadata,
    read_sha256,
    require_tus,
)
from antiphon.surfaces.refusals import answering_refusals

UPLOADS_PATH = "/provider/v1/uploads"


def upload_routes(dock: Dock) -> list[Route]:
    """Return the routes of uploads."""
    desk = UploadDesk(dock)
    one = f"{UPLOADS_PATH}/{{upload_id}}"
    return [
        Route(UPLOADS_PATH, desk.describe_server, methods=["OPTIONS"]),
        Route(UPLOADS_PATH, desk.create, methods=["POST"]),
        Route(UPLOADS_PATH, desk.list_open),
        Route(one, desk.show_one),
        Route(one, desk.append, methods=["PATCH"]),
        Route(one, desk.terminate, methods=["DELETE"]),
    ]


class UploadDesk:
    """Answers what is asked of uploads. Each method is one operation; refusals are HTTPException."""

    def __init__(self, dock: Dock) -> None:
        self._dock = dock
        self._uploads = dock.uploads

    def describe_server(self, _request: Request) -> Response:
        """Say what of the protocol is understood here."""
        headers = {
            "Tus-Version": TUS_VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(MAX_UPLOAD_BYTES),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        }
        return answer_tus(204, headers)

    def create(self, request: Request) -> Response:
        """Announce a file and say where its bytes go."""
        caller = admit_provider(self._dock, request)
        require_tus(request)
        metadata = read_metadata(request.headers.get("upload-metadata", ""))
        with answering_refusals():
            upload = self._uploads.create(
                caller.provider,
                caller.client_id,
                path=metadata.get("path") or metadata.get("filename", ""),
                size_bytes=read_length(request, "upload-length"),
                sha256=read_sha256(metadata.get("sha256", "")),
                now=self._dock.gate.clock(),
            )
        return answer_tus(201, {"Location": f"{UPLOADS_PATH}/{upload.id}", **state_headers(self._uploads, upload)})

    def list_open(self, request: Request) -> Response:
        """List the caller's uploads that are not part of a delivery yet."""
        caller = admit_provider(self._dock, request)
        with answering_refusals():
            lines = [show_upload(self._uploads, upload) for upload in self._uploads.list_open(caller.provider)]
        return answer_json({"uploads": lines})

    def show_one(self, request: Request) -> Response:
        """Say how far an upload has come: in headers to the protocol, in JSON to people."""
        if request.method == "HEAD":
            return answer_tus(200, state_headers(self._uploads, self._find(request)))
        return answer_json(show_upload(self._uploads, self._find(request, is_protocol=False)))

    async def append(self, request: Request) -> Response:
        """Append a piece; what is acknowledged is durable."""
        upload = await run_in_threadpool(self._find, request)
        if find_media_type(request) != CHUNK_TYPE:
            raise HTTPException(415, f"a piece is {CHUNK_TYPE}; got {find_media_type(request)[:60]!r}")
        offset = read_length(request, "upload-offset")
        checksum = read_checksum(request.headers.get("upload-checksum", ""))
        await write_body(self._uploads, upload, offset, request, self._dock.gate.clock(), checksum)
        # By its provider, not by its caller: a token may end while a long piece arrives.
        upload = await run_in_threadpool(self._uploads.find, upload.id, upload.provider)
        return answer_tus(204, await run_in_threadpool(state_headers, self._uploads, upload))

    def terminate(self, request: Request) -> Response:
        """Give an upload up."""
        upload = self._find(request)
        with answering_refusals():
            self._uploads.remove(upload)
        return answer_tus(204, {})

    def _find(self, request: Request, *, is_protocol: bool = True) -> Upload:
        caller = admit_provider(self._dock, request)
        if is_protocol:
            require_tus(request)
        with answering_refusals():
            return self._uploads.find(request.path_params["upload_id"], caller.provider)


def admit_provider(dock: Dock, request: Request) -> Caller:
    """Return the caller, who speaks for a provider. Raises: HTTPException 401 or 403."""
    caller = dock.gate.admit(request, AccessRole.PROVIDER)
    if not caller.provider:
        raise HTTPException(403, f"{caller.client_id} speaks for no provider; have it made with one")
    return caller


def state_headers(uploads: Uploads, upload: Upload) -> dict[str, str]:
    """Return how far an upload has come, as headers."""
    return {
        "Upload-Offset": str(uploads.measure(upload)),
        "Upload-Length": str(upload.size_bytes),
        "Upload-Expires": format_expiry(upload.expires_at),
    }


def show_upload(uploads: Uploads, upload: Upload) -> dict[str, object]:
    """Return an upload as JSON tells it."""
    return msgspec.structs.asdict(upload) | {"offset_bytes": uploads.measure(upload)}
