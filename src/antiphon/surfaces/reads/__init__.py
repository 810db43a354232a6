"""Catalogue reads and playback: what applications and players ask of a node.

One plain function, ``ReadPath.answer(request, now_s)``, gives a ``Response`` for a ``Request``; two thin shells put it
on ASGI (``asgi``) and on Granian's RSGI (``rsgi``). It reads the node's replica and blobs and nothing else, so it
answers while every other part of the platform is down.

Policy.

- **Shape.** The catalogue profile: what developers of catalogue clients know. ``description`` documents every route
  and is served at ``/v1/openapi.json``.
- **Markets.** With ``market``, tracks say ``is_playable`` and, where not, ``restrictions.reason`` (``market`` or
  ``product``). Without it they list ``available_markets``. Search and lists show what cannot be played too, and say so:
  pages would not add up otherwise.
- **Callers.** Everything under ``/v1`` needs an access token but the description. Its tier decides what is playable,
  so answers are private and vary with it. A stream URL carries its own token; a cover's address is its hash.
- **Freshness.** Every catalogue answer says which version it is of (``X-Catalogue-Version``) and how many seconds ago
  that was known to be the newest (``Catalogue-Age``). It may be reused for ten seconds; after that a strong ETag makes
  asking again cheap.
- **Size.** JSON from 4 KB on is sent with zstd, Brotli or gzip where the client asks, as another representation with an
  entity tag of its own; ``coding`` says why not below.
- **Links** are absolute: on the public URL that was set, else on what the request was sent to. What proxies say of that
  in headers is not believed.
- **Permission.** Playback is granted only while the takedowns were read within the lease; then 503 with Retry-After.
  The URL lives at most 300 s and is checked when a response starts.
- **Ranges.** One range is honoured; a request for several gets the whole, as RFC 9110 allows.
- **Waiting.** Who follows the changes may wait for the next version, or take them as a stream. Nothing is held
  meanwhile but one of a bounded number of places: no view, no thread, and one look at the node for all who wait.
- **Refusals** are JSON with status, message and, for programs, a reason. What a caller sent is only echoed shortened,
  and a token never: neither in an answer nor in what ``observe`` is told.
"""

from antiphon.surfaces.reads.exchange import BlobRange, Request, Response
from antiphon.surfaces.reads.metering import ReadMeter, report_failure
from antiphon.surfaces.reads.node import ReadSettings
from antiphon.surfaces.reads.observation import Observe
from antiphon.surfaces.reads.read_path import ReadPath

__all__ = [
    "BlobRange",
    "Observe",
    "ReadMeter",
    "ReadPath",
    "ReadSettings",
    "Request",
    "Response",
    "report_failure",
]
