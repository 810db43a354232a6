"""Hand a release over: check that it may be, and let what the new owner will call its parts mean what they are."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from antiphon.catalogue import Link
from antiphon.model.decisions import Decision, Transfer
from antiphon.model.entities import Album, EntityKind
from antiphon.model.errors import Broken, Refused
from antiphon.record.catalogue import load_album
from antiphon.record.links import RecordedLinks, list_links
from antiphon.record.ownership import find_owners
from antiphon.record.providers import find_provider

_OWN_IDS = "proprietary:"
"""How an anchor begins that is a provider's own id: another provider has other ones for the same recording."""


def check_transfer(conn: Connection, decision: Decision, transfer: Transfer) -> None:
    """Refuse a transfer to nobody, to the owner itself, or to who has a release of its own under one of its keys."""
    to_provider = transfer.to_provider
    if find_provider(conn, to_provider) is None:
        raise Refused("UnknownProvider", f"there is no provider {to_provider[:64]!r}; list providers to see them")
    if find_owners(conn, decision.target_id)[-1] == to_provider:
        raise Refused("AlreadyOwner", f"release {decision.target_id} belongs to {to_provider} already")
    known, anchors = RecordedLinks(conn), _list_anchors(conn, EntityKind.ALBUM, [decision.target_id])
    for anchor in sorted(anchors):
        own = known.find_link(to_provider, EntityKind.ALBUM, anchor)
        if own is not None and own.entity_id != decision.target_id:
            raise Refused(
                "ReleaseOfItsOwn",
                f"{to_provider} has a release of its own under {anchor}: {own.entity_id}; two cannot become one",
            )


def hand_over_links(conn: Connection, decision: Decision, transfer: Transfer) -> int:
    """Link the new owner's anchors to the album, its tracks, recordings and artists; return how many were new.

    So its first delivery finds every entity as its own update would. Of recordings, the former owner's own ids are left
    out where they have an ISRC too: the new owner will have ids of its own for them. The head row must be locked.
    """
    album = load_album(conn, decision.target_id)
    if album is None:
        raise Broken(f"album {decision.target_id} is being transferred, and is not in the catalogue")
    reasons = (f"transferred by decision {decision.id}",)
    former = find_owners(conn, album.id)[0]
    passed_on = [
        Link(
            provider=transfer.to_provider,
            kind=link.kind,
            anchor=link.anchor,
            entity_id=link.entity_id,
            score=link.score,
            reasons=reasons,
        )
        for link in _list_handed_over(conn, album)
        if link.provider in (former, album.provider)
    ]
    return RecordedLinks(conn).add_links(_each_once(passed_on), album.delivery_id)


def _list_handed_over(conn: Connection, album: Album) -> Iterator[Link]:
    """Yield the links of all that an album is made of; those of the album with the key of its release first."""
    own = list_links(conn, EntityKind.ALBUM, [album.id])
    yield from sorted(own, key=lambda link: link.anchor != album.release_key)
    yield from list_links(conn, EntityKind.TRACK, (track.id for track in album.tracks))
    recordings = list_links(conn, EntityKind.RECORDING, (track.recording_id for track in album.tracks))
    named_otherwise = {link.entity_id for link in recordings if not link.anchor.startswith(_OWN_IDS)}
    yield from (r for r in recordings if r.entity_id not in named_otherwise or not r.anchor.startswith(_OWN_IDS))
    credited = (*album.artists, *(credit for track in album.tracks for credit in track.artists))
    yield from list_links(conn, EntityKind.ARTIST, (credit.artist_id for credit in credited))


def _each_once(links: Iterable[Link]) -> list[Link]:
    return list({(link.kind, link.anchor): link for link in links}.values())


def _list_anchors(conn: Connection, kind: EntityKind, entity_ids: Iterable[str]) -> set[str]:
    return {link.anchor for link in list_links(conn, kind, entity_ids)}
