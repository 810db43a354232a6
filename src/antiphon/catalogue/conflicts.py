"""Conflicts: two providers mean different things by one identifier, and what each of them is told of it.

Nothing of this is recorded: a conflict follows from what the catalogue says and from what is held, so it is there as
long as the reason is, and gone with it. One ISRC is in conflict where two providers' tracks of it are different
recordings; one ICPN where two providers' releases of it are to be had in a territory both name, now or later. A
delivery that is held for such a reason is a side too: what it waits for is just this.

A worked example. North has "Harbour Light" under QZANT2600001. South's "Night Ferry" comes with the same ISRC and is
held. Both see one conflict: North, that somebody sent its ISRC for another song, which is not published; South, that
the catalogue has the ISRC for "Harbour Light" by Mira Vale. South sends the right ISRC, the held delivery is rejected,
and neither sees anything any more. Had people let it go on, both would until one ISRC changes, or the two are merged.
"""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from antiphon.identity import display_artists, find_isrc, release_keys
from antiphon.model.claims import IdScheme
from antiphon.model.resources import ResourceKind
from antiphon.model.statement import Statement

WHAT_TO_DO = {
    IdScheme.ISRC: "ask whoever gave out the ISRC whose it is. If it is not yours, send an update with the right one; "
    "if it is, there is nothing to do here, and saying so to the people here ends it sooner",
    IdScheme.ICPN: "if the release has moved to you, have it transferred; if it has moved away, end your deals; "
    "else the number is one side's by mistake, which then sends an update with its own",
}
"""By scheme. Neither side is told who the other is, so both are told how to end it alone."""


class ConflictState(StrEnum):
    """How far a conflict has come."""

    HELD = "held"
    """A delivery waits because of it; what is published has not changed."""
    PUBLISHED = "published"
    """Both sides are in the catalogue."""


class IdentifierClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What one provider means by an identifier: a recording as a track has it, or a release.

    ``territories``: where a release is to be had, now or later, as a bitset; 0 for a recording. ``entity_id`` and
    ``album_id`` are empty for a delivery that ``is_held``: it is in no catalogue yet.
    """

    scheme: str
    value: str
    provider: str
    delivery_id: str
    title: str
    artists: tuple[str, ...] = ()
    duration_ms: int = 0
    entity_id: str = ""
    album_id: str = ""
    territories: int = 0
    is_held: bool = False


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """An identifier and everything that is meant by it and does not go together; at least two claims."""

    scheme: str
    value: str
    claims: tuple[IdentifierClaim, ...]

    @property
    def state(self) -> ConflictState:
        """How far it has come."""
        return ConflictState.HELD if any(claim.is_held for claim in self.claims) else ConflictState.PUBLISHED


class OtherSide(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider is told of somebody else's claim: what any listener can see; of what is held, nothing."""

    title: str = ""
    artists: tuple[str, ...] = ()
    duration_ms: int = 0
    is_held: bool = False


class ConflictReport(msgspec.Struct, frozen=True, kw_only=True):
    """A conflict as one provider is told of it."""

    scheme: str
    value: str
    state: ConflictState
    yours: tuple[IdentifierClaim, ...]
    others: tuple[OtherSide, ...]
    what_to_do: str


def find_conflicts(claims: Iterable[IdentifierClaim]) -> tuple[Conflict, ...]:
    """Return the conflicts among some claims, by identifier; each with the claims that disagree with another."""
    by_identifier: dict[tuple[str, str], dict[IdentifierClaim, None]] = defaultdict(dict)
    for claim in claims:
        by_identifier[claim.scheme, claim.value][claim] = None
    found = []
    for (scheme, value), given in sorted(by_identifier.items()):
        disagreeing = tuple(claim for claim in given if any(_disagree(claim, other) for other in given))
        if disagreeing:
            found.append(Conflict(scheme=scheme, value=value, claims=disagreeing))
    return tuple(found)


def _disagree(one: IdentifierClaim, other: IdentifierClaim) -> bool:
    if one.provider == other.provider:
        return False
    if one.is_held or other.is_held:
        return True
    is_recording = one.scheme == IdScheme.ISRC
    return one.entity_id != other.entity_id and (is_recording or bool(one.territories & other.territories))


def report_conflict(conflict: Conflict, provider: str) -> ConflictReport | None:
    """Return a conflict as a provider is told of it; None: it is none of theirs."""
    yours = tuple(claim for claim in conflict.claims if claim.provider == provider)
    if not yours:
        return None
    others = dict.fromkeys(_show_other(claim) for claim in conflict.claims if claim.provider != provider)
    return ConflictReport(
        scheme=conflict.scheme,
        value=conflict.value,
        state=conflict.state,
        yours=yours,
        others=tuple(others),
        what_to_do=WHAT_TO_DO[IdScheme(conflict.scheme)],
    )


def _show_other(claim: IdentifierClaim) -> OtherSide:
    if claim.is_held:
        return OtherSide(is_held=True)
    return OtherSide(title=claim.title, artists=claim.artists, duration_ms=claim.duration_ms)


def claim_held(
    provider: str, delivery_id: str, statement: Statement, schemes: frozenset[IdScheme], paths: frozenset[str]
) -> tuple[IdentifierClaim, ...]:
    """Return what a held delivery claims by identifiers of some schemes, at some places of its message."""
    found = []
    for resource in statement.resources:
        isrc = find_isrc(resource) if IdScheme.ISRC in schemes and resource.path in paths else ""
        if isrc and resource.kind is ResourceKind.SOUND_RECORDING:
            found.append(
                IdentifierClaim(
                    scheme=IdScheme.ISRC,
                    value=isrc,
                    provider=provider,
                    delivery_id=delivery_id,
                    title=resource.titles[0].value if resource.titles else "",
                    artists=tuple(credit.name for credit in display_artists(resource)),
                    duration_ms=resource.duration_ms or 0,
                    is_held=True,
                )
            )
    main = statement.main_release
    keys = release_keys(statement) if main is not None and IdScheme.ICPN in schemes and main.path in paths else ()
    for scheme, _, value in (key.partition(":") for key in keys):
        if main is not None and scheme == IdScheme.ICPN:
            found.append(
                IdentifierClaim(
                    scheme=scheme,
                    value=value,
                    provider=provider,
                    delivery_id=delivery_id,
                    title=main.titles[0].value if main.titles else "",
                    artists=tuple(credit.name for credit in display_artists(main)),
                    is_held=True,
                )
            )
    return tuple(found)
