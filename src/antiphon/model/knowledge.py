"""What the catalogue knows of things a delivery names: the answers rules get, never the way they are found.

``is_own`` tells whether the provider whose delivery is checked said so itself. Of what others delivered nothing is here
that a listener could not see: no provider's name, no delivery, no right.
"""

import msgspec

from antiphon.model.territories import Territory


class KnownTrack(msgspec.Struct, frozen=True, kw_only=True):
    """A track of a release as it was last delivered. ``isrc`` is in its normal form, empty where none was given."""

    disc_number: int
    track_number: int
    title: str
    isrc: str = ""


class KnownRelease(msgspec.Struct, frozen=True, kw_only=True):
    """The provider's own release that a delivery is about, as the catalogue has it.

    ``keys``: every key it was ever delivered under, oldest first, as ``scheme:value`` ("icpn:00602577318801",
    "proprietary:<namespace>:<id>"). ``tracks``: of the statement that counts now, in order.
    """

    album_id: str
    keys: tuple[str, ...]
    tracks: tuple[KnownTrack, ...]


class KnownRecording(msgspec.Struct, frozen=True, kw_only=True):
    """A recording on one album of the catalogue. ``duration_ms`` 0: unknown."""

    isrc: str
    recording_id: str
    album_id: str
    title: str
    artists: tuple[str, ...]
    duration_ms: int
    is_own: bool


class KnownProduct(msgspec.Struct, frozen=True, kw_only=True):
    """An album of the catalogue that has a barcode. ``territories``: where somebody may play some track of it, now or
    later; none: it is not live.
    """

    album_id: str
    title: str
    artists: tuple[str, ...]
    is_own: bool
    territories: frozenset[Territory]


class KnownArtist(msgspec.Struct, frozen=True, kw_only=True):
    """An artist of the catalogue, by the name it is shown under.

    ``matched_by``: the scheme that led to it ("isni", "ipi", "dpid", "proprietary"; "recording": it is credited on a
    recording that a track may be; "name" says least). ``is_own``: the provider credited it before; else only others
    did. ``album_count``: how many albums of the catalogue are by it.
    """

    artist_id: str
    name: str
    matched_by: str
    is_own: bool
    album_count: int = 0
