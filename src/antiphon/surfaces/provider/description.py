"""The description of the provider API, OpenAPI 3.1, served beside it; ``docs/http.md`` tells the same operations."""

from collections.abc import Sequence

import msgspec

from antiphon import __version__
from antiphon.catalogue import Conflict, ConflictReport
from antiphon.model.decisions import Decision
from antiphon.model.delivery import Delivery, TimelineEntry
from antiphon.model.findings import Finding
from antiphon.record.agreements import Agreement
from antiphon.record.audit import Act
from antiphon.record.uploads import Upload
from antiphon.record.waivers import Waiver
from antiphon.surfaces.provider.agreements import PolicyBody
from antiphon.surfaces.provider.completions import CompletionBody
from antiphon.surfaces.provider.decisions import DecisionBody
from antiphon.surfaces.provider.goalie import HeldLine, HoldRuling
from antiphon.surfaces.provider.operations import (
    OPERATIONS,
    TEXT,
    ProviderOperation,
    ProviderRole,
    Schema,
    an_object,
    ref,
)
from antiphon.surfaces.provider.quality_reports import QualityReport, ReleaseQuality
from antiphon.surfaces.provider.reports import DeliveryLine

SHAPES: Sequence[type] = (
    Act,
    Agreement,
    CompletionBody,
    Conflict,
    ConflictReport,
    Decision,
    DecisionBody,
    Delivery,
    DeliveryLine,
    Finding,
    HeldLine,
    HoldRuling,
    PolicyBody,
    QualityReport,
    ReleaseQuality,
    TimelineEntry,
    Upload,
    Waiver,
)


def describe_provider_api(base_url: str) -> Schema:
    """Return the OpenAPI document of the provider API at ``base_url``."""
    _, components = msgspec.json.schema_components(SHAPES, ref_template="#/components/schemas/{name}")
    paths: dict[str, Schema] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Antiphon provider API",
            "version": __version__,
            "description": "Deliver, follow a delivery stage by stage, and read every finding with its place and fix. "
            "Refusals are JSON: error, with status and message, and beside it reason. 401 without a caller, 403 for "
            "another role, 404 for what is another's, 429 and 503 with Retry-After, 507 where there is no room.",
        },
        "servers": [{"url": base_url}],
        "security": [{"client_credentials": []}],
        "paths": paths,
        "components": {
            "schemas": {**components, "Error": _ERROR},
            "securitySchemes": {
                "client_credentials": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": f"{base_url}/api/token", "scopes": {}}},
                }
            },
        },
    }


_ERROR = an_object(
    {"error": {**an_object({"status": {"type": "integer"}, "message": TEXT}), "additionalProperties": True}}
)


def _describe(operation: ProviderOperation) -> Schema:
    described: Schema = {
        "operationId": _name(operation),
        "summary": operation.says,
        "parameters": _list_parameters(operation),
        "responses": {
            str(operation.status): _describe_success(operation),
            "default": {
                "description": "Refused.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
            },
        },
    }
    content: Schema = {"application/json": {"schema": ref(operation.body)}} if operation.body else {}
    if operation.method in ("POST", "PATCH"):
        content |= {media: {"schema": {"type": "string", "format": "binary"}} for media in operation.media}
    if content:
        described["requestBody"] = {"required": True, "content": content}
    if operation.who is ProviderRole.ANYONE:
        described["security"] = []
    return described


def _describe_success(operation: ProviderOperation) -> Schema:
    if operation.answer:
        return {"description": "Done.", "content": {"application/json": {"schema": operation.answer}}}
    if operation.method == "GET":
        return {"description": "Done.", "content": {media: {"schema": TEXT} for media in operation.media}}
    return {"description": "Done."}


def _list_parameters(operation: ProviderOperation) -> list[Schema]:
    named = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    parameters: list[Schema] = [{"name": n, "in": "path", "required": True, "schema": TEXT} for n in named]
    parameters += [{"name": n, "in": "query", "required": False, "schema": TEXT} for n in operation.query]
    required = ("Tus-Resumable", "Upload-Length", "Upload-Offset")
    parameters += [{"name": n, "in": "header", "required": n in required, "schema": TEXT} for n in operation.headers]
    return parameters


def _name(operation: ProviderOperation) -> str:
    parts = [part for part in operation.path.removeprefix("/provider/v1/").split("/") if part]
    words = [part[1:-1].removesuffix("_id") if part.startswith("{") else part.partition(".")[0] for part in parts]
    return "_".join((operation.method.lower(), *words))
