"""Operations of the catalogue API that are answered from the record, so by an installation and not by a bare node.

They are described here with the others, since they are one interface to those who call it.
"""

from antiphon.surfaces.reads.schemas import Schema, list_of, ref, shape

_TEXT: Schema = {"type": "string"}
_WHEN: Schema = {"type": ["string", "null"], "format": "date-time"}
_MARKET: Schema = {"type": "string", "pattern": "^[A-Z]{2}$"}
_TIER: Schema = {"type": "string", "enum": ["free", "premium"]}
_FLAG: Schema = {"type": "boolean"}
_WHOLE: Schema = {"type": "integer", "minimum": 0}

_ASKED: dict[str, Schema] = {
    "market": _MARKET,
    "tier": _TIER,
    "at": {"type": "string", "format": "date-time"},
    "local_at": {"type": "string", "format": "date-time"},
    "zone": _TEXT,
    "is_playable": _FLAG,
}
_FOR_THE_OWNER: dict[str, Schema] = {
    "provider": _TEXT,
    "delivery_id": _TEXT,
    "deal": ref("DealPlace"),
    "competing": list_of(ref("DealPlace")),
    "decisions": list_of(ref("Denial")),
}

RECORD_SCHEMAS: dict[str, Schema] = {
    "Explanation": shape(
        "Why a track is, or is not, playable. at is the instant asked about, local_at what the market's clocks show "
        "then, by the zone. interval is the unbroken time of what is granted that bears on it; changes_at is when the "
        "verdict turns by time alone. What stands from provider on is for the owning provider and operators alone.",
        {
            "track_id": _TEXT,
            "album_id": _TEXT,
            **_ASKED,
            "reason": _TEXT,
            "sentence": _TEXT,
            "interval": {
                "oneOf": [
                    shape("Half-open; null: without a bound.", {"starts_at": _WHEN, "ends_at": _WHEN}),
                    {"type": "null"},
                ]
            },
            "changes_at": _WHEN,
            "stand_ins": list_of(ref("StandIn")),
            "market_map": list_of(ref("MarketGroup")),
            **_FOR_THE_OWNER,
        },
        tuple(_FOR_THE_OWNER),
    ),
    "AlbumExplanation": shape(
        "The same for each track of an album, without the map.",
        {
            "album_id": _TEXT,
            "title": _TEXT,
            **_ASKED,
            "tracks": list_of(
                shape(
                    "One track.",
                    {
                        "track_id": _TEXT,
                        "disc_number": _WHOLE,
                        "track_number": _WHOLE,
                        "is_playable": _FLAG,
                        "reason": _TEXT,
                        "sentence": _TEXT,
                        "changes_at": _WHEN,
                    },
                )
            ),
        },
    ),
    "MarketGroup": shape(
        "Markets with one answer for one tier; each of the 250 is in one group of each tier. A time with Z is one "
        "instant for all of them; one without an offset is what each market's own clocks show. stand_in is the track "
        "that listeners there get instead; empty: none.",
        {
            "tier": _TIER,
            "reason": _TEXT,
            "is_playable": _FLAG,
            "markets": list_of(_MARKET),
            "changes_at": {"type": ["string", "null"]},
            "ended_at": {"type": ["string", "null"]},
            "stand_in": _TEXT,
        },
    ),
    "StandIn": shape(
        "Another track of the same recording that these listeners may play, the one that is served first, and why it "
        "may stand in.",
        {
            "track_id": _TEXT,
            "title": _TEXT,
            "album_id": _TEXT,
            "album": _TEXT,
            "release_date": _TEXT,
            "reason": _TEXT,
            "is_served": _FLAG,
        },
    ),
    "DealPlace": shape("Where a deal stands in its message.", {"message": _TEXT, "line": _WHOLE, "path": _TEXT}),
    "Denial": shape(
        "A decision that keeps the track back. No territories: everywhere; until empty: until it is undone.",
        {
            "id": _TEXT,
            "kind": _TEXT,
            "target": _TEXT,
            "decided_by": _TEXT,
            "decided_at": _TEXT,
            "until": _TEXT,
            "reason": _TEXT,
            "territories": list_of(_MARKET),
        },
    ),
}


def _parameter(name: str, description: str, schema: Schema, *, is_required: bool = False) -> Schema:
    return {"name": name, "in": "query", "required": is_required, "description": description, "schema": schema}


def _refusal(description: str) -> Schema:
    return {"description": description, "content": {"application/json": {"schema": ref("Error")}}}


RECORD_PATHS: dict[str, Schema] = {
    "/v1/explain": {
        "get": {
            "operationId": "explain",
            "summary": "Why a track, or each track of an album, is or is not playable",
            "description": "Answered by an installation with a record, of what is committed; a bare node answers 404.",
            "parameters": [
                _parameter("track", "The track: its id, URI or address.", _TEXT),
                _parameter("album", "An album instead: one answer for each of its tracks.", _TEXT),
                _parameter("market", "Where the listener is.", _MARKET, is_required=True),
                _parameter("tier", "What the listener pays with; the caller's own where it is left out.", _TIER),
                _parameter(
                    "at",
                    "A date, or a date and time; without an offset by the market's clocks. Left out: now.",
                    _TEXT,
                ),
                _parameter("tiers", "all: map the markets for every tier.", {"type": "string", "enum": ["all"]}),
            ],
            "responses": {
                "200": {
                    "description": "The answer; with more in it for the owning provider and operators.",
                    "content": {
                        "application/json": {"schema": {"oneOf": [ref("Explanation"), ref("AlbumExplanation")]}}
                    },
                },
                "400": _refusal("A parameter is wrong; the message says which, and what may have been meant."),
                "401": _refusal("No access token, or one that does not hold."),
                "404": _refusal("There is no such track or album; the message says what is near."),
            },
        }
    }
}
