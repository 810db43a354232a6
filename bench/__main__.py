"""Runs the benchmarks: all of them, or those named."""

import argparse
import importlib
import os
import pkgutil
import sys
from pathlib import Path

import bench
from bench.plot import plot_results
from bench.results import Result, keep_results, show_results, tabulate_results

NOT_BENCHMARKS = {
    "__main__",
    "catalogues",
    "constant",
    "filling",
    "installations",
    "large_catalogue",
    "large_node",
    "made_up_labels",
    "plot",
    "read_load",
    "releases",
    "results",
    "search_queries",
    "searched_songs",
    "servers",
    "song_pairs",
    "supysonic",
    "tagged_files",
    "wrk_requests",
}
"""The modules here that benchmarks are made of."""

LONG = {
    "lookup_http": "a million tracks, five minutes",
    "lookup_process": "ten million documents, ten minutes",
    "search": "a million tracks, five minutes",
    "catalogue_scale": "a million tracks, half an hour",
    "intake": "twenty thousand deliveries, ten minutes",
    "publication_scale": "a million tracks, half an hour",
    "peer_http": "ten thousand files for another server to scan, five minutes",
}
"""Benchmarks that run only where they are named, and why."""


def benchmark_names() -> list[str]:
    """Return the benchmarks there are, by name."""
    return sorted(
        m.name for m in pkgutil.iter_modules([str(Path(bench.__file__).parent)]) if m.name not in NOT_BENCHMARKS
    )


def main(names: list[str], data: Path | None = None) -> int:
    """Run the named benchmarks, or all but the long ones; return 1 if one misses its bar.

    ``data`` is a file for the one benchmark named to measure instead of what it would (``measure_file``).
    """
    known = benchmark_names()
    if unknown := set(names) - set(known):
        print(f"no benchmark named {', '.join(sorted(unknown))}; there are: {', '.join(known)}", file=sys.stderr)
        return 2
    if data is not None and names != ["matching"]:
        print("only matching measures a file of yours: name it, and nothing else", file=sys.stderr)
        return 2
    load_before = os.getloadavg()[0]
    results: list[Result] = []
    for name in names or [name for name in known if name not in LONG]:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        benchmark = importlib.import_module(f"bench.{name}")
        results.extend([benchmark.measure_file(data)] if data is not None else benchmark.measure())
    show_results(results, tabulate_results(results), plot_results(results))
    print(f"written to {keep_results(results, load_before)}")
    if not names:
        print("not run, name them: " + "; ".join(f"{name} ({why})" for name, why in LONG.items()))
    return 1 if any(result.is_met is False for result in results) else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench", description="Run benchmarks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="benchmarks to run; none: all but the long ones")
    parser.add_argument("--data", type=Path, metavar="FILE", help="what the one benchmark named is to measure")
    arguments = parser.parse_args()
    sys.exit(main(arguments.names, arguments.data))
