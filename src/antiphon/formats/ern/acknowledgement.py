"""Acknowledgements: how a recipient answers a message, in the three generations of the choreography. Read and written.

==========  ===============================  =======================================================================
generation  root                             what it says
==========  ===============================  =======================================================================
1.6         FtpAcknowledgementMessage        one file status, one text; AcknowledgedFile names the folder
1.7         ErnAcknowledgementStatusMessage  status of the release, and every status of the message with its own text
1.8         AcknowledgementMessage           as 1.7, with the version of the allowed values
==========  ===============================  =======================================================================

Writing is here, reading in ``acknowledgement_reader``. What is written reads as it was, as far as the generation has a
place for it: 1.6 keeps the first status, joins the texts and knows no batch, message or status of the release.
Source: formats 6; element order from the data dictionary of choreography 1.7.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum

import msgspec
from lxml import etree
from lxml.etree import _Element as Element

from antiphon.formats.ern.markup import ID_TAGS, add_element, add_flag, add_ids, add_text
from antiphon.model.claims import DeliveredId
from antiphon.model.statement import MessageKind, MessageParty

AVS_VERSION = "4"
"""The version of the allowed values our answers use, as current implementations give it."""

NAMESPACES = {
    "1.6": "http://ddex.net/xml/ern-c/15",
    "1.7": "http://ddex.net/xml/ern-c-sftp/17",
    "1.8": "http://ddex.net/xml/ern-c-sftp/18",
}

MESSAGE_TYPES = {
    MessageKind.NEW_RELEASE: "NewReleaseMessage",
    MessageKind.PURGE: "PurgeReleaseMessage",
}

_UNWRITABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold, or changes, and that a finding may quote."""


class Generation(StrEnum):
    """The generation of the choreography a sender speaks: which root its answers have."""

    FTP = "1.6"
    """Up to 1.6: FtpAcknowledgementMessage, ern-c/14 to /16."""
    STATUS = "1.7"
    CURRENT = "1.8"

    @classmethod
    def of_choreography(cls, choreography: str) -> "Generation":
        """Return the generation in which a sender of manifests of this choreography ("ern-c-sftp/18") is answered."""
        name, _, version = choreography.partition("/")
        return {"17": cls.STATUS, "18": cls.CURRENT}.get(version, cls.FTP) if name == "ern-c-sftp" else cls.FTP

    @classmethod
    def of_message(cls, version: str) -> "Generation":
        """Return the generation in which a sender of ERN messages of this version is answered, where nothing says more.

        ERN 4 came with choreography 1.7, and its senders read 1.8; those of ERN 3 mostly never left 1.6.
        """
        return cls.CURRENT if version.startswith("4") else cls.FTP

    @property
    def root(self) -> str:
        """The name of the root element."""
        return {"1.6": "FtpAcknowledgementMessage", "1.7": "ErnAcknowledgementStatusMessage"}.get(
            self.value, "AcknowledgementMessage"
        )


class ReleaseStatus(StrEnum):
    """What became of a release: the values we give. Source: SupplyChainStatus."""

    RECEIVED = "ReleaseReceivedByReleaseDistributor"
    INGESTED = "SuccessfullyIngestedByReleaseDistributor"
    AVAILABLE = "ReleaseMadeAvailableToConsumers"
    NOT_AVAILABLE = "ReleaseNotAvailable"
    FAILED = "ProcessingErrorAtReleaseDistributor"
    RIGHTS_CONFLICT = "RightsConflict"


class ProposedAction(StrEnum):
    """What the sender had best do."""

    RESEND_XML = "ResendXmlOnly"
    RESEND_ALL = "ResendXmlAndResources"
    DROP_RESOURCE = "DoNotResendAffectedResource"
    DROP_RELEASE = "DoNotResendRelease"


class MessageStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One status of a message: a value of ErncFileStatus, and what is behind it in words."""

    code: str
    text: str = ""


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one message.

    ``folder`` and ``date``: of the release, as its path names them (1.6 alone). ``release_ids``: what the message is
    about; may be empty. ``statuses``: at least one, the weightiest first. ``error_text``: for a person to read.
    ``created``: an aware time. ``release_status`` and ``proposed_action`` empty: none is given.
    """

    generation: Generation = Generation.CURRENT
    message_id: str = ""
    sender: MessageParty = MessageParty()
    recipient: MessageParty = MessageParty()
    created: datetime
    folder: str = ""
    date: str = ""
    release_ids: tuple[DeliveredId, ...] = ()
    release_status: str = ""
    statuses: tuple[MessageStatus, ...]
    error_text: str = ""
    proposed_action: str = ""
    is_manual_check_required: bool | None = None
    affected_resources: tuple[tuple[DeliveredId, ...], ...] = ()
    message_type: str = "NewReleaseMessage"
    batch_id: str = ""
    answered_message_id: str = ""


def write_acknowledgement(acknowledgement: Acknowledgement) -> bytes:
    """Return the answer as indented UTF-8 XML in the words of its generation; equal answers give equal bytes."""
    generation = acknowledgement.generation
    namespace = NAMESPACES[generation.value]
    versions = {
        Generation.FTP: {"MessageVersionId": "ern-c/15"},
        Generation.STATUS: {},
        Generation.CURRENT: {"AvsVersionId": AVS_VERSION},
    }
    root = etree.Element(f"{{{namespace}}}{generation.root}", versions[generation], nsmap={"ernc": namespace})
    _add_header(root, acknowledgement)
    if generation is Generation.FTP:
        _add_file_status(root, acknowledgement)
    else:
        _add_release_status(root, acknowledgement)
    etree.indent(root, "  ")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _add_header(root: Element, acknowledgement: Acknowledgement) -> None:
    header = add_element(root, "MessageHeader")
    if acknowledgement.generation is not Generation.FTP:
        _add_words(header, "MessageId", acknowledgement.message_id)
    _add_party(header, "MessageSender", acknowledgement.sender)
    _add_party(header, "MessageRecipient", acknowledgement.recipient)
    created = acknowledgement.created.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    add_text(header, "MessageCreatedDateTime", created)


def _add_file_status(root: Element, acknowledgement: Acknowledgement) -> None:
    file = add_element(root, "AcknowledgedFile")
    _add_words(file, "ReleaseId", acknowledgement.folder)
    _add_words(file, "Date", acknowledgement.date)
    add_text(root, "FileStatus", acknowledgement.statuses[0].code)
    _add_advice(root, acknowledgement)


def _add_release_status(root: Element, acknowledgement: Acknowledgement) -> None:
    element = add_element(root, "ReleaseStatus")
    add_ids(element, "ReleaseId", [_writable_id(i) for i in acknowledgement.release_ids])
    add_text(element, "ReleaseStatus", acknowledgement.release_status)
    _add_advice(element, acknowledgement)
    answer = add_element(element, "Acknowledgement")
    add_text(answer, "MessageType", acknowledgement.message_type)
    _add_words(answer, "BatchId", acknowledgement.batch_id)
    # Mandatory, and real senders leave theirs empty.
    add_element(answer, "MessageId").text = _writable(acknowledgement.answered_message_id)
    for status in acknowledgement.statuses:
        container = add_element(answer, "MessageStatus")
        add_text(container, "Status", status.code)
        _add_words(container, "Information", status.text)


def _add_advice(element: Element, acknowledgement: Acknowledgement) -> None:
    _add_words(element, "ErrorText", acknowledgement.error_text)
    add_text(element, "ProposedActionType", acknowledgement.proposed_action)
    add_flag(element, "ManualCheckRequired", acknowledgement.is_manual_check_required)
    for ids in acknowledgement.affected_resources:
        container = add_element(element, "AffectedResource")
        for delivered in ids:
            written = _writable_id(delivered)
            add_text(
                container,
                ID_TAGS[written.scheme],
                written.text,
                {"Namespace": written.namespace} if written.namespace else {},
            )


def _add_party(header: Element, tag: str, party: MessageParty) -> None:
    element = add_element(header, tag)
    _add_words(element, "PartyId", party.dpid)
    if party.name:
        _add_words(add_element(element, "PartyName"), "FullName", party.name)


def _add_words(parent: Element, tag: str, text: str) -> None:
    add_text(parent, tag, _writable(text))


def _writable(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _writable_id(delivered: DeliveredId) -> DeliveredId:
    return msgspec.structs.replace(
        delivered, text=_writable(delivered.text), namespace=_writable(delivered.namespace), is_replaced=False
    )
