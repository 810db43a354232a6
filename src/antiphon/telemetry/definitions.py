"""Every metric and every log event there is, each declared once. ``docs/metrics.md`` is made of this.

Names of metrics follow Prometheus: what is counted, the unit, and ``_total`` for what only grows. Labels have few
values, known beforehand: stages, operations, statuses; never an id, a path or a provider.
"""

import logging

import msgspec


class Counter(msgspec.Struct, frozen=True, kw_only=True):
    """What only grows while a process lives."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


class Gauge(msgspec.Struct, frozen=True, kw_only=True):
    """What goes up and down: the last value that was set."""

    name: str
    help: str
    labels: tuple[str, ...] = ()


class Histogram(msgspec.Struct, frozen=True, kw_only=True):
    """How values are spread. ``buckets`` are upper bounds, in the unit of the name."""

    name: str
    help: str
    buckets: tuple[float, ...]
    labels: tuple[str, ...] = ()


Metric = Counter | Gauge | Histogram


class LogEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of log line. ``fields`` are what it carries, all of them, every time; ``level`` is logging's."""

    name: str
    help: str
    fields: tuple[str, ...]
    level: int = logging.INFO


_WORK_BUCKETS_S = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
"""Seconds: from a bare takedown message to a box set."""

_READ_BUCKETS_S = (0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Seconds: from a look-up in mapped memory to a stream from a slow disk."""

DELIVERIES = Counter(
    name="antiphon_deliveries_total",
    help="Deliveries that reached a stage; accepted counts what came in, live what listeners can play.",
    labels=("stage",),
)
DELIVERY_STAGE_SECONDS = Histogram(
    name="antiphon_delivery_stage_seconds",
    help="How long a stage took, from the end of the one before.",
    buckets=_WORK_BUCKETS_S,
    labels=("stage",),
)
INBOX_UNITS = Counter(
    name="antiphon_inbox_units_total",
    help="Batches, folders, messages and archives taken from inboxes; overdue counts those whose marker never came.",
    labels=("outcome",),
)
FINDINGS = Counter(
    name="antiphon_findings_total",
    help="Findings in deliveries.",
    labels=("severity",),
)
CATALOGUE_QUALITY = Gauge(
    name="antiphon_catalogue_quality_points",
    help="The mean score of all releases, of a hundred points; alert on a fall. `antiphon quality` says whose and why.",
)
AUTHORITY_ALARMS = Counter(
    name="antiphon_authority_alarms_total",
    help="Messages that say what their provider has no authority for, by what it lacks; alert on any.",
    labels=("rule",),
)
RENDER_SECONDS = Histogram(
    name="antiphon_render_seconds",
    help="How long one audio file or cover took to decode, measure and encode.",
    buckets=_WORK_BUCKETS_S,
    labels=("kind",),
)
PUBLISH_SECONDS = Histogram(
    name="antiphon_publish_seconds",
    help="How long one publication took, from reading the changes to announcing the version.",
    buckets=_WORK_BUCKETS_S,
)
PUBLICATION_VERSION = Gauge(
    name="antiphon_publication_version",
    help="The newest version that was announced.",
)
PUBLICATION_HELD = Gauge(
    name="antiphon_publication_held",
    help="1 while publication is held, so that nothing new reaches nodes; alert on it. "
    "`antiphon publication status` says why.",
)
OVERLAY_UNKNOWN = Gauge(
    name="antiphon_overlay_unknown_denials",
    help="Denials in force whose decision the record does not know; alert on any. `antiphon publication recover`.",
)
SNAPSHOT_VERSION = Gauge(
    name="antiphon_snapshot_version",
    help="The newest version that has a snapshot: what new nodes start from.",
)
NODE_VERSION = Gauge(
    name="antiphon_node_version",
    help="The version this node answers from; behind antiphon_publication_version for more than a moment: look at it.",
)
NODE_AGE_SECONDS = Gauge(
    name="antiphon_node_age_seconds",
    help="How long ago this node last read the overlay from the store; it grants no playback beyond the lease.",
)
NODE_PIN = Gauge(
    name="antiphon_node_pin",
    help="The version this node is pinned to; 0: it follows to the newest.",
)
NODE_IN_TROUBLE = Gauge(
    name="antiphon_node_in_trouble",
    help="1 while this node cannot follow, and serves what it had; alert on it. `/ops/ready` says what the trouble is.",
)
READS = Counter(
    name="antiphon_reads_total",
    help="Answered requests of the catalogue API and of streams.",
    labels=("operation", "status"),
)
READ_SECONDS = Histogram(
    name="antiphon_read_seconds",
    help="How long an answer took to make, without sending it.",
    buckets=_READ_BUCKETS_S,
    labels=("operation",),
)
STREAM_BYTES = Counter(
    name="antiphon_stream_bytes_total",
    help="Bytes of audio that answers promised; a listener may hang up before the last.",
)
METRICS_WRITTEN = Gauge(
    name="antiphon_metrics_written_timestamp_seconds",
    help="When a process without a port last handed its metrics over; long ago: it hangs or is gone.",
)

METRICS: tuple[Metric, ...] = (
    DELIVERIES,
    DELIVERY_STAGE_SECONDS,
    INBOX_UNITS,
    FINDINGS,
    CATALOGUE_QUALITY,
    AUTHORITY_ALARMS,
    RENDER_SECONDS,
    PUBLISH_SECONDS,
    PUBLICATION_VERSION,
    PUBLICATION_HELD,
    OVERLAY_UNKNOWN,
    SNAPSHOT_VERSION,
    NODE_VERSION,
    NODE_AGE_SECONDS,
    NODE_PIN,
    NODE_IN_TROUBLE,
    READS,
    READ_SECONDS,
    STREAM_BYTES,
    METRICS_WRITTEN,
)
"""All metrics, in the order of the documentation: the way of the data."""

PROCESS_STARTED = LogEvent(
    name="process_started", help="The supervisor started a process.", fields=("started", "detail")
)
PROCESS_DIED = LogEvent(
    name="process_died",
    help="A process ended that nobody had stopped; the supervisor starts it again.",
    fields=("died", "detail"),
    level=logging.ERROR,
)
PROCESS_KILLED = LogEvent(
    name="process_killed",
    help="A process did not stop when told to, and was killed.",
    fields=("killed", "detail"),
    level=logging.WARNING,
)
DELIVERY_ACCEPTED = LogEvent(
    name="delivery_accepted",
    help="A delivery is durable; its provider may be told so.",
    fields=("delivery_id", "provider", "message_file"),
)
DELIVERY_REACHED_STAGE = LogEvent(
    name="delivery_reached_stage",
    help="A delivery has come a stage further, or has been held or rejected.",
    fields=("delivery_id", "stage", "elapsed_ms"),
)
DELIVERY_FAILED = LogEvent(
    name="delivery_failed",
    help="A stage failed by our fault; the delivery is held. Look at the exception, mend it, then clear the hold.",
    fields=("delivery_id", "stage", "error"),
    level=logging.ERROR,
)
INBOX_TAKEN = LogEvent(
    name="inbox_taken",
    help="All that lay in one folder, message or archive of an inbox has been accepted, or answered as no delivery.",
    fields=("inbox", "unit", "kind", "problems"),
)
INBOX_PROBLEM = LogEvent(
    name="inbox_problem",
    help="Something in an inbox is no delivery; its sender finds an answer that says so.",
    fields=("inbox", "unit", "problem"),
    level=logging.WARNING,
)
INBOX_FAILED = LogEvent(
    name="inbox_failed",
    help="Something in an inbox could not be taken, by our fault; it is tried again. Look at the exception.",
    fields=("inbox", "unit", "error"),
    level=logging.ERROR,
)
INBOX_OVERDUE = LogEvent(
    name="inbox_overdue",
    help="Something lies in an inbox for hours and was never completed; ask its sender.",
    fields=("inbox", "unit", "expected"),
    level=logging.WARNING,
)
ANSWER_FAILED = LogEvent(
    name="answer_failed",
    help="An acknowledgement could not be put where its sender looks for it; it is tried again.",
    fields=("inbox", "answer", "error"),
    level=logging.WARNING,
)
AUTHORITY_DOUBTED = LogEvent(
    name="authority_doubted",
    help="A message says what its provider has no authority for; the delivery is held. Ask the provider who sent it.",
    fields=("delivery_id", "provider", "rule", "got"),
    level=logging.ERROR,
)
DELIVERY_DECIDED = LogEvent(
    name="delivery_decided",
    help="Somebody cleared or rejected a held delivery, or waived what held it.",
    fields=("delivery_id", "action", "decided_by"),
)
VERSION_ANNOUNCED = LogEvent(
    name="version_announced",
    help="A version has been announced to the nodes.",
    fields=("version", "entries", "elapsed_ms"),
)
VERSION_HELD = LogEvent(
    name="version_held",
    help="The gate did not let a version through, or somebody held publication: nothing new reaches nodes. Look at "
    "`antiphon publication status`.",
    fields=("version", "held_by", "reason"),
    level=logging.ERROR,
)
PUBLICATION_RESUMED = LogEvent(
    name="publication_resumed",
    help="Publication goes on after a hold.",
    fields=("version",),
)
DENIAL_UNKNOWN = LogEvent(
    name="denial_unknown",
    help="The overlay denies something by a decision that the record does not know. It stays in force; "
    "`antiphon publication recover` takes it into the record.",
    fields=("decision_id", "entity_id"),
    level=logging.ERROR,
)
SNAPSHOT_STORED = LogEvent(
    name="snapshot_stored",
    help="A snapshot of a version has been stored, and what the log no longer needs was removed.",
    fields=("version",),
)
SNAPSHOT_FAILED = LogEvent(
    name="snapshot_failed",
    help="No snapshot could be stored; ``version`` is the newest there is. New nodes follow the log from there.",
    fields=("version", "detail"),
    level=logging.ERROR,
)
NODE_TROUBLED = LogEvent(
    name="node_troubled",
    help="This node cannot follow: it serves what it had, and tries again. What to do is in docs/publication.md.",
    fields=("version", "error"),
    level=logging.ERROR,
)
NODE_RECOVERED = LogEvent(
    name="node_recovered",
    help="This node follows again.",
    fields=("version",),
)
VERSION_APPLIED = LogEvent(
    name="version_applied",
    help="This node answers from a newer version.",
    fields=("version", "elapsed_ms"),
)
STORE_UNAVAILABLE = LogEvent(
    name="store_unavailable",
    help="The blob store did not answer; it is tried again. A node grants no playback beyond its lease.",
    fields=("error",),
    level=logging.WARNING,
)
DECISION_RECORDED = LogEvent(
    name="decision_recorded",
    help="Somebody decided something by hand, or undid it. Nodes learn within the second of what is denied.",
    fields=("decision_id", "action", "kind", "target_kind", "target_id", "decided_by"),
)
REQUEST_FAILED = LogEvent(
    name="request_failed",
    help="A request was answered with 500, by our fault.",
    fields=("operation", "error"),
    level=logging.ERROR,
)

LOG_EVENTS: tuple[LogEvent, ...] = (
    PROCESS_STARTED,
    PROCESS_DIED,
    PROCESS_KILLED,
    DELIVERY_ACCEPTED,
    DELIVERY_REACHED_STAGE,
    DELIVERY_FAILED,
    INBOX_TAKEN,
    INBOX_PROBLEM,
    INBOX_FAILED,
    INBOX_OVERDUE,
    ANSWER_FAILED,
    AUTHORITY_DOUBTED,
    DELIVERY_DECIDED,
    VERSION_ANNOUNCED,
    VERSION_HELD,
    PUBLICATION_RESUMED,
    DENIAL_UNKNOWN,
    SNAPSHOT_STORED,
    SNAPSHOT_FAILED,
    NODE_TROUBLED,
    NODE_RECOVERED,
    VERSION_APPLIED,
    STORE_UNAVAILABLE,
    DECISION_RECORDED,
    REQUEST_FAILED,
)
"""All log events, in the order of the documentation."""
