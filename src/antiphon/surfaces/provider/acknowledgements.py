"""The answer to a delivery in the words of the choreography, for senders that fetch it: theirs is in no folder."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from antiphon.formats.ern import Generation
from antiphon.intake.acknowledging import render_acknowledgement
from antiphon.record import reading
from antiphon.surfaces.callers import Gate
from antiphon.surfaces.provider.reports import DeliveryReport


def answer_acknowledgement(gate: Gate, request: Request, report: DeliveryReport) -> Response:
    """Return what the sender of a delivery is told of it by now. Raises: HTTPException 400 for no generation."""
    asked = request.query_params.get("generation")
    known = [generation.value for generation in Generation]
    if asked is not None and asked not in known:
        raise HTTPException(400, f"generation is {', '.join(known)} or left out; got {asked[:20]!r}")
    with reading(gate.engine) as conn:
        body = render_acknowledgement(conn, report.delivery.id, generation=Generation(asked) if asked else None)
    return Response(body, media_type="application/xml", headers={"Cache-Control": "no-store"})
