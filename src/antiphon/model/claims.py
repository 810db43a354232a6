"""The small parts statements are made of: what a sender claims, as written, trimmed and nothing else.

Whether a claim holds is for ``rules`` and ``identity`` to say, so nothing here is normalised or checked.
"""

from enum import StrEnum

import msgspec


class IdScheme(StrEnum):
    """The identifier schemes a delivery may use."""

    ISRC = "isrc"
    GRID = "grid"
    ICPN = "icpn"
    ISWC = "iswc"
    ISNI = "isni"
    IPI = "ipi"
    DPID = "dpid"
    CATALOG_NUMBER = "catalog_number"
    PROPRIETARY = "proprietary"


class DeliveredId(msgspec.Struct, frozen=True, kw_only=True):
    """One identifier as the sender wrote it. ``namespace`` names the issuer of a proprietary id or catalogue number."""

    scheme: IdScheme
    text: str
    namespace: str = ""
    is_replaced: bool = False
    """The id is an old one, given as an alias. Source: ERN @IsReplaced."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """For whom a value is meant. ``territories`` empty and ``excluded`` empty: everywhere. Codes are as written."""

    territories: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    language: str = ""
    is_default: bool = False


class ScopedText(msgspec.Struct, frozen=True, kw_only=True):
    """A text for some territories and one language. ``subtitle`` carries the version ("Acoustic Version")."""

    value: str
    subtitle: str = ""
    kind: str = ""
    """The sender's kind of the text: a TitleType, or "FormalTitle", "LabelName"; empty: the plain one."""
    scope: Scope = Scope()


class Role(msgspec.Struct, frozen=True, kw_only=True):
    """One role of a party. ``user_value`` and ``namespace`` are filled where ``value`` is UserDefined."""

    value: str
    user_value: str = ""
    namespace: str = ""


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """One party and what it did. ``sequence`` is the display order, 1-based; None: not given."""

    name: str
    ids: tuple[DeliveredId, ...] = ()
    roles: tuple[Role, ...] = ()
    sequence: int | None = None
    scope: Scope = Scope()
    ai_contribution: str = ""
    """How much of this contribution generative AI made, as written ("None", "Partly", "All"); empty: not said."""
    line: int = 0


class CopyrightLine(msgspec.Struct, frozen=True, kw_only=True):
    """A P line or a C line: who owns the recording, or the release and its artwork, since which year."""

    text: str
    year: int | None = None
    company: str = ""
    scope: Scope = Scope()


class Genre(msgspec.Struct, frozen=True, kw_only=True):
    """A genre as written, with its sub-genre if there is one."""

    text: str
    sub_genre: str = ""
    scope: Scope = Scope()


class HashSum(msgspec.Struct, frozen=True, kw_only=True):
    """A declared hash. ``algorithm`` and ``value`` as written ("MD5", hex or base64)."""

    algorithm: str
    value: str


class FileClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One file a resource names. ``uri`` is the path as written, relative to the message or to resources/.

    ``is_provided`` is ERN >= 4.2's IsProvidedInDelivery; None: not said. Units are in the names.
    """

    uri: str
    technical_reference: str = ""
    hash_sum: HashSum | None = None
    codec: str = ""
    bitrate_kbps: float | None = None
    channels: int | None = None
    sample_rate_hz: float | None = None
    bits_per_sample: int | None = None
    is_preview: bool = False
    is_provided: bool | None = None
    line: int = 0
