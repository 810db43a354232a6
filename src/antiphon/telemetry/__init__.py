"""What the platform says of itself while it runs: metrics and log lines, both declared before they are used.

``definitions`` is the registry: every metric with its labels, every log event with its fields, each with one sentence
that says what it means to whoever is on call. Nothing else can be counted or logged by us, so the documentation is
complete by construction, a dashboard does not break by a renamed label, and a type checker sees a gauge counted up.

A process makes one ``Metrics`` and passes it down; importing this package changes nothing. A process without a port
leaves its metrics in a folder now and then (``write_metrics``), and the web process shows everybody's
(``read_metrics``, ``merge_metrics``).

Log lines go out through ``configure_logging``, which libraries' lines pass as well: one line per event whatever is in
it, and no secrets (``redaction``).

>>> from antiphon.telemetry import Metrics, definitions, render_metrics
>>> metrics = Metrics()
>>> metrics.count(definitions.DELIVERIES, stage="live")
>>> metrics.set(definitions.NODE_VERSION, 12)
>>> text, media_type = render_metrics(metrics.registry)
>>> print(text.decode().splitlines()[2])
antiphon_deliveries_total{stage="live"} 1.0
"""

from antiphon.telemetry import definitions
from antiphon.telemetry.handover import HANDOVER_INTERVAL_S, merge_metrics, read_metrics, write_metrics
from antiphon.telemetry.logs import LogFormat, configure_logging, log_event
from antiphon.telemetry.metrics import Metrics, render_metrics
from antiphon.telemetry.tallies import Tally

__all__ = [
    "HANDOVER_INTERVAL_S",
    "LogFormat",
    "Metrics",
    "Tally",
    "configure_logging",
    "definitions",
    "log_event",
    "merge_metrics",
    "read_metrics",
    "render_metrics",
    "write_metrics",
]
