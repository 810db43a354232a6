"""What can be asked of the provider API: every operation, who may ask, and the shape of what it answers."""

from enum import StrEnum
from typing import Any

import msgspec

from antiphon.catalogue import Conflict, ConflictReport
from antiphon.model.decisions import Decision
from antiphon.model.delivery import Delivery, TimelineEntry
from antiphon.model.findings import Finding
from antiphon.record.agreements import Agreement
from antiphon.record.audit import Act
from antiphon.record.uploads import Upload
from antiphon.record.waivers import Waiver
from antiphon.surfaces.provider.agreements import PolicyBody
from antiphon.surfaces.provider.completions import DELIVERIES_PATH, FILE_NAMES, CompletionBody
from antiphon.surfaces.provider.conflicts import CONFLICTS_PATH
from antiphon.surfaces.provider.decisions import DECISIONS_PATH, DecisionBody
from antiphon.surfaces.provider.goalie import HeldLine, HoldRuling
from antiphon.surfaces.provider.quality import QUALITY_PATH, RELEASE_QUALITY_PATH
from antiphon.surfaces.provider.quality_reports import QualityReport, ReleaseQuality
from antiphon.surfaces.provider.reports import DeliveryLine
from antiphon.surfaces.provider.tus import CHUNK_TYPE
from antiphon.surfaces.provider.uploads import UPLOADS_PATH

Schema = dict[str, Any]


class ProviderRole(StrEnum):
    """Who may call an operation of the provider API."""

    ANYONE = "anyone"
    PROVIDER = "provider"
    STAFF = "provider or operator"
    OPERATOR = "operator"


class ProviderOperation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be asked for. ``body``: what is sent as JSON; ``says``: what it answers, in a sentence."""

    method: str
    path: str
    who: ProviderRole
    says: str
    status: int = 200
    body: type | None = None
    media: tuple[str, ...] = ()
    answer: Schema = {}
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


def ref(shape: type) -> Schema:
    """Return the reference to a shape of ours."""
    return {"$ref": f"#/components/schemas/{shape.__name__}"}


def _array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _list(name: str, shape: type) -> Schema:
    return an_object({name: _array(ref(shape))})


def an_object(members: Schema) -> Schema:
    """Return the schema of an object that has all of some members."""
    return {"type": "object", "properties": members, "required": list(members)}


TEXT: Schema = {"type": "string"}
_FLAG: Schema = {"type": "boolean"}
_FINDING: Schema = {"allOf": [ref(Finding), an_object({"id": TEXT})]}
_FINDINGS: Schema = _array(_FINDING)
_REPORT = an_object(
    {
        "delivery": ref(Delivery),
        "stage": TEXT,
        "is_moving": _FLAG,
        "held_by": _array(TEXT),
        "timeline": _array(ref(TimelineEntry)),
        "findings": _FINDINGS,
    }
)
_ACCEPTED = an_object({"id": TEXT, "name": TEXT, "is_duplicate": _FLAG, "url": TEXT, "events_url": TEXT})
_COMPLETION = an_object({"completion": TEXT, "deliveries": _array(_ACCEPTED), "problems": _FINDINGS})
_UPLOADED: Schema = {"allOf": [ref(Upload), an_object({"offset_bytes": {"type": "integer"}})]}
_DECIDED = an_object({"delivery": TEXT, "action": TEXT})
_TUS = ("Tus-Resumable",)
_ONE = f"{DELIVERIES_PATH}/{{delivery_id}}"
_UPLOAD = f"{UPLOADS_PATH}/{{upload_id}}"
_POLICY = "/provider/v1/providers/{provider_id}/policy"

OPERATIONS: tuple[ProviderOperation, ...] = (
    ProviderOperation(
        method="GET",
        path="/provider/v1/openapi.json",
        who=ProviderRole.ANYONE,
        says="The description of this API.",
        answer={"type": "object"},
    ),
    ProviderOperation(
        method="GET",
        path=DELIVERIES_PATH,
        who=ProviderRole.STAFF,
        says="Deliveries, newest first; `limit`, `before`.",
        answer=_list("deliveries", DeliveryLine),
        query=("limit", "before"),
    ),
    ProviderOperation(
        method="POST",
        path=DELIVERIES_PATH,
        who=ProviderRole.PROVIDER,
        says="Deliver: uploads that belong together, or one ZIP, TAR, TAR.GZ or XML as the body (`name`, `sha256`). "
        "201 when all of it is durable and queued, with the ids; 200 where it had come before.",
        status=201,
        body=CompletionBody,
        media=tuple(FILE_NAMES),
        answer=_COMPLETION,
        query=("name", "sha256"),
    ),
    ProviderOperation(
        method="GET",
        path=_ONE,
        who=ProviderRole.STAFF,
        says="One of them: timeline, findings with their ids, files.",
        answer=_REPORT,
    ),
    ProviderOperation(
        method="GET",
        path=f"{_ONE}/events",
        who=ProviderRole.STAFF,
        says="Its timeline as it happens: server-sent events, from the beginning or behind `Last-Event-ID`; ends with "
        "the delivery, and is 204 from then on.",
        media=("text/event-stream",),
        headers=("Last-Event-ID",),
    ),
    ProviderOperation(
        method="GET",
        path=f"{_ONE}/acknowledgement",
        who=ProviderRole.STAFF,
        says="Its answer as the choreography has it, XML, with what it has come to so far; `generation` 1.6, 1.7 or "
        "1.8, otherwise the one its sender uses.",
        media=("application/xml",),
        query=("generation",),
    ),
    ProviderOperation(
        method="POST",
        path=f"{_ONE}/clear",
        who=ProviderRole.OPERATOR,
        says="Let a held delivery go on, for a `reason`.",
        body=HoldRuling,
        answer=_DECIDED,
    ),
    ProviderOperation(
        method="POST",
        path=f"{_ONE}/reject",
        who=ProviderRole.OPERATOR,
        says="End a held delivery, for a `reason`.",
        body=HoldRuling,
        answer=_DECIDED,
    ),
    ProviderOperation(
        method="POST",
        path=f"{_ONE}/waive",
        who=ProviderRole.OPERATOR,
        says="Let a `rule` that holds it hold nothing of its provider any more, for a `reason`, `until` a time, or "
        "nothing of its release alone (`is_for_release`). Names what goes on, and what else holds this one.",
        body=HoldRuling,
        answer=an_object({"delivery": TEXT, "action": TEXT, "waiver": ref(Waiver)}),
    ),
    ProviderOperation(
        method="OPTIONS",
        path=UPLOADS_PATH,
        who=ProviderRole.ANYONE,
        says="What the upload protocol here can do, and how large an upload may be. Source: tus 1.0.0.",
        status=204,
    ),
    ProviderOperation(
        method="POST",
        path=UPLOADS_PATH,
        who=ProviderRole.PROVIDER,
        says="Announce a file: `Upload-Length`, and `Upload-Metadata` with `path` and, if you like, `sha256`. "
        "`Location` is where its bytes go.",
        status=201,
        headers=(*_TUS, "Upload-Length", "Upload-Metadata"),
    ),
    ProviderOperation(
        method="GET",
        path=UPLOADS_PATH,
        who=ProviderRole.PROVIDER,
        says="Your uploads that are not part of a delivery yet.",
        answer=an_object({"uploads": _array(_UPLOADED)}),
    ),
    ProviderOperation(
        method="GET",
        path=_UPLOAD,
        who=ProviderRole.PROVIDER,
        says="One of them. `HEAD`, with `Tus-Resumable`, says in `Upload-Offset` how far it has come.",
        answer=_UPLOADED,
    ),
    ProviderOperation(
        method="PATCH",
        path=_UPLOAD,
        who=ProviderRole.PROVIDER,
        says="Bytes of it from `Upload-Offset` on, as `application/offset+octet-stream`, checked by `Upload-Checksum` "
        "where there is one; what is acknowledged is durable.",
        status=204,
        media=(CHUNK_TYPE,),
        headers=(*_TUS, "Upload-Offset", "Upload-Checksum"),
    ),
    ProviderOperation(
        method="DELETE", path=_UPLOAD, who=ProviderRole.PROVIDER, says="Give it up.", status=204, headers=_TUS
    ),
    ProviderOperation(
        method="GET",
        path="/provider/v1/held",
        who=ProviderRole.STAFF,
        says="What waits for a person, the oldest first, with its age and the rules that hold it; `limit`.",
        answer=_list("held", HeldLine),
        query=("limit",),
    ),
    ProviderOperation(
        method="GET",
        path=CONFLICTS_PATH,
        who=ProviderRole.STAFF,
        says="ISRCs and barcodes by which you and somebody else mean different things, with what to do; for operators "
        "both sides of each, with their providers.",
        answer=an_object({"conflicts": {"type": "array", "items": {"anyOf": [ref(ConflictReport), ref(Conflict)]}}}),
    ),
    ProviderOperation(
        method="GET",
        path="/provider/v1/waivers",
        who=ProviderRole.STAFF,
        says="Waivers, newest first, also those that are over.",
        answer=_list("waivers", Waiver),
    ),
    ProviderOperation(
        method="DELETE",
        path="/provider/v1/waivers/{waiver_id}",
        who=ProviderRole.OPERATOR,
        says="Undo a waiver; what it let through stays.",
        answer=ref(Waiver),
    ),
    ProviderOperation(
        method="GET",
        path=DECISIONS_PATH,
        who=ProviderRole.OPERATOR,
        says="What was decided by hand, newest first, also what is over: `in_force`, about a `target`, of a `kind`; "
        "`limit`, and `before`, the id of the last one seen.",
        answer=_list("decisions", Decision),
        query=("in_force", "target", "kind", "limit", "before"),
    ),
    ProviderOperation(
        method="POST",
        path=DECISIONS_PATH,
        who=ProviderRole.OPERATOR,
        says="Decide: an `effect` with its `type` (takedown, geoblock, hold, override, merge, split, transfer, erase), "
        "its target, the `reason`, and `until` when, where it ends by itself.",
        status=201,
        body=DecisionBody,
        answer=an_object({"decision": ref(Decision), "changed": {"type": "integer"}}),
    ),
    ProviderOperation(
        method="DELETE",
        path=f"{DECISIONS_PATH}/{{decision_id}}",
        who=ProviderRole.OPERATOR,
        says="Undo a decision: the catalogue is as it would be without it.",
        answer=ref(Decision),
    ),
    ProviderOperation(
        method="GET",
        path="/provider/v1/audit",
        who=ProviderRole.OPERATOR,
        says="Who did what by hand, newest first; `provider`, `limit`.",
        answer=_list("acts", Act),
        query=("provider", "limit"),
    ),
    ProviderOperation(
        method="GET",
        path=QUALITY_PATH,
        who=ProviderRole.STAFF,
        says="How good the data of your releases is: score, dimensions, what to fix first, the worst releases, and the "
        "score of each day `since` one. Operators are told of everybody's, or of one `provider`'s.",
        answer=ref(QualityReport),
        query=("provider", "since"),
    ),
    ProviderOperation(
        method="GET",
        path=RELEASE_QUALITY_PATH,
        who=ProviderRole.STAFF,
        says="One release: each point it lacks, for what and where; and how its score changed.",
        answer=ref(ReleaseQuality),
    ),
    ProviderOperation(
        method="GET",
        path="/provider/v1/providers",
        who=ProviderRole.STAFF,
        says="Providers with their DPIDs, the parties they speak for, and the policy in force; a provider's own alone.",
        answer=an_object({"providers": _array({"type": "object"})}),
    ),
    ProviderOperation(
        method="GET",
        path=_POLICY,
        who=ProviderRole.STAFF,
        says="What is agreed with a provider about the rules, with every earlier version.",
        answer=an_object({"policy": {"type": "object"}, "versions": _array(ref(Agreement))}),
    ),
    ProviderOperation(
        method="PUT",
        path=_POLICY,
        who=ProviderRole.OPERATOR,
        says="Agree to another policy: `policy`, `reason`, and `after`, the version it was made from.",
        body=PolicyBody,
        answer=ref(Agreement),
    ),
)
"""Every operation, in the order a provider meets them. A ``GET`` answers ``HEAD`` too."""
