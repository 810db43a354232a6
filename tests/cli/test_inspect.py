"""``antiphon inspect``: what a message says, for programs and for people."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from antiphon.cli.messages import inspect
from antiphon.model.errors import Rejected

MESSAGE = (
    b'<n:NewReleaseMessage xmlns:n="http://ddex.net/xml/ern/432"><MessageHeader><MessageId>M1</MessageId></MessageHeader>'
    b"<ResourceList><Image><ResourceReference>A1</ResourceReference><Type>FrontCoverImage</Type>"
    b"<Mood>\xe2\x80\xaecalm</Mood></Image></ResourceList></n:NewReleaseMessage>"
)


def test_what_is_no_message_is_refused_with_its_name_and_the_next_step(tmp_path: Path) -> None:
    path = tmp_path / "cover.png"
    path.write_bytes(b"\x89PNG")
    with pytest.raises(Rejected, match=r"cover\.png: got no XML; expected an XML document"):
        CliRunner().invoke(inspect, [str(path)], catch_exceptions=False)


def test_everything_a_message_says_is_printed_as_json(tmp_path: Path) -> None:
    path = tmp_path / "M1.xml"
    path.write_bytes(MESSAGE)
    document = json.loads(CliRunner().invoke(inspect, [str(path)], catch_exceptions=False).output)
    assert document["counts"]["images"] == 1
    assert document["statement"]["header"]["message_id"] == "M1"
    assert document["statement"]["unread"][0].startswith("/NewReleaseMessage/ResourceList/Image/Mood <Mood>")


def test_the_outline_tells_what_is_said_and_nothing_else_and_turns_no_terminal_around() -> None:
    result = CliRunner().invoke(inspect, ["-", "--format", "text"], input=MESSAGE, catch_exceptions=False)
    lines = result.output.splitlines()
    assert "images: 1" in lines
    assert lines[lines.index("resources 1 of 1:") + 1 :][:3] == [
        "  reference: A1",
        "  kind: image",
        "  type: FrontCoverImage",
    ]
    assert "duration_text" not in result.output
    assert "\u202e" not in result.output
