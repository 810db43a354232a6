"""What a benchmark reports, and how it is printed and kept."""

import json
import os
import platform
import statistics
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One figure beside its reference.

    ``ours`` and ``reference`` are the samples of each, in ``unit``, taken in turns; ``reference`` empty: there is none,
    and ``bar`` is an absolute limit. ``higher_is_better`` says which way ``bar`` binds; ``bar`` None: reported only.
    """

    name: str
    against: str
    unit: str
    ours: tuple[float, ...]
    reference: tuple[float, ...] = ()
    bar: float | None = None
    higher_is_better: bool = True
    note: str = ""

    @property
    def median(self) -> float:
        """Our median, in ``unit``."""
        return statistics.median(self.ours)

    @property
    def ratio(self) -> float | None:
        """The median of the ratios taken pair by pair; None without a reference."""
        if not self.reference:
            return None
        return statistics.median(a / b for a, b in zip(self.ours, self.reference, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest of our samples, in ``unit``."""
        return min(self.ours), max(self.ours)

    @property
    def margin(self) -> float | None:
        """How many times better than its bar it is, less than 1: it is worse; None: there is no bar to compare with."""
        measured = self.median if self.ratio is None else self.ratio
        if not self.bar or not measured:
            return None
        return measured / self.bar if self.higher_is_better else self.bar / measured

    @property
    def is_met(self) -> bool | None:
        """Tell whether the bar is met; None where there is none."""
        if self.bar is None:
            return None
        measured = self.median if self.ratio is None else self.ratio
        return measured >= self.bar if self.higher_is_better else measured <= self.bar


def tabulate_results(results: Sequence[Result]) -> Table:
    """Return the results as a table."""
    table = Table(title="Antiphon benchmarks", title_justify="left")
    for heading in ("benchmark", "median", "spread", "against", "ratio", "bar", ""):
        table.add_column(heading, justify="left" if heading in ("benchmark", "against", "") else "right")
    for result in results:
        low, high = result.spread
        sign = ">=" if result.higher_is_better else "<="
        table.add_row(
            result.name,
            f"{result.median:,.4g} {result.unit}",
            f"{low:,.4g} .. {high:,.4g}",
            result.against,
            "" if result.ratio is None else f"{result.ratio:.3g}",
            "" if result.bar is None else f"{sign} {result.bar:g}",
            {None: "", True: "met", False: "MISSED"}[result.is_met],
        )
    return table


def show_results(results: Sequence[Result], *tables: Table) -> None:
    """Print tables about results, and then what is to be said of single ones."""
    console = Console(width=None if os.isatty(1) else 150)
    console.print(*tables, sep="\n\n")
    for result in results:
        if result.note:
            console.print(f"{result.name}: {result.note}", style="dim", highlight=False)


def keep_results(results: Sequence[Result], load_before: float) -> Path:
    """Write the results to ``bench/results/latest.json``; return the path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / "latest.json"
    machine = {
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_before": load_before,
        "load_after": os.getloadavg()[0],
    }
    rows = [
        {
            **msgspec.to_builtins(result),
            "median": result.median,
            "ratio": result.ratio,
            "spread": result.spread,
            "met": result.is_met,
            "machine_load": machine["load_after"],
        }
        for result in results
    ]
    document = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine, "results": rows}
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path
