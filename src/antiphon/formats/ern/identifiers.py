"""Identifiers as a message writes them, of recordings, works, releases and parties. Source: formats 5."""

from collections.abc import Iterable

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import is_true, take_attribute, trimmed_text, unique_values
from antiphon.model.claims import DeliveredId, IdScheme

_SCHEMES = {
    "ISRC": IdScheme.ISRC,
    "GRid": IdScheme.GRID,
    "ICPN": IdScheme.ICPN,
    "ISWC": IdScheme.ISWC,
    "ISNI": IdScheme.ISNI,
    "IpiNameNumber": IdScheme.IPI,
    "DPID": IdScheme.DPID,
    "CatalogNumber": IdScheme.CATALOG_NUMBER,
    "ProprietaryId": IdScheme.PROPRIETARY,
}
_SCHEMES_BY_CASE = {tag.lower(): scheme for tag, scheme in _SCHEMES.items()}
"""For senders who write Isrc or GRID."""

_ISSUERS = {"VISAN": "V-ISAN", "CisacSocietyId": "CISAC"}
"""Namespaces of ids whose scheme has no place of its own in the model; others are called like their element."""


_TOLD_BY_THE_CODE = ("IsEan", "isEan")
"""Attributes that say of an ICPN what the number of its digits says."""


def read_ids(elements: Iterable[Element]) -> tuple[DeliveredId, ...]:
    """Take the ids inside container elements (ResourceId, ReleaseId, PartyId ...), each once, in message order.

    Ids of other schemes (ISAN, ISMN, EIDR, OpusNumber ...) are proprietary ids of the namespace of that name.
    """
    ids: list[DeliveredId] = []
    for container in elements:
        is_replaced = is_true(take_attribute(container, "IsReplaced"))
        for element in container:
            text = trimmed_text(element)
            if text:
                ids.append(_read_id(element, text, is_replaced=is_replaced))
    return unique_values(ids)


def read_party_ids(elements: Iterable[Element]) -> tuple[DeliveredId, ...]:
    """Take the ids of a party: elements inside PartyId (4.x), or its text with a flag that tells the scheme (3.x)."""
    ids: list[DeliveredId] = []
    for element in elements:
        text = trimmed_text(element)
        if len(element):
            ids += read_ids([element])
        elif text:
            scheme = _flagged_scheme(element, text)
            namespace = take_attribute(element, "Namespace")
            is_named = scheme is IdScheme.PROPRIETARY
            ids.append(DeliveredId(scheme=scheme, text=text, namespace=namespace if is_named else ""))
    return unique_values(ids)


def _read_id(element: Element, text: str, *, is_replaced: bool) -> DeliveredId:
    tag = element.tag
    scheme = _SCHEMES.get(tag) or _SCHEMES_BY_CASE.get(tag.lower())
    namespace = ""
    if element.attrib:
        namespace = take_attribute(element, "Namespace")
        is_replaced = is_true(take_attribute(element, "IsReplaced")) or is_replaced
        for name in _TOLD_BY_THE_CODE:
            take_attribute(element, name)
    if scheme is None:
        namespace = _ISSUERS.get(tag, tag)
    return DeliveredId(scheme=scheme or IdScheme.PROPRIETARY, text=text, namespace=namespace, is_replaced=is_replaced)


def _flagged_scheme(element: Element, text: str) -> IdScheme:
    if is_true(take_attribute(element, "IsISNI")):
        return IdScheme.ISNI
    if (element.get("Namespace") or "").strip() == "IPI":
        return IdScheme.IPI
    if is_true(take_attribute(element, "IsDPID")) or text.upper().startswith(("PADPIDA", "PA-DPIDA")):
        return IdScheme.DPID
    return IdScheme.PROPRIETARY
