"""Which deals of a message are a track's. Source: formats 3.3, 3.4; ERN release profiles."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from antiphon.model.deals import Deal
from antiphon.model.releases import Release, ResourceGroup
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import MessageKind, Statement
from antiphon.rights.grants import is_streaming


class AlbumStreamDeal(StrEnum):
    """What a streaming deal on a release of several tracks means for them; a policy per provider.

    The standard does not permit such deals, and real feeds are full of them.
    """

    IGNORE = "ignore"
    CASCADE = "cascade_to_tracks"


def deals_for_track(
    statement: Statement, resource_reference: str, *, album_stream_deal: AlbumStreamDeal = AlbumStreamDeal.CASCADE
) -> tuple[Deal, ...]:
    """Return the deals that hold for a resource as a track of the message's main release, in message order.

    Shape: empty where none holds. Deals come as they stand, but one that cascades keeps only its streaming use types.
    A deal that is limited to technical details which are no full file of the resource does not hold for it.
    """
    if statement.kind is not MessageKind.NEW_RELEASE:
        return ()
    resource = next((r for r in statement.resources if r.reference == resource_reference), None)
    main = statement.main_release
    track_releases = [r for r in statement.releases if r.is_track_release]
    own = {r.reference for r in track_releases if _has_resource(r, resource_reference)}
    deals = list(_deals_of(statement, own))
    if main is not None and main.reference not in own and _has_resource(main, resource_reference):
        deals += _product_deals(statement, main, track_releases, album_stream_deal)
    return tuple(deal for deal in deals if resource is None or _covers_files(deal, resource))


def list_addressees(statement: Statement) -> tuple[str, ...]:
    """Return the party ids we go by in a statement: those of the one it is addressed to, since it came to us.

    Shape: empty where it is addressed to several, of whom we might be any: a deal for one channel is then not ours.
    Source: formats 3.10; ERN MessageRecipient, DistributionChannel.
    """
    if len(statement.header.recipients) != 1:
        return ()
    (recipient,) = statement.header.recipients
    return tuple(party_id for party_id in (recipient.dpid, *recipient.other_ids) if party_id)


def _product_deals(
    statement: Statement, main: Release, track_releases: list[Release], album_stream_deal: AlbumStreamDeal
) -> Iterator[Deal]:
    """Yield what the main release's deals mean for each of its tracks."""
    is_its_own_track = not track_releases and len(_primary_recordings(statement, main)) == 1
    # A sender who streams by track releases means it when one of them has no deal: it was taken down.
    streams_by_track = any(
        is_streaming(use_type)
        for deal in _deals_of(statement, {r.reference for r in track_releases})
        for use_type in deal.use_types
    )
    cascades = album_stream_deal is AlbumStreamDeal.CASCADE and not streams_by_track
    for deal in _deals_of(statement, {main.reference}):
        if is_its_own_track or deal.is_takedown:
            yield deal
        elif cascades and any(map(is_streaming, deal.use_types)):
            yield msgspec.structs.replace(deal, use_types=tuple(filter(is_streaming, deal.use_types)))


def _deals_of(statement: Statement, references: set[str]) -> Iterator[Deal]:
    for entry in statement.release_deals:
        if references.intersection(entry.release_references):
            yield from entry.deals


def _has_resource(release: Release, reference: str) -> bool:
    """Tell whether a resource is on a release; asked of each track release for each track, so it makes no set."""
    return any(place.resource_reference == reference for place in release.resources) or (
        release.group is not None and reference in _grouped_references(release.group)
    )


def _resource_references(release: Release) -> set[str]:
    return {place.resource_reference for place in release.resources} | set(_grouped_references(release.group))


def _grouped_references(group: ResourceGroup | None) -> Iterator[str]:
    if group is not None:
        yield from (place.resource_reference for place in group.places)
        for inner in group.groups:
            yield from _grouped_references(inner)


def _primary_recordings(statement: Statement, release: Release) -> set[str]:
    recordings = {
        resource.reference
        for resource in statement.resources
        if resource.kind in (ResourceKind.SOUND_RECORDING, ResourceKind.VIDEO)
    }
    return recordings & _resource_references(release)


def _covers_files(deal: Deal, resource: Resource) -> bool:
    full = {file.technical_reference for file in resource.files if not file.is_preview}
    return not deal.technical_references or not full or not full.isdisjoint(deal.technical_references)
