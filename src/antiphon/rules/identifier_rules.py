"""Rules about identifiers: ISRC, ICPN, and an identity for the release."""

from collections.abc import Iterator, Sequence

from antiphon.model.claims import IdScheme
from antiphon.model.findings import Severity
from antiphon.model.identifiers import InvalidIdentifier, gtin_14, parse_icpn, parse_isrc
from antiphon.model.releases import Release
from antiphon.rules.acknowledgement import AckCode
from antiphon.rules.anatomy import RECORDING_KINDS, list_granted_territories
from antiphon.rules.evidence import Evidence
from antiphon.rules.registry import Breach, Confidence, breach_at, rule

NAMED_TERRITORIES = 5
"""Territories that a finding names: whoever reads it wants to know whether it is one market or the world."""

_IDENTITIES = (IdScheme.GRID, IdScheme.ICPN, IdScheme.PROPRIETARY, IdScheme.CATALOG_NUMBER)


@rule(
    "I1",
    "Every ISRC is one, and every recording has one",
    severity=Severity.FATAL,
    source="SAMI, WB; ISO 3901",
    confidence=Confidence.STANDARD,
    fix="send the ISRC the recording was registered with: 12 characters, without hyphens",
    ack_code=AckCode.IDENTIFIER_SYNTAX_INVALID,
    why="An ISRC is what plays are counted and paid by. One that cannot be one is paid to nobody, or to somebody else.",
)
def has_valid_isrc(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per malformed ISRC; a warning per written-out one and per track without any."""
    tracks = {track.reference for track in evidence.tracks}
    for resource in evidence.statement.resources:
        if resource.kind not in RECORDING_KINDS:
            continue
        isrcs = [claimed.text for claimed in resource.ids if claimed.scheme is IdScheme.ISRC]
        for text in isrcs:
            try:
                normal = parse_isrc(text)
            except InvalidIdentifier as error:
                expected = "2 letters, 3 letters or digits, 7 digits"
                yield breach_at(resource, got=f"ISRC {text!r}", expected=expected, message=f"{error}.")
            else:
                if normal != text:
                    yield breach_at(
                        resource,
                        got=f"ISRC {text!r}",
                        expected=normal,
                        message="The ISRC is not in its normal form.",
                        fix="write ISRCs in capitals without hyphens, dots or blanks",
                        severity=Severity.WARN,
                    )
        if not isrcs and resource.reference in tracks:
            yield breach_at(
                resource,
                got="no ISRC, or an empty one",
                expected="the ISRC of the recording",
                message="Without it, plays of this recording cannot be reported by its standard identifier.",
                severity=Severity.WARN,
            )


@rule(
    "I4",
    "An ISRC identifies a recording, never a product",
    severity=Severity.FATAL,
    source="ISRC-N; formats 5",
    confidence=Confidence.STANDARD,
    fix="identify the release by GRid, ICPN or a proprietary id of yours",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="A product with an ISRC is taken for a recording, and its sales are reported as plays of one.",
)
def identifies_no_product_by_isrc(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where a main release of several tracks has an ISRC; of a single one it is a known habit.

    An ISRC of artwork or of a musical work is only a warning: nothing is found by it.
    """
    main = evidence.statement.main_release
    if main is not None and len(evidence.tracks) > 1:
        for claimed in main.ids:
            if claimed.scheme is IdScheme.ISRC:
                yield breach_at(
                    main,
                    got=f"ISRC {claimed.text!r} on a release",
                    expected="GRid, ICPN or proprietary id",
                    message="An ISRC stands for the whole release.",
                )
    for resource in evidence.statement.resources:
        of_what = "a work" if resource.kind in RECORDING_KINDS else resource.kind.value
        for claimed in resource.work_ids if resource.kind in RECORDING_KINDS else resource.ids:
            if claimed.scheme is IdScheme.ISRC and claimed.text:
                yield breach_at(
                    resource,
                    got=f"ISRC {claimed.text!r} of {of_what}",
                    expected="an ISWC" if resource.kind in RECORDING_KINDS else "a proprietary id",
                    message="An ISRC stands where no recording is meant.",
                    severity=Severity.WARN,
                )


@rule(
    "I7",
    "Every ICPN has 8, 12, 13 or 14 digits and a fitting check digit",
    severity=Severity.FATAL,
    source="DDEXB, HARM; GS1 General Specifications 7.9",
    confidence=Confidence.STANDARD,
    fix="send the barcode number as GS1 issued it, all digits",
    ack_code=AckCode.IDENTIFIER_SYNTAX_INVALID,
    why="A barcode with a wrong digit is another product's, or nobody's, and no update will find the release.",
)
def has_valid_icpn(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per ICPN that is none."""
    for release in evidence.statement.releases:
        for claimed in release.ids:
            if claimed.scheme is not IdScheme.ICPN:
                continue
            try:
                parse_icpn(claimed.text)
            except InvalidIdentifier as error:
                expected = "8, 12, 13 or 14 digits of which the last checks the others"
                yield breach_at(release, got=f"ICPN {claimed.text!r}", expected=expected, message=f"{error}.")


@rule(
    "I8",
    "An ICPN belongs to one provider at a time",
    severity=Severity.HOLD,
    source="HITS",
    confidence=Confidence.DISTRIBUTOR,
    fix="have the catalogue transferred to you, or send an ICPN of your own",
    ack_code=AckCode.IDENTIFIER_INVALID,
    why="When a catalogue moves, both sides deliver it for a while: plays are split, and one side has lost the rights.",
)
def has_barcode_of_its_own(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach per ICPN of the main release under which another provider's album is live.

    Where territories of both overlap it is a transfer or a conflict, and both need a person. Where none do, two
    distributors have shared out a product, which is worth a warning. The other side is named by what any listener can
    see.
    """
    main, knowledge = evidence.statement.main_release, evidence.context.knowledge
    barcodes = _read_barcodes(main) if main is not None else {}
    if main is None or knowledge is None or not barcodes:
        return
    granted = list_granted_territories(evidence.granting_deals)
    for barcode, products in knowledge.find_products(barcodes).items():
        others = [product for product in products if product.territories and not product.is_own]
        if others:
            product = max(others, key=lambda other: len(other.territories & granted))
            shared = sorted(product.territories & granted)
            yield breach_at(
                main,
                got=f"ICPN {barcodes[barcode]!r}, live as {product.title!r} by {', '.join(product.artists)}"
                + (f" in {_name_territories(shared)} too" if shared else ""),
                expected="an ICPN nobody else's release has",
                message="Another provider has a live release with this ICPN"
                + (" in territories of yours." if shared else ", in other territories."),
                severity=None if shared else Severity.WARN,
            )


@rule(
    "I11",
    "Proprietary ids of artists say who issued them",
    severity=Severity.NOTE,
    source="PS-T3; our linking of artists",
    confidence=Confidence.INFERRED,
    fix="give the id your DPID as its namespace; then it decides who the artist is, before the name does",
    ack_code=AckCode.USER_DEFINED,
    why="Two bands share a name more often than an id. Without a usable id only the name decides whose page it is.",
)
def issues_artist_ids(evidence: Evidence) -> Iterator[Breach]:
    """Yield a note per artist whose proprietary id has no party for a namespace, so that only the name is left.

    Ids of artists are accepted and count before names; one that any sender could have given counts for nothing.
    """
    for name, use in evidence.artists.items():
        for claimed in use.ids:
            if claimed.scheme is IdScheme.PROPRIETARY and not _names_party(claimed.namespace):
                yield breach_at(
                    use.place,
                    got=f"id {claimed.text!r} of {name!r} in namespace {claimed.namespace!r}",
                    expected="a DPID as namespace",
                    message=f'Nobody can tell who issued the id of "{name}", so only the name decides.',
                )


@rule(
    "M2",
    "The release has an identity",
    severity=Severity.FATAL,
    source="PS-META; formats 5, 7",
    confidence=Confidence.PLATFORM,
    fix="give the main release a GRid, an ICPN, or a proprietary id in your namespace, and keep it",
    ack_code=AckCode.METADATA_MISSING,
    applies_to_purge=True,
    stops_takedown=True,
    why="Without an identity no update, takedown or report can ever name this release.",
)
def has_release_identity(evidence: Evidence) -> Iterator[Breach]:
    """Yield a breach where nothing tells the release from others, so no update could ever find it."""
    main = evidence.statement.main_release
    if main is not None and not any(claimed.scheme in _IDENTITIES and claimed.text for claimed in main.ids):
        yield breach_at(
            main,
            got="no identifier",
            expected="GRid, ICPN, proprietary id or catalogue number",
            message="Nothing tells this release from others.",
        )


def _name_territories(codes: Sequence[str]) -> str:
    rest = f" and {len(codes) - NAMED_TERRITORIES} more" if len(codes) > NAMED_TERRITORIES else ""
    return ", ".join(codes[:NAMED_TERRITORIES]) + rest


def _read_barcodes(release: Release) -> dict[str, str]:
    """Return a release's valid ICPNs as written, by what they are compared in."""
    found: dict[str, str] = {}
    for claimed in release.ids:
        if claimed.scheme is IdScheme.ICPN and not claimed.is_replaced:
            try:
                found[gtin_14(parse_icpn(claimed.text))] = claimed.text
            except InvalidIdentifier:
                continue
    return found


def _names_party(namespace: str) -> bool:
    return namespace.removeprefix("DPID:").replace("-", "").strip().upper().startswith("PADPIDA")


RULES = (
    has_valid_isrc,
    identifies_no_product_by_isrc,
    has_valid_icpn,
    has_barcode_of_its_own,
    issues_artist_ids,
    has_release_identity,
)
