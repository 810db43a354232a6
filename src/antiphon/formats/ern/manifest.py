"""The manifest of a batch (ManifestMessage, BatchComplete_*.xml): which messages a delivery folder holds.

Three choreographies are in use (ern-c/15, echo/12, ern-c-sftp/1x) with the same local names. Source: formats 6.
"""

import re
from urllib.parse import unquote

import msgspec
from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import (
    Children,
    first_text,
    group_children,
    is_true,
    parse_integer,
    source_line,
    trimmed_text,
)
from antiphon.formats.ern.header import read_message_party
from antiphon.formats.ern.identifiers import read_ids
from antiphon.formats.ern.markup import add_element, add_flag, add_ids, add_moment, add_text
from antiphon.formats.ern.parser import parse_xml
from antiphon.formats.ern.values import parse_moment
from antiphon.model.claims import DeliveredId, HashSum
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.periods import Moment
from antiphon.model.statement import MessageParty

DEFAULT_CHOREOGRAPHY = "ern-c/15"
"""What is written where nobody says otherwise: the choreography that aggregators in the field write."""

_INVALID = "ManifestInvalid"
_CHOREOGRAPHY = re.compile(r"https?://(?:service\.)?ddex\.net/xml/(?:[0-9]{4}/)?([a-z-]+/[0-9]{1,3})/?")
_YEARS = {"echo": "2011/"}
"""What stands before the name of a choreography in its namespace."""

_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+-]*://[^/?#]*")


class ManifestEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a batch.

    ``path`` is the path of its URL without scheme, host, credentials and root directory, and never starts with a
    slash; it is not yet known to exist, nor to stay inside the batch. ``message_id`` may differ from the message's own.
    """

    path: str
    message_id: str = ""
    message_type: str = ""
    release_ids: tuple[DeliveredId, ...] = ()
    delivery_type: str = ""
    product_type: str = ""
    hash_sum: HashSum | None = None
    line: int = 0


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A batch as its sender lists it, messages in order. ``declared_count``: how many messages it says there are.

    ``choreography``: in whose words it is written ("ern-c/15", "echo/12", "ern-c-sftp/18"), empty where none is known.
    """

    sender: MessageParty = MessageParty()
    recipients: tuple[MessageParty, ...] = ()
    created: Moment | None = None
    is_test: bool = False
    root_directory: str = ""
    declared_count: int | None = None
    messages: tuple[ManifestEntry, ...] = ()
    choreography: str = DEFAULT_CHOREOGRAPHY


def read_manifest(data: bytes, *, file: str = "") -> Manifest:
    """Return what a batch manifest lists. An empty file is a semaphore, not a manifest: the caller looks first.

    Raises: Rejected(ManifestInvalid), the provider's fault, and nothing else, for any bytes.
    """
    root = parse_xml(data, code=_INVALID, file=file)
    name = etree.QName(root).localname
    if name != "ManifestMessage":
        place = Place(file=file, line=source_line(root), path=f"/{name}")
        raise Rejected(
            _INVALID, got=name, expected="ManifestMessage", fix="send the manifest under this name", place=place
        )
    message = group_children(root)
    header = group_children(message["MessageHeader"][0]) if "MessageHeader" in message else {}
    senders = header.get("MessageSender", ())
    root_directory = first_text(message, "RootDirectory")
    choreography = _CHOREOGRAPHY.fullmatch(etree.QName(root).namespace or "")
    return Manifest(
        sender=read_message_party(senders[0]) if senders else MessageParty(),
        recipients=tuple(read_message_party(element) for element in header.get("MessageRecipient", ())),
        created=parse_moment(first_text(header, "MessageCreatedDateTime")),
        is_test=is_true(first_text(message, "IsTestFlag")),
        root_directory=root_directory,
        declared_count=parse_integer(first_text(message, "NumberOfMessages")),
        messages=tuple(_read_entry(element, root_directory) for element in message.get("MessageInBatch", ())),
        choreography=choreography[1] if choreography else "",
    )


def write_manifest(manifest: Manifest) -> bytes:
    """Return the manifest as indented UTF-8 XML of its choreography. Reading it gives it back, lines apart."""
    choreography = manifest.choreography or DEFAULT_CHOREOGRAPHY
    prefix = choreography.partition("/")[0]
    namespace = f"http://ddex.net/xml/{_YEARS.get(prefix, '')}{choreography}"
    root = etree.Element(
        f"{{{namespace}}}ManifestMessage", {"MessageVersionId": choreography}, nsmap={prefix: namespace}
    )
    header = add_element(root, "MessageHeader")
    _add_party(header, "MessageSender", manifest.sender)
    for recipient in manifest.recipients:
        _add_party(header, "MessageRecipient", recipient)
    add_moment(header, "MessageCreatedDateTime", manifest.created)
    add_flag(root, "IsTestFlag", manifest.is_test)
    add_element(root, "RootDirectory").text = manifest.root_directory
    count = len(manifest.messages) if manifest.declared_count is None else manifest.declared_count
    add_text(root, "NumberOfMessages", count)
    for entry in manifest.messages:
        _add_entry(root, entry)
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def strip_url(url: str, root_directory: str = "") -> str:
    """Return the path of a manifest URL, relative to its root directory where it starts with it.

    Scheme, host, credentials, query and empty segments go. ".." stays: whoever resolves the path must refuse it.
    Not left to the standard library, for which AWS_S3 is no scheme, so that it leaves the credentials in.
    """
    origin = _ORIGIN.match(url)
    path = url[origin.end() :].partition("?")[0].partition("#")[0] if origin else url
    segments = [segment for segment in unquote(path).split("/") if segment not in {"", "."}]
    root = [segment for segment in root_directory.split("/") if segment not in {"", "."}]
    if root and segments[: len(root)] == root:
        segments = segments[len(root) :]
    return "/".join(segments)


def _read_entry(element: Element, root_directory: str) -> ManifestEntry:
    children = group_children(element)
    return ManifestEntry(
        path=strip_url(first_text(children, "URL", "URI"), root_directory),
        message_id=first_text(children, "MessageId"),
        message_type=first_text(children, "MessageType"),
        release_ids=read_ids(children.get("IncludedReleaseId", ())),
        delivery_type=first_text(children, "DeliveryType"),
        product_type=first_text(children, "ProductType"),
        hash_sum=_read_hash_sum(children),
        line=source_line(element),
    )


def _read_hash_sum(children: Children) -> HashSum | None:
    for element in children.get("HashSum", ()):
        parts = group_children(element)
        value = first_text(parts, "HashSum", "HashSumValue") or trimmed_text(element)
        if value:
            return HashSum(algorithm=first_text(parts, "HashSumAlgorithmType", "Algorithm"), value=value)
    return None


def _add_entry(root: Element, entry: ManifestEntry) -> None:
    element = add_element(root, "MessageInBatch")
    add_text(element, "MessageType", entry.message_type)
    add_text(element, "MessageId", entry.message_id)
    add_text(element, "URL", entry.path)
    add_ids(element, "IncludedReleaseId", entry.release_ids)
    add_text(element, "DeliveryType", entry.delivery_type)
    add_text(element, "ProductType", entry.product_type)
    if entry.hash_sum is not None:
        hash_sum = add_element(element, "HashSum")
        add_text(hash_sum, "HashSum", entry.hash_sum.value)
        add_text(hash_sum, "HashSumAlgorithmType", entry.hash_sum.algorithm)


def _add_party(header: Element, tag: str, party: MessageParty) -> None:
    element = add_element(header, tag)
    add_text(element, "PartyId", party.dpid)
    if party.name:
        add_text(add_element(element, "PartyName"), "FullName", party.name)
