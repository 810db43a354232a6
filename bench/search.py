"""Search in a large catalogue: how much of what is meant is found, and how long it takes.

The songs are made up with the words of eight scripts as uneven as real ones (``bench.searched_songs``); queries are
written from songs drawn at random, in each way people type them, and judged by whether the song is among the first ten
(``bench.search_queries``). The index is filled as a node fills it from a snapshot. Every document is a copy of one,
under its own key: what is in it does not change how long it takes to be found and rendered.

Times are of ``Replica.search`` in the process, and of the whole read path: token, market, candidates, documents, JSON.
``TRACKS`` songs. Real ones are put among them, and asked for as well, where there are any: those of ``SONG_PAIRS``,
files in the form of ``bench.song_pairs``, and of ``SONG_FOLDERS``, audio files with tags; several are separated as in
PATH.
"""

import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from urllib.parse import quote

import av
import msgspec

from antiphon.access import load_signing_keys, make_signing_key
from antiphon.blobs import FolderBlobs
from antiphon.model.entities import EntityKind
from antiphon.publication.documents import album_entries
from antiphon.replica import Replica
from antiphon.replica.files import NodeFiles
from antiphon.replica.index import IndexWriter, index_path
from antiphon.segments import DocumentKind, Entry, document_key
from antiphon.surfaces.reads import ReadPath, ReadSettings, Request
from bench.catalogues import invent_albums
from bench.lookup_http import issue_token
from bench.results import Result
from bench.search_queries import (
    WRITERS,
    QueryWriter,
    SongQuery,
    is_found,
    spell_out,
)
from bench.searched_songs import SEED, Song, invent_songs, titles_vocabulary
from bench.song_pairs import read_pairs

TRACKS = int(os.environ.get("TRACKS", "1000000"))
ROUNDS = 5
ASKED = 400
"""Songs per round and way of typing: 2,000 in all."""
SPELLED = 40
"""Songs per round that are typed letter by letter: about 900 queries."""
COMMON_WORDS = 100

RECALL_BARS = {
    "artist + title": 0.99,
    "missing diacritics": 0.99,
    "swapped words": 0.99,
    "prefix": 0.99,
    "one typo": 0.97,
}
"""By way of typing. Titles alone are reported: thousands of songs share one, and with a typo it may be another's."""
REAL_RECALL_BARS = {"artist + title": 0.99, "one typo": 0.95}
MEDIAN_BAR_MS = 1.5
TAIL_BAR_MS = 6.0
TYPE_AHEAD_TAIL_BAR_MS = 8.0


Names = dict[tuple[str, str, str], None]
"""Titles with artists and albums, each once, in order."""

AUDIO_SUFFIXES = {".ogg", ".opus", ".flac", ".mp3", ".m4a"}


class Took(msgspec.Struct):
    """Milliseconds that searches took, in the order they were made."""

    times_ms: list[float] = []

    def percentile(self, share: float) -> float:
        """Return the time that this share of searches stayed within."""
        return sorted(self.times_ms)[min(len(self.times_ms) - 1, int(len(self.times_ms) * share))]


def measure() -> list[Result]:
    """Return recall and times of search in a catalogue of ``TRACKS`` songs."""
    print(f"seed {SEED}", file=sys.stderr)
    real = name_songs({**read_paired_names(list_paths("SONG_PAIRS")), **read_tagged_names(list_paths("SONG_FOLDERS"))})
    songs = (*real, *invent_songs(TRACKS))
    with tempfile.TemporaryDirectory() as folder:
        filling = fill_node(Path(folder), songs)
        replica = Replica(Path(folder))
        gc.freeze()  # we remember what we made, which no node does: the collector is not to walk a million songs
        by_id = {song.track_id: song for song in songs}
        made_up = songs[len(real) :]
        results = [filling, *measure_recall(replica, made_up, by_id, "search", RECALL_BARS)]
        if real:
            results += measure_recall(replica, real, by_id, "search real songs", REAL_RECALL_BARS)
        results += measure_times(replica, Path(folder), made_up)
        replica.close()
    return results


def list_paths(variable: str) -> list[Path]:
    """Return the paths that an environment variable holds."""
    return [Path(path) for path in os.environ.get(variable, "").split(os.pathsep) if path]


def read_paired_names(paths: Iterable[Path]) -> Names:
    """Return the songs that files of pairs tell of."""
    sketches = [sketch for path in paths for pair in read_pairs(path) for sketch in (pair.one, pair.other)]
    return {(s.title, ", ".join(s.artists), s.album): None for s in sketches if s.title and s.artists}


def read_tagged_names(folders: Iterable[Path]) -> Names:
    """Return the songs whose files in these folders have tags with a title and an artist."""
    names: Names = {}
    for file in sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in AUDIO_SUFFIXES):
        try:
            with av.open(str(file)) as container:
                streams = [stream.metadata for stream in container.streams.audio]
                tags = {name.lower(): value for held in (*streams, container.metadata) for name, value in held.items()}
        except av.FFmpegError:
            continue  # a file that cannot be read names no song
        if tags.get("title") and tags.get("artist"):
            names[(tags["title"], tags["artist"], tags.get("album", ""))] = None
    return names


def name_songs(names: Names) -> tuple[Song, ...]:
    """Return songs of these names, numbered above all that are made up."""
    return tuple(Song(10**8 + at, title, artist, album, 0) for at, (title, artist, album) in enumerate(names))


def fill_node(root: Path, songs: Sequence[Song]) -> Result:
    """Make the files of a node that has these songs; return how long its index took."""
    files = NodeFiles(root)
    files.make_equal(lambda: list_documents(songs), "0" * 64, version=1)
    files.change_head(search_version=1)
    files.close()
    writer = IndexWriter(root)
    rows = [Entry(key=_key(song), search=song.make_row()) for song in songs]
    started_s = time.perf_counter()
    writer.fill(rows)
    took_s = time.perf_counter() - started_s
    writer.close()
    size_bytes = sum(file.stat().st_size for file in index_path(root).iterdir())
    peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return Result(
        name="search index filled",
        against="",
        unit="s",
        ours=(took_s,),
        higher_is_better=False,
        note=f"{len(songs):,} tracks; {size_bytes / 1e6:.0f} MB; this process, rows included, {peak_kb / 1e3:.0f} MB",
    )


def list_documents(songs: Iterable[Song]) -> Iterator[tuple[bytes, bytes]]:
    """Yield a document for each song, in the order of their keys; all of them are the same."""
    [album] = invent_albums(1)
    own_key = document_key(DocumentKind.TRACK, album.tracks[0].id)
    [document] = [entry.document for entry in album_entries(album) if entry.key == own_key and entry.document]
    return ((key, document) for key in sorted(map(_key, songs)))


def measure_recall(
    replica: Replica, songs: Sequence[Song], by_id: Mapping[str, Song], name: str, bars: Mapping[str, float]
) -> list[Result]:
    """Return the share found of each way of typing, by round; the times it took are in the notes."""
    results = []
    for write in WRITERS:
        shares, took, kind = [], Took(times_ms=[]), ""
        for number in range(ROUNDS):
            queries = write_queries(write, songs, number)
            kind = queries[0].kind
            found = [is_found(query, ask(replica, query.text, took), by_id) for query in queries]
            shares.append(sum(found) / len(found))
        results.append(
            Result(
                name=f"{name}: {kind}",
                against="",
                unit="found",
                ours=tuple(shares),
                bar=bars.get(kind),
                note=f"p50 {took.percentile(0.5):.2f} ms, p99 {took.percentile(0.99):.2f} ms",
            )
        )
    return results


def measure_times(replica: Replica, root: Path, songs: Sequence[Song]) -> list[Result]:
    """Return the times of all ways of typing mixed, of type-ahead and of common words, in the process and over all."""
    read_path = ReadPath(
        replica, FolderBlobs(root / "blobs"), load_signing_keys(key := make_signing_key()), ReadSettings()
    )
    headers = {"host": "node.example", "authorization": f"Bearer {issue_token(key)}"}

    def search_path(text: str, took: Took) -> None:
        request = Request(
            method="GET", path="/v1/search", query_string=f"type=track&market=SE&q={quote(text)}", headers=headers
        )
        started_s = time.perf_counter()
        response = read_path.answer(request, time.time())
        took.times_ms.append((time.perf_counter() - started_s) * 1e3)
        if response.status != 200:
            raise RuntimeError(f"search for {text!r} was answered with {response.status}")

    def search_process(text: str, took: Took) -> None:
        ask(replica, text, took)

    ways = {"in the process": search_process, "by the read path": search_path}
    return [result for way, search in ways.items() for result in _measure_way(way, search, songs)]


def _measure_way(way: str, search: Callable[[str, Took], None], songs: Sequence[Song]) -> Iterator[Result]:
    texts: dict[str, Callable[[int], list[str]]] = {
        "mixed": lambda number: [query.text for write in WRITERS for query in write_queries(write, songs, number)],
        "type-ahead": lambda number: [q.text for song in draw_songs(songs, number, SPELLED) for q in spell_out(song)],
        "one common word": lambda _: [word.lower() for word in titles_vocabulary().words[:COMMON_WORDS]],
    }
    tails = {"mixed": TAIL_BAR_MS, "type-ahead": TYPE_AHEAD_TAIL_BAR_MS, "one common word": TAIL_BAR_MS}
    for kind, write in texts.items():
        rounds = []
        for number in range(ROUNDS):
            rounds.append(took := Took(times_ms=[]))
            for text in write(number):
                search(text, took)
        for share, bar in ((0.5, MEDIAN_BAR_MS if kind == "mixed" else None), (0.99, tails[kind])):
            yield Result(
                name=f"search {kind}, p{share * 100:.0f}, {way}",
                against="",
                unit="ms",
                ours=tuple(took.percentile(share) for took in rounds),
                bar=bar,
                higher_is_better=False,
                note=f"{len(rounds[0].times_ms):,} searches a round",
            )


def ask(replica: Replica, text: str, took: Took) -> Sequence[str]:
    """Return the ids of the first page of tracks, and note how long it took."""
    started_s = time.perf_counter()
    page = replica.search(EntityKind.TRACK, text)
    took.times_ms.append((time.perf_counter() - started_s) * 1e3)
    return page.ids


def write_queries(write: QueryWriter, songs: Sequence[Song], number: int) -> list[SongQuery]:
    """Return the queries of one way of typing in one round: always the same."""
    chance = Random(f"{SEED} {number}")
    return [write(song, chance) for song in draw_songs(songs, number, ASKED)]


def draw_songs(songs: Sequence[Song], number: int, count: int) -> list[Song]:
    """Return the songs of one round."""
    return Random(f"{SEED} {number}").sample(songs, min(count, len(songs)))


def _key(song: Song) -> bytes:
    return document_key(DocumentKind.TRACK, song.track_id)
