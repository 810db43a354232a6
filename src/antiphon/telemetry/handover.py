"""Metrics of processes that have no port, handed to the one that has: a file each, merged when it is asked.

A file is replaced whole, so a reader never sees half of one; it costs a write of some kilobytes every few seconds.
"""

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from antiphon.telemetry.definitions import METRICS_WRITTEN
from antiphon.telemetry.metrics import Metrics, render_metrics

HANDOVER_INTERVAL_S = 5
"""Seconds between two hand-overs: fresher than any usual scrape."""

_PROCESS = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


def write_metrics(metrics: Metrics, folder: Path, process: str, now: datetime) -> None:
    """Leave the process's metrics in ``folder`` for ``read_metrics``, replacing what it left before.

    ``process`` tells processes apart ("worker", "web-2") and becomes a label. Raises: ValueError for another form of
    it; OSError. Not fsynced: what a crash loses is counted again from zero anyway.
    """
    if not _PROCESS.fullmatch(process):
        raise ValueError(f"got the process name {process!r}; expected a-z, 0-9 and -")
    metrics.set(METRICS_WRITTEN, now.timestamp())
    text, _ = render_metrics(metrics.registry)
    folder.mkdir(parents=True, exist_ok=True)
    temporary = folder / f"{process}.{os.getpid()}.tmp"
    temporary.write_bytes(text)
    temporary.replace(folder / f"{process}.prom")


def read_metrics(folder: Path) -> dict[str, bytes]:
    """Return what processes have handed over, by process; empty where none has."""
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.prom"))}


def merge_metrics(texts: Mapping[str, bytes]) -> bytes:
    """Return several processes' metrics as one text, each sample with a ``process`` label.

    Prometheus wants all samples of a metric together, so they are regrouped; the order is that of the first mention.
    """
    heads: dict[str, list[str]] = {}
    samples: dict[str, list[str]] = {}
    for process, text in texts.items():
        family = ""
        for line in text.decode().splitlines():
            if line.startswith("# HELP "):
                family = line.split(" ", 3)[2]
                samples.setdefault(family, [])
                heads.setdefault(family, [])
            if line.startswith("#"):
                if line not in heads[family]:
                    heads[family].append(line)
            elif line:
                samples[family].append(_add_label(line, process))
    lines = [line for family in heads for line in heads[family] + samples[family]]
    return "".join(f"{line}\n" for line in lines).encode()


def _add_label(sample: str, process: str) -> str:
    name = re.match(r"[a-zA-Z0-9_:]+", sample)
    if name is None:
        raise ValueError(f"no sample of a metric: {sample[:80]!r}")
    rest = sample[name.end() :]
    labels, value = (f",{rest[1:]}", "") if rest.startswith("{") else ("}", rest)
    return f'{name[0]}{{process="{process}"{labels}{value}'
