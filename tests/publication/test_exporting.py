"""Exports: what must not be in one, what is, and that a data person finds in it what the catalogue says."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antiphon.blobs import FolderBlobs
from antiphon.model.availability import Interval, Tier, Use
from antiphon.model.entities import Album, EntityKind
from antiphon.model.errors import Refused
from antiphon.publication.audience import unite_deals
from antiphon.publication.cards import make_card
from antiphon.publication.documents import album_entries, artist_entries, redirect_entries, withdrawn_entries
from antiphon.publication.exporting import build_export
from antiphon.segments import DocumentKind, Entry, Rights, document_key, encode_document
from antiphon.segments.body import Item
from antiphon.segments.export import Export, delete_exports, list_exports, load_export
from antiphon.segments.rights_reading import read_rights
from tests.publication.catalogue import WITHHELD, an_album, an_artist_of
from tests.replica.publishing import NOW, Publisher

SECRET = b'{"secret_hash":"not for anybody"}'


class Store:
    """A store with a log, and exports of it."""

    def __init__(self, root: Path) -> None:
        self.blobs = FolderBlobs(root / "blobs")
        self.publisher = Publisher(self.blobs)
        self.scratch = root / "scratch"

    def export(self, erased: str = "", kept: int = 7) -> Export:
        return build_export(self.blobs, self.scratch, NOW, lambda: frozenset({erased}), kept=kept)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Return what DuckDB answers; tables of the newest export by their names."""
        export = load_export(self.blobs, list_exports(self.blobs)[0])
        assert export is not None
        with duckdb.connect() as database:
            for file in export.files:
                table = file.name.removesuffix(".parquet")
                database.execute(f"CREATE VIEW {table} AS FROM read_parquet('{self.blobs.local_path(file.blob)}')")
            return database.execute(query).fetchall()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    yield Store(tmp_path)
    assert list((tmp_path / "scratch").iterdir()) == [], "scratch was left behind"


def entries_of(*albums: Album) -> list[Entry]:
    """Return the entries of albums and their artists."""
    return [
        *(entry for album in albums for entry in album_entries(album)),
        *(entry for album in albums for entry in artist_entries(an_artist_of(album), [make_card(album)])),
    ]


def a_client() -> Entry:
    """Return the entry of a client: in the log, and nobody's business."""
    return Entry(
        key=document_key(DocumentKind.CLIENT, "client"),
        document=encode_document(DocumentKind.CLIENT, [], [Item(body=SECRET)]),
    )


def test_nothing_published_is_nothing_to_export(store: Store) -> None:
    with pytest.raises(Refused, match="nothing to export"):
        store.export()


def test_a_release_that_is_to_be_erased_is_in_no_export(store: Store) -> None:
    album, other = an_album(1), an_album(2)
    store.publisher.announce(entries_of(album, other))
    with pytest.raises(Refused, match="export again when"):
        store.export(erased=album.id)
    assert list_exports(store.blobs) == ()
    gone = [entry for track in album.tracks for entry in withdrawn_entries(EntityKind.TRACK, track.id)]
    store.publisher.announce([*withdrawn_entries(EntityKind.ALBUM, album.id), *gone])
    store.export(erased=album.id)
    assert store.ask("SELECT DISTINCT album_id FROM tracks") == [(other.id,)]


def test_an_erasure_takes_every_export_away_with_its_files(store: Store) -> None:
    store.publisher.announce(entries_of(an_album(1)))
    export = store.export()
    assert delete_exports(store.blobs) == 1
    assert list_exports(store.blobs) == ()
    assert not any(store.blobs.has(file.blob) for file in export.files)


def test_an_erasure_while_an_export_is_made_takes_it_away_again(store: Store) -> None:
    store.publisher.announce(entries_of(an_album(1)))
    erased = iter([frozenset[str](), frozenset({"another"})])
    with pytest.raises(Refused, match="erased while the export was made"):
        build_export(store.blobs, store.scratch, NOW, lambda: next(erased))
    assert list_exports(store.blobs) == ()


def test_no_blob_that_plays_no_client_and_no_provider_is_in_an_export(store: Store) -> None:
    album = an_album(1)
    store.publisher.announce([*entries_of(album), a_client()])
    export = store.export()
    told = "".join(
        repr(row)
        for file in export.files
        for row in store.ask(f"SELECT COLUMNS(*)::VARCHAR FROM {file.name.removesuffix('.parquet')}")
    )
    assert album.title in told
    assert not any(rendition.blob in told for track in album.tracks for rendition in track.renditions)
    assert "secret" not in told
    assert album.provider not in told
    assert store.ask("SELECT count(*) FROM external_ids WHERE kind = 'client'") == [(0,)]


def test_what_is_denied_has_no_rights_where_it_is_denied(store: Store) -> None:
    album = an_album(1, tracks=2)
    store.publisher.announce(entries_of(album))
    store.publisher.deny(1, album.tracks[0].id)
    store.export()
    rows = store.ask("SELECT id, rights_id IS NULL FROM tracks ORDER BY track_number")
    assert rows == [(album.tracks[0].id, True), (album.tracks[1].id, False)]


def test_an_export_of_the_same_version_and_denials_is_not_made_again(store: Store) -> None:
    store.publisher.announce(entries_of(an_album(1)))
    first = store.export()
    assert store.export() == first
    store.publisher.deny(1, an_album(1).id)
    again = store.export()
    assert again.overlay == 1
    assert store.ask("SELECT count(*) FROM albums WHERE rights_id IS NOT NULL") == [(0,)]


def test_the_oldest_exports_go_and_files_that_others_share_stay(store: Store) -> None:
    for number in range(4):
        store.publisher.announce(entries_of(an_album(number)))
        store.export(kept=2)
    assert list_exports(store.blobs) == (4, 3)
    assert store.ask("SELECT count(*) FROM albums") == [(4,)]
    assert store.ask("SELECT count(*) FROM redirects") == [(0,)]  # the same empty file in each


def test_columns_have_the_types_that_the_manifest_says(store: Store) -> None:
    store.publisher.announce(entries_of(an_album(1)))
    for file in store.export().files:
        described = store.ask(f"DESCRIBE {file.name.removesuffix('.parquet')}")
        normal = {"TIMESTAMPTZ": "TIMESTAMP WITH TIME ZONE"}
        told = [(row[0], str(row[1]).replace('"', "")) for row in described]
        assert told == [(c.name, normal.get(c.type, c.type)) for c in file.columns]
        assert store.ask(f"SELECT count(*) FROM {file.name.removesuffix('.parquet')}") == [(file.rows,)]


def test_the_tables_say_what_the_entities_say(store: Store) -> None:
    albums = [an_album(number, tracks=3) for number in range(5)]
    unknown = msgspec.structs.replace(albums[0], release_date="")
    yearly = msgspec.structs.replace(albums[1], release_date="1969")
    albums = [unknown, yearly, *albums[2:]]
    merged = redirect_entries(EntityKind.ARTIST, "oldartist0000000000000", albums[0].artists[0].artist_id)
    store.publisher.announce([*entries_of(*albums), *merged])
    store.export()
    told = store.ask("SELECT id, title, album_type, label, upc, genres, total_tracks, artists[1].name FROM albums")
    assert told == [
        (a.id, a.title, a.type.value, a.label, a.upc, list(a.genres), 3, a.artists[0].name)
        for a in sorted(albums, key=lambda album: album.id)
    ]
    dated = store.ask("SELECT id, release_date::VARCHAR, release_date_precision FROM albums")
    by_id = {row[0]: row[1:] for row in dated}
    assert by_id[unknown.id] == (None, None)
    assert by_id[yearly.id] == ("1969-01-01", "year")
    assert by_id[albums[2].id] == ("2026-11-20", "day")
    tracks = store.ask("SELECT id, album_id, track_number, duration_ms, isrc FROM tracks")
    assert sorted(tracks) == sorted(
        (t.id, a.id, t.track_number, t.duration_ms, t.isrc) for a in albums for t in a.tracks
    )
    assert store.ask("FROM redirects") == [("oldartist0000000000000", albums[0].artists[0].artist_id)]
    assert len(store.ask("FROM artists")) == len({album.artists[0].artist_id for album in albums})
    assert store.ask("SELECT count(DISTINCT recording_id) FROM recordings WHERE profiles = ['opus']") == [(15,)]
    isrcs = store.ask("SELECT id, value FROM external_ids WHERE scheme = 'isrc'")
    assert sorted(isrcs) == sorted((t.id, t.isrc) for a in albums for t in a.tracks)


def test_where_something_plays_at_an_instant_is_one_join(store: Store) -> None:
    album = an_album(1, tracks=1, starts_at=1_700_000_000)
    store.publisher.announce(entries_of(album))
    store.export()

    def count_markets(at: int) -> object:
        query = f"""SELECT count(DISTINCT market) FROM (
            SELECT unnest(markets) AS market FROM tracks JOIN rights USING (rights_id)
            WHERE tier = 'free' AND use = 'stream'
              AND (starts_at IS NULL OR starts_at <= to_timestamp({at}))
              AND (ends_at IS NULL OR ends_at > to_timestamp({at})))"""
        return store.ask(query)[0][0]

    assert count_markets(1_700_000_000 - 1) == 0
    assert count_markets(1_700_000_000 + 40 * 3600) == 249
    assert store.ask(f"SELECT count(*) FROM rights WHERE list_contains(markets, '{WITHHELD}')") == [(0,)]


SPANS = st.tuples(st.none() | st.integers(0, 50), st.none() | st.integers(51, 99))
INTERVALS = st.builds(
    lambda tier, use, bits, span: Interval(tier=tier, use=use, territories=bits, starts_at=span[0], ends_at=span[1]),
    st.sampled_from(Tier),
    st.sampled_from(Use),
    st.integers(1, 255),
    SPANS,
)


@settings(max_examples=60, derandomize=True, deadline=None, database=None)
@given(intervals=st.lists(INTERVALS, max_size=6), subjects=st.lists(st.sampled_from(["one", "two", "three"])))
def test_rights_that_were_read_back_are_written_as_they_were(intervals: list[Interval], subjects: list[str]) -> None:
    written = Rights(intervals=unite_deals(tuple(intervals)), subjects=tuple(dict.fromkeys(subjects)))
    document = encode_document(DocumentKind.TRACK, [Rights(), written], [Item(body=b"{}")])
    read = read_rights(document, 1)
    assert read.subjects == written.subjects
    assert encode_document(DocumentKind.TRACK, [Rights(), read], [Item(body=b"{}")]) == document
    assert read_rights(document) == Rights() == read_rights(document, 2)
