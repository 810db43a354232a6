"""Documents to the rows of an export. Nothing of them depends on the reader, so nothing is evaluated here."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from antiphon.model.availability import Tier
from antiphon.publication.export_tables import (
    ALBUMS,
    ARTISTS,
    AUDIOBOOKS,
    CHAPTERS,
    EPISODES,
    RECORDINGS,
    REDIRECTS,
    SHOWS,
    TRACKS,
    Table,
)
from antiphon.segments import NO_DENIALS, DocumentKind, DocumentView, Reader, decode_track_media

Row = tuple[object, ...]
ReadRow = Callable[[DocumentView, str, str | None], Row]
"""What gives the row of a document, of the entity's id and that of its set of rights (None: it has none)."""

_NOBODY = Reader(market=None, tier=Tier.FREE, now_s=0, base_url=b"", overlay=NO_DENIALS)


class _Named(msgspec.Struct):
    name: str
    id: str = ""


class _Image(msgspec.Struct):
    url: str
    width: int | None = None
    height: int | None = None


class _Line(msgspec.Struct):
    type: str
    text: str


class _Body(msgspec.Struct):
    """What the tables need of the JSON of a document, whatever its kind."""

    name: str
    album_type: str = ""
    artists: list[_Named] = []
    authors: list[_Named] = []
    narrators: list[_Named] = []
    genres: list[str] = []
    languages: list[str] = []
    images: list[_Image] = []
    copyrights: list[_Line] = []
    external_ids: dict[str, str] = {}
    release_date: str = ""
    release_date_precision: str = ""
    label: str = ""
    publisher: str = ""
    description: str = ""
    explicit: bool = False
    total_tracks: int = 0
    total_episodes: int = 0
    total_chapters: int = 0
    chapter_number: int = 0
    disc_number: int = 0
    track_number: int = 0
    duration_ms: int = 0
    album: "_Whole | None" = None
    show: "_Whole | None" = None
    audiobook: "_Whole | None" = None


class _Whole(msgspec.Struct):
    id: str


_decode_body = msgspec.json.Decoder(_Body).decode


def _read_body(document: DocumentView) -> _Body:
    return _decode_body(document.render(0, _NOBODY, b"null"))


def _album_row(document: DocumentView, entity_id: str, rights_id: str | None) -> Row:
    body = _read_body(document)
    return (
        entity_id,
        body.name,
        body.album_type,
        body.artists,
        *_dates(body),
        body.label,
        body.external_ids.get("upc"),
        body.genres,
        body.total_tracks,
        body.copyrights,
        _images(body),
        rights_id,
    )


def _track_row(document: DocumentView, entity_id: str, rights_id: str | None) -> Row:
    body = _read_body(document)
    return (
        entity_id,
        body.album.id if body.album else None,
        body.name,
        body.artists,
        body.disc_number,
        body.track_number,
        body.duration_ms,
        body.explicit,
        body.external_ids.get("isrc"),
        rights_id,
    )


def _recording_row(document: DocumentView, entity_id: str, _: str | None) -> Row:
    media = decode_track_media(document.body())
    return entity_id, media.recording_id, [rendition.profile.value for rendition in media.renditions]


def _artist_row(document: DocumentView, entity_id: str, _: str | None) -> Row:
    body = _read_body(document)
    return entity_id, body.name, body.genres


def _redirect_row(document: DocumentView, entity_id: str, _: str | None) -> Row:
    return entity_id, document.body().decode("ascii")


def _spoken(body: _Body, entity_id: str) -> Row:
    return entity_id, body.name, body.description, body.explicit, body.languages


def _show_row(document: DocumentView, entity_id: str, rights_id: str | None) -> Row:
    body = _read_body(document)
    own = (body.publisher, body.total_episodes, body.copyrights, _images(body), rights_id)
    return (*_spoken(body, entity_id), *own)


def _episode_row(document: DocumentView, entity_id: str, rights_id: str | None) -> Row:
    body = _read_body(document)
    show_id = body.show.id if body.show else None
    return (*_spoken(body, entity_id), show_id, *_dates(body), body.duration_ms, _images(body), rights_id)


def _audiobook_row(document: DocumentView, entity_id: str, rights_id: str | None) -> Row:
    body = _read_body(document)
    names = ([author.name for author in body.authors], [narrator.name for narrator in body.narrators])
    own = (body.publisher, body.total_chapters, body.copyrights, _images(body), rights_id)
    return (*_spoken(body, entity_id), *names, *own)


def _chapter_row(document: DocumentView, entity_id: str, rights_id: str | None) -> Row:
    body = _read_body(document)
    place = (body.audiobook.id if body.audiobook else None, body.chapter_number)
    return (*_spoken(body, entity_id), *place, *_dates(body), body.duration_ms, _images(body), rights_id)


def _dates(body: _Body) -> tuple[str | None, str | None]:
    """Return a date as a day, and its precision; None where it is not known ("0000"), or is none."""
    try:
        first_day = date.fromisoformat(body.release_date + "-01-01"[len(body.release_date) - 4 :])
    except ValueError:
        return None, None
    return first_day.isoformat(), body.release_date_precision


def _images(body: _Body) -> list[dict[str, Any]]:
    return [{"path": image.url, "width": image.width, "height": image.height} for image in body.images]


class Source(NamedTuple):
    """The documents a table is made of."""

    table: Table
    read_row: ReadRow


SOURCES: dict[int, Source] = {
    DocumentKind.ALBUM: Source(ALBUMS, _album_row),
    DocumentKind.TRACK: Source(TRACKS, _track_row),
    DocumentKind.TRACK_MEDIA: Source(RECORDINGS, _recording_row),
    DocumentKind.ARTIST: Source(ARTISTS, _artist_row),
    DocumentKind.SHOW: Source(SHOWS, _show_row),
    DocumentKind.EPISODE: Source(EPISODES, _episode_row),
    DocumentKind.AUDIOBOOK: Source(AUDIOBOOKS, _audiobook_row),
    DocumentKind.CHAPTER: Source(CHAPTERS, _chapter_row),
    DocumentKind.REDIRECT: Source(REDIRECTS, _redirect_row),
}
"""What is public, by kind of document. What is not named here is in no export: clients, lists, anything yet to come."""


def external_id_rows(kind: str, entity_id: str, ids: Sequence[str]) -> Iterator[Row]:
    """Yield a row for each id an entity is known by elsewhere (``SearchRow.ids``)."""
    for scheme, _, value in (one.partition(":") for one in ids):
        yield kind, entity_id, scheme, value
