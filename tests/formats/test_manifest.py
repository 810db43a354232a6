"""Batch manifests: three namespaces read alike, paths come without hosts, and what is written reads as it was."""

from pathlib import Path

import pytest

from antiphon.formats.ern import Manifest, ManifestEntry, read_manifest, write_manifest
from antiphon.formats.ern.manifest import strip_url
from antiphon.model.claims import DeliveredId, HashSum, IdScheme
from antiphon.model.errors import Rejected
from antiphon.model.periods import Moment, MomentKind
from antiphon.model.statement import MessageParty
from tests.builders import changed
from tests.formats.corpus import REJECTED

NAMESPACES = ("http://ddex.net/xml/ern-c/15", "http://ddex.net/xml/2011/echo/12", "http://ddex.net/xml/ern-c-sftp/17")


@pytest.mark.parametrize(
    "path", [path for path in REJECTED if path.name != "manifest_message.xml"], ids=lambda path: path.name
)
def test_what_is_no_manifest_is_refused(path: Path) -> None:
    with pytest.raises(Rejected) as refusal:
        read_manifest(path.read_bytes(), file=path.name)
    assert refusal.value.code == "ManifestInvalid"


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_a_manifest_reads_alike_in_each_namespace(namespace: str) -> None:
    entry = b"<MessageInBatch><MessageId>M1</MessageId><URL>/B1/R1/R1.xml</URL></MessageInBatch>"
    body = b"<IsTestFlag>true</IsTestFlag><RootDirectory>B1</RootDirectory>" + entry
    data = b'<c:ManifestMessage xmlns:c="%b">%b</c:ManifestMessage>'
    manifest = read_manifest(data % (namespace.encode(), body))
    assert manifest.is_test
    assert [(message.message_id, message.path) for message in manifest.messages] == [("M1", "R1/R1.xml")]


@pytest.mark.parametrize(
    ("url", "root_directory", "path"),
    [
        ("R1/R1.xml", "", "R1/R1.xml"),
        ("/20260101/R1/R1.xml", "20260101", "R1/R1.xml"),
        ("/20260101/R1/R1.xml", "/20260101/", "R1/R1.xml"),
        ("STORE://KEY:SECRET@bucket//R1/R1.xml", "", "R1/R1.xml"),
        ("sftp://user@host/R1/./R1.xml?version=2#top", "", "R1/R1.xml"),
        ("R1/take #2?.xml", "", "R1/take #2?.xml"),
        ("R1/My%20Release.xml", "", "R1/My Release.xml"),
        ("../../etc/passwd", "", "../../etc/passwd"),
        ("%2e%2e/R1.xml", "", "../R1.xml"),
        ("http://[broken/R1.xml", "", "R1.xml"),
        ("", "", ""),
    ],
)
def test_a_url_gives_its_path_and_nothing_secret(url: str, root_directory: str, path: str) -> None:
    assert strip_url(url, root_directory) == path


def test_a_manifest_reads_as_it_was_written() -> None:
    manifest = Manifest(
        sender=MessageParty(dpid="PADPIDA2014120301Q", name="Paper Lantern"),
        recipients=(MessageParty(dpid="PADPIDA2026041700A", name="Antiphon"),),
        created=Moment("2026-01-01T12:00:00Z", MomentKind.INSTANT),
        is_test=True,
        declared_count=1,
        messages=(
            ManifestEntry(
                path="4006381333931/4006381333931.xml",
                message_id="M-1",
                message_type="NewReleaseMessage",
                release_ids=(
                    DeliveredId(scheme=IdScheme.ICPN, text="4006381333931"),
                    DeliveredId(scheme=IdScheme.CATALOG_NUMBER, text="PL 1", namespace="N"),
                ),
                delivery_type="NewReleaseDelivery",
                product_type="AudioProduct",
                hash_sum=HashSum(algorithm="MD5", value="900150983cd24fb0d6963f7d28e17f72"),
            ),
        ),
    )
    written = read_manifest(write_manifest(manifest))
    assert changed(written, messages=tuple(changed(entry, line=0) for entry in written.messages)) == manifest


def test_a_manifest_of_messages_counts_them_itself() -> None:
    manifest = Manifest(messages=(ManifestEntry(path="a.xml"), ManifestEntry(path="b.xml")))
    assert read_manifest(write_manifest(manifest)).declared_count == 2


def test_a_real_manifest_gives_the_message_without_bucket_and_key(shared: Path) -> None:
    manifest = read_manifest((shared / "samples/ern/fuga_BatchComplete_20240305090206405.xml").read_bytes())
    assert [entry.path for entry in manifest.messages] == ["8718857546047/8718857546047.xml"]
    assert manifest.messages[0].release_ids[0].text == "8718857546047"
    assert manifest.declared_count == 1


@pytest.mark.parametrize("choreography", ["ern-c/15", "echo/12", "ern-c-sftp/17", "ern-c-sftp/18"])
def test_a_manifest_is_written_in_the_words_of_its_choreography(choreography: str) -> None:
    manifest = Manifest(choreography=choreography, declared_count=0)
    assert read_manifest(write_manifest(manifest)).choreography == choreography


def test_a_manifest_of_no_known_choreography_says_so() -> None:
    assert read_manifest(b"<ManifestMessage/>").choreography == ""
