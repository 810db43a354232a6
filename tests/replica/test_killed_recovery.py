"""A follower killed anywhere in a recovery: it has the old state or the new one, and ends where it would have."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from antiphon.blobs import FolderBlobs
from tests.replica.nodes import MINUTE, Build, Follow, documents, found, served, tracks
from tests.replica.publishing import NOW, Publisher, a_withdrawal

pytestmark = [pytest.mark.process, pytest.mark.usefixtures("small_chunks")]

KILLED_FOLLOWER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from antiphon.blobs import FolderBlobs
from antiphon.replica.files import NodeFiles
from antiphon.replica.follower import Follower
from antiphon.replica.index import IndexWriter
from antiphon.segments.state import State

def killed_at(owner, name, count, *, after):
    original, calls = getattr(owner, name), []
    def call(*arguments, **keywords):
        calls.append(name)
        if len(calls) == count and not after:
            os._exit(9)
        result = original(*arguments, **keywords)
        if len(calls) == count:
            os._exit(9)
        return result
    setattr(owner, name, call)

def killed_while_listing(self):
    for number, entry in enumerate(listed(self)):
        if number == 10:
            os._exit(9)
        yield entry

blobs, node, step = sys.argv[1:]
listed = State.__iter__
if step == "listing":
    State.__iter__ = killed_while_listing
else:
    name, when = step.split()
    owner = IndexWriter if name == "fill" else NodeFiles
    killed_at(owner, name, 1, after=when == "after")
follower = Follower(FolderBlobs(Path(blobs)), Path(node))
follower.poll(datetime(2026, 11, 22, tzinfo=UTC))
os._exit(0)
"""


@pytest.mark.parametrize("step", ["listing", "make_equal before", "make_equal after", "fill before", "fill after"])
@pytest.mark.parametrize("is_new", [True, False])
def test_killed_anywhere_in_a_recovery_it_has_the_old_state_or_the_new_one(
    blobs: FolderBlobs,
    publisher: Publisher,
    build: Build,
    follow: Follow,
    tmp_path: Path,
    step: str,
    is_new: bool,
) -> None:
    publisher.announce(tracks(*range(20)))
    if not is_new:
        follow().poll(NOW)
        follow().close()
    segment = publisher.announce([*tracks(1, form=1), a_withdrawal("t02")])
    build()
    publisher.announce(tracks(21))
    blobs.delete(segment)
    arguments = [sys.executable, "-c", KILLED_FOLLOWER, str(tmp_path / "blobs"), str(tmp_path / "node"), step]
    assert subprocess.run(arguments, env=dict(os.environ), check=False).returncode == 9
    follower = follow()
    old = {} if is_new else documents(*tracks(*range(20)))
    new = documents(*tracks(0, *range(3, 20)), *tracks(1, form=1))
    newest = new | documents(*tracks(21))
    assert (follower.version, served(follower)) in ((0 if is_new else 1, old), (2, new), (3, newest))
    follower.poll(NOW + MINUTE)
    assert (follower.version, served(follower)) == (3, newest)
    assert found(follower) == {f"t{number:02}" for number in (0, 1, *range(3, 20), 21)}
