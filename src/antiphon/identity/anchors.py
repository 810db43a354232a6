"""Anchors: the names by which a provider's releases, recordings, artists and tracks outlive its messages.

An anchor is text, ``scheme:value``, and only ever compared. Its forms are kept in the record: never change one.
"""

import re
from collections.abc import Callable, Iterable

from antiphon.identity.credits import list_credits
from antiphon.identity.layout import TrackPlace, list_track_places
from antiphon.identity.names import normalise_name
from antiphon.model.claims import Credit, DeliveredId, IdScheme
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Rejected
from antiphon.model.findings import Place
from antiphon.model.identifiers import (
    InvalidIdentifier,
    gtin_14,
    parse_dpid,
    parse_grid,
    parse_icpn,
    parse_isni,
    parse_isrc,
    parse_iswc,
)
from antiphon.model.releases import Release
from antiphon.model.resources import Resource, ResourceKind
from antiphon.model.statement import MessageKind, Statement

_RELEASE_SCHEMES = (IdScheme.GRID, IdScheme.ICPN, IdScheme.PROPRIETARY, IdScheme.CATALOG_NUMBER)
_ARTIST_SCHEMES = (IdScheme.PROPRIETARY, IdScheme.ISNI, IdScheme.IPI, IdScheme.DPID)
"""A provider's own id first: it tells its artists apart every day, and copies an ISNI once from somewhere."""

_IPI_DIGITS = 11
"""Of an IPI name number, with leading zeros, which senders mostly leave out. Source: CISAC, IPI name number."""


def _read_ipi(text: str) -> str:
    """Return an IPI name number with all its digits, or another IPI number as written; empty for a placeholder."""
    plain = re.sub(r"[\s.-]", "", text).upper()
    return "" if not plain.strip("0") else plain.zfill(_IPI_DIGITS) if plain.isdecimal() else plain


_PARSERS: dict[IdScheme, Callable[[str], str]] = {
    IdScheme.GRID: parse_grid,
    IdScheme.ICPN: lambda text: gtin_14(parse_icpn(text)),
    IdScheme.ISRC: parse_isrc,
    IdScheme.ISNI: parse_isni,
    IdScheme.IPI: _read_ipi,
    IdScheme.ISWC: parse_iswc,
    IdScheme.DPID: parse_dpid,
}


def release_key(statement: Statement) -> str:
    """Return the strongest key of the release a statement is about: GRid, ICPN, proprietary id, catalogue number.

    Raises: Rejected (the provider's fault) where it has none that can be read. Source: formats 5.
    """
    return release_keys(statement)[0]


def release_keys(statement: Statement) -> tuple[str, ...]:
    """Return every key of the release a statement is about, strongest first; never empty.

    A catalogue number is a key only where there is nothing better: labels reuse them. Raises: Rejected if none is.
    """
    release = _named_release(statement)
    keys = _anchors_by_scheme(_present_ids(release.ids), _RELEASE_SCHEMES) if release is not None else []
    if not keys:
        raise _no_release_key(release)
    return tuple([key for key in keys if scheme_of(key) != IdScheme.CATALOG_NUMBER] or keys)


def replaced_release_keys(statement: Statement) -> tuple[str, ...]:
    """Return the keys the release had before, which the statement says it replaces; mostly none."""
    release = _named_release(statement)
    return tuple(_anchors_by_scheme(_replaced_ids(release.ids), _RELEASE_SCHEMES)) if release is not None else ()


def recording_anchor(resource: Resource, release: str, place: TrackPlace) -> str:
    """Return a recording's anchor: the provider's own id, else the ISRC, else where it stands on the release."""
    return recording_anchors(resource, release, place)[0]


def recording_anchors(resource: Resource, release: str, place: TrackPlace) -> tuple[str, ...]:
    """Return what a recording may be linked by: its anchor, then its anchors under ids it replaces."""
    schemes = (IdScheme.PROPRIETARY, IdScheme.ISRC)
    own = _anchors_by_scheme(_present_ids(resource.ids), schemes)
    replaced = _anchors_by_scheme(_replaced_ids(resource.ids), schemes)
    first = own[0] if own else f"place:{release}:{place.disc_number}:{place.track_number}"
    return tuple(dict.fromkeys([first, *replaced]))


def find_isrc(resource: Resource) -> str:
    """Return a recording's ISRC in its normal form; empty: it has none that can be read."""
    found = _anchors_by_scheme(_present_ids(resource.ids), (IdScheme.ISRC,))
    return found[0].partition(":")[2] if found else ""


def isrc_anchors(resource: Resource) -> tuple[str, ...]:
    """Return the anchors a recording has by its ISRCs, whatever its first one is; mostly one.

    Of a resource in several editions only the first ISRC is the recording's: an immersive mix is another recording.
    """
    found = _anchors_by_scheme(_present_ids(resource.ids), (IdScheme.ISRC,))
    return tuple(found[:1] if len(resource.editions) > 1 else found)


def artist_anchors(credit: Credit) -> tuple[str, ...]:
    """Return what an artist may be linked by: claimed ids, strongest first, and last the name; never empty."""
    claimed = [i for i in credit.ids if i.scheme is not IdScheme.PROPRIETARY or _is_issued_by_party(i)]
    return (*_anchors_by_scheme(claimed, _ARTIST_SCHEMES), f"name:{normalise_name(credit.name)}")


def work_anchors(resource: Resource) -> tuple[str, ...]:
    """Return the anchors of the works a recording is of: their ISWCs, as given; mostly none."""
    return tuple(_anchors_by_scheme(_present_ids(resource.work_ids), (IdScheme.ISWC,)))


def track_anchors(statement: Statement, release: str) -> tuple[tuple[TrackPlace, str], ...]:
    """Return the places of the main release with the anchor of the track at each, in order.

    A recording that is on the release a second time has its place in the anchor, so that the first keeps its id.
    """
    resources = {resource.reference: resource for resource in statement.resources}
    anchors: dict[str, TrackPlace] = {}
    for place in list_track_places(statement):
        anchor = f"{release}|{recording_anchor(resources[place.resource_reference], release, place)}"
        if anchor in anchors:
            anchor = f"{anchor}|{place.disc_number}:{place.track_number}"
        anchors[anchor] = place
    return tuple((place, anchor) for anchor, place in anchors.items())


def image_anchor(statement: Statement, resource: Resource, release: str) -> str:
    """Return an image's anchor: the provider's own id, else the release with the image's type and its number of it."""
    own = _anchors_by_scheme(resource.ids, (IdScheme.PROPRIETARY,))
    if own:
        return own[0]
    alike = [r.reference for r in statement.resources if r.kind is resource.kind and r.type == resource.type]
    return f"image:{release}:{resource.type}:{alike.index(resource.reference) + 1}"


def resource_anchors(statement: Statement, release: str) -> dict[str, str]:
    """Return the anchor of each recording on the main release and of each image, by local reference."""
    resources = {resource.reference: resource for resource in statement.resources}
    anchors = {
        place.resource_reference: recording_anchor(resources[place.resource_reference], release, place)
        for place in reversed(list_track_places(statement))
    }
    images = (resource for resource in statement.resources if resource.kind is ResourceKind.IMAGE)
    return anchors | {image.reference: image_anchor(statement, image, release) for image in images}


def list_anchors(statement: Statement, release: str) -> tuple[tuple[EntityKind, str], ...]:
    """Return the anchors a statement's catalogue entry is made through, each once: what must be linked to build it."""
    found: list[tuple[EntityKind, str]] = [(EntityKind.ALBUM, release)]
    resources = {resource.reference: resource for resource in statement.resources}
    places = track_anchors(statement, release)
    recordings = resource_anchors(statement, release)
    found += [(EntityKind.RECORDING, recordings[place.resource_reference]) for place, _ in places]
    found += [(EntityKind.TRACK, anchor) for _, anchor in places]
    found += [(EntityKind.ARTIST, artist_anchors(credit)[0]) for credit in list_credits(statement)]
    for place, _ in places:
        found += [(EntityKind.WORK, anchor) for anchor in work_anchors(resources[place.resource_reference])]
    return tuple(dict.fromkeys(found))


def scheme_of(anchor: str) -> str:
    """Return the scheme an anchor begins with."""
    return anchor.partition(":")[0]


def register_of(anchor: str) -> str:
    """Return the register an anchor's id is from: two ids of one register mean two parties.

    A scheme is one register, but proprietary ids are: each namespace is one.
    """
    scheme, _, value = anchor.partition(":")
    return f"{scheme}:{value.rpartition(':')[0]}" if scheme == IdScheme.PROPRIETARY else scheme


def _named_release(statement: Statement) -> Release | None:
    if statement.main_release is not None or statement.kind is not MessageKind.PURGE:
        return statement.main_release
    return next(iter(statement.releases), None)


def _present_ids(ids: Iterable[DeliveredId]) -> list[DeliveredId]:
    return [i for i in ids if not i.is_replaced]


def _replaced_ids(ids: Iterable[DeliveredId]) -> list[DeliveredId]:
    return [i for i in ids if i.is_replaced]


def _anchors_by_scheme(ids: Iterable[DeliveredId], schemes: Iterable[IdScheme]) -> list[str]:
    given = list(ids)
    anchors = [_read_anchor(i) for scheme in schemes for i in given if i.scheme is scheme]
    return list(dict.fromkeys(anchor for anchor in anchors if anchor))


def _read_anchor(delivered: DeliveredId) -> str:
    """Return the anchor of an identifier; empty where it cannot be read, which a rule has told the sender already."""
    text = delivered.text.strip()
    if not text:
        return ""
    if delivered.scheme in (IdScheme.PROPRIETARY, IdScheme.CATALOG_NUMBER):
        return f"{delivered.scheme}:{delivered.namespace.strip()}:{text}"
    parse = _PARSERS.get(delivered.scheme)
    try:
        value = parse(text) if parse is not None else text
    except InvalidIdentifier:
        return ""
    return f"{delivered.scheme}:{value}" if value else ""


def _is_issued_by_party(delivered: DeliveredId) -> bool:
    """Tell whether a proprietary id says whose it is; placeholders count, since they do tell issuers apart."""
    return delivered.namespace.strip().removeprefix("DPID:").replace("-", "").upper().startswith("PADPIDA")


def _no_release_key(release: Release | None) -> Rejected:
    given = ", ".join(f"{i.scheme} {i.text!r}" for i in release.ids) if release is not None else ""
    return Rejected(
        "IdentifierInvalid" if given else "MetadataMissing",
        got=f"a main release with {given or 'no identifier'}" if release is not None else "no main release",
        expected="a main release with a valid GRid, ICPN, proprietary id or catalogue number",
        fix="give the release its UPC or EAN as ICPN, check digit included, and mark it as the main release",
        place=Place(line=release.line, path=release.path) if release is not None else None,
    )
