"""The rule about references inside a message. They hold in it alone, and each must lead to something it describes."""

from collections.abc import Iterator

from antiphon.model.findings import Severity
from antiphon.model.releases import Release
from antiphon.model.resources import Resource
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import all_deals, places_of, resources_by_reference
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule


@rule(
    "D18",
    "Every reference resolves inside the message",
    severity=Severity.FATAL,
    source="WB; formats 7",
    confidence=Confidence.STANDARD,
    fix="send what the reference names, or remove the reference",
    ack_code=AckCode.NEW_RELEASE_MESSAGE_INVALID,
    why="A reference that leads nowhere means that a part of the message was lost, and what it said is not guessed.",
)
def resolves_references(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per reference that leads nowhere: to a resource or release, a party, a file or a visibility.

    Without a display artist somebody has to look; the others only warn.
    """
    yield from _find_missing_resources(evidence)
    yield from _find_missing_releases(evidence)
    yield from _find_missing_parties(evidence)
    yield from _find_missing_terms(evidence)


def _find_missing_resources(evidence: Evidence) -> Iterator[Breach]:
    resources = resources_by_reference(evidence.statement)
    for release in evidence.statement.releases:
        missing = {p.resource_reference: p for p in places_of(release) if p.resource_reference not in resources}
        for reference, place in missing.items():
            yield breach_at(
                release,
                got=f"resource {reference}",
                expected="a resource of this message",
                message=f"The message describes no resource {reference}.",
                line=place.line,
            )


def _find_missing_releases(evidence: Evidence) -> Iterator[Breach]:
    known = {release.reference for release in evidence.statement.releases}
    for entry in evidence.statement.release_deals:
        for reference in entry.release_references:
            if reference not in known:
                yield Breach(
                    line=entry.line,
                    path=entry.deals[0].path if entry.deals else "",
                    got=f"release {reference}",
                    expected="a release of this message",
                    message=f"The message describes no release {reference}.",
                )


def _find_missing_parties(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per part with a credit that names nobody: its party is not in the list, or has no name."""
    parts: tuple[Release | Resource, ...] = (*evidence.statement.resources, *evidence.statement.releases)
    for part in parts:
        for credits_, words, severity in (
            (part.display_artists, "display artist", Severity.HOLD),
            (part.contributors, "contributor", Severity.WARN),
        ):
            for credit in credits_:
                if credit.name or credit.ids or credit.special:
                    continue
                yield breach_at(
                    part,
                    line=credit.line,
                    got=f"a {words} of {part.reference} that names nobody",
                    expected="a reference to a party of this message that has a name",
                    message="The credit names nobody.",
                    severity=severity,
                )
                break


def _find_missing_terms(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per deal for encodings, and per release with a visibility, that are not described."""
    statement = evidence.statement
    visibilities = {visibility.reference for visibility in statement.visibilities}
    for release in statement.releases:
        for reference in release.visibility_references:
            if reference not in visibilities:
                yield breach_at(
                    release,
                    got=f"visibility {reference}",
                    expected="a visibility of this message",
                    message=f"The message describes no visibility {reference}.",
                    severity=Severity.WARN,
                )
    limited = [deal for deal in all_deals(statement) if deal.technical_references]
    if not limited:
        return
    described = {file.technical_reference for resource in statement.resources for file in resource.files}
    for deal in limited:
        for reference in deal.technical_references:
            if reference not in described:
                yield breach_at(
                    deal,
                    got=f"technical details {reference}",
                    expected="technical details of this message",
                    message=f"The message describes no technical details {reference}.",
                    severity=Severity.WARN,
                )


RULES = (resolves_references,)
