"""A catalogue for examples: it knows the few things it was given."""

from collections.abc import Iterable, Mapping

import msgspec

from antiphon.model.claims import Credit
from antiphon.model.knowledge import KnownArtist, KnownProduct, KnownRecording, KnownRelease
from antiphon.model.resources import Resource


class ExampleCatalogue(msgspec.Struct, frozen=True, kw_only=True):
    """``knowledge.Knowledge`` by heart. ``artists`` are found by name, ``audio`` by the path of a delivered file.

    ``credited`` are on the recordings of whatever tracks one asks about.
    """

    release: KnownRelease | None = None
    recordings: tuple[KnownRecording, ...] = ()
    audio: Mapping[str, tuple[KnownRecording, ...]] = {}
    products: Mapping[str, tuple[KnownProduct, ...]] = {}
    artists: Mapping[str, tuple[KnownArtist, ...]] = {}
    credited: tuple[KnownArtist, ...] = ()

    def find_release(self) -> KnownRelease | None:
        """Return the release the message is about, as it was."""
        return self.release

    def find_recordings(self, isrcs: Iterable[str]) -> Mapping[str, tuple[KnownRecording, ...]]:
        """Return the recordings of each ISRC that has some."""
        found = {isrc: tuple(known for known in self.recordings if known.isrc == isrc) for isrc in isrcs}
        return {isrc: known for isrc, known in found.items() if known}

    def find_same_audio(self, paths: Iterable[str]) -> Mapping[str, tuple[KnownRecording, ...]]:
        """Return what was delivered with the bytes of each path."""
        return {path: self.audio[path] for path in paths if path in self.audio}

    def find_products(self, barcodes: Iterable[str]) -> Mapping[str, tuple[KnownProduct, ...]]:
        """Return the albums of each barcode."""
        return {barcode: self.products[barcode] for barcode in barcodes if barcode in self.products}

    def find_artists(self, credits_: Iterable[Credit]) -> Mapping[str, tuple[KnownArtist, ...]]:
        """Return the artists of each name."""
        names = dict.fromkeys(credit.name for credit in credits_)
        return {name: self.artists[name] for name in names if name in self.artists}

    def find_credited(self, tracks: Iterable[Resource]) -> tuple[KnownArtist, ...]:
        """Return the artists on the recordings of any track at all."""
        return self.credited if list(tracks) else ()
