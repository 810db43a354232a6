"""The statement: what one message says, complete and immutable, in words that no ERN version owns."""

from enum import StrEnum

import msgspec

from antiphon.model.deals import ReleaseDeal, Visibility
from antiphon.model.periods import Moment
from antiphon.model.releases import Release
from antiphon.model.resources import Resource, ResourceKind


class MessageKind(StrEnum):
    """What a message asks for."""

    NEW_RELEASE = "new_release"
    """Describes one release whole: a first delivery, an update or a takedown (no deals)."""
    PURGE = "purge"
    """Asks to remove a release; ``releases`` holds the one it names."""


class MessageParty(msgspec.Struct, frozen=True, kw_only=True):
    """A party of the message header; ``dpid`` and ``name`` as written, each may be empty."""

    dpid: str = ""
    name: str = ""
    trading_name: str = ""
    """The trading name, where ``name`` is another one."""
    other_ids: tuple[str, ...] = ()
    """Further ids, where the sender gives several."""


class MessageHeader(msgspec.Struct, frozen=True, kw_only=True):
    """Who sent the message to whom, when, and whether it is only a test."""

    message_id: str = ""
    thread_id: str = ""
    sender: MessageParty = MessageParty()
    sent_on_behalf_of: MessageParty | None = None
    recipients: tuple[MessageParty, ...] = ()
    created: Moment | None = None
    is_test: bool = False
    update_indicator: str = ""
    """ERN 3's OriginalMessage or UpdateMessage: kept for audit, never acted upon."""
    file_name: str = ""
    requested_by: MessageParty | None = None
    """On whose request the message is sent. Source: ERN 4.3.2 SentAsRequestedBy."""
    comment: str = ""
    is_backfill: bool | None = None
    """The sender says it delivers catalogue that was out before. Source: ERN 3 IsBackfill."""


class MessageFormat(msgspec.Struct, frozen=True, kw_only=True):
    """In which words the message came: format ("ern"), its version ("3.8.2", "4.3"), profile and language."""

    name: str
    version: str
    profile: str = ""
    avs_version: str = ""
    language: str = ""
    business_profile: str = ""
    schema_version: str = ""
    """MessageSchemaVersionId as written, where it does not say what the namespace says: often it is wrong."""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What a delivery says. Lists are in message order; references resolve inside the statement or a rule says so."""

    kind: MessageKind
    format: MessageFormat
    header: MessageHeader
    resources: tuple[Resource, ...] = ()
    releases: tuple[Release, ...] = ()
    release_deals: tuple[ReleaseDeal, ...] = ()
    visibilities: tuple[Visibility, ...] = ()
    unread: tuple[str, ...] = ()
    """What the reader has no place for, so that a later version can read it: an element or attribute each, its path,
    a blank, then its XML. Bounded: the last entry may say how many more there were."""

    @property
    def main_release(self) -> Release | None:
        """The release the message is about; None where it names none."""
        return next((release for release in self.releases if release.is_main), None)


def count_elements(statement: Statement) -> dict[str, int]:
    """Return how many elements of each kind the message has, as its own version names them."""
    kinds = [resource.kind for resource in statement.resources]
    is_new = statement.kind is MessageKind.NEW_RELEASE
    return {
        "sound_recordings": kinds.count(ResourceKind.SOUND_RECORDING),
        "videos": kinds.count(ResourceKind.VIDEO),
        "images": kinds.count(ResourceKind.IMAGE),
        "releases": sum(not (r.is_track_element or r.is_clip) for r in statement.releases) if is_new else 0,
        "track_releases": sum(release.is_track_element for release in statement.releases),
        "deals": sum(len(entry.deals) for entry in statement.release_deals),
    }
