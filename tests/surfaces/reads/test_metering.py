"""Reads are counted by what was done and how it ended; nothing a caller sends becomes a label or a log field."""

import logging

import pytest

from antiphon.access import issue_stream_token
from antiphon.surfaces.reads import BlobRange, ReadMeter, ReadPath, ReadSettings, Request, report_failure
from antiphon.surfaces.reads.exchange import LiveBody
from antiphon.telemetry import Metrics, definitions, render_metrics
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import KEYS, NOW, OPUS, Shelf, an_id

TRACK = an_id("Harbour Lights 1")


def observe(read_path: ReadPath, meter: ReadMeter, request: Request) -> None:
    """Answer a request and tell the meter, as a shell does."""
    response = read_path.answer(request, NOW.timestamp())
    body = response.body
    assert not isinstance(body, LiveBody)
    meter(response.operation, response.status, body.size_bytes if isinstance(body, BlobRange) else len(body), 0.001)


def test_what_a_caller_makes_up_is_no_label(read_path: ReadPath) -> None:
    metrics = Metrics()
    meter = ReadMeter(metrics)
    for path in ("/v1/secret-path", "/stream/secret-token", "/images/secret", "/v1/tracks/secret"):
        for method in ("GET", "SECRET"):
            observe(read_path, meter, Request(method=method, path=path, query_string="secret=1", headers={"host": "x"}))
    text = render_metrics(metrics.registry)[0].decode()
    assert "secret" not in text.lower()
    assert 'operation="no_route",status="404"' in text


def test_audio_that_was_promised_is_counted(read_path: ReadPath, shelf: Shelf) -> None:
    metrics = Metrics()
    token = issue_stream_token(
        KEYS, blob=shelf.blobs.put(OPUS), media_type="audio/ogg", track_id=TRACK, client_id="c", now=NOW, ttl_s=60
    )
    meter = ReadMeter(metrics)
    for header in ("bytes=0-9", "bytes=-5", "bytes=99999999-"):
        request = Request(
            method="GET", path=f"/stream/{token}", query_string="", headers={"range": header, "host": "x"}
        )
        observe(read_path, meter, request)
    text = render_metrics(metrics.registry)[0].decode()
    assert "antiphon_stream_bytes_total 15.0" in text
    assert 'antiphon_reads_total{operation="stream",status="206"} 2.0' in text


def test_an_error_of_ours_is_logged_without_the_token(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    settings = ReadSettings(public_url="https://music.example")
    read_path = ReadPath(shelf.replica, shelf.blobs, KEYS, settings, report=report_failure)
    token = issue_stream_token(
        KEYS, blob="0" * 64, media_type="audio/ogg", track_id=TRACK, client_id="c", now=NOW, ttl_s=60
    )
    with caplog.at_level(logging.INFO):
        assert ask(read_path, f"/stream/{token}", tier=None).status == 500
    assert definitions.REQUEST_FAILED.name in caplog.text
    assert token not in caplog.text
