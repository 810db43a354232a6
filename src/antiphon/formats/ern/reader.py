"""The reader: bytes of an ERN message to a statement."""

import msgspec
from lxml.etree import _Element as Element

from antiphon.formats.ern.deals import DealReader
from antiphon.formats.ern.header import read_header
from antiphon.formats.ern.parser import parse_xml
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.reading import Content, Reading
from antiphon.formats.ern.releases import read_release, read_releases
from antiphon.formats.ern.resources import find_resources, read_resource, read_works
from antiphon.formats.ern.spelling import is_misspelt, mend_spelling
from antiphon.formats.ern.unread import list_unread
from antiphon.formats.ern.versions import read_version
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.statement import MessageKind, Statement

_INVALID = "NewReleaseMessageInvalid"
_PURGED = ("PurgedRelease", "PurgeRelease")


def read_message(data: bytes, *, file: str = "") -> Statement:
    """Return what an ERN message says. ``file`` names the message in refusals.

    Shape: lists in message order; parts of the message without a place in the model are in ``unread``, serialised.
    Raises: Rejected, the provider's fault, and nothing else, for any bytes: ErnMissing where there is no ERN message,
    NewReleaseMessageInvalid where it cannot be read.
    Source: ERN 3.8 to 4.3.2; formats 1 to 4.
    """
    if not data or data.isspace():
        raise Rejected(
            "ErnMissing",
            got="an empty file",
            expected="an ERN message",
            fix="send the message itself",
            place=Place(file=file),
        )
    root = parse_xml(data, code=_INVALID, file=file)
    statement = _read_tree(root, file)
    if is_misspelt(statement):
        root = parse_xml(data, code=_INVALID, file=file)
        mend_spelling(root)
        statement = _read_tree(root, file)
    return statement


def _read_tree(root: Element, file: str) -> Statement:
    """Return what a tree says. Reading takes it apart, so it is read once."""
    kind, message_format = read_version(root, file=file)
    reading = Reading()
    message = reading.open(root)
    parties = PartyBook(message.take("PartyList"), reading)
    statement = Statement(kind=kind, format=message_format, header=read_header(message, reading))
    fill = _fill_purge if kind is MessageKind.PURGE else _fill_new_release
    statement = fill(statement, root, message, parties, reading)
    return msgspec.structs.replace(statement, unread=list_unread(root, reading))


def _fill_new_release(
    statement: Statement, root: Element, message: Content, parties: PartyBook, reading: Reading
) -> Statement:
    works = read_works(message.take("WorkList"), reading)
    resource_elements = find_resources(message.take("ResourceList"), root, reading)
    resources = tuple(read_resource(element, path, parties, works, reading) for element, path in resource_elements)
    releases = read_releases(message.take("ReleaseList"), parties, reading)
    deals = DealReader(message.take("DealList"), reading)
    return msgspec.structs.replace(
        statement,
        resources=resources,
        releases=releases,
        release_deals=deals.read_release_deals(),
        visibilities=deals.read_visibilities(),
    )


def _fill_purge(
    statement: Statement, _root: Element, message: Content, parties: PartyBook, reading: Reading
) -> Statement:
    """Add the release to purge. PurgeRelease, alone or in a list, is in no schema, but senders use it."""
    elements = list(message.take(*_PURGED))
    for listed in message.take("PurgeReleaseList", "PurgedReleaseList"):
        elements += reading.open(listed).take(*_PURGED)
    releases = (
        read_release(element, f"/PurgeReleaseMessage/{element.tag}[{i}]", parties, reading)
        for i, element in enumerate(elements, 1)
    )
    purged = tuple(msgspec.structs.replace(release, is_main=True) for release in releases)
    return msgspec.structs.replace(statement, releases=purged)
