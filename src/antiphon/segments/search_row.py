"""What a node indexes of one entity: the row that travels beside its document."""

import msgspec

from antiphon.model.entities import EntityKind


class SearchRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a node indexes of one entity. It only gives candidates: documents decide when hits are filled in.

    ``markets`` is a territory bitset of 32 bytes, little-endian: every market ever granted, a superset of what plays.
    ``isrc`` and ``upc`` are normal forms, ``year`` is 0 where unknown, ``popularity`` 0 to 100.
    """

    kind: EntityKind
    title: str
    markets: bytes
    artists: tuple[str, ...] = ()
    album: str = ""
    isrc: str = ""
    upc: str = ""
    year: int = 0
    label: str = ""
    genres: tuple[str, ...] = ()
    popularity: int = 0
