"""What is a conflict of two providers, and how much each side is told of the other."""

import msgspec

from antiphon.catalogue import ConflictState, IdentifierClaim, claim_held, find_conflicts, report_conflict
from antiphon.model.claims import IdScheme
from tests.builders import a_recording, a_statement, changed

ISRC, ICPN = "QZANT2600001", "04006381333931"
SWEDEN, NORWAY = 0b01, 0b10


def a_claim(provider: str, entity: str = "r1", **changes: object) -> IdentifierClaim:
    claim = IdentifierClaim(
        scheme=IdScheme.ISRC,
        value=ISRC,
        provider=provider,
        delivery_id=f"delivery of {provider}",
        title=f"A song of {entity}",
        artists=("Mira Vale",),
        duration_ms=180_000,
        entity_id=entity,
        album_id=f"album of {provider}",
    )
    return changed(claim, **changes)


def a_product(provider: str, territories: int) -> IdentifierClaim:
    return a_claim(provider, f"album of {provider}", scheme=IdScheme.ICPN, value=ICPN, territories=territories)


def test_one_recording_of_two_providers_is_no_conflict() -> None:
    assert find_conflicts([a_claim("north"), a_claim("south")]) == ()


def test_two_recordings_of_one_provider_are_its_own_affair() -> None:
    assert find_conflicts([a_claim("north", "r1"), a_claim("north", "r2")]) == ()


def test_releases_of_one_barcode_that_share_no_territory_are_no_conflict() -> None:
    assert find_conflicts([a_product("north", SWEDEN), a_product("south", NORWAY)]) == ()
    assert find_conflicts([a_product("north", 0), a_product("south", SWEDEN | NORWAY)]) == ()


def test_two_recordings_of_two_providers_are_a_conflict_of_those_who_disagree() -> None:
    north, south, east = a_claim("north", "r1"), a_claim("south", "r2"), a_claim("east", "r1")
    (conflict,) = find_conflicts([north, south, east, a_claim("west", "r9", value="QZANT2600002")])
    assert (conflict.value, set(conflict.claims), conflict.state) == (
        ISRC,
        {north, south, east},
        ConflictState.PUBLISHED,
    )


def test_releases_of_one_barcode_with_a_territory_in_common_are_a_conflict() -> None:
    (conflict,) = find_conflicts([a_product("north", SWEDEN | NORWAY), a_product("south", NORWAY)])
    assert (conflict.scheme, len(conflict.claims)) == (IdScheme.ICPN, 2)


def test_each_side_sees_its_own_and_what_a_listener_sees_of_the_other() -> None:
    (conflict,) = find_conflicts([a_claim("north", "r1"), a_claim("south", "r2")])
    report = report_conflict(conflict, "north")
    assert report is not None
    assert [claim.provider for claim in report.yours] == ["north"]
    assert [other.title for other in report.others] == ["A song of r2"]
    assert "update" in report.what_to_do
    told = msgspec.json.encode(report).decode()
    assert "south" not in told
    assert report_conflict(conflict, "west") is None


def test_of_what_is_held_the_other_side_learns_that_it_is_there_and_nothing_else() -> None:
    held = a_claim("south", entity_id="", album_id="", title="An unreleased song", is_held=True)
    (conflict,) = find_conflicts([a_claim("north"), held])
    assert conflict.state is ConflictState.HELD
    report = report_conflict(conflict, "north")
    assert report is not None
    (other,) = report.others
    assert (other.is_held, other.title, other.artists, other.duration_ms) == (True, "", (), 0)
    assert b"unreleased" not in msgspec.json.encode(report)


def test_a_held_delivery_claims_what_it_is_held_for() -> None:
    first, second = (changed(a_recording(n), path=f"ResourceList/SoundRecording[{n}]") for n in (1, 2))
    statement = a_statement(resources=(first, second))
    (isrc,) = claim_held("south", "d1", statement, frozenset({IdScheme.ISRC}), frozenset({first.path}))
    assert (isrc.value, isrc.title, isrc.is_held) == (ISRC, "Harbour Light No. 1", True)
    main = statement.releases[0]
    (icpn,) = claim_held("south", "d1", statement, frozenset({IdScheme.ICPN}), frozenset({main.path}))
    assert (icpn.scheme, icpn.title) == (IdScheme.ICPN, "Harbour Lights")
