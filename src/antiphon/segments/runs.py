"""Runs: changes of many versions put in order of their keys, the newest of each key, in bounded memory.

What does not fit in memory is written to files, each sorted, and merged as it is read.
"""

import heapq
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from antiphon.segments.entry import Entry, entry_bytes
from antiphon.segments.packing import pack_entries, unpack_entries

RUN_BYTES = 64 << 20
"""of entries held before they are written out; in memory they take twice that. A million tracks come to some 80 files,
of each of which a merge holds a block."""

_Keyed = tuple[bytes, int, Entry]


class ChangeRuns:
    """The newest entry of each key that was added, in order. A context: its files are gone when it ends.

    ``scratch`` is a folder with room for the changes, packed; it is made if it is missing.
    """

    def __init__(self, scratch: Path, run_bytes: int = RUN_BYTES) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self._folder = TemporaryDirectory(prefix="runs-", dir=scratch)
        self._run_bytes = run_bytes
        self._files: list[Path] = []
        self._held: dict[bytes, Entry] = {}
        self._held_bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def add(self, entries: Iterable[Entry]) -> None:
        """Take the changes of a version that is newer than those added before."""
        for entry in entries:
            self._held[entry.key] = entry
            self._held_bytes += entry_bytes(entry)
            if self._held_bytes >= self._run_bytes:
                self._write_out()

    def __iter__(self) -> Iterator[Entry]:
        runs = [self._held_run(), *(_read_run(path, age) for age, path in enumerate(reversed(self._files), 1))]
        last = None
        for key, _, entry in heapq.merge(*runs):
            if key != last:
                last = key
                yield entry

    def _held_run(self) -> Iterator[_Keyed]:
        for key in sorted(self._held):
            yield key, 0, self._held[key]

    def _write_out(self) -> None:
        path = Path(self._folder.name) / f"{len(self._files):06d}"
        with path.open("wb") as file:
            for _, block in pack_entries(self._held[key] for key in sorted(self._held)):
                file.write(len(block).to_bytes(4, "little") + block)
        self._files.append(path)
        self._held, self._held_bytes = {}, 0


def _read_run(path: Path, age: int) -> Iterator[_Keyed]:
    """Yield the entries of a file with their keys and the run's age: of equal keys the youngest comes first."""
    with path.open("rb") as file:
        while size := file.read(4):
            for entry in unpack_entries(memoryview(file.read(int.from_bytes(size, "little")))):
                yield entry.key, age, entry
