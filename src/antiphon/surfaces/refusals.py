"""Refusals of the operations that are not part of the read path: which HTTP answer each becomes, in one place."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.exceptions import HTTPException

from antiphon.blobs.errors import StoreFull
from antiphon.intake.flood import TooManyWaiting
from antiphon.model.errors import Refused, Rejected, Transient
from antiphon.telemetry import definitions, log_event

RETRY_AFTER_S = 5
"""seconds; a store that is back is back within the pause of the loops that wait for it."""

BUSY_RETRY_AFTER_S = 1
"""seconds; the request that is in the way is at work, or its connection is about to be found dead."""

FULL_RETRY_AFTER_S = 60
"""seconds; somebody has to make room, or what is under way has to get done."""

STATUS_OF_REFUSAL = {
    "UnknownProvider": 404,
    "UnknownUpload": 404,
    "NoSuchDelivery": 404,
    "UploadOffset": 409,
    "UploadTaken": 409,
    "UploadIncomplete": 409,
    "UploadDamaged": 422,
    "UploadTooLarge": 413,
    "UploadBusy": 423,
    "TooManyUploads": 429,
    "NotHeld": 409,
    "NotHeldByRule": 409,
    "RuleNotWaivable": 409,
    "WaiverNotInForce": 409,
    "AgreementChanged": 409,
    "UnknownTarget": 404,
    "DecisionNotInForce": 409,
    "DecisionFinal": 409,
    "HoldInForce": 409,
    "TakenDown": 409,
    "TooManyStars": 409,
    "BatchTooLarge": 413,
}
"""Refusals that are not simply a bad request (400)."""

_RETRY_AFTER_S = {423: BUSY_RETRY_AFTER_S, 429: FULL_RETRY_AFTER_S}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class RefusedAnswer(HTTPException):
    """An HTTP refusal with a stable word for programs, as ``reason`` beside ``error``."""

    def __init__(self, status: int, message: str, *, reason: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(status, message, headers)
        self.reason = reason


@contextmanager
def answering_refusals() -> Iterator[None]:
    """Turn what the rooms below refuse, or cannot do now, into an HTTP answer that says what to do next.

    A disk that is full answers 507, any other trouble of a store 503; both say when to try again, and nothing of what
    was sent before is lost.
    """
    try:
        yield
    except Refused as error:
        raise answer_refused(error) from error
    except Rejected as error:
        raise RefusedAnswer(422, str(error), reason=error.code) from error
    except Transient as error:
        # Its own message names files of ours, which are no caller's business.
        log_event(definitions.STORE_UNAVAILABLE, error=str(error))
        if isinstance(error, TooManyWaiting):
            headers = {"Retry-After": str(FULL_RETRY_AFTER_S)}
            raise RefusedAnswer(429, str(error), reason="TooManyWaiting", headers=headers) from error
        if is_full(error):
            headers = {"Retry-After": str(FULL_RETRY_AFTER_S)}
            message = "there is no room for this at the moment; what has been acknowledged is kept; go on later"
            raise RefusedAnswer(507, message, reason="StoreFull", headers=headers) from error
        message = f"this cannot be kept at the moment; send it again in {RETRY_AFTER_S} s, just as it is"
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        raise RefusedAnswer(503, message, reason="StoreUnavailable", headers=headers) from error


def answer_refused(error: Refused) -> RefusedAnswer:
    """Return the answer to what a room below refuses."""
    status = STATUS_OF_REFUSAL.get(error.code, 400)
    retry_after_s = _RETRY_AFTER_S.get(status)
    headers = {"Retry-After": str(retry_after_s)} if retry_after_s else None
    return RefusedAnswer(status, str(error), reason=error.code, headers=headers)


def is_full(error: Transient) -> bool:
    """Tell whether what is transient is a lack of room: of the blob store, the staging folder or the record's disk."""
    cause = error.__cause__
    said = str(cause) if cause is not None else ""
    return isinstance(error, StoreFull) or getattr(cause, "errno", None) in _NO_ROOM or "disk is full" in said
