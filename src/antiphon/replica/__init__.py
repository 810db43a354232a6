"""The node's local files: one process follows the log of versions, the others answer from what it wrote.

Policy. A node needs no database, no broker and no other node to answer. The follower reads announced versions and the
overlay from the object store and writes two local stores: LMDB holds the documents and *is* the version; Tantivy holds
the index, gives candidates only, and may lag behind for the blink between the two commits. Killed at any point, it goes
on where LMDB says it is and repairs the index from the log.

What is broken in the log never takes a node down. It serves what it had, notes what keeps it from following
(``Follower.trouble``), and tries again; a snapshot of a newer version leads past the break. It never goes back to an
older version by itself: a **pin** tells it to, and to stay there. Takedowns reach it whatever else is wrong.

The **changes** of each version are found where it is applied and kept beside the documents, the last of them, so that
whoever keeps a copy can follow at any node and go on at another.

A **view** is one version for one request: everything read through it belongs together. It carries the overlay, which
is evaluated last and can only deny.

The **lease**: playback is granted only while the node has read the overlay within ``LEASE_S``. The clock of the lease
is the time just before that reading began, by the node's own clock. A dead publisher ends no lease, since reading an
unchanged overlay renews it; isolation from the store does. Catalogue reads go on and tell their age.

Worked example (the shell knows the clock and passes ``now``)::

    follower = Follower(blobs, root)                       # one process
    follower.poll(now)                                     # True: something changed

    replica = Replica(root)                                # every other process, made after fork
    with replica.transaction() as view:
        data = view.get(DocumentKind.TRACK, track_id)      # None: no such track in this version
        reader = Reader(market=market, tier=tier, now_s=now_s, base_url=base_url, overlay=view.overlay)
        body, outcome = DocumentView(data).answer(0, reader)
    replica.search(EntityKind.TRACK, "beyonce halo", limit=20).ids
    replica.freshness(now).lease_left_s                    # 0: answer stream grants with 503
"""

from antiphon.replica.follower import Follower
from antiphon.replica.head import LEASE_S, Freshness
from antiphon.replica.pin import pin_node, read_pin, unpin_node
from antiphon.replica.reading import NotReady, Replica, ReplicaView
from antiphon.replica.search import SearchPage

__all__ = [
    "LEASE_S",
    "Follower",
    "Freshness",
    "NotReady",
    "Replica",
    "ReplicaView",
    "SearchPage",
    "pin_node",
    "read_pin",
    "unpin_node",
]
