"""Content coding: what is coded for whom, that it is another representation, and what is never coded."""

import pytest

from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.coding import CODINGS, MAX_ACCEPT_CHARACTERS, MIN_CODED_BYTES, choose_coding
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import an_id

ALBUM = f"/v1/albums/{an_id('Harbour Lights')}?market=SE"
TRACK = f"/v1/tracks/{an_id('Harbour Lights 1')}?market=SE"
NAMES = [coding.name for coding in CODINGS]


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "identity",
        "deflate",
        "gzip;q=0",
        "gzip;q=0.000, br;q=0",
        "*;q=0",
        "gzip;q=2",
        "gzip;q=",
        "gzip;q=0.1234",
        "gzip;x=1",
        ";q=1",
        "gzip;q=0.5, identity",
        "gzip" + " " * MAX_ACCEPT_CHARACTERS,
    ],
)
def test_who_does_not_ask_well_is_sent_the_plain_body(read_path: ReadPath, accept: str | None) -> None:
    assert choose_coding(accept) is None
    headers = ask(read_path, ALBUM, headers={} if accept is None else {"accept-encoding": accept}).headers
    assert "content-encoding" not in headers


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("zstd;q=0.5, br;q=0.7, gzip;q=0.6", "br"),
        ("gzip;q=1.0, br;q=0.999", "gzip"),
        ("zstd;q=0, *", "br"),
        ("*", "zstd"),
        ("*;q=0.1, identity;q=0", "zstd"),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        (" gzip ; q=0.3 ,", "gzip"),
        ("gzip, br;q=nonsense", "gzip"),
    ],
)
def test_of_what_a_client_takes_it_gets_what_it_likes_most(read_path: ReadPath, accept: str, chosen: str) -> None:
    got = ask(read_path, ALBUM, headers={"accept-encoding": accept})
    assert got.headers["content-encoding"] == chosen
    assert got.content == ask(read_path, ALBUM).content


@pytest.mark.parametrize("name", NAMES)
def test_a_coded_answer_is_smaller_and_has_a_tag_of_its_own(read_path: ReadPath, name: str) -> None:
    plain, coded = ask(read_path, ALBUM), ask(read_path, ALBUM, headers={"accept-encoding": name})
    assert int(coded.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert coded.headers["etag"] != plain.headers["etag"]
    assert not coded.headers["etag"].startswith("W/")
    assert coded.headers["content-type"] == plain.headers["content-type"]
    assert "Accept-Encoding" in coded.headers["vary"]
    assert "Accept-Encoding" in plain.headers["vary"]


@pytest.mark.parametrize("path", [ALBUM, "/v1/openapi.json", "/v1/search?q=lantern&type=track"])
@pytest.mark.parametrize("name", NAMES)
def test_a_coded_answer_is_not_sent_again_and_head_has_its_headers(read_path: ReadPath, name: str, path: str) -> None:
    asked = {"accept-encoding": name}
    got = ask(read_path, path, headers=asked)
    assert got.headers["content-encoding"] == name
    again = ask(read_path, path, headers={**asked, "if-none-match": got.headers["etag"]})
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", got.headers["etag"])
    assert not {"content-encoding", "content-length"} & again.headers.keys()
    head = ask(read_path, path, method="HEAD", headers=asked)
    assert (head.status, head.body, head.headers) == (200, b"", got.headers)


def test_who_has_the_plain_answer_and_asks_for_a_coded_one_gets_it(read_path: ReadPath) -> None:
    plain = ask(read_path, ALBUM)
    coded = ask(read_path, ALBUM, headers={"accept-encoding": "br", "if-none-match": plain.headers["etag"]})
    assert (coded.status, coded.headers["content-encoding"]) == (200, "br")


def test_a_track_is_sent_as_it_is_whatever_is_asked(read_path: ReadPath) -> None:
    got = ask(read_path, TRACK, headers={"accept-encoding": "gzip, br, zstd"})
    assert len(got.body) < MIN_CODED_BYTES
    assert "content-encoding" not in got.headers
    assert got.headers == ask(read_path, TRACK).headers


def test_audio_and_covers_are_never_coded(read_path: ReadPath) -> None:
    stream = ask(read_path, f"{TRACK.replace('?', '/stream?')}").content["url"].removeprefix("https://music.example")
    cover = ask(read_path, TRACK).content["album"]["images"][0]["url"].removeprefix("https://music.example")
    for path in (stream, cover):
        got = ask(read_path, path, headers={"accept-encoding": "gzip, br, zstd"})
        assert (got.status, "content-encoding" in got.headers) == (200, False)


def test_a_refusal_is_not_coded(read_path: ReadPath) -> None:
    got = ask(read_path, f"/v1/tracks/{'0' * 22}", headers={"accept-encoding": "gzip"})
    assert (got.status, "content-encoding" in got.headers) == (404, False)
