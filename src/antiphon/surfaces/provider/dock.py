"""Where deliveries come in over HTTP: the parts that taking one in needs."""

from functools import cached_property

from antiphon.blobs import BlobStore
from antiphon.intake.queue import DeliveryQueue, open_queue
from antiphon.intake.uploads import Uploads
from antiphon.surfaces.callers import Gate


class Dock:
    """The gate, the store, the staged uploads and the queue of one process.

    The queue is opened when the first delivery comes: it takes longer to load than all pages together.
    """

    def __init__(self, gate: Gate, blobs: BlobStore, uploads: Uploads) -> None:
        self.gate = gate
        self.blobs = blobs
        self.uploads = uploads

    @cached_property
    def queue(self) -> DeliveryQueue:
        """The queue of deliveries, open as long as the process lives."""
        return open_queue(self.gate.engine)
