"""Benchmarks: each figure beside its reference, measured in turns in one run, reported as a ratio.

``make bench`` runs them all, ``make bench NAME=lookup_http`` one. A benchmark is a module here with
``measure() -> list[Result]``; its docstring says what is measured, against what, and why it is fair. Results
go to ``bench/results/latest.json``. Machines are shared and noisy: medians of several alternating runs, with their
spread.
"""
