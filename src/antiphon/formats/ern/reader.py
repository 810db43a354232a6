"""The reader: bytes of an ERN message to a statement."""

import msgspec
from lxml import etree

from antiphon.formats.ern.deals import DealReader
from antiphon.formats.ern.elements import Children, group_children
from antiphon.formats.ern.header import read_header
from antiphon.formats.ern.parser import parse_xml
from antiphon.formats.ern.parties import PartyBook
from antiphon.formats.ern.releases import read_release, read_releases
from antiphon.formats.ern.resources import find_resources, read_resource, read_works
from antiphon.formats.ern.values import Values
from antiphon.formats.ern.versions import read_version
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.releases import Release
from antiphon.model.statement import MessageKind, Statement

_READ = frozenset(
    {
        "MessageHeader",
        "UpdateIndicator",
        "PartyList",
        "WorkList",
        "ResourceList",
        "ReleaseList",
        "DealList",
        "PurgedRelease",
        "PurgeRelease",
        "PurgeReleaseList",
    }
)
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
    root = parse_xml(data, code="NewReleaseMessageInvalid", file=file)
    kind, message_format = read_version(root, file=file)
    message = group_children(root)
    values = Values()
    parties = PartyBook(message.get("PartyList", ()))
    if kind is MessageKind.PURGE:
        return Statement(
            kind=kind,
            format=message_format,
            header=read_header(message, values),
            releases=_read_purged_releases(message, parties, values),
            unread=_serialise_unread(message),
        )
    works = read_works(message.get("WorkList", ()))
    deals = DealReader(message.get("DealList", ()), values)
    return Statement(
        kind=kind,
        format=message_format,
        header=read_header(message, values),
        resources=tuple(
            read_resource(element, path, parties, works, values)
            for element, path in find_resources(message.get("ResourceList", ()), root)
        ),
        releases=read_releases(message.get("ReleaseList", ()), parties, values),
        release_deals=deals.read_release_deals(),
        visibilities=deals.read_visibilities(),
        unread=_serialise_unread(message),
    )


def _read_purged_releases(message: Children, parties: PartyBook, values: Values) -> tuple[Release, ...]:
    """Return the release to purge. PurgeRelease, alone or in a list, is in no schema, but senders use it."""
    elements = [element for tag in _PURGED for element in message.get(tag, ())]
    elements += [element for listed in message.get("PurgeReleaseList", ()) for element in listed.iter(*_PURGED)]
    releases = (
        read_release(element, f"/PurgeReleaseMessage/{element.tag}[{i}]", parties, values)
        for i, element in enumerate(elements, 1)
    )
    return tuple(msgspec.structs.replace(release, is_main=True) for release in releases)


def _serialise_unread(message: Children) -> tuple[str, ...]:
    return tuple(
        etree.tostring(element, encoding="unicode", with_tail=False)
        for tag, elements in message.items()
        if tag not in _READ
        for element in elements
    )
