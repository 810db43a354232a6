"""Purges, and messages that share an id: what is doubtful is told, and only what nobody can decide waits."""

from antiphon.intake.message_history import (
    AMBIGUOUS_PURGE_RULE,
    REUSED_RULE,
    TWO_RELEASES_RULE,
    UNKNOWN_PURGE_RULE,
)
from antiphon.model.claims import DeliveredId, IdScheme, ScopedText
from antiphon.model.delivery import Stage
from antiphon.model.entities import EntityKind
from antiphon.model.statement import MessageKind, Statement
from antiphon.record import reading
from antiphon.record.catalogue import find_entities, load_album
from antiphon.record.links import RecordedLinks
from tests.builders import a_moment, a_release, changed
from tests.intake.deliveries import a_small_statement, an_icpn, write_delivery, write_xml
from tests.intake.installation import DPID, Installation


def a_purge(number: int = 1, *, created: str = "2026-02-01T09:00:00Z") -> Statement:
    statement = a_small_statement(number, created=created)
    ids = statement.releases[0].ids
    release = a_release(is_main=False, group=None, resources=(), ids=ids)
    return changed(
        statement,
        kind=MessageKind.PURGE,
        header=changed(statement.header, message_id=f"PURGE-{number}"),
        resources=(),
        releases=(release,),
        release_deals=(),
    )


def deliver_bare(site: Installation, name: str, statement: Statement) -> str:
    """Deliver a message without files and return its delivery."""
    folder = site.inbox / name
    folder.mkdir(parents=True)
    write_xml(folder, statement)
    (delivery_id,) = site.deliver(folder)
    return delivery_id


def rules_of(site: Installation, delivery_id: str) -> set[str]:
    return {finding.rule for finding in site.findings(delivery_id)}


def test_a_purge_by_title_alone_waits_for_a_person(site: Installation) -> None:
    purge = a_purge()
    untold = changed(purge.releases[0], ids=(), titles=(ScopedText(value="Harbour Lights"),))
    delivery_id = deliver_bare(site, "purge", changed(purge, releases=(untold,)))
    assert site.stages(delivery_id) == [Stage.ACCEPTED, Stage.HELD]
    assert rules_of(site, delivery_id) == {AMBIGUOUS_PURGE_RULE}
    assert "Harbour Lights" in site.findings(delivery_id)[0].got


def test_a_purge_of_what_was_never_delivered_is_told_so_and_ends_its_release_when_that_comes(
    site: Installation,
) -> None:
    purge = deliver_bare(site, "purge", a_purge())
    assert site.stages(purge)[-1] in (Stage.COMMITTED, Stage.LIVE)
    assert UNKNOWN_PURGE_RULE in rules_of(site, purge)
    (late,) = site.deliver(write_delivery(site.inbox, a_small_statement()))
    assert site.stages(late)[-1] is Stage.SUPERSEDED
    with reading(site.engine) as connection:
        albums = [load_album(connection, i) for _, i in find_entities(connection, "icpn", an_icpn(1).zfill(14))]
    assert all(not track.intervals for album in albums if album is not None for track in album.tracks)


def test_a_purge_of_what_was_delivered_leaves_nothing_granted(site: Installation) -> None:
    (first,) = site.deliver(write_delivery(site.inbox, a_small_statement()))
    purge = deliver_bare(site, "purge", a_purge())
    assert UNKNOWN_PURGE_RULE not in rules_of(site, purge)
    assert site.stages(purge)[-1] is Stage.COMMITTED
    with reading(site.engine) as connection:
        assert RecordedLinks(connection).find_links(EntityKind.ALBUM, f"icpn:{an_icpn(1).zfill(14)}")
        albums = [load_album(connection, i) for _, i in find_entities(connection, "icpn", an_icpn(1).zfill(14))]
    (album,) = (album for album in albums if album is not None)
    assert (album.delivery_id, [track.intervals for track in album.tracks]) == (purge, [(), ()])
    assert first != purge


def test_ids_that_came_to_mean_two_releases_wait_for_a_person(site: Installation) -> None:
    own = DeliveredId(scheme=IdScheme.PROPRIETARY, text="release-1", namespace=DPID)
    purge = a_purge()
    deliver_bare(site, "purge", changed(purge, releases=(changed(purge.releases[0], ids=(own,)),)))
    statement = a_small_statement()
    site.deliver(write_delivery(site.inbox, statement))
    main = changed(statement.releases[0], ids=(*statement.releases[0].ids, own))
    both = deliver_bare(site, "both", changed(statement, releases=(main, *statement.releases[1:])))
    assert site.stages(both)[-1] is Stage.HELD
    assert TWO_RELEASES_RULE in rules_of(site, both)


def test_another_message_under_the_same_id_is_taken_by_its_time_and_told(site: Installation) -> None:
    statement = a_small_statement()
    (first,) = site.deliver(write_delivery(site.inbox, statement))
    later = changed(statement, header=changed(statement.header, created=a_moment("2026-01-06T09:00:00Z")))
    second = deliver_bare(site, "again", later)
    assert REUSED_RULE in rules_of(site, second)
    assert REUSED_RULE not in rules_of(site, first)
    assert site.stages(second)[-1] in (Stage.COMMITTED, Stage.LIVE)
