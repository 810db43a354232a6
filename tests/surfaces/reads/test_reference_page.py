"""The page that describes the interface to people."""

import re

from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.description import describe
from tests.surfaces.reads.asking import ask

BASE_URL = "https://music.example"


def test_it_is_for_everyone_and_a_browser_may_load_and_run_nothing(read_path: ReadPath) -> None:
    got = ask(read_path, "/v1/docs", tier=None)
    assert (got.status, got.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert got.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    page = got.body.decode()
    assert not re.search(r"<(script|link|img|iframe|form)\b|\bon\w+=|url\(|@import", page)
    assert set(re.findall(r'(?:href|src)="(?!#)([^"]*)"', page)) == {f"{BASE_URL}/v1/openapi.json"}
    assert ask(read_path, "/v1/docs", tier=None, headers={"if-none-match": got.headers["etag"]}).status == 304


def test_it_tells_of_every_operation_and_every_shape_and_all_its_links_lead_somewhere(read_path: ReadPath) -> None:
    page = ask(read_path, "/v1/docs", tier=None).body.decode()
    document = describe(BASE_URL)
    operations = {op["operationId"] for methods in document["paths"].values() for op in methods.values()}
    places = re.findall(r'<section id="(\w+)">', page)
    assert len(places) == len(set(places))
    assert set(places) == operations | document["components"]["schemas"].keys()
    assert set(re.findall(r'href="#(\w+)"', page)) <= set(places)
