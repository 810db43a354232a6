"""A release that goes from one provider to another: its ids stay, its rights are the new owner's; on both databases."""

import pytest
from sqlalchemy import Engine, select

from antiphon.intake.authority import check_authority, find_standing
from antiphon.intake.checking import open_links
from antiphon.model.availability import Tier
from antiphon.model.claims import DeliveredId, IdScheme
from antiphon.model.decisions import Decision, TargetKind, Transfer
from antiphon.model.entities import Album, EntityKind
from antiphon.model.errors import Refused
from antiphon.model.statement import Statement
from antiphon.model.territories import Territory
from antiphon.record import reading
from antiphon.record.providers import find_provider
from antiphon.record.tables import album_tracks, contributions, entities, identifiers
from antiphon.rights import territories_of
from antiphon.surfaces.explain.answers import answer_explanation
from antiphon.surfaces.explain.provenance import DecisionSource, answer_provenance
from tests.builders import a_deal, a_recording, a_release, changed, some_deals
from tests.supply import NOW, Supply, a_purge, created, entitled


@pytest.fixture
def supply(engine: Engine) -> Supply:
    return Supply(engine)


def in_territory(code: str, day: int, title: str = "Harbour Lights") -> Statement:
    """Return the release as granted in one territory, made on a day of March."""
    return changed(entitled(title, day), release_deals=(some_deals(a_deal(territories=(code,))),))


def with_own_ids(statement: Statement, namespace: str) -> Statement:
    """Return the statement with ids of its provider's own for every recording, before their ISRCs."""
    resources = tuple(
        changed(r, ids=(DeliveredId(scheme=IdScheme.PROPRIETARY, text=r.reference, namespace=namespace), *r.ids))
        for r in statement.resources
    )
    return changed(statement, resources=resources)


def transfer(supply: Supply, album_id: str, to_provider: str, *, number: int = 1) -> str:
    decision = Decision(
        id=f"transfer{number}",
        effect=Transfer(to_provider=to_provider),
        target_kind=TargetKind.ALBUM,
        target_id=album_id,
        decided_by="ana",
        decided_at=f"2026-11-22T09:00:{number:02}Z",
        reason="the label changed its distributor",
    )
    return supply.decide(decision)


def territories(album: Album) -> set[str]:
    """Return where somebody may play a track of an album."""
    return {code for t in album.tracks for interval in t.intervals for code in territories_of(interval.territories)}


def ids(album: Album) -> tuple[str, ...]:
    tracks = [part for track in album.tracks for part in (track.id, track.recording_id)]
    return (album.id, *tracks, *(credit.artist_id for credit in album.artists))


def everything(supply: Supply) -> set[tuple[object, ...]]:
    """Return the whole catalogue as it is stored, byte for byte, proven to be what its inputs say."""
    assert supply.is_proven()
    with reading(supply.engine) as conn:
        tables = (entities, contributions, identifiers, album_tracks)
        return {(table.name, *row) for table in tables for row in conn.execute(select(table))}


def doubts(supply: Supply, statement: Statement, provider: str) -> list[str]:
    """Return what is said of a provider's authority over the release of a statement."""
    with reading(supply.engine) as conn:
        known = open_links(conn, statement)
        standing = find_standing(conn, provider, find_provider(conn, provider), statement, known)
    found = check_authority(statement, standing, "m.xml")
    return [finding.message for finding in found if finding.rule == "ReleaseNotOwned"]


def test_what_cannot_be_transferred_is_refused(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    album = supply.album().id
    before = everything(supply)
    with pytest.raises(Refused, match="there is no provider 'nobody'"):
        transfer(supply, album, "nobody")
    with pytest.raises(Refused, match="belongs to north already"):
        transfer(supply, album, "north")
    with pytest.raises(Refused, match="there is no album"):
        transfer(supply, "nothing", "south")
    assert everything(supply) == before


def test_a_provider_with_a_release_of_its_own_under_the_same_key_cannot_have_another(supply: Supply) -> None:
    supply.deliver(entitled("Harbour Lights", 1))
    album = supply.album().id
    supply.deliver(entitled("Harbour Lights", 1), provider="south")
    with pytest.raises(Refused, match="south has a release of its own under icpn:04006381333931"):
        transfer(supply, album, "south")


def test_until_the_new_owner_delivers_the_release_stays_as_it_is_and_nobody_may_play_it(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    before = supply.album()
    transfer(supply, before.id, "south")
    album = supply.album()
    assert (album.title, album.provider, ids(album)) == (before.title, "south", ids(before))
    assert territories(album) == set()
    assert supply.is_proven()
    with reading(supply.engine) as conn:
        told = answer_provenance(conn, EntityKind.TRACK, album.tracks[0].id, "intervals")
        market, tier = Territory("NO"), Tier.PREMIUM
        explained = answer_explanation(conn, album.tracks[0].id, market=market, tier=tier, at=NOW)
    assert told is not None
    assert explained is not None
    assert [source.id for source in told.fields[0].sources if isinstance(source, DecisionSource)] == ["transfer1"]
    assert "which has not delivered it yet" in explained.sentence


def test_the_new_owners_delivery_keeps_every_id_and_alone_says_what_is_granted(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    before = supply.album()
    transfer(supply, before.id, "south")
    supply.deliver(
        with_own_ids(in_territory("SE", 2, "Harbour Lights (Remastered)"), "PADPIDA2014120302X"), provider="south"
    )
    album = supply.album()
    assert (album.title, album.provider, ids(album)) == ("Harbour Lights (Remastered)", "south", ids(before))
    assert territories(album) == {"SE"}
    assert supply.is_proven()


def test_ids_are_kept_where_the_former_owner_had_ids_of_its_own(supply: Supply) -> None:
    supply.deliver(with_own_ids(in_territory("NO", 1), "PADPIDA2014120301Q"))
    before = supply.album()
    transfer(supply, before.id, "south")
    supply.deliver(with_own_ids(in_territory("SE", 2), "PADPIDA2014120302X"), provider="south")
    assert ids(supply.album()) == ids(before)
    supply.deliver(with_own_ids(in_territory("DK", 3), "PADPIDA2014120302X"), provider="south")
    assert (ids(supply.album()), territories(supply.album())) == (ids(before), {"DK"})
    assert supply.is_proven()


def test_the_former_owner_is_held_by_a_finding_that_names_the_transfer_and_not_the_new_owner(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    assert doubts(supply, in_territory("NO", 2), "south") == ["The release belongs to another provider."]
    transfer(supply, supply.album().id, "south")
    said = "The release was transferred to another provider by decision transfer1 on 2026-11-22."
    assert doubts(supply, in_territory("NO", 2), "north") == [said]
    assert doubts(supply, in_territory("NO", 2), "south") == []
    assert doubts(supply, in_territory("NO", 2), "east") == ["The release belongs to another provider."]
    supply.deliver(in_territory("SE", 2), provider="south")
    assert doubts(supply, in_territory("NO", 3), "north") == [said]


def test_what_the_former_owner_says_later_changes_nothing_even_if_somebody_lets_it_in(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    transfer(supply, supply.album().id, "south")
    supply.deliver(in_territory("SE", 2), provider="south")
    before = everything(supply)
    supply.deliver(in_territory("NO", 9, "Mine again"))
    assert everything(supply) == before
    supply.deliver(a_purge(10), files={})
    assert everything(supply) == before


def test_undone_before_the_new_owner_delivered_everything_is_as_it_was(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    before = everything(supply)
    supply.undo(transfer(supply, supply.album().id, "south"))
    assert everything(supply) == before
    assert doubts(supply, in_territory("NO", 2), "north") == []
    assert doubts(supply, in_territory("NO", 2), "south") == ["The release belongs to another provider."]


def test_undone_after_the_new_owner_delivered_the_former_ones_word_counts_again(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    before = everything(supply)
    decision = transfer(supply, supply.album().id, "south")
    supply.deliver(in_territory("SE", 2), provider="south")
    supply.undo(decision)
    assert everything(supply) == before
    supply.deliver(in_territory("DK", 3))
    assert (supply.album().provider, territories(supply.album())) == ("north", {"DK"})
    supply.deliver(in_territory("FI", 4), provider="south")
    assert (supply.album().provider, territories(supply.album())) == ("north", {"DK"})
    assert supply.is_proven()


def test_a_release_goes_on_to_a_third_and_back_to_the_first(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    before = supply.album()
    transfer(supply, before.id, "south", number=1)
    supply.deliver(in_territory("SE", 2), provider="south")
    transfer(supply, before.id, "east", number=2)
    assert (supply.album().provider, territories(supply.album())) == ("east", set())
    supply.deliver(in_territory("DK", 3), provider="east")
    assert (ids(supply.album()), territories(supply.album())) == (ids(before), {"DK"})
    transfer(supply, before.id, "north", number=3)
    assert (supply.album().provider, territories(supply.album())) == ("north", {"NO"})
    assert doubts(supply, in_territory("NO", 2), "north") == []
    assert len(doubts(supply, in_territory("NO", 2), "south")) == 1
    assert supply.is_proven()


def test_files_of_the_former_owner_are_not_used_for_the_new_owners_statement(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    transfer(supply, supply.album().id, "south")
    assert supply.album().tracks[0].renditions
    supply.deliver(in_territory("SE", 2), provider="south", files={})
    assert not supply.album().tracks[0].renditions
    supply.deliver(in_territory("SE", 3), provider="south")
    assert supply.album().tracks[0].renditions
    assert supply.is_proven()


def test_tracks_that_the_new_owner_adds_are_new_and_the_others_stay(supply: Supply) -> None:
    supply.deliver(in_territory("NO", 1))
    before = supply.album()
    transfer(supply, before.id, "south")
    statement = created(in_territory("SE", 2), 2)
    third = a_recording(3)
    supply.deliver(
        changed(
            statement,
            resources=(*statement.resources[:2], third, *statement.resources[2:]),
            releases=(a_release(3), *statement.releases[1:]),
        ),
        provider="south",
    )
    album = supply.album()
    assert [track.id for track in album.tracks[:2]] == [track.id for track in before.tracks]
    assert len(album.tracks) == 3
    assert supply.is_proven()
