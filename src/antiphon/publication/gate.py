"""The gate between written and announced: what it does not let through never reaches a listener."""

from collections.abc import Sequence

from antiphon.model.errors import Broken
from antiphon.segments.encoding import check_document
from antiphon.segments.entry import Entry


def check_segment(entries: Sequence[Entry]) -> None:
    """Return nothing if every document of a segment can be read as a node will read it.

    Raises: Broken (our fault) naming the first that cannot; nothing is announced then, and nodes serve what they have.
    """
    for entry in entries:
        if entry.document is None:
            continue
        try:
            check_document(entry.document)
        except Broken as error:
            raise Broken(f"the gate holds the version: document {entry.key!r}: {error}") from error
