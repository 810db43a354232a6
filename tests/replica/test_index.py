"""The index as a folder with one writer: filled anew or changed by versions, and never half of either."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.replica.index import IndexWriter, index_path, open_index
from antiphon.replica.rows import row_key
from antiphon.replica.search import find_candidates
from antiphon.segments import DocumentKind, Entry, document_key
from tests.replica.indexing import RowIndex, a_row


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    writer = IndexWriter(tmp_path)
    with pytest.raises(Refused, match="another follower"):
        IndexWriter(tmp_path)
    writer.close()
    IndexWriter(tmp_path).close()


def test_filling_that_breaks_off_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = RowIndex(tmp_path, [a_row("old", "Harbour")])

    def break_off() -> Iterator[Entry]:
        yield from (a_row(f"n{number}", "Harbour") for number in range(1000))
        raise OSError("the store went away")

    with pytest.raises(OSError, match="went away"):
        index.fill(break_off())
    assert index.find("harbour") == ["old"]
    index.write(a_row("new", "Harbour"))
    assert set(index.find("harbour")) == {"old", "new"}
    index.close()


def test_filling_replaces_every_row_and_what_comes_later_changes_them(tmp_path: Path) -> None:
    index = RowIndex(tmp_path, [a_row("old", "Lanterns")])
    index.fill([a_row("one", "Harbour"), a_row("two", "Harbour")])
    assert (index.find("lanterns"), set(index.find("harbour"))) == ([], {"one", "two"})
    index.write(Entry(key=row_key(EntityKind.TRACK, "one").encode()), a_row("two", "Tides"))
    assert (index.find("harbour"), index.find("tides")) == ([], ["two"])
    index.close()


def test_rows_that_were_all_deleted_are_not_found_by_their_words(tmp_path: Path) -> None:
    index = RowIndex(tmp_path, [])
    index.write(a_row("one", "Harbour Lights"), a_row("two", "Harbour"))
    index.write(*(Entry(key=row_key(EntityKind.TRACK, track_id).encode()) for track_id in ("one", "two")))
    for text in ("harbour", "harbour lights", "harbor light", "harb", "h", "harbour x"):
        assert index.find(text) == []
    index.close()


def test_a_reader_sees_what_was_there_until_it_reloads(tmp_path: Path) -> None:
    index = RowIndex(tmp_path, [a_row("old", "Harbour")])
    reader = open_index(tmp_path)

    def find() -> tuple[str, ...]:
        searcher = reader.searcher()
        return find_candidates(searcher, reader.schema, EntityKind.TRACK, "harbour", {}, None, 10, 0).ids

    index.fill([a_row("new", "Harbour")])
    assert find() == ("old",)
    reader.reload()
    assert find() == ("new",)
    index.close()


def test_documents_that_have_no_rows_take_none_away(tmp_path: Path) -> None:
    index = RowIndex(tmp_path, [a_row("one", "Harbour")])
    index.write(Entry(key=document_key(DocumentKind.TRACK_MEDIA, "one"), document=b"..."))
    assert index.find("harbour") == ["one"]
    index.close()


def test_a_damaged_index_is_made_anew(tmp_path: Path) -> None:
    RowIndex(tmp_path, [a_row("one", "Harbour")]).close()
    (index_path(tmp_path) / "meta.json").write_text("{")
    writer = IndexWriter(tmp_path)
    assert writer.is_new
    writer.close()
