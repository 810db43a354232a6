"""How much of what people mean is found: the benchmark's queries and its judge, over a small catalogue."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from bench import search_queries
from bench.search_queries import QueryWriter, is_found
from bench.searched_songs import SEED, Song, invent_songs
from bench.song_pairs import read_pairs

from antiphon.segments import DocumentKind, Entry, document_key
from tests.replica.indexing import RowIndex

SONGS = 4_000
ASKED = 300
"""Songs asked for in each way; one that is not found is 0.3 %."""


class Searched:
    """Songs, and an index of them."""

    def __init__(self, root: Path, songs: Sequence[Song]) -> None:
        self.songs = {song.track_id: song for song in songs}
        keyed = ((document_key(DocumentKind.TRACK, song.track_id), song) for song in songs)
        self.index = RowIndex(root, [Entry(key=key, search=song.make_row()) for key, song in keyed])

    def measure_recall(self, write: QueryWriter, asked: Sequence[Song]) -> float:
        """Return the share of songs that are found by what is written for them; prints what was not."""
        chance = Random(SEED)
        queries = [write(song, chance) for song in asked]
        missed = [query for query in queries if not is_found(query, self.index.find(query.text), self.songs)]
        print(f"seed {SEED}; not found: {[(query.text, query.meant.title, query.meant.artist) for query in missed]}")
        return 1 - len(missed) / len(queries)


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    searched = Searched(tmp_path_factory.mktemp("made-up"), tuple(invent_songs(SONGS)))
    yield searched
    searched.index.close()


@pytest.mark.parametrize(
    ("write", "least"),
    [
        (search_queries.write_title_and_artist, 0.99),
        (search_queries.write_title, 0.99),
        (search_queries.write_plainly, 0.99),
        (search_queries.write_swapped, 0.99),
        (search_queries.write_begun, 0.99),
        (search_queries.write_with_typo, 0.97),
    ],
)
def test_made_up_songs_are_found(made_up: Searched, write: QueryWriter, least: float) -> None:
    asked = Random(SEED).sample(list(made_up.songs.values()), ASKED)
    assert made_up.measure_recall(write, asked) >= least


@pytest.fixture(scope="module")
def real(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Searched, list[Song]]]:
    """Yield real songs among made-up ones, and the real ones."""
    pairs = [
        pair
        for file in sorted((shared / "samples/matching").glob("itunes-amazon-[tv]*.txt"))
        for pair in read_pairs(file)
    ]
    sketches = [sketch for pair in pairs for sketch in (pair.one, pair.other)]
    titles = dict.fromkeys((s.title, ", ".join(s.artists), s.album) for s in sketches if s.title and s.artists)
    songs = [Song(10**8 + at, title, artist, album, 0) for at, (title, artist, album) in enumerate(titles)]
    searched = Searched(tmp_path_factory.mktemp("real"), (*songs, *invent_songs(SONGS)))
    yield searched, songs
    searched.index.close()


@pytest.mark.parametrize(
    ("write", "least"), [(search_queries.write_with_typo, 0.95), (search_queries.write_title_and_artist, 0.99)]
)
def test_real_songs_are_found(real: tuple[Searched, list[Song]], write: QueryWriter, least: float) -> None:
    searched, songs = real
    assert searched.measure_recall(write, songs) >= least
