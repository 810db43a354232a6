"""A row for each table of the record, and attempts to write rows that differ from it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Executable, Table, Update, insert, update

from antiphon.record.agreement_tables import (
    agreements,
    audit,
    represented_parties,
    turns,
    update_counts,
    waiver_undos,
    waivers,
)
from antiphon.record.choreography_tables import acknowledgements, arrivals, taken_units
from antiphon.record.client_tables import api_keys
from antiphon.record.decision_tables import decision_undos, decisions
from antiphon.record.erasure_tables import erasures
from antiphon.record.publication_tables import publication_holds, publication_resumes, publication_totals
from antiphon.record.quality_tables import quality_days, quality_scores
from antiphon.record.tables import (
    album_tracks,
    applied_statements,
    changes,
    clients,
    contributions,
    current_statements,
    deliveries,
    delivery_files,
    entities,
    findings,
    identifiers,
    links,
    media,
    provider_parties,
    providers,
    publications,
    resources,
    statements,
    timeline,
)
from antiphon.record.upload_tables import upload_completions, uploads

AT, LATER = "2026-11-22T10:00:00.000000Z", "2026-11-22T11:00:00.000000Z"
ALBUM, ARTIST, RECORDING, TRACK = "a" * 22, "b" * 22, "c" * 22, "d" * 22
BODY: Mapping[str, Any] = {"body_format": 1, "body": b"{}"}
DECIDED: Mapping[str, Any] = {"decided_by": "ana", "decided_at": AT, "reason": "asked to"}

FILLED: Mapping[Table, Mapping[str, Any]] = {
    providers: {"id": "north", "name": "North", "added_at": AT},
    provider_parties: {"dpid": "PADPIDA2014120301Q", "provider": "north"},
    represented_parties: {"dpid": "PADPIDA2014120302R", "provider": "north"},
    clients: {
        "id": "player",
        "name": "Player",
        "secret_hash": "0" * 64,
        "tier": "free",
        "roles": "",
        "provider": None,
        "is_disabled": False,
        "added_at": AT,
    },
    api_keys: {"client_id": "player", "name": "on the wall", "key_hash": "1" * 64, "made_at": AT, "revoked_at": LATER},
    deliveries: {
        "id": "d1",
        "provider": "north",
        "batch": "",
        "message_id": "m1",
        "message_created": AT,
        "content_hash": "1" * 64,
        "message_path": "r/r.xml",
        "message_blob": "2" * 64,
        "message_size_bytes": 9,
        "received_at": AT,
        "receipt": 1,
    },
    delivery_files: {"delivery_id": "d1", "path": "r/1.flac", "blob": "3" * 64, "size_bytes": 9},
    arrivals: {
        "delivery_id": "d1",
        "source": "inbox",
        "place": "r",
        "generation": "",
        "is_test": False,
        "facts": "",
        "arrived_at": AT,
    },
    taken_units: {"source": "inbox", "unit": "r", "fingerprint": "f", "taken_at": AT, "problem_count": 0},
    acknowledgements: {
        "source": "inbox",
        "name": "ACK.xml",
        "delivery_id": "d1",
        "position": 1,
        "finding_count": 0,
        "generation": "",
        "body": None,
        "queued_at": AT,
        "sent_at": None,
        "tries": 0,
    },
    timeline: {"delivery_id": "d1", "position": 1, "stage": "accepted", "at": AT, "elapsed_ms": None, "detail": ""},
    findings: {
        "delivery_id": "d1",
        "position": 1,
        "rule": "M3",
        "severity": "warn",
        "file": "",
        "line": 0,
        "path": "",
        "got": "",
        "expected": "",
        "fix": "",
        "message": "",
    },
    statements: {"delivery_id": "d1", "provider": "north", "release_key": "icpn:1", **BODY},
    applied_statements: {
        "delivery_id": "d1",
        "provider": "north",
        "release_key": "icpn:1",
        "kind": "new_release",
        "created_at": AT,
        "arranged_at": "",
        "receipt": 1,
    },
    current_statements: {"provider": "north", "release_key": "icpn:1", "delivery_id": "d1"},
    resources: {"delivery_id": "d1", "reference": "A1", "provider": "north", "anchor": "isrc:1", "source": None},
    media: {"source": "3" * 64, "policy_version": 1, **BODY},
    links: {
        "provider": "north",
        "kind": "album",
        "anchor": "icpn:1",
        "entity_id": ALBUM,
        "score": 1.0,
        "reasons": "its own",
        "policy_version": 1,
        "delivery_id": "d1",
        "position": 1,
    },
    entities: {"id": ALBUM, "kind": "album", **BODY},
    album_tracks: {"track_id": TRACK, "album_id": ALBUM, "recording_id": RECORDING},
    contributions: {
        "album_id": ALBUM,
        "kind": "artist",
        "entity_id": ARTIST,
        "delivery_id": "d1",
        "statement_order": AT,
        "is_leading": True,
        **BODY,
    },
    identifiers: {"scheme": "icpn", "value": "1", "kind": "album", "entity_id": ALBUM, "album_id": ALBUM},
    changes: {
        "version": 1,
        "kind": "album",
        "entity_id": ALBUM,
        "changed_at": AT,
        "delivery_id": "d1",
        "decision_id": None,
    },
    decisions: {
        "id": "t1",
        "kind": "takedown",
        "target_kind": "album",
        "target_id": ALBUM,
        "into_id": None,
        "effect": "{}",
        **DECIDED,
        "until": None,
    },
    decision_undos: {"decision_id": "t1", "undone_by": "ana", "undone_at": AT},
    erasures: {"delivery_id": "d1", "decision_id": "t1", "erased_at": None},
    publications: {"version": 1, "segment": "s1", "parent": "", "record_version": 1, "announced_at": AT},
    publication_holds: {
        "number": 1,
        "kind": "gate",
        "held_by": "the gate",
        "held_at": AT,
        "reason": "it swings",
        "version": 2,
        "segment": "s2",
        "parent": "s1",
        "record_version": 1,
        "report": "[]",
        "totals": b"",
    },
    publication_resumes: {
        "hold": 1,
        "resumed_by": "ana",
        "resumed_at": AT,
        "reason": "asked to",
        "is_accepted": True,
    },
    publication_totals: {"version": 1, "announced_at": AT, "is_accepted": False, "body": b""},
    agreements: {"provider": "north", "version": 1, "policy": "{}", **DECIDED},
    waivers: {
        "id": "w1",
        "provider": "north",
        "rule": "M3",
        "release_key": "",
        "waived_by": "ana",
        "waived_at": AT,
        "until": "",
        "reason": "asked to",
        "delivery_id": "d1",
    },
    waiver_undos: {"waiver_id": "w1", "undone_by": "ana", "undone_at": AT},
    audit: {"done_at": AT, "done_by": "ana", "action": "clear", "provider": "north", "subject": "d1", "detail": ""},
    turns: {"provider": "north", "newest": 1},
    update_counts: {"provider": "north", "day": "2026-11-22", "updates": 0},
    upload_completions: {"id": "u", "provider": "north", "answer": "{}", "completed_at": AT},
    uploads: {
        "id": "u1",
        "provider": "north",
        "client_id": "player",
        "path": "r/r.xml",
        "size_bytes": 9,
        "sha256": "",
        "created_at": AT,
        "expires_at": LATER,
        "completion_id": None,
    },
    quality_scores: {
        "album_id": ALBUM,
        "number": 1,
        "provider": "north",
        "release_key": "icpn:1",
        "delivery_id": "d1",
        "measured_at": AT,
        "day": "2026-11-22",
        "policy_version": 1,
        "is_counted": True,
        "score_bp": 9_000,
        "counts": "{}",
    },
    quality_days: {
        "day": "2026-11-21",
        "provider": "north",
        "next_day": "2026-11-22",
        "releases": 1,
        "points_bp": 9_000,
        "counts": "{}",
    },
}
"""A row for each table, in the order in which they refer to each other: what is attempted differs from these."""


def add(table: Table, **differing: Any) -> Executable:
    """Return the attempt to add a row that differs from the one there is in this alone."""
    return insert(table).values({**FILLED[table], **differing})


def change(table: Table, **values: Any) -> Update:
    """Return the attempt to change every row of a table."""
    return update(table).values(values)
