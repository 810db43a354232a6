"""What listeners do, over HTTP: stars, and the plays their players report.

``GET /listening/v1/stars``                the caller's stars, newest first; ``limit``, ``before``
``GET /listening/v1/stars/{track_id}``     one of them; 404 where there is none
``PUT``, ``DELETE`` on the same path       star and unstar; as often as one likes
``POST /listening/v1/plays``               a batch of play events: ``{"events": [...]}``; 202 when it is durable

The listener is the client of the caller's token, and so is the tier: nobody stars or plays in another's name. Every
one of these may be sent again when no answer came.
"""

from antiphon.surfaces.listening.routes import listening_routes

__all__ = ["listening_routes"]
