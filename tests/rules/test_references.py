"""File references: whatever is written, nothing but a delivered file is the answer."""

import time

import pytest

from antiphon.rules import FileMatch, is_safe_reference, match_file, resolve_file
from antiphon.rules.references import DeliveredFiles

FILES = {
    "message.xml": 1,
    "cover.jpg": 1,
    "resources/01.flac": 1,
    "resources/Zażółć.flac": 1,
    "resources/a b.flac": 1,
    "resources/100%.flac": 1,
    "resources/disc2/01.flac": 1,
    "resources/x.flac": 1,
    "resources/X.flac": 1,
    "etc/passwd": 1,
}

UNSAFE = [
    "",
    "   ",
    "..",
    "../cover.jpg",
    "resources/../cover.jpg",
    "resources/..",
    "resources/./../../cover.jpg",
    "%2e%2e/cover.jpg",
    "%2E%2E%2Fcover.jpg",
    "..%2fcover.jpg",
    "%252e%252e/cover.jpg",
    "%252e%252e%252fcover.jpg",
    "resources/%252e%252e/cover.jpg",
    "/etc/passwd",
    "//etc/passwd",
    "%2fetc/passwd",
    "%252fetc/passwd",
    "\\etc\\passwd",
    "resources\\01.flac",
    "resources%5c01.flac",
    "resources%255c01.flac",
    "..\\..\\cover.jpg",
    "C:cover.jpg",
    "c:/cover.jpg",
    "C%3A/cover.jpg",
    "file:///etc/passwd",
    "file:cover.jpg",
    "http://example.org/cover.jpg",
    "https://127.0.0.1/01.flac",
    "s3://bucket/01.flac",
    "data:audio/flac;base64,AAAA",
    "concat:resources/01.flac|/etc/passwd",
    "cover.jpg\x00.png",
    "cover.jpg%00.png",
    "cover.jpg%2500",
    "cover\n.jpg",
    "cover%0a.jpg",
    "cover\x7f.jpg",
    "．．/cover.jpg",
    "．．／cover.jpg",
    "%EF%BC%8E%EF%BC%8E/cover.jpg",
    "‥/cover.jpg",
    "／etc/passwd",
    "resources＼01.flac",
    "﹨etc",
    "C：/cover.jpg",
    "a/" * 600 + "01.flac",
]

FOUND = [
    ("cover.jpg", "cover.jpg", True),
    ("./cover.jpg", "cover.jpg", True),
    ("resources/01.flac", "resources/01.flac", True),
    ("resources//01.flac", "resources/01.flac", True),
    ("01.flac", "resources/01.flac", True),
    ("somewhere/01.flac", "resources/01.flac", True),
    ("disc2/01.flac", "resources/disc2/01.flac", True),
    ("resources/a%20b.flac", "resources/a b.flac", True),
    ("resources/100%.flac", "resources/100%.flac", True),
    ("resources/100%25.flac", "resources/100%.flac", True),
    ("resources/Zażółć.flac", "resources/Zażółć.flac", True),
    ("resources/Za\u017c\u00f3\u0142c\u0301.flac", "resources/Zażółć.flac", False),
    ("Resources/01.FLAC", "resources/01.flac", False),
    ("COVER.jpg", "cover.jpg", False),
    ("x.flac", "resources/x.flac", True),
    ("etc/passwd", "etc/passwd", True),
]

NOT_FOUND = [
    "02.flac",
    "resources",
    "resources/",
    ".",
    "./",
    "cover.jpeg",
    "０１.flac",
    "resources/X.FLAC",
    "*.flac",
    "~/x",
]


@pytest.mark.parametrize("uri", UNSAFE, ids=ascii)
def test_an_unsafe_reference_is_refused_even_where_such_a_file_exists(uri: str) -> None:
    assert not is_safe_reference(uri)
    assert resolve_file(uri, {**FILES, uri: 1, "../cover.jpg": 1, "/etc/passwd": 1}) is None


@pytest.mark.parametrize(("uri", "path", "is_exact"), FOUND, ids=ascii)
def test_a_reference_is_looked_for_in_the_folder_and_in_resources(uri: str, path: str, is_exact: bool) -> None:
    assert match_file(uri, FILES) == FileMatch(path, is_exact)
    assert resolve_file(uri, list(FILES)) == path


@pytest.mark.parametrize("uri", NOT_FOUND, ids=ascii)
def test_what_is_not_there_or_fits_two_files_is_not_found(uri: str) -> None:
    assert resolve_file(uri, FILES) is None


def test_the_release_folder_comes_before_resources() -> None:
    assert resolve_file("01.flac", {"01.flac": 1, "resources/01.flac": 1}) == "01.flac"


def test_thousands_of_missing_files_among_thousands_cost_no_more_than_a_look_each() -> None:
    delivered = DeliveredFiles({f"resources/{number:05}.flac": 1 for number in range(10_000)})
    started_s = time.process_time()
    assert not any(delivered.match(f"resources/{number:05}.wav") for number in range(10_000))
    assert time.process_time() - started_s < 2
    assert delivered.match("RESOURCES/00007.FLAC") == FileMatch("resources/00007.flac", is_exact=False)
