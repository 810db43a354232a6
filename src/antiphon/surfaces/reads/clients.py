"""The clients a node knows: from their documents and the overlay, so that no call needs a database."""

import msgspec

from antiphon.access import Client, decode_client
from antiphon.replica import Replica, ReplicaView
from antiphon.segments import DocumentKind, DocumentView

MAX_CLIENTS_KEPT = 10_000
"""clients; some 10 MB. Then all are forgotten, and read again at 10 us each."""


class ClientBook:
    """The clients of a node as its newest version has them; each is read again only where its document has changed."""

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._known: dict[str, tuple[bytes, Client]] = {}

    def find(self, client_id: str) -> Client | None:
        """Return the client of this id; None: there is none. Raises: NotReady before the follower's first poll."""
        with self._replica.transaction() as view:
            return self.find_in(view, client_id)

    def find_in(self, view: ReplicaView, client_id: str) -> Client | None:
        """Return the client of this id in a view, less what the overlay refuses; None: there is none.

        The id may be any text.
        """
        client = self._read(view, client_id)
        if client is None or not view.overlay.refused:
            return client
        return msgspec.structs.replace(
            client,
            is_disabled=client.is_disabled or view.overlay.refuses(client_id),
            keys=tuple(key for key in client.keys if not view.overlay.refuses(key.key_hash)),
        )

    def _read(self, view: ReplicaView, client_id: str) -> Client | None:
        document = view.get(DocumentKind.CLIENT, client_id)
        if document is None:
            return None
        known = self._known.get(client_id)
        if known is not None and known[0] == document:
            return known[1]
        client = decode_client(DocumentView(document).body())
        if len(self._known) >= MAX_CLIENTS_KEPT:
            self._known.clear()
        self._known[client_id] = (document, client)
        return client
