"""Destroy what was decided to be erased: after the decision, one delivery at a time, again from wherever it broke off.

The decision is recorded first, and with it which deliveries are to go; nodes deny the release from that moment on.
Bytes go next, then what the record has of them, and only then is it noted that the delivery is erased. Whoever dies in
between leaves a delivery that is not noted yet, and the next start of a publisher destroys it again: what is gone
already is no error.

Exports hold whole catalogues: all that were made before go first, and the next one is made without the release.
"""

from datetime import datetime

from sqlalchemy import Engine

from antiphon.blobs import BlobStore
from antiphon.record import reading, writing
from antiphon.record.erasing import find_erasable, list_unfinished, mark_erased
from antiphon.segments.export import delete_exports


def finish_erasures(engine: Engine, blobs: BlobStore, now: datetime) -> int:
    """Destroy every delivery that was decided to be erased and still has bytes; return how many."""
    with reading(engine) as conn:
        unfinished = list_unfinished(conn)
    if unfinished:
        delete_exports(blobs)
    for delivery_id in unfinished:
        with writing(engine) as conn:
            erasable = find_erasable(conn, delivery_id)
            for blob in erasable.blobs:
                blobs.delete(blob)
            mark_erased(conn, delivery_id, erasable, now)
    return len(unfinished)
