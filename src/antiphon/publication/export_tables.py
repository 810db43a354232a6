"""The tables of an export: what a data person finds in which column.

Rights stand in a table of their own, since a catalogue has few distinct ones: an album or a track names its set, and
the set has a row per tier, use and span.
"""

from typing import NamedTuple


class Column(NamedTuple):
    """A column: its name, its type in the words of DuckDB, and what it says."""

    name: str
    type: str
    says: str


class Table(NamedTuple):
    """A table, which becomes one file."""

    name: str
    says: str
    columns: tuple[Column, ...]


_TEXT, _TEXTS = "VARCHAR", "VARCHAR[]"
_ARTISTS = "STRUCT(id VARCHAR, name VARCHAR)[]"
_ID = Column("id", _TEXT, "The id, as everywhere in the API.")
_RIGHTS = Column("rights_id", _TEXT, "The set of rights, in rights; null: nobody may play it.")
_DATES = (
    Column("release_date", "DATE", "The first day of the date as it was given; null: unknown."),
    Column("release_date_precision", _TEXT, "day, month or year: how much of the date was given."),
)
_COVERS = Column("images", "STRUCT(path VARCHAR, width INTEGER, height INTEGER)[]", "Covers, at the node's address.")
_COPYRIGHTS = Column("copyrights", "STRUCT(type VARCHAR, text VARCHAR)[]", "C and P lines.")
_LANGUAGES = Column("languages", _TEXTS, "ISO 639 codes.")
_SPOKEN = (
    _ID,
    Column("title", _TEXT, "The title."),
    Column("description", _TEXT, "Plain text."),
    Column("explicit", "BOOLEAN", "Whether it has explicit words."),
    _LANGUAGES,
)

RIGHTS = Table(
    "rights",
    "Where and when what was granted. A set applies at an instant in the markets of its rows that cover it.",
    (
        Column("rights_id", _TEXT, "The set."),
        Column("tier", _TEXT, "free or premium: what the listener pays with."),
        Column("use", _TEXT, "stream, offline or download."),
        Column("starts_at", "TIMESTAMPTZ", "From this instant on; null: always."),
        Column("ends_at", "TIMESTAMPTZ", "To this instant, exclusive; null: without end."),
        Column("markets", _TEXTS, "ISO 3166-1 codes, sorted."),
    ),
)
EXTERNAL_IDS = Table(
    "external_ids",
    "What entities are known by elsewhere, in normal form: a row per id.",
    (
        Column("kind", _TEXT, "album, track, ..."),
        _ID,
        Column("scheme", _TEXT, "isrc, upc, ..."),
        Column("value", _TEXT, "A UPC or EAN has 14 digits."),
    ),
)

ALBUMS = Table(
    "albums",
    "Albums, singles and compilations.",
    (
        _ID,
        Column("title", _TEXT, "The title."),
        Column("album_type", _TEXT, "album, single or compilation."),
        Column("artists", _ARTISTS, "As credited, in order."),
        *_DATES,
        Column("label", _TEXT, "The label's name."),
        Column("upc", _TEXT, "UPC or EAN as delivered; null: none."),
        Column("genres", _TEXTS, "In order."),
        Column("total_tracks", "INTEGER", "How many tracks it has."),
        _COPYRIGHTS,
        _COVERS,
        _RIGHTS,
    ),
)
TRACKS = Table(
    "tracks",
    "Tracks: recordings on albums.",
    (
        _ID,
        Column("album_id", _TEXT, "The album, in albums."),
        Column("title", _TEXT, "The title."),
        Column("artists", _ARTISTS, "As credited, in order."),
        Column("disc_number", "INTEGER", "From 1."),
        Column("track_number", "INTEGER", "On its disc, from 1."),
        Column("duration_ms", "BIGINT", "In milliseconds."),
        Column("explicit", "BOOLEAN", "Whether it has explicit words."),
        Column("isrc", _TEXT, "The recording's ISRC; null: none."),
        _RIGHTS,
    ),
)
RECORDINGS = Table(
    "recordings",
    "Which recording each track is: tracks of one recording stand in for each other.",
    (
        Column("track_id", _TEXT, "The track, in tracks."),
        Column("recording_id", _TEXT, "The recording."),
        Column("profiles", _TEXTS, "The forms it is streamed in: opus, flac."),
    ),
)
ARTISTS = Table(
    "artists",
    "Artists that are credited on an album or a track.",
    (_ID, Column("name", _TEXT, "The name."), Column("genres", _TEXTS, "Of its albums.")),
)
REDIRECTS = Table(
    "redirects",
    "Ids that were found to be another's: the old one still answers, with the other.",
    (_ID, Column("into_id", _TEXT, "The id that stands for it.")),
)
SHOWS = Table(
    "shows",
    "Shows: podcasts and the like.",
    (
        *_SPOKEN,
        Column("publisher", _TEXT, "Who publishes it."),
        Column("total_episodes", "INTEGER", "How many episodes it has."),
        _COPYRIGHTS,
        _COVERS,
        _RIGHTS,
    ),
)
EPISODES = Table(
    "episodes",
    "Episodes of shows.",
    (
        *_SPOKEN,
        Column("show_id", _TEXT, "The show, in shows."),
        *_DATES,
        Column("duration_ms", "BIGINT", "In milliseconds."),
        _COVERS,
        _RIGHTS,
    ),
)
AUDIOBOOKS = Table(
    "audiobooks",
    "Audiobooks.",
    (
        *_SPOKEN,
        Column("authors", _TEXTS, "Names, in order."),
        Column("narrators", _TEXTS, "Names, in order."),
        Column("publisher", _TEXT, "Who publishes it."),
        Column("total_chapters", "INTEGER", "How many chapters it has."),
        _COPYRIGHTS,
        _COVERS,
        _RIGHTS,
    ),
)
CHAPTERS = Table(
    "chapters",
    "Chapters of audiobooks.",
    (
        *_SPOKEN,
        Column("audiobook_id", _TEXT, "The audiobook, in audiobooks."),
        Column("chapter_number", "INTEGER", "From 1."),
        *_DATES,
        Column("duration_ms", "BIGINT", "In milliseconds."),
        _COVERS,
        _RIGHTS,
    ),
)

TABLES = (
    ALBUMS,
    TRACKS,
    RECORDINGS,
    ARTISTS,
    SHOWS,
    EPISODES,
    AUDIOBOOKS,
    CHAPTERS,
    RIGHTS,
    EXTERNAL_IDS,
    REDIRECTS,
)
"""In the order they are listed."""
