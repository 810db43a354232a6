"""What a node indexes of one entity: the row that travels beside its document."""

import msgspec

from antiphon.model.entities import EntityKind
from antiphon.model.identifiers import Icpn, gtin_14


class SearchRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a node indexes of one entity. It only gives candidates: documents decide when hits are filled in.

    ``artists`` are whom it is by: a show's publisher, an audiobook's authors and narrators. ``album`` is what it is
    part of: an episode's show. ``ids`` are what it is known by elsewhere, as ``external_id`` writes them.

    ``markets`` is a territory bitset of 32 bytes, little-endian: every market ever granted, a superset of what plays.
    ``years`` are those of its release, an artist's those of all its releases. ``released_day`` (days since 1970-01-01)
    is 0 where unknown, ``popularity`` 0 to 100.
    """

    kind: EntityKind
    title: str
    markets: bytes
    artists: tuple[str, ...] = ()
    album: str = ""
    ids: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    released_day: int = 0
    label: str = ""
    genres: tuple[str, ...] = ()
    popularity: int = 0


def external_id(scheme: str, value: str) -> str:
    """Return an identifier as rows hold it: ``isrc:QZANT2600001``, ``upc:00012345678905`` (always 14 digits).

    ``value`` is the scheme's normal form, as ``model.identifiers`` parses it; a shorter UPC is filled up here.
    """
    return f"{scheme}:{gtin_14(Icpn(value)) if scheme == 'upc' else value}"
