"""The frame of a written message: root element and header."""

from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import Attributes, add_element, add_flag, add_moment, add_text, add_texts, given
from antiphon.formats.ern.versions import namespace_of
from antiphon.model.statement import MessageFormat, MessageHeader, MessageKind, MessageParty

_ROOTS = {MessageKind.NEW_RELEASE: "NewReleaseMessage", MessageKind.PURGE: "PurgeReleaseMessage"}


def make_root(kind: MessageKind, message_format: MessageFormat, version: str) -> Element:
    """Return the root element of a message of this version, with the attributes that family of versions has.

    Not written in 3.8.2: the version of allowed values; in 4.3.2: the business profile. Schemas are not referred to:
    readers know them or do not.
    """
    namespace = namespace_of(version)
    attributes = {"LanguageAndScriptCode": message_format.language}
    if version.startswith("3"):
        attributes["MessageSchemaVersionId"] = f"ern/{version.replace('.', '')}"
        attributes["ReleaseProfileVersionId"] = message_format.profile
        attributes["BusinessProfileVersionId"] = message_format.business_profile
    else:
        profile, _, variants = message_format.profile.partition("/")
        attributes["AvsVersionId"] = message_format.avs_version
        attributes["ReleaseProfileVersionId"] = profile
        attributes["ReleaseProfileVariantVersionId"] = variants
    return etree.Element(f"{{{namespace}}}{_ROOTS[kind]}", given(**attributes), nsmap={"ern": namespace})


def add_header(root: Element, header: MessageHeader, version: str) -> None:
    """Append the message header; in ERN 3 also the update indicator that follows it."""
    is_old = version.startswith("3")
    element = add_element(root, "MessageHeader")
    add_text(element, "MessageThreadId", header.thread_id)
    add_text(element, "MessageId", header.message_id)
    add_text(element, "MessageFileName", header.file_name)
    _add_party(element, "MessageSender", header.sender, is_old=is_old)
    if header.sent_on_behalf_of is not None:
        _add_party(element, "SentOnBehalfOf", header.sent_on_behalf_of, is_old=is_old)
    for recipient in header.recipients:
        _add_party(element, "MessageRecipient", recipient, is_old=is_old)
    if header.requested_by is not None and not is_old:
        _add_party(element, "SentAsRequestedBy", header.requested_by, is_old=is_old)
    add_moment(element, "MessageCreatedDateTime", header.created)
    if is_old:
        add_text(element, "Comment", header.comment)
    add_text(element, "MessageControlType", "TestMessage" if header.is_test else "LiveMessage")
    if is_old:
        add_text(root, "UpdateIndicator", header.update_indicator)
        add_flag(root, "IsBackfill", header.is_backfill)


def _add_party(header: Element, tag: str, party: MessageParty, *, is_old: bool) -> None:
    element = add_element(header, tag)
    flags: Attributes = {"IsDPID": "true"} if is_old else {}
    add_text(element, "PartyId", party.dpid, flags)
    if is_old:
        add_texts(element, "PartyId", party.other_ids)
    if party.name:
        add_text(add_element(element, "PartyName"), "FullName", party.name)
    add_text(element, "TradingName", party.trading_name)
