"""A delivery: one message with its files, the unit of workflow, timeline, findings and acknowledgement."""

from enum import StrEnum

import msgspec


class Stage(StrEnum):
    """The stages a delivery's timeline names, in the order a good delivery meets them."""

    ACCEPTED = "accepted"
    """Its blobs are on disk and its row is committed: the provider has been told so."""
    READ = "read"
    CHECKED = "checked"
    RENDERED = "rendered"
    COMMITTED = "committed"
    """The catalogue has changed."""
    LIVE = "live"
    """A version that holds the change has been announced to the nodes."""
    HELD = "held"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    """A newer message of the same release had already been applied."""

    @property
    def is_final(self) -> bool:
        """Tell whether nothing follows without somebody's action."""
        return self in (Stage.LIVE, Stage.HELD, Stage.REJECTED, Stage.SUPERSEDED)


class DeliveredFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it came: its path inside the delivery, its content hash, its size."""

    path: str
    blob: str
    size_bytes: int


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """What was accepted. ``message`` is the message file, ``files`` everything else. ``received_at`` is ISO 8601, UTC.

    ``receipt`` counts acceptances of this installation, from 1: the last word where two messages claim one time.
    """

    id: str
    provider: str
    batch: str
    message: DeliveredFile
    files: tuple[DeliveredFile, ...]
    received_at: str
    receipt: int


class TimelineEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a delivery's append-only timeline. ``at`` is ISO 8601, UTC; ``elapsed_ms`` is None for an instant."""

    stage: Stage
    at: str
    elapsed_ms: int | None = None
    detail: str = ""
