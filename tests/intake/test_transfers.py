"""A release moves to another distributor: delivered, held, transferred, let go on, with the ids it always had."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.intake.authority import RELEASE_RULE
from antiphon.intake.holds import clear_hold
from antiphon.model.decisions import TargetKind, Transfer
from antiphon.model.delivery import Stage
from antiphon.model.entities import Album, EntityKind
from antiphon.model.statement import Statement
from antiphon.publication import deciding
from antiphon.record import reading, writing
from antiphon.record.catalogue import load_album
from antiphon.record.changes import changes_after
from antiphon.record.providers import Provider, add_provider
from antiphon.record.rebuild import recompute
from tests.builders import a_moment, changed
from tests.intake.deliveries import write_xml
from tests.intake.forgeries import MALLORY, MALLORY_DPID, a_victim, sign, without_namespaces
from tests.intake.installation import PROVIDER, Installation, installed, now


@pytest.fixture
def site(tmp_path: Path, record_url: str) -> Iterator[Installation]:
    """Return an installation with a second provider beside the one that has everything."""
    with installed(tmp_path / "site", record_url) as site:
        with writing(site.engine) as connection:
            add_provider(connection, Provider(id=MALLORY, name="The new one", dpids=(MALLORY_DPID,)), now())
        yield site


def bring(site: Installation, statement: Statement, provider: str, name: str) -> str:
    """Have a provider bring a message without files; return the delivery's id when nothing more happens to it."""
    folder = site.inbox / name
    folder.mkdir(parents=True)
    write_xml(folder, statement)
    (receipt,) = site.accept(folder, provider)
    with site.worker():
        site.wait_for_end(receipt.delivery_id)
    return receipt.delivery_id


def made_on(statement: Statement, day: int) -> Statement:
    header = changed(statement.header, message_id=f"M-{day}", created=a_moment(f"2026-02-{day:02}T09:00:00Z"))
    return changed(statement, header=header)


def the_album(site: Installation) -> Album:
    with reading(site.engine) as conn:
        album_id = next(c.entity_id for c in changes_after(conn, 0, 1_000) if c.kind is EntityKind.ALBUM)
        album = load_album(conn, album_id)
    assert album is not None
    return album


def said_of_release(site: Installation, delivery_id: str) -> list[str]:
    return [finding.message for finding in site.findings(delivery_id) if finding.rule == RELEASE_RULE]


def test_what_is_held_for_being_anothers_goes_on_once_the_release_is_transferred(site: Installation) -> None:
    mine = made_on(a_victim(1), 1)
    theirs = without_namespaces(sign(made_on(mine, 2), MALLORY_DPID))
    bring(site, mine, PROVIDER, "first")
    before = the_album(site)
    held = bring(site, theirs, MALLORY, "second")
    assert said_of_release(site, held) == ["The release belongs to another provider."]
    transfer = deciding.draft_decision(
        Transfer(to_provider=MALLORY), TargetKind.ALBUM, before.id, by="ana", reason="new distributor", now=now()
    )
    deciding.decide(site.engine, site.blobs, transfer, now())
    clear_hold(site.engine, site.queue, held, by="ana", reason="transferred", now=now())
    with site.worker():
        site.wait_for_end(held, ends=2)
    assert site.stages(held)[-1] is Stage.COMMITTED
    after = the_album(site)
    assert (after.provider, after.delivery_id) == (MALLORY, held)
    assert [(t.id, t.recording_id) for t in after.tracks] == [(t.id, t.recording_id) for t in before.tracks]
    stale = bring(site, made_on(mine, 3), PROVIDER, "third")
    assert site.stages(stale)[-1] is Stage.HELD
    assert said_of_release(site, stale)[0].startswith(
        f"The release was transferred to another provider by decision {transfer.id}"
    )
    update = bring(site, made_on(theirs, 4), MALLORY, "fourth")
    assert said_of_release(site, update) == []
    with reading(site.engine) as conn:
        assert list(recompute(conn)) == []
