"""The page of stable codes. Codes are found in the source, where they are raised; a code without a meaning fails."""

from enum import StrEnum

from antiphon.catalogue import ExplainedReason
from antiphon.plays import Exclusion
from antiphon.plays import Refusal as PlayRefusal
from scripts.reference.markdown import write_code, write_table
from scripts.reference.raised import RaisedCode, find_codes, find_reasons

_HEAD = """\
# Errors

Made by `make docs` of the places in `src/` that raise them; a test fails when the two differ. Codes are stable:
programs may act on them, messages are for people. Words in braces stand for what the message names.

| family | whose fault | over HTTP | exit code | what to do |
|---|---|---|---|---|
| Rejected | the input's: it stays wrong however often it is tried | a finding of the delivery | 1 | mend the input |
| Refused | the caller's, or the present state forbids it | 400 to 416 | 2 | do what the message says |
| Transient | nobody's: something outside did not answer | 503 from catalogue and listening | 75 | try again |
| Broken | ours | 500 | 70 | report it; the unit of work was stopped |

Transient and Broken have no codes: their messages say what did not answer, or which invariant does not hold.
"""

_REJECTED = """
## Rejected

The code of the one fatal finding of a delivery, beside the rules of [rules.md](rules.md).

"""

_REFUSED = """
## Refused

"""

_FINDINGS = """
## Findings that are no rule's

"""

_REASONS = """
## Reasons over HTTP

`reason`, beside `error`, of a refusal of the catalogue API.

"""

_EXPLAINED = """
## Reasons of explanations

`reason` of `/v1/explain` and of `antiphon explain`.

"""

_PLAYS = """
## Reasons of plays

Why an event of a batch is not kept (`refused[].reason`), and why one that is kept does not count.

"""

MEANINGS = {
    "NewReleaseMessageInvalid": "the message cannot be read: no well-formed XML in UTF-8 or UTF-16, a DOCTYPE or "
    "XInclude, over a limit, or an ERN message of another kind",
    "ManifestInvalid": "the manifest of a batch cannot be read, or is another message",
    "ErnMissing": "there is no ERN message where one is expected",
    "MetadataMissing": "the main release has no identifier",
    "IdentifierInvalid": "the main release has no identifier that is valid",
    "ResourceCorrupt": "the file does not decode to its end: it is cut off or damaged",
    "ResourceNotMeetingSpecifications": "the file is of a kind, or a size, that is not taken",
    "SenderNotAuthorised": "hold: the sender's DPID is not on file for this provider; have it added, or send with "
    "the one that is",
    "InternalError": "hold: we failed to process the delivery; nothing of it is lost; an operator clears it",
    "ApiKeyRefused": "the API key cannot be added: its name was given before, or the client has as many as it may",
    "ClientRefused": "the client cannot be added: its id is taken, or there is no such provider",
    "invalid_token": "the token is malformed, altered, of the other kind, not yet valid, or expired; ask for a new one",
    "invalid_request": "the token request has another form: POST, form fields, each once",
}
"""What messages do not say by themselves, or say in several ways."""

REASONS = {
    "invalid_parameter": "400: a parameter is wrong; the message says which, and what would be right",
    "invalid_token": "403: the stream address is altered or has ended; ask for a new one",
    "market": "403: not available in this market now",
    "product": "403: available here, but not to the caller's tier",
    "lease_expired": "503: this node has not read the takedowns for too long, and grants nothing until it has",
    "rate_limit_exceeded": "429: this client asks faster than it may; Retry-After says when to come back",
    "changes_gone": "410: the node no longer has every change since the cursor; take an export, or the lists, and go "
    "on from its version",
    "too_many_waiting": "503: no more answers of this process may wait for changes; Retry-After says when to try again",
    "unavailable": "503: the store does not answer",
}

_EXPLAINED_MEANINGS = {
    ExplainedReason.AVAILABLE: "a deal grants it",
    ExplainedReason.TIER: "listeners of another tier may, in this market, now",
    ExplainedReason.NOT_YET: "a deal covers this market and starts later",
    ExplainedReason.ENDED: "deals covered this market and all have ended",
    ExplainedReason.NOT_IN_MARKET: "deals for this tier exist, for other markets",
    ExplainedReason.NO_DEAL: "no deal grants this to this tier anywhere",
    ExplainedReason.TAKEN_DOWN: "deals grant it, and a decision takes it away",
    ExplainedReason.GEOBLOCKED: "deals grant it, and a decision for the law or a licence keeps it out of this market",
    ExplainedReason.WITHDRAWN: "a deal of the provider's newest message takes it down, or cancels all deals",
    ExplainedReason.PURGED: "the provider purged the release",
    ExplainedReason.TRANSFERRED: "the release was given to another provider, which has not delivered it yet",
    ExplainedReason.NO_AUDIO: "deals grant it, and no audio of it was ever delivered",
}

_PLAY_MEANINGS: dict[StrEnum, str] = {
    PlayRefusal.MALFORMED: "not kept: the event lacks a field, or has one of another form",
    PlayRefusal.UNKNOWN_MARKET: "not kept: the market is no assigned ISO 3166-1 code",
    PlayRefusal.TOO_OLD: "not kept: played over 30 days ago",
    PlayRefusal.IN_THE_FUTURE: "not kept: it ends more than 5 minutes from now; set the client's clock",
    PlayRefusal.ID_TAKEN: "not kept: another event has this id",
    Exclusion.TOO_SHORT: "kept, does not count: under 30 s were heard, and not the whole track",
    Exclusion.UNKNOWN_TRACK: "kept, does not count: the catalogue has no such track",
}


def describe_errors() -> str:
    """Return the page, in Markdown. Raises: ValueError for a code or reason without a meaning, or the reverse."""
    codes = find_codes()
    unused = MEANINGS.keys() - {one.code for one in codes}
    if unused or find_reasons() | {"market", "product"} != REASONS.keys():
        raise ValueError(f"meanings of {sorted(unused)} have no code, or REASONS is not {sorted(find_reasons())}")
    return (
        f"{_HEAD}{_REJECTED}{_describe(codes, 'Rejected')}{_REFUSED}{_describe(codes, 'Refused')}"
        f"{_FINDINGS}{_describe(codes, 'Finding')}{_REASONS}{_list_words(REASONS)}"
        f"{_EXPLAINED}{_list_words({reason.value: _EXPLAINED_MEANINGS[reason] for reason in ExplainedReason})}"
        f"{_PLAYS}{_list_words({word.value: _PLAY_MEANINGS[word] for word in (*PlayRefusal, *Exclusion)})}"
    )


def _describe(codes: list[RaisedCode], family: str) -> str:
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for one in codes:
        if one.family == family:
            rooms, meanings = rows.setdefault(one.code, ([], []))
            rooms += [one.room] * (one.room not in rooms)
            meanings += [one.message] * (one.message not in meanings)
    return write_table(
        ("code", "raised in", "what it says"),
        (
            (write_code(code), ", ".join(rows[code][0]), _explain(code, rows[code][1]))
            for code in sorted(rows, key=str.lower)
        ),
    )


def _explain(code: str, messages: list[str]) -> str:
    meaning = MEANINGS.get(code) or "; or: ".join(filter(None, messages))
    if not meaning:
        raise ValueError(f"{code} has no meaning: give it a message where it is raised, or a line in MEANINGS")
    return meaning


def _list_words(meanings: dict[str, str]) -> str:
    return write_table(("reason", "what it says"), ((write_code(word), says) for word, says in meanings.items()))
