"""References to files, as a delivery that was taken in has them: nothing outside the delivery is ever opened."""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from antiphon.formats.ern import read_message
from antiphon.intake.linting import lint_path
from antiphon.intake.sources import list_sources
from antiphon.model.delivery import DeliveredFile, Delivery
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.hostile_references import list_references

NOW = datetime(2026, 1, 6, tzinfo=UTC)
FORMS_MIN = 80

_opened: list[str] = []
_watching = False
_WATCHED_THREAD = threading.get_ident()


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if not _watching or threading.get_ident() != _WATCHED_THREAD:  # threads of other tests may still be at work
        return
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], str | bytes):
        _opened.append(os.fsdecode(arguments[0]))


sys.addaudithook(_note)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give the list of every file and folder that Python opens while the block runs."""
    global _watching  # noqa: PLW0603 - an audit hook cannot be taken away, so it is told when to look
    _opened.clear()
    _watching = True
    try:
        yield _opened
    finally:
        _watching = False


def outside(opened: list[str], *allowed: Path) -> list[str]:
    """Return what was opened outside these folders and Python's own."""
    roots = [*map(os.path.realpath, allowed), sys.prefix, sys.base_prefix, os.path.realpath("src")]
    # A bare name is opened in a folder that is open already: that is how a temporary folder is removed.
    return [path for path in opened if "/" in path and not os.path.realpath(path).startswith(tuple(roots))]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a delivery, another provider's batch beside it, and a secret."""
    root = tmp_path_factory.mktemp("references")
    write_delivery(root / "mine", a_small_statement(1))
    write_delivery(root / "other" / "20260105090000000", a_small_statement(2))
    (root / "secret.flac").write_bytes(b"secret")
    return root


def references(place: Path) -> list[str]:
    neighbour = next((place / "other").rglob("01.flac")).relative_to(place)
    return list(list_references(str(place / "secret.flac"), f"../{neighbour}"))


def with_reference(place: Path, reference: str) -> Path:
    """Return the delivery with its first recording's file named by this reference."""
    folder = next(path for path in (place / "mine").iterdir() if path.is_dir())
    message = folder / f"{folder.name}.xml"
    original = place / "original.xml"
    if not original.exists():
        original.write_bytes(message.read_bytes())
    named = f"<URI>{escape(reference)}</URI>"
    message.write_text(original.read_text().replace("<URI>resources/01.flac</URI>", named))
    return folder


def test_there_are_eighty_forms(place: Path) -> None:
    assert len(set(references(place))) >= FORMS_MIN


def test_no_form_makes_the_linter_open_anything_outside_a_folder(place: Path) -> None:
    for reference in references(place):
        folder = with_reference(place, reference)
        with watched() as opened:
            (message,) = lint_path(folder, NOW)
        assert outside(opened, folder) == [], reference
        assert opened
        assert "D7" in {finding.rule for finding in message.findings} or not reference, reference


def test_no_form_makes_the_linter_open_anything_outside_an_archive(place: Path, tmp_path: Path) -> None:
    for number, reference in enumerate(references(place)):
        folder = with_reference(place, reference)
        archive = Path(shutil.make_archive(str(tmp_path / f"R{number}"), "zip", folder.parent, folder.name))
        with watched() as opened:
            list(lint_path(archive, NOW))
        unpacked = Path(tempfile.gettempdir()) / f"unpack-{os.getpid()}-"
        beside = [path for path in outside(opened, archive) if not path.startswith(str(unpacked))]
        assert [path for path in beside if path != tempfile.gettempdir()] == [], reference
        archive.unlink()


def test_no_form_names_a_source_of_renditions_but_a_delivered_file(place: Path) -> None:
    delivered = tuple(
        DeliveredFile(path=path, blob="0" * 64, size_bytes=1) for path in ("resources/01.flac", "resources/02.flac")
    )
    message = DeliveredFile(path="R1.xml", blob="1" * 64, size_bytes=1)
    delivery = Delivery(id="d", provider="p", batch="", message=message, files=delivered, received_at="", receipt=0)
    for reference in references(place):
        folder = with_reference(place, reference)
        statement = read_message((folder / f"{folder.name}.xml").read_bytes())
        sources = [source.file.path for source in list_sources(statement, delivery)]
        assert sources == ["resources/02.flac"], reference


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_link_in_a_delivery_is_refused_whatever_it_leads_to(kind: str, place: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(with_reference(place, "resources/LINK.flac"), tmp_path / "4006380000018")
    link = folder / "LINK" if kind == "folder" else folder / "resources" / "LINK.flac"
    link.symlink_to(place if kind == "folder" else place / "secret.flac")
    with watched() as opened:
        (linted,) = lint_path(folder, NOW)
    assert outside(opened, folder) == []
    assert [finding.rule for finding in linted.findings] == ["LinkInDelivery"]
