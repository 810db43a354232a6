"""Nothing of a real message is lost silently: every text and attribute is in the statement, or in what it left unread.

The messages are walked without the reader. What the reader says in other words (a reference by the party it leads to,
a unit by a number in another unit) is listed here by element, with the words.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern import read_message
from antiphon.formats.ern.unread import MAX_UNREAD_CHARACTERS, MAX_UNREAD_PARTS
from antiphon.model.errors import Rejected
from antiphon.model.statement import Statement
from tests.conftest import SHARED
from tests.formats.corpus import ACCEPTED, sample_table

SAMPLES = sorted(sample_table(SHARED)) if (SHARED / "samples").is_dir() else []

IN_OTHER_WORDS = {
    "MessageControlType": "is_test",
    "PartyReference": "the party itself, where it is credited",
    "ArtistPartyReference": "the party itself",
    "ContributorPartyReference": "the party itself",
    "RecordCompanyPartyReference": "the party itself",
    "RightsControllerPartyReference": "the party itself",
    "ReleaseLabelReference": "the name of the label",
    "BitRate": "bitrate_kbps",
    "OverallBitRate": "bitrate_kbps",
    "SamplingRate": "sample_rate_hz",
    "AudioSamplingRate": "sample_rate_hz",
    "MusicalWorkReference": "the ids of the work, where it is recorded",
    "ResourceMusicalWorkReference": "the ids of the work",
    "ResourceType": "the kind of the resource that stands there",
    "Duration": "duration_ms of a release, where its text adds nothing",
    "DisplayTitleText": "the title and its subtitle",
    "Type": "a delivery file of a recording is an audio file",
}
ATTRIBUTES_IN_OTHER_WORDS = {
    "UnitOfMeasure": "the unit in the name of the field",
    "ReleaseResourceType": "is_primary",
    "IsISNI": "the scheme of the id",
    "IsDPID": "the scheme of the id",
    "IsEan": "the number of digits",
    "isEan": "the number of digits",
    "IsMainRelease": "is_main",
    "isMainRelease": "is_main",
    "IsApproximate": "is_approximate",
    "IsDefault": "is_default",
    "IsReplaced": "is_replaced",
    "IsInOriginalLanguage": "is_original",
    "IsUpdated": "a flag",
    "DoNotDisplayDates": "hides_dates",
    "IsDiscoverable": "discoverable, undiscoverable",
    "MessageSchemaVersionId": "the version",
}
SAID_BY_ABSENCE = {
    "Worldwide": "an empty scope",
    "DisplayTitle": "an empty kind",
    "UserDefined": "what the user defined",
    "IPI": "the scheme of the id",
}


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_a_real_message_says_is_lost_silently(shared: Path, name: str) -> None:
    data = (shared / "samples" / name).read_bytes()
    try:
        statement = read_message(data)
    except Rejected:
        return
    assert list_lost(data, statement) == []


@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.stem)
def test_nothing_one_of_our_messages_says_is_lost_silently(path: Path) -> None:
    data = path.read_bytes()
    if "declared_as" not in path.stem:
        assert list_lost(data, read_message(data)) == []


def test_what_is_left_unread_is_bounded_and_tells_how_much_is_beyond() -> None:
    parts = b"<Odd>x</Odd>" * (MAX_UNREAD_PARTS + 5)
    many = read_message(MESSAGE % parts).unread
    assert (len(many), many[-1]) == (MAX_UNREAD_PARTS + 1, "/ and 5 more, beyond what is kept")
    long = read_message(MESSAGE % (b"<Odd>%b</Odd><Odd>x</Odd>" % (b"x" * MAX_UNREAD_CHARACTERS))).unread
    assert long == ("/ and 2 more, beyond what is kept",)


def test_a_part_that_is_left_unread_keeps_its_path_its_xml_and_its_attributes() -> None:
    image = b'<Image Mood="calm"><ResourceReference>A1</ResourceReference><Odd n="1">x<b/></Odd></Image>'
    assert read_message(MESSAGE % (b"<ResourceList>%b</ResourceList>" % image)).unread == (
        '/NewReleaseMessage/ResourceList/Image/Odd <Odd n="1">x<b/></Odd>',
        "/NewReleaseMessage/ResourceList/Image/@Mood calm",
    )


def test_a_second_value_where_one_is_read_is_not_dropped() -> None:
    header = b"<MessageHeader><MessageId>M1</MessageId><MessageId>M2</MessageId></MessageHeader>"
    statement = read_message(MESSAGE % header)
    assert statement.header.message_id == "M1"
    assert statement.unread == ("/NewReleaseMessage/MessageHeader/MessageId[2] <MessageId>M2</MessageId>",)


MESSAGE = b'<n:NewReleaseMessage xmlns:n="http://ddex.net/xml/ern/432">%b</n:NewReleaseMessage>'


def list_lost(data: bytes, statement: Statement) -> list[str]:
    """Return the paths of texts and attributes that are neither in the statement nor in what it left unread."""
    said = set(list_texts(json.loads(msgspec.json.encode(statement))))
    unread = "\n".join(statement.unread)
    root = etree.fromstring(data, etree.XMLParser(remove_comments=True, remove_pis=True))
    return [f"{path} {text}" for path, text in list_claims(root) if not is_said(text, said, unread)]


def list_claims(root: Element) -> Iterator[tuple[str, str]]:
    """Yield every text and attribute of a message that should be found again, with its path."""
    for element in root.iter():
        name = etree.QName(element).localname
        path = re.sub(r"\{[^}]*\}", "", element.getroottree().getelementpath(element))
        text = (element.text or "").strip()
        if text and name not in IN_OTHER_WORDS and text not in SAID_BY_ABSENCE:
            yield path, text
        for attribute, value in ((str(name), str(value).strip()) for name, value in element.items()):
            if attribute in ATTRIBUTES_IN_OTHER_WORDS or "}" in attribute or value in SAID_BY_ABSENCE:
                continue
            if value:
                yield f"{path}/@{attribute}", value


def list_texts(value: object) -> Iterator[str]:
    """Yield all texts and numbers of plain data, as text."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from list_texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from list_texts(inner)
    elif isinstance(value, str):
        yield value
        yield from value.split("@")
    elif value is not None:
        yield str(value).lower()


def is_said(text: str, said: set[str], unread: str) -> bool:
    """Tell whether a text is among what is said, or kept unread."""
    is_number = re.fullmatch(r"-?[0-9]+", text) is not None and str(int(text)) in said
    words = text.split()
    return (
        text in said
        or text in unread
        or text.lower() in {"true", "false", "1", "0"}
        or is_number
        or (len(words) > 1 and said.issuperset(words))
        or any(text in one for one in said if len(one) > len(text))
    )
