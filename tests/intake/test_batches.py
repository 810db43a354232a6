"""What lies on disk becomes deliveries, and nothing outside the folder is ever read."""

import os
from pathlib import Path

import pytest

from antiphon.formats.ern import Manifest, ManifestEntry, write_manifest
from antiphon.intake import folders
from antiphon.intake.batches import find_batches, read_batch
from antiphon.intake.folders import read_release_folder
from antiphon.model.errors import Refused, Rejected


def a_folder(root: Path, name: str = "R1", *files: str) -> Path:
    """Make a release folder with a message of no meaning, and files of one byte."""
    folder = root / name
    folder.mkdir(parents=True)
    for path in (f"{name}.xml", *files):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")
    return folder


def a_batch(root: Path, name: str, *releases: str) -> Path:
    for release in releases:
        a_folder(root / name, release)
    (root / name / f"BatchComplete_{name}.xml").touch()
    return root / name


def code_of(path: Path) -> str:
    with pytest.raises(Refused) as caught:
        find_batches(path)
    return caught.value.code


def test_a_batch_without_its_marker_is_refused(tmp_path: Path) -> None:
    a_folder(tmp_path / "20260101120000000", "R1")
    assert code_of(tmp_path / "20260101120000000") == "BatchIncomplete"


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert code_of(tmp_path / "nowhere") == "NoDelivery"


def test_a_link_to_a_batch_is_refused(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1")
    (tmp_path / "link").symlink_to(batch)
    assert code_of(tmp_path / "link") == "NoDelivery"


@pytest.mark.parametrize("target", ["/etc/passwd", "../../secret", "R1.xml"])
def test_a_link_inside_a_release_folder_is_refused(tmp_path: Path, target: str) -> None:
    folder = a_folder(tmp_path / "in")
    (folder / "resources").mkdir()
    (folder / "resources" / "01.flac").symlink_to(target)
    assert code_of(folder) == "LinkInDelivery"


def test_a_link_to_a_folder_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "in")
    (folder / "resources").symlink_to("/etc")
    assert code_of(folder) == "LinkInDelivery"


def test_a_pipe_in_a_release_folder_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    os.mkfifo(folder / "01.flac")
    assert code_of(folder) == "SpecialFileInDelivery"


@pytest.mark.parametrize("name", [b"\xff\xfe.flac", b"a\nb.flac"])
def test_a_file_name_that_is_no_text_is_refused(tmp_path: Path, name: bytes) -> None:
    folder = a_folder(tmp_path)
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).touch()
    assert code_of(folder) == "UnreadableFileName"


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FILES_PER_FOLDER", 3)
    assert code_of(a_folder(tmp_path, "R1", "1", "2", "3")) == "TooManyFiles"


def test_too_many_bytes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_FOLDER_BYTES", 3)
    assert code_of(a_folder(tmp_path, "R1", "1", "2", "3")) == "FolderTooLarge"


def test_folders_that_are_too_deep_are_refused(tmp_path: Path) -> None:
    assert code_of(a_folder(tmp_path, "R1", "a/b/c/d/e/f/g/h/1")) == "FolderTooDeep"


def test_a_folder_with_two_messages_and_no_name_to_choose_by_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, "R1", "a.xml")
    (folder / "R1.xml").rename(folder / "b.xml")
    assert code_of(folder) == "ErnMissing"


def test_a_huge_message_is_refused(tmp_path: Path) -> None:
    folder = a_folder(tmp_path)
    with (folder / "R1.xml").open("r+b") as message:
        message.truncate(folders.MAX_MESSAGE_BYTES + 1)
    assert code_of(folder) == "MessageTooLarge"
    assert code_of(folder / "R1.xml") == "MessageTooLarge"


def test_a_manifest_that_cannot_be_read_is_rejected(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1")
    (batch / "BatchComplete_20260101120000000.xml").write_bytes(b"<broken")
    with pytest.raises(Rejected):
        read_batch(batch)


def test_a_bad_folder_in_a_batch_is_a_problem_and_its_neighbours_are_read(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1", "R2", "R3")
    (batch / "R2" / "01.flac").symlink_to("/etc/passwd")
    read = read_batch(batch)
    assert [folder.name for folder in read.folders] == ["R1", "R3"]
    assert [(problem.rule, problem.place.file) for problem in read.problems] == [("LinkInDelivery", "R2")]


def test_a_message_the_manifest_names_and_the_batch_lacks_is_a_problem(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1")
    entries = tuple(
        ManifestEntry(path=f"/20260101120000000/{name}/{name}.xml", message_id=name) for name in ("R1", "R2")
    )
    (batch / "BatchComplete_20260101120000000.xml").write_bytes(write_manifest(Manifest(messages=entries)))
    read = read_batch(batch)
    assert [folder.name for folder in read.folders] == ["R1"]
    assert [problem.rule for problem in read.problems] == ["ErnMissing"]


def test_leftovers_of_desktops_are_ignored(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1")
    for noise in (".DS_Store", "._01.flac", "Thumbs.db", "__MACOSX/R1/._R1.xml", "resources/.DS_Store"):
        path = batch / "R1" / noise
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (batch / "__MACOSX").mkdir()
    read = read_batch(batch)
    assert [(folder.name, folder.files) for folder in read.folders] == [("R1", ())]
    assert read.problems == ()


def test_a_release_folder_has_its_message_and_its_files_by_path(tmp_path: Path) -> None:
    folder = read_release_folder(a_folder(tmp_path, "R1", "resources/02.flac", "resources/01.flac", "notes.txt"))
    assert folder.message.path == "R1.xml"
    assert [file.path for file in folder.files] == ["notes.txt", "resources/01.flac", "resources/02.flac"]
    assert [file.size_bytes for file in folder.files] == [1, 1, 1]


@pytest.mark.parametrize("name", ["P_R1_20260101120000000", "R1_20260101120000000", "P_R1"])
def test_a_message_is_found_by_the_release_id_in_its_folders_name(tmp_path: Path, name: str) -> None:
    folder = a_folder(tmp_path, name, "other.xml", "R1.xml")
    (folder / f"{name}.xml").unlink()
    assert read_release_folder(folder).message.path == "R1.xml"


def test_a_single_release_folder_is_a_batch_of_its_own(tmp_path: Path) -> None:
    (batch,) = find_batches(a_folder(tmp_path, "P_R1_20260101120000000"))
    assert batch.name == "P_R1_20260101120000000"
    assert len(batch.folders) == 1


def test_a_bare_message_has_no_files(tmp_path: Path) -> None:
    ((folder,),) = [batch.folders for batch in find_batches(a_folder(tmp_path, "R1", "01.flac") / "R1.xml")]
    assert folder.is_bare
    assert folder.message.path == "R1.xml"
    assert folder.files == ()


def test_an_inbox_gives_its_complete_batches_by_their_timestamps(tmp_path: Path) -> None:
    a_batch(tmp_path, "P_20260301120000000", "R3")
    a_batch(tmp_path, "N_20260101120000000", "R2", "R1")
    a_batch(tmp_path, "Batch20260201120000", "R4")
    a_folder(tmp_path / "20260401120000000", "R5")
    found = [(batch.name, [folder.name for folder in batch.folders]) for batch in find_batches(tmp_path)]
    assert found == [
        ("N_20260101120000000", ["R1", "R2"]),
        ("Batch20260201120000", ["R4"]),
        ("P_20260301120000000", ["R3"]),
    ]


@pytest.mark.parametrize("marker", ["BatchComplete_1.xml", "BatchComplete_1.txt", "batchcomplete.xml"])
def test_an_empty_semaphore_completes_a_batch(tmp_path: Path, marker: str) -> None:
    a_folder(tmp_path / "b", "R1")
    (tmp_path / "b" / marker).touch()
    assert [batch.name for batch in find_batches(tmp_path / "b")] == ["b"]


def test_a_marker_that_is_a_link_completes_nothing(tmp_path: Path) -> None:
    a_folder(tmp_path / "b", "R1")
    (tmp_path / "b" / "BatchComplete_1.xml").symlink_to("/dev/null")
    assert code_of(tmp_path / "b") == "BatchIncomplete"


def test_a_manifest_says_what_rules_are_to_know_of_the_batch(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1")
    manifest = Manifest(declared_count=3, is_test=True, messages=(ManifestEntry(path="R1/R1.xml"),))
    (batch / "BatchComplete_20260101120000000.xml").write_bytes(write_manifest(manifest))
    read = read_batch(batch)
    assert (read.problems, [folder.name for folder in read.folders]) == ((), ["R1"])
    assert read.facts is not None
    assert (read.facts.declared_count, read.facts.found_count, read.facts.is_test) == (3, 1, True)
    assert (read.is_test, read.choreography) == (True, "ern-c/15")


def test_our_own_answers_in_a_batch_are_no_delivery(tmp_path: Path) -> None:
    batch = a_batch(tmp_path, "20260101120000000", "R1")
    (batch / "acknowledgements").mkdir()
    assert read_batch(batch).problems == ()
