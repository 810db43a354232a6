"""Each figure beside its bar, drawn: how far on the good side it is, or how far from it."""

import math
from collections.abc import Sequence

from rich.bar import Bar
from rich.table import Table

from bench.results import Result

DOUBLINGS = 3.0
"""How far the plot reaches each way: eight times better or worse than the bar. What is beyond ends at the edge."""
WIDTH = 60


def plot_results(results: Sequence[Result]) -> Table:
    """Return a bar for each figure that has a bar to meet: to the right of the middle it is met, by that factor."""
    table = Table(title="Beside their bars (middle: just met; each edge: eightfold)", title_justify="left", box=None)
    table.add_column("benchmark")
    table.add_column(f"{'worse':<{WIDTH // 2}}{'better':>{WIDTH // 2}}", width=WIDTH)
    table.add_column("factor", justify="right")
    for result in results:
        if result.margin is not None:
            reach = max(-DOUBLINGS, min(DOUBLINGS, math.log2(result.margin)))
            begin, end = sorted((DOUBLINGS, DOUBLINGS + reach))
            bar = Bar(2 * DOUBLINGS, begin, end, width=WIDTH, color="green" if result.is_met else "red")
            table.add_row(result.name, bar, f"{result.margin:.2f}")
    return table
