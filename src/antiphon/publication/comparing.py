"""Two versions compared, from the log alone: which documents differ, in the order of their keys, in bounded memory."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from antiphon.blobs import BlobStore
from antiphon.model.errors import Broken, Refused
from antiphon.publication.log_states import open_log_state
from antiphon.segments.entry import Entry
from antiphon.segments.log import load_segment, load_version
from antiphon.segments.runs import ChangeRuns
from antiphon.segments.segment import iter_segment


class Pair(msgspec.Struct, frozen=True):
    """A document in two versions; None: it is not there."""

    key: bytes
    before: Entry | None
    after: Entry | None


@contextmanager
def compare_versions(blobs: BlobStore, scratch: Path, older: int, newer: int) -> Iterator[Iterator[Pair]]:
    """Yield the documents in which two versions differ; for a ``with`` block. ``older`` may be 0: nothing at all.

    Raises: Refused where the store no longer keeps one of them, or what lies between.
    """
    with ChangeRuns(scratch) as touched:
        for number in range(older + 1, newer + 1):
            version = load_version(blobs, number)
            if version is None:
                raise _not_kept(number)
            touched.add(iter_segment(load_segment(blobs, version)))
        if older == 0:
            yield pair_entries((), iter(touched))
            return
        with ExitStack() as opened:
            try:
                state = opened.enter_context(open_log_state(blobs, scratch, older))
            except Broken as error:
                raise _not_kept(older) from error
            yield pair_entries(iter(state), iter(touched), only_touched=True)


def pair_entries(before: Iterable[Entry], after: Iterable[Entry], *, only_touched: bool = False) -> Iterator[Pair]:
    """Yield what differs between two series of entries, each in the order of keys.

    ``only_touched``: what ``after`` does not name has not changed; else it is gone.
    """
    olds, news = iter(before), iter(after)
    old, new = next(olds, None), next(news, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old.key < new.key):
            if old is not None and not only_touched:
                yield Pair(old.key, old, None)
            elif new is None:
                return
            old = next(olds, None)
            continue
        is_same_key = old is not None and old.key == new.key
        was, now = old if is_same_key else None, new if new.document is not None else None
        if was != now:
            yield Pair(new.key, was, now)
        new = next(news, None)
        if is_same_key:
            old = next(olds, None)


def _not_kept(version: int) -> Refused:
    return Refused(
        "VersionNotKept",
        f"the store no longer keeps version {version}; `antiphon publication history` lists those that it does",
    )
