"""What rules may ask the catalogue. Rules know this interface and nothing behind it.

Whoever answers knows whose delivery is asked about, and leaves out what that delivery itself brought. Each question is
asked for a whole message at once and costs one query or two, whatever the number of tracks and the size of the
catalogue; asked again, it costs nothing. So a rule passes *all* its ISRCs, and asks only when it has any. What the
catalogue does not know is left out of an answer: an empty one means "never seen".

Where many things match (an ISRC on ten thousand compilations), an answer holds some of them, a provider's own first.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from antiphon.model.claims import Credit
from antiphon.model.knowledge import KnownArtist, KnownProduct, KnownRecording, KnownRelease
from antiphon.model.resources import Resource


class Knowledge(Protocol):
    """The catalogue as one delivery's rules see it. A linter on a laptop has none."""

    def find_release(self) -> KnownRelease | None:
        """Return the release this delivery is about as the provider last delivered it; None: it is new."""

    def find_recordings(self, isrcs: Iterable[str]) -> Mapping[str, tuple[KnownRecording, ...]]:
        """Return what the catalogue calls each ISRC (in normal form), own first; on albums of any provider."""

    def find_same_audio(self, paths: Iterable[str]) -> Mapping[str, tuple[KnownRecording, ...]]:
        """Return the recordings that were delivered with the very bytes of each of this delivery's files, own first."""

    def find_products(self, barcodes: Iterable[str]) -> Mapping[str, tuple[KnownProduct, ...]]:
        """Return the albums that have each barcode (as GTIN-14), own first."""

    def find_artists(self, credits_: Iterable[Credit]) -> Mapping[str, tuple[KnownArtist, ...]]:
        """Return the artists that the ids or the name of each credit mean, by the credit's name.

        Own before others', matched by ids before matched by name. Names are compared without case and width.
        """

    def find_credited(self, tracks: Iterable[Resource]) -> tuple[KnownArtist, ...]:
        """Return the artists on the recordings that some tracks may be: those of their ISRCs, and those of their songs.

        A track's artist of such a name will be taken for that one.
        """
