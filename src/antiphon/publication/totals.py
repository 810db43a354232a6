"""What the whole catalogue comes to, in numbers: what a gate compares."""

import zlib
from collections.abc import Mapping

import msgspec

from antiphon.model.errors import Broken
from antiphon.model.territories import TERRITORIES
from antiphon.segments import DocumentKind

_FORM = "totals/1"


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Documents by kind; tracks that somebody may stream, anywhere and in each territory, as in ``TERRITORIES``.

    A track counts as playable as it was when its document was published: time alone moves no total, so that a
    difference is always something a version does.
    """

    documents: Mapping[int, int] = {}
    playable: int = 0
    markets: tuple[int, ...] = ()

    def count_documents(self, kind: DocumentKind) -> int:
        """Return how many documents of a kind there are."""
        return self.documents.get(int(kind), 0)

    def count_playable(self, territory: int) -> int:
        """Return how many tracks somebody may stream in a territory, by its number."""
        return self.markets[territory] if territory < len(self.markets) else 0


NO_TOTALS = Totals(markets=(0,) * len(TERRITORIES))
"""What an empty catalogue comes to."""


class _StoredTotals(msgspec.Struct, frozen=True, kw_only=True):
    form: str
    totals: Totals


def encode_totals(totals: Totals) -> bytes:
    """Return the bytes of totals: some hundred, since most markets come to the same."""
    return zlib.compress(msgspec.msgpack.encode(_StoredTotals(form=_FORM, totals=totals)))


def decode_totals(data: bytes) -> Totals:
    """Return the totals that bytes hold. Raises: Broken for anything else."""
    try:
        stored = msgspec.msgpack.decode(zlib.decompress(data), type=_StoredTotals)
    except (zlib.error, msgspec.DecodeError) as error:
        raise Broken(f"totals of {len(data)} bytes are not readable: {error}") from error
    if stored.form != _FORM:
        raise Broken(f"totals have the form {stored.form!r}; expected {_FORM!r}")
    return stored.totals
