"""Rules about the message as a whole: its version, its references, its main release."""

import re
from collections.abc import Iterator
from datetime import timedelta

from antiphon.model.findings import Severity
from antiphon.model.resources import ResourceKind
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import places_of
from antiphon.rules.dates import earliest_instant
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

_INDEX = re.compile(r"\[\d+\]$")

FUTURE_LIMIT = timedelta(hours=24)
"""How far ahead of us a message may say it was created: clocks and zones are off by hours, not by days."""

UNUSED_ELEMENTS = frozenset(
    {
        "Affiliation",
        "ArtistProfilePage",
        "AudioChannelConfiguration",
        "AudioChapterReference",
        "CatalogTransfer",
        "ChapterList",
        "Character",
        "CollectionList",
        "CoreArea",
        "CueSheetList",
        "DisplayCredits",
        "DistributionChannelPage",
        "ExternalResourceLink",
        "Fingerprint",
        "FirstPublicationDate",
        "IsBackfill",
        "IsCompilation",
        "MessageAuditTrail",
        "NumberOfProductsPerCarton",
        "Parameter",
        "PartyId",
        "PartyName",
        "PhysicalReturns",
        "RelatedParty",
        "ReleaseLabelReference",
        "ResourceContainedResourceReferenceList",
        "ResourceUsage",
        "SupplementalDocumentList",
        "Timing",
        "TitleDisplayInformation",
        "TradingName",
        "URL",
        "Version",
        "VideoChapterReference",
        "WebPolicy",
        "WorkList",
    }
)
"""Elements that ERN has and we make no use of, in one place of a message or anywhere. Source: formats 2, 3."""

_SEVERAL_COVERS = re.compile("Box|Bundle|Multimedia")
"""Types of releases that hold other releases with their covers."""

NAMES_TOLD_LIMIT = 8
"""Names of unused elements that one note lists: what matters is that they are kept."""


@rule(
    "D1",
    "Every element of the message is one we know",
    severity=Severity.WARN,
    source="PS-OG; formats 8.2",
    confidence=Confidence.PLATFORM,
    fix="check the element's name and place against the version of ERN that the message says it is of",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="What is not well-formed, or of no known version, is refused when it is read. A schema is never the gate: "
    "one real message in eight breaks it. But an element that is not understood says what nobody will act on.",
)
def holds_known_elements(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per name of elements that ERN has not, or not there; one note for those that we make no use of."""
    unused: dict[str, str] = {}
    unknown: dict[str, str] = {}
    for entry in evidence.statement.unread:
        path, name = _name_unread(entry)
        if name and not name.startswith("@"):
            (unused if name in UNUSED_ELEMENTS else unknown).setdefault(name, path)
    for name, path in unknown.items():
        yield Breach(
            path=path,
            got=f"element {name}, which is kept and not acted on",
            expected="an element that ERN has in this place",
            message=f"The element {name} is not understood.",
        )
    if unused:
        rest = len(unused) - NAMES_TOLD_LIMIT
        names = ", ".join(list(unused)[:NAMES_TOLD_LIMIT]) + (f" and {rest} more" if rest > 0 else "")
        yield Breach(
            path=next(iter(unused.values())),
            got=f"{names}: kept and not acted on",
            expected="elements that are acted on",
            message="Parts of the message are kept and not acted on.",
            fix="leave them in or out, as you like",
            severity=Severity.NOTE,
        )
    avs_version = evidence.statement.format.avs_version
    if avs_version and not avs_version.isdecimal():
        yield Breach(
            path="/NewReleaseMessage/@AvsVersionId",
            got=f"AvsVersionId {avs_version!r}",
            expected='the number of a list of allowed values, such as "9"',
            message="The version of the allowed values is no number.",
            fix="give the version of the allowed values, which is not that of ERN",
            severity=Severity.NOTE,
        )


@rule(
    "D8",
    "The message can be acknowledged",
    severity=Severity.WARN,
    source="DDEXACK, DDEXNOTES; formats 6",
    confidence=Confidence.STANDARD,
    fix="give every message a MessageId of its own and name its sender by DPID",
    ack_code=AckCode.METADATA_MISSING,
    applies_to_purge=True,
    why="An acknowledgement names the message it is about by its id, and goes to its sender by DPID.",
)
def can_be_acknowledged(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per part of the header that an acknowledgement would have to repeat and cannot."""
    header = evidence.statement.header
    for path, text, words in (
        ("MessageHeader/MessageId", header.message_id, "message id"),
        ("MessageHeader/MessageSender/PartyId", header.sender.dpid, "DPID of the sender"),
    ):
        if not text:
            yield Breach(path=path, got=f"no {words}", expected=f"a {words}", message=f"The message has no {words}.")


@rule(
    "M1",
    "Exactly one release is the main one",
    severity=Severity.FATAL,
    source="formats 2.1, 7",
    confidence=Confidence.STANDARD,
    fix='mark the release the message is about with IsMainRelease="true", and no other',
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    applies_to_purge=True,
    stops_takedown=True,
    why="Everything in a message is about one release; of two, nobody could tell which is updated or taken down.",
)
def has_one_main_release(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where no release is the main one, several are, or it had to be inferred among several."""
    releases = evidence.statement.releases
    mains = [release for release in releases if release.is_main]
    if not mains:
        yield Breach(got="no main release", expected="one", message="No release is the main one.")
    for extra in mains[1:]:
        yield breach_at(
            extra,
            got=f"a further main release {extra.reference}",
            expected=f"only {mains[0].reference}",
            message="Two releases are the main one.",
        )
    candidates = [release for release in releases if not release.is_track_element]
    if mains and mains[0].is_main_inferred and len(candidates) > 1:
        yield breach_at(
            mains[0],
            got=f"no main release among {len(candidates)}",
            expected="one that says so",
            message=f"{mains[0].reference} was taken for the main release.",
            severity=Severity.WARN,
        )


@rule(
    "M6",
    "The message was not created in the future",
    severity=Severity.HOLD,
    source="our ordering of messages",
    confidence=Confidence.INFERRED,
    fix="set the clock of the system that writes messages, and send it again",
    ack_code=AckCode.USER_DEFINED,
    applies_to_purge=True,
    why="Messages are applied in the order they were created in. One from the future would win over every later one.",
)
def is_not_created_in_future(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the creation time is missing, unreadable or more than 24 hours ahead."""
    created = evidence.statement.header.created
    earliest = earliest_instant(created) if created else None
    if earliest is None:
        yield Breach(
            path="MessageHeader/MessageCreatedDateTime",
            got=created.text if created else "no creation time",
            expected="a date and time; without it, the time of receipt orders messages",
            message="Nobody can tell when the message was created.",
            severity=Severity.WARN,
        )
    elif created and earliest > evidence.context.now + FUTURE_LIMIT:
        yield Breach(
            path="MessageHeader/MessageCreatedDateTime",
            got=created.text,
            expected=f"at most 24 hours after {evidence.context.now.isoformat(timespec='seconds')}",
            message="It would win over every message sent until then.",
        )


@rule(
    "M7",
    "The release has one front cover",
    severity=Severity.WARN,
    source="formats 7",
    confidence=Confidence.STANDARD,
    fix="add an Image resource of type FrontCoverImage and link it from the main release",
    ack_code=AckCode.RESOURCE_MISSING,
    why="A release without a cover is shown with an empty square; of two, either may be shown.",
)
def has_front_cover(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where no image of the main release is its front cover, and where several are."""
    statement = evidence.statement
    main = statement.main_release
    if main is None or not statement.resources:
        return
    images = {resource.reference: resource for resource in statement.resources if resource.kind is ResourceKind.IMAGE}
    covers = {reference for reference, image in images.items() if image.type in ("FrontCoverImage", "")}
    linked = {p.resource_reference for p in places_of(main) if p.link in ("FrontCoverImage", "CoverArt", "FrontCover")}
    if not covers and not linked & images.keys():
        yield breach_at(main, got="no front cover image", expected="one", message="The release has no front cover.")
    placed = {place.resource_reference for place in places_of(main)}
    fronts = sorted(ref for ref in covers & placed if images[ref].type)
    if len(fronts) > 1 and not any(_SEVERAL_COVERS.search(role.value) for role in main.types):
        yield breach_at(
            main,
            got=f"front covers {', '.join(fronts[:5])}",
            expected="one front cover; others as they are",
            message="The release has several front covers.",
        )


@rule(
    "M8",
    "Every resource is used by a release",
    severity=Severity.WARN,
    source="formats 7",
    confidence=Confidence.STANDARD,
    fix="put the resource on a release, or leave it out",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="What is described and on no release is either superfluous, or was forgotten on one.",
)
def uses_every_resource(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per resource that no release has a place for."""
    used = {place.resource_reference for release in evidence.statement.releases for place in places_of(release)}
    for resource in evidence.statement.resources:
        if resource.reference not in used:
            yield breach_at(
                resource,
                got=f"resource {resource.reference} on no release",
                expected="a release with it",
                message="The resource is described and not used.",
            )


def _name_unread(entry: str) -> tuple[str, str]:
    """Return where an element or attribute that was not read stands, and its name; no path: what is only counted."""
    path = entry.partition(" ")[0]
    return (path, _INDEX.sub("", path.rpartition("/")[2])) if path.startswith("/") else ("", "")


RULES = (
    holds_known_elements,
    can_be_acknowledged,
    has_one_main_release,
    is_not_created_in_future,
    has_front_cover,
    uses_every_resource,
)
