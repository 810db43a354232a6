"""Identifiers as a message writes them, of recordings, works, releases and parties. Source: formats 5."""

from collections.abc import Iterable

from lxml.etree import _Element as Element

from antiphon.formats.ern.elements import is_true, trimmed_text, unique_values
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
_ISSUERS = {"ISAN": "ISAN", "VISAN": "V-ISAN", "EIDR": "EIDR", "IPN": "IPN", "CisacSocietyId": "CISAC"}
"""Schemes without a place of their own in the model: kept as proprietary ids of this namespace."""


def read_ids(elements: Iterable[Element]) -> tuple[DeliveredId, ...]:
    """Return the ids inside container elements (ResourceId, ReleaseId, PartyId ...), each once, in message order."""
    ids: list[DeliveredId] = []
    for container in elements:
        is_replaced = is_true(container.get("IsReplaced"))
        for element in container:
            text = trimmed_text(element)
            scheme = _SCHEMES.get(element.tag)
            if not text or (scheme is None and element.tag not in _ISSUERS):
                continue
            ids.append(
                DeliveredId(
                    scheme=scheme or IdScheme.PROPRIETARY,
                    text=text,
                    namespace=(element.get("Namespace") or "").strip() if scheme else _ISSUERS[element.tag],
                    is_replaced=is_replaced or is_true(element.get("IsReplaced")),
                )
            )
    return unique_values(ids)


def read_party_ids(elements: Iterable[Element]) -> tuple[DeliveredId, ...]:
    """Return the ids of a party: elements inside PartyId (4.x), or its text with a flag that tells the scheme (3.x)."""
    ids: list[DeliveredId] = []
    for element in elements:
        text = trimmed_text(element)
        if len(element):
            ids += read_ids([element])
        elif text:
            scheme = _flagged_scheme(element, text)
            namespace = (element.get("Namespace") or "").strip() if scheme is IdScheme.PROPRIETARY else ""
            ids.append(DeliveredId(scheme=scheme, text=text, namespace=namespace))
    return unique_values(ids)


def _flagged_scheme(element: Element, text: str) -> IdScheme:
    if is_true(element.get("IsISNI")):
        return IdScheme.ISNI
    if (element.get("Namespace") or "").strip() == "IPI":
        return IdScheme.IPI
    if is_true(element.get("IsDPID")) or text.upper().startswith(("PADPIDA", "PA-DPIDA")):
        return IdScheme.DPID
    return IdScheme.PROPRIETARY
