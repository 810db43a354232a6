"""Labelled pairs of songs in the form entity-matching research shares them: one pair a line, two sides and a label.

A side is ``COL name VAL value`` again and again. In the "dirty" sets, values of other columns stand at the end of the
song's name; what has a form of its own (a length, a date, a price, a copyright line) is taken out from there, and so
are genres that other songs of the file have, and the other side's artist and album where this side says none.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import msgspec

from antiphon.identity.likeness import RecordingSketch
from antiphon.identity.titles import split_words

_COLUMN = re.compile(r"COL (\S+) VAL(.*?)(?=COL \S+ VAL|$)", re.DOTALL)
_LENGTH = re.compile(r"\b(\d{1,3}):(\d{2})\b")
_DAY = re.compile(r"\b(\d{1,2}-[A-Z][a-z]{2}-\d{2})\b|\b([A-Z][a-z]+ \d{1,2}) , (\d{4})\b")
_NO_NAME = re.compile(r"\$ \d+\.\d+|\( [CcPp] \).*|\b(?:19|20)\d{2} [A-Z].*", re.DOTALL)
"""What no song is called: a price, or a copyright line to its end."""


Columns = dict[str, str]


class SongPair(msgspec.Struct, frozen=True):
    """Two descriptions of songs, and whether people said they are one."""

    one: RecordingSketch
    other: RecordingSketch
    is_same: bool


def read_pairs(path: Path) -> list[SongPair]:
    """Return the pairs of a file. Raises: ValueError for a line that is no pair."""
    rows: list[tuple[Columns, Columns, bool]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if len(cells) != 3 or cells[2] not in ("0", "1"):
            raise ValueError(f"{path.name}:{number}: expected two sides and a label 0 or 1, parted by tabs")
        rows.append((_read_columns(cells[0]), _read_columns(cells[1]), cells[2] == "1"))
    genres = _find_genres(columns for row in rows for columns in row[:2])
    pairs = []
    for left, right, is_same in rows:
        one, other = read_side(left, genres), read_side(right, genres)
        pairs.append(SongPair(_complete(one, other), _complete(other, one), is_same))
    return pairs


def _read_columns(text: str) -> Columns:
    return {name: value.strip() for name, value in _COLUMN.findall(text)}


def _find_genres(rows: Iterable[Columns]) -> re.Pattern[str]:
    """Return a pattern of a list of genres at the end of a name: it begins with one that is some song's first genre."""
    first = {re.split(r"\s*,\s*", columns.get("Genre", ""))[0] for columns in rows} - {""}
    names = "|".join(re.escape(genre) for genre in sorted(first, key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<=\S) (?:{names})(?: ?,.*)?$")


def read_side(columns: Columns, genres: re.Pattern[str]) -> RecordingSketch:
    """Return what one side of a pair says of its song."""
    title = columns.get("Song_Name", "")
    length = _LENGTH.search(columns.get("Time", "")) or _LENGTH.search(title)
    released = _read_day(columns.get("Released", "")) or _read_day(title)
    title = " ".join(_NO_NAME.sub(" ", _DAY.sub(" ", _LENGTH.sub(" ", title))).split())
    if not columns.get("Genre"):
        title = genres.sub("", title)
    artist = columns.get("Artist_Name", "")
    return RecordingSketch(
        title=title,
        artists=(artist,) if artist else (),
        album=columns.get("Album_Name", ""),
        duration_ms=(int(length[1]) * 60 + int(length[2])) * 1000 if length else None,
        released=released,
    )


def _complete(side: RecordingSketch, other: RecordingSketch) -> RecordingSketch:
    """Return a side with the artist and the album that its title holds and the other side names."""
    artists, album, title = side.artists, side.album, side.title
    if not artists and other.artists and (found := _cut_out(title, other.artists[0])) is not None:
        title, artists = found, other.artists
    if not album and other.album and (found := _cut_out(title, other.album)):
        title, album = found, other.album
    return msgspec.structs.replace(side, title=title, artists=artists, album=album)


def _cut_out(title: str, phrase: str) -> str | None:
    """Return a title without the last occurrence of a phrase's words in a row; None: it does not hold them."""
    words, wanted = title.split(), split_words(phrase)
    folded = [split_words(word) for word in words]
    for start in range(len(words) - 1, 0, -1):
        taken: tuple[str, ...] = ()
        for stop in range(start, len(words)):
            taken += folded[stop]
            if taken == wanted:
                return " ".join(words[:start] + words[stop + 1 :])
            if len(taken) > len(wanted):
                break
    return None


def _read_day(text: str) -> str:
    found = _DAY.search(text)
    if found is None:
        year = re.fullmatch(r"\d{4}", text.strip())
        return year[0] if year else ""
    try:
        if found[1]:
            return datetime.strptime(found[1], "%d-%b-%y").date().isoformat()  # noqa: DTZ007 - a day has no zone
        return datetime.strptime(f"{found[2]} {found[3]}", "%B %d %Y").date().isoformat()  # noqa: DTZ007 - as above
    except ValueError:
        return ""
