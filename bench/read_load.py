"""Readers beside a measurement: a process that asks at a steady pace and keeps what each answer took."""

import contextlib
import http.client
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from random import Random
from typing import Any

import msgspec

from bench.catalogues import SEED

SPAWN = multiprocessing.get_context("spawn")


class ReadLoad(msgspec.Struct, frozen=True, kw_only=True):
    """What readers met: how long answers took in milliseconds, and how many were no good answer."""

    latencies_ms: tuple[float, ...]
    errors: int

    @property
    def p99_ms(self) -> float:
        """The 99th percentile."""
        return statistics.quantiles(self.latencies_ms, n=100, method="inclusive")[98]


class Readers:
    """Readers that run until they are stopped."""

    def __init__(self, ports: Sequence[int], paths: Sequence[str], headers: Mapping[str, str], per_s: float) -> None:
        self._stop = SPAWN.Event()
        self._result, sender = SPAWN.Pipe(duplex=False)
        arguments = (list(ports), list(paths), dict(headers), per_s, self._stop, sender)
        self._process = SPAWN.Process(target=read_steadily, args=arguments, daemon=True)
        self._process.start()

    @property
    def are_running(self) -> bool:
        """Tell whether nobody has stopped them yet."""
        return self._process.is_alive()

    def stop(self) -> ReadLoad:
        """Stop them and return what they met."""
        self._stop.set()
        latencies, errors = self._result.recv()
        self._process.join()
        return ReadLoad(latencies_ms=tuple(latencies), errors=errors)


@contextlib.contextmanager
def reading_beside(readers: Readers) -> Iterator[Readers]:
    """Stop readers at the end of a block, whatever ends it."""
    try:
        yield readers
    finally:
        if readers.are_running:
            readers.stop()


def read_steadily(
    ports: list[int], paths: list[str], headers: dict[str, str], per_s: float, stop: Event, sender: Connection
) -> None:
    """Ask servers in turns for random paths, so many a second, until told to stop; send what that took.

    A late answer delays nothing that is due: its successors are asked at once, and their wait counts from when they
    were due.
    """
    chance = Random(SEED)
    connections: list[Any] = [http.client.HTTPConnection("127.0.0.1", port, timeout=10) for port in ports]
    latencies: list[float] = []
    errors = 0
    due_s = time.perf_counter()
    while not stop.is_set():
        due_s += 1 / per_s
        time.sleep(max(0.0, due_s - time.perf_counter()))
        connection = connections[len(latencies) % len(connections)]
        try:
            connection.request("GET", chance.choice(paths), headers=headers)
            response = connection.getresponse()
            response.read()
            errors += response.status != 200
        except (OSError, http.client.HTTPException):
            connection.close()
            errors += 1
        latencies.append((time.perf_counter() - due_s) * 1000)
    sender.send((latencies, errors))
