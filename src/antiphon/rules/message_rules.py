"""Rules about the message as a whole: its version, its references, its main release."""

from collections.abc import Iterator
from datetime import timedelta

from antiphon.model.findings import Severity
from antiphon.model.resources import ResourceKind
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import is_takedown, places_of, resources_by_reference
from antiphon.rules.dates import earliest_instant
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

FUTURE_LIMIT = timedelta(hours=24)
"""How far ahead of us a message may say it was created: clocks and zones are off by hours, not by days."""

OLDEST_MAINTAINED = (3, 8)
"""The oldest ERN version read with its own words; older ones are read as if they were this one. Source: formats 1."""


@rule(
    "D2",
    "The message is of an ERN version in use",
    severity=Severity.WARN,
    source="PS-ERN4; formats 1",
    confidence=Confidence.PLATFORM,
    fix="move to ERN 4.3.2; platforms refuse old versions one after the other",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
)
def is_of_version_in_use(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where the version is older than any we keep words for."""
    version = evidence.statement.format.version
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    if evidence.statement.format.name == "ern" and numbers and numbers < OLDEST_MAINTAINED:
        yield Breach(got=f"ERN {version}", expected="ERN 3.8 or newer")


@rule(
    "D12",
    "A message without deals is about a release that is known",
    severity=Severity.HOLD,
    source="AUD-8251; formats 4",
    confidence=Confidence.THIRD_PARTY,
    fix="send deals with a first delivery; only a takedown has none",
    ack_code=AckCode.NO_DEAL_IN_NEW_RELEASE_MESSAGE,
    stops_takedown=True,
)
def has_deals_or_is_known(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a release that was never delivered comes without any deal that grants."""
    main = evidence.statement.main_release
    if main is not None and evidence.context.is_known_release is False and is_takedown(evidence.statement):
        yield breach_at(main, got="no deal", expected="a deal, since this release was never delivered before")


@rule(
    "D18",
    "Every reference resolves inside the message",
    severity=Severity.FATAL,
    source="WB; formats 7",
    confidence=Confidence.STANDARD,
    fix="send what the reference names, or remove the reference",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
)
def resolves_references(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per resource or release that is named but not described."""
    statement = evidence.statement
    resources = resources_by_reference(statement)
    for release in statement.releases:
        missing = {p.resource_reference: p for p in places_of(release) if p.resource_reference not in resources}
        for reference, place in missing.items():
            yield breach_at(
                release, got=f"resource {reference}", expected="a resource of this message", line=place.line
            )
    known = {release.reference for release in statement.releases}
    for entry in statement.release_deals:
        for reference in entry.release_references:
            if reference not in known:
                yield Breach(
                    line=entry.line,
                    path=entry.deals[0].path if entry.deals else "",
                    got=f"release {reference}",
                    expected="a release of this message",
                )


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
)
def has_one_main_release(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where no release is the main one, several are, or it had to be inferred among several."""
    releases = evidence.statement.releases
    mains = [release for release in releases if release.is_main]
    if not mains:
        yield Breach(got="no main release", expected="one")
    for extra in mains[1:]:
        yield breach_at(extra, got=f"a further main release {extra.reference}", expected=f"only {mains[0].reference}")
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
    "The release has a front cover",
    severity=Severity.WARN,
    source="formats 7",
    confidence=Confidence.STANDARD,
    fix="add an Image resource of type FrontCoverImage and link it from the main release",
    ack_code=AckCode.RESOURCE_MISSING,
)
def has_front_cover(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where no image of the main release is its front cover."""
    statement = evidence.statement
    main = statement.main_release
    if main is None or not statement.resources:
        return
    images = {resource.reference: resource for resource in statement.resources if resource.kind is ResourceKind.IMAGE}
    covers = {reference for reference, image in images.items() if image.type in ("FrontCoverImage", "")}
    linked = {p.resource_reference for p in places_of(main) if p.link in ("FrontCoverImage", "CoverArt", "FrontCover")}
    if not covers and not linked & images.keys():
        yield breach_at(main, got="no front cover image", expected="one")


@rule(
    "M8",
    "Every resource is used by a release",
    severity=Severity.WARN,
    source="formats 7",
    confidence=Confidence.STANDARD,
    fix="put the resource on a release, or leave it out",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
)
def uses_every_resource(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per resource that no release has a place for."""
    used = {place.resource_reference for release in evidence.statement.releases for place in places_of(release)}
    for resource in evidence.statement.resources:
        if resource.reference not in used:
            yield breach_at(resource, got=f"resource {resource.reference} on no release", expected="a release with it")


RULES = (
    is_of_version_in_use,
    has_deals_or_is_known,
    resolves_references,
    has_one_main_release,
    is_not_created_in_future,
    has_front_cover,
    uses_every_resource,
)
