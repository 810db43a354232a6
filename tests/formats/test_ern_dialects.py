"""Dialects: the same message in the many ways senders write XML says the same."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from antiphon.formats.ern import read_message
from antiphon.model.errors import Rejected
from antiphon.model.statement import Statement
from tests.formats.corpus import ACCEPTED

PLAIN = [path for path in ACCEPTED if path.stem in {"album_432", "single_382", "ep_41", "purge_382"}]
"""Messages in UTF-8 with a prefixed root."""
UNKNOWN = "Hologram"
"""An element of these messages that no standard knows, so that no spelling of it is right."""
DECLARATION = re.compile(r"<\?xml[^>]*\?>\s*")


def with_default_namespace(text: str) -> str:
    """Return the message with all elements in the namespace of the root."""
    prefix = prefix_of(text)
    return text.replace(f"xmlns:{prefix}=", "xmlns=").replace(f"<{prefix}:", "<").replace(f"</{prefix}:", "</")


def with_another_prefix(text: str) -> str:
    """Return the message with another prefix."""
    prefix = prefix_of(text)
    text = text.replace(f"xmlns:{prefix}=", "xmlns:Q-1.x=")
    return text.replace(f"<{prefix}:", "<Q-1.x:").replace(f"</{prefix}:", "</Q-1.x:")


def with_prefixes_everywhere(text: str) -> str:
    """Return the message with the prefix of the root at every element."""
    prefix = prefix_of(text)
    return re.sub(r"<(/?)([A-Za-z]+)(?=[\s/>])", rf"<\1{prefix}:\2", text)


def with_a_second_namespace(text: str) -> str:
    """Return the message with an undeclared guest's namespace at its deepest elements."""
    return re.sub(r"<TitleText>", '<g:TitleText xmlns:g="http://example.org/g">', text).replace(
        "</TitleText>", "</g:TitleText>"
    )


def without_namespace(text: str) -> str:
    """Return the message in no namespace, told by its schema location alone."""
    namespace = re.search(r'xmlns:\w+="(https?://[^"]*ddex[^"]*)"', text)
    assert namespace is not None
    prefix = prefix_of(text)
    location = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{namespace[1]} x.xsd"'
    text = re.sub(rf'xmlns:{prefix}="[^"]*"', location, text)
    return text.replace(f"<{prefix}:", "<").replace(f"</{prefix}:", "</")


def with_comments(text: str) -> str:
    """Return the message with a comment in the middle of each text, and a processing instruction."""
    return re.sub(r">([A-Za-z])([^<>]*)<", r">\1<!-- c <x> --><?pi x?>\2<", text)


def with_character_data(text: str) -> str:
    """Return the message with its texts in CDATA sections."""
    return re.sub(r">([^<>&\s][^<>&]*)<", r"><![CDATA[\1]]><", text)


def with_line_breaks_in_texts(text: str) -> str:
    """Return the message with white space around each text."""
    return re.sub(r">([^<>\s][^<>]*)<", r">\n\t  \1\r\n <", text)


def with_first_letters_small(text: str) -> str:
    """Return the message with the names of its elements in camel case."""
    return re.sub(rf"<(/?)(?!{UNKNOWN})([A-Z])(\w*)", lambda match: f"<{match[1]}{match[2].lower()}{match[3]}", text)


def in_capitals(text: str) -> str:
    """Return the message with the names of its elements in capitals."""
    return re.sub(rf"<(/?)(?!{UNKNOWN})([A-Z]\w*)(?=[\s/>])", lambda match: f"<{match[1]}{match[2].upper()}", text)


def on_one_line(text: str) -> str:
    """Return the message without indentation."""
    return re.sub(r">\s+<", "><", text)


REWRITINGS: list[Callable[[str], str]] = [
    with_default_namespace,
    with_another_prefix,
    with_prefixes_everywhere,
    with_a_second_namespace,
    without_namespace,
    with_comments,
    with_character_data,
    with_line_breaks_in_texts,
    with_first_letters_small,
    in_capitals,
    on_one_line,
]
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "utf-16 with a mark": lambda text: declared(text, "UTF-16").encode("utf-16"),
    "utf-16 big endian": lambda text: b"\xfe\xff" + declared(text, "UTF-16").encode("utf-16-be"),
    "utf-16 without a mark": lambda text: declared(text, "UTF-16").encode("utf-16-le"),
    "latin-1": lambda text: declared(text, "ISO-8859-1").encode("iso-8859-1", "xmlcharrefreplace"),
    "no declaration": lambda text: DECLARATION.sub("", text).encode(),
    "blank lines first": lambda text: b"\n\n " + DECLARATION.sub("", text).encode(),
}


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
@pytest.mark.parametrize("rewrite", REWRITINGS, ids=lambda rewrite: rewrite.__name__)
def test_a_message_written_otherwise_says_the_same(path: Path, rewrite: Callable[[str], str]) -> None:
    text = path.read_text(encoding="utf-8")
    rewritten = rewrite(text)
    assert rewritten != text
    assert said_by(rewritten.encode()) == said_by(text.encode())


@pytest.mark.parametrize("path", PLAIN, ids=lambda path: path.stem)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_message_in_another_encoding_says_the_same(path: Path, encoding: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert said_by(ENCODINGS[encoding](text)) == said_by(text.encode())


@pytest.mark.parametrize(
    "namespace",
    [
        "http://ddex.net/xml/ern/382",
        "https://ddex.net/xml/ern/382/",
        "http://service.ddex.net/xml/ern/382",
        "http://www.ddex.net/xml/ERN/382",
        "http://ddex.net/xml/2016/ern-main/382",
    ],
)
def test_a_namespace_is_known_in_each_form_senders_give_it(namespace: str) -> None:
    data = f'<n:NewReleaseMessage xmlns:n="{namespace}"/>'.encode()
    assert read_message(data).format.version == "3.8.2"


def test_a_message_without_namespace_and_schema_is_told_by_its_schema_version() -> None:
    assert read_message(b'<NewReleaseMessage MessageSchemaVersionId="/ern/383"/>').format.version == "3.8.3"
    with pytest.raises(Rejected, match="ErnMissing"):
        read_message(b'<NewReleaseMessage MessageSchemaVersionId="latest"/>')


@pytest.mark.parametrize("written", ["ern/382", "/ern/382", "2016/ern-main/382"])
def test_a_schema_version_that_agrees_with_the_namespace_is_not_kept(written: str) -> None:
    root = '<n:NewReleaseMessage xmlns:n="http://ddex.net/xml/ern/{}" MessageSchemaVersionId="{}"/>'
    assert read_message(root.format("382", written).encode()).format.schema_version == ""
    assert read_message(root.format("38", written).encode()).format.schema_version == written


@pytest.mark.parametrize("root", ["CatalogListMessage", "UpdateReleaseMessage", "TakedownMessage"])
def test_a_message_of_another_kind_is_refused_with_a_code(root: str) -> None:
    with pytest.raises(Rejected) as refusal:
        read_message(f'<n:{root} xmlns:n="http://ddex.net/xml/ern/382"/>'.encode())
    assert refusal.value.code == "NewReleaseMessageInvalid"


def test_a_message_of_nothing_but_empty_elements_is_read() -> None:
    parts = ("MessageHeader", "PartyList", "ResourceList", "ReleaseList", "DealList", "WorkList", "CollectionList")
    body = "".join(f"<{part}/>" for part in parts)
    statement = read_message(
        f'<n:NewReleaseMessage xmlns:n="http://ddex.net/xml/ern/432">{body}</n:NewReleaseMessage>'.encode()
    )
    assert (statement.resources, statement.releases, statement.release_deals, statement.unread) == ((), (), (), ())


def said_by(data: bytes) -> dict[str, Any]:
    """Return what a message says, apart from where in the message and with which blanks inside texts."""
    statement = read_message(data)
    return {name: value for name, value in simplified(statement).items() if name != "unread"}


def simplified(statement: Statement) -> Any:
    """Return the statement as plain data without lines and paths."""

    def simplify(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: simplify(inner) for name, inner in value.items() if name not in {"line", "path"}}
        return [simplify(inner) for inner in value] if isinstance(value, list | tuple) else value

    return simplify(msgspec.to_builtins(statement))


def prefix_of(text: str) -> str:
    """Return the prefix of the root."""
    match = re.search(r"<(\w+):\w+Message", text)
    assert match is not None
    return match[1]


def declared(text: str, encoding: str) -> str:
    """Return the message with another declared encoding."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n' + DECLARATION.sub("", text)
