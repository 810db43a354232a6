"""Typed values as bytes and back: the form statements, entities and media have in the record.

JSON, because a territory bitset is an integer of 250 bits, and because an operator can read it with nothing but SQL.
The number beside each body says which code wrote it, so that a later form can be read beside this one.

An album's tracks mostly have the same rights, and these are most of what there is to say of a track: a date is another
instant in each of forty zones. So an album's body has each set of rights once, and says which is whose.
"""

from typing import Any, TypeVar

import msgspec

from antiphon.model.availability import Interval
from antiphon.model.entities import Album
from antiphon.model.errors import Broken

BODY_FORMAT = 2
"""The form ``encode_body`` writes: JSON of the struct as the model declares it, an album's rights apart."""

FORMATS_READ = (1, BODY_FORMAT)
"""Format 1 had an album's rights in each of its tracks."""

T = TypeVar("T")


class _StoredAlbum(Album, frozen=True, kw_only=True):
    """An album whose tracks have no intervals of their own: the n-th has ``rights[rights_of_tracks[n]]``."""

    rights: tuple[tuple[Interval, ...], ...] = ()
    rights_of_tracks: tuple[int, ...] = ()


def encode_body(value: msgspec.Struct) -> bytes:
    """Return the value as bytes; equal values give equal bytes."""
    return msgspec.json.encode(_take_apart(value) if isinstance(value, Album) else value)


def decode_body(body: bytes, body_format: int, as_type: type[T]) -> T:
    """Return the value a body holds. Raises: Broken for a form this version does not know, or a damaged body."""
    if body_format not in FORMATS_READ:
        raise Broken(f"a body of format {body_format} in the record; this version reads {BODY_FORMAT}: upgrade it")
    try:
        if issubclass(as_type, Album):
            return _put_together(msgspec.json.decode(body, type=_StoredAlbum), as_type)
        return msgspec.json.decode(body, type=as_type)
    except (msgspec.DecodeError, UnicodeDecodeError, IndexError, ValueError) as error:
        raise Broken(f"a {as_type.__name__} of the record is damaged: {error}; restore it from a backup") from error


def _take_apart(album: Album) -> _StoredAlbum:
    places: dict[tuple[Interval, ...], int] = {}
    # Rights that are one object need not be compared with each other.
    seen: dict[int, int] = {}
    for track in album.tracks:
        if id(track.intervals) not in seen:
            seen[id(track.intervals)] = places.setdefault(track.intervals, len(places))
    fields = _list_fields(album)
    fields["tracks"] = tuple(msgspec.structs.replace(track, intervals=()) for track in album.tracks)
    rights_of_tracks = tuple(seen[id(track.intervals)] for track in album.tracks)
    return _StoredAlbum(**fields, rights=tuple(places), rights_of_tracks=rights_of_tracks)


def _put_together(stored: _StoredAlbum, as_type: type[T]) -> T:
    fields = _list_fields(stored)
    if stored.rights_of_tracks:
        owned = zip(stored.tracks, stored.rights_of_tracks, strict=True)
        fields["tracks"] = tuple(msgspec.structs.replace(t, intervals=stored.rights[place]) for t, place in owned)
    return as_type(**fields)


def _list_fields(album: Album) -> dict[str, Any]:
    return {name: getattr(album, name) for name in Album.__struct_fields__}
