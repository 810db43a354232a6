"""Entries: what the log is made of, one changed document each."""

import msgspec

from antiphon.segments.layout import FORM
from antiphon.segments.search_row import SearchRow

_ROW_BYTES = 200
"""What a row is taken for: some names and a bitset of 32 bytes. Measuring it would cost what packing it does."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """One changed document. ``document`` None: it is gone, and its row in the index with it.

    ``search`` None: the document has no row in the index.
    """

    key: bytes
    document: bytes | None = None
    search: SearchRow | None = None


def entry_bytes(entry: Entry) -> int:
    """Return about how many bytes an entry has: what blocks, chunks and runs of entries are cut by."""
    row_bytes = 0 if entry.search is None else _ROW_BYTES
    return len(entry.key) + row_bytes + (0 if entry.document is None else len(entry.document))


def has_known_form(document: bytes) -> bool:
    """Tell whether this program reads documents of that form; a newer publisher's may be of another."""
    return document.startswith(FORM)
