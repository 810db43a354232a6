"""Two labels and one identifier, and a label that changes its mind: who waits, and what it is told."""

import pytest

from antiphon.catalogue import ConflictReport, ConflictState, report_conflict
from antiphon.intake.holds import clear_hold, reject_held
from antiphon.model.claims import Credit, DeliveredId, IdScheme, ScopedText
from antiphon.model.delivery import Stage
from antiphon.model.findings import Finding
from antiphon.model.statement import MessageParty, Statement
from antiphon.record import reading, writing
from antiphon.record.conflicts import list_conflicts
from antiphon.record.providers import Provider, add_provider
from tests.builders import a_moment, changed
from tests.intake.deliveries import write_xml
from tests.intake.forgeries import a_victim, without_namespaces
from tests.intake.installation import PROVIDER, Installation, now

QUAY, QUAY_DPID = "quay", "PADPIDA2015120100H"


@pytest.fixture
def port(site: Installation) -> Installation:
    """Return an installation with two labels, the first of which has a release in the catalogue."""
    with writing(site.engine) as connection:
        add_provider(connection, Provider(id=QUAY, name="Quay Records", dpids=(QUAY_DPID,)), now())
    deliver(site, a_victim(1))
    return site


def deliver(site: Installation, statement: Statement, provider: str = PROVIDER) -> tuple[str, list[Finding]]:
    """Deliver a message without files; return the delivery's id and what was found, but for notes and warnings."""
    folder = site.inbox / f"{provider}-{statement.header.message_id}"
    folder.mkdir(parents=True)
    write_xml(folder, statement)
    (receipt,) = site.accept(folder, provider)
    with site.worker():
        site.wait_for_end(receipt.delivery_id)
    return receipt.delivery_id, [finding for finding in site.findings(receipt.delivery_id) if finding.severity.stops]


def of_quay(number: int, **of_first: object) -> Statement:
    """Return a release of the second label, whose first track is changed."""
    statement = without_namespaces(a_victim(number))
    header = changed(statement.header, sender=MessageParty(dpid=QUAY_DPID, name="Quay Records"))
    first, *others = statement.resources
    return changed(statement, header=header, resources=(changed(first, **of_first), *others))


def an_isrc(text: str) -> tuple[DeliveredId, ...]:
    return (DeliveredId(scheme=IdScheme.ISRC, text=text),)


def test_an_isrc_of_another_labels_song_waits_and_neither_label_is_named(port: Installation) -> None:
    night_ferry = of_quay(
        2,
        ids=a_victim(1).resources[0].ids,
        titles=(ScopedText(value="Night Ferry"),),
        display_artists=(Credit(name="Ilse Marr"),),
        display_artist_names=(ScopedText(value="Ilse Marr"),),
        duration_ms=241_000,
        duration_text="PT4M1S",
    )
    delivery_id, (conflict,) = deliver(port, night_ferry, QUAY)
    assert (port.stages(delivery_id)[-1], conflict.rule) == (Stage.HELD, "I5")
    said = f"{conflict.got} {conflict.expected} {conflict.message}".lower()
    assert "harbour light no. 1" in said
    assert PROVIDER not in said
    assert "paper lantern" not in said
    assert delivery_id not in said


def test_both_labels_are_told_of_a_conflict_until_it_is_settled(port: Installation) -> None:
    isrc = a_victim(1).resources[0].ids[0].text
    night_ferry = of_quay(
        2,
        ids=a_victim(1).resources[0].ids,
        titles=(ScopedText(value="Night Ferry"),),
        display_artists=(Credit(name="Ilse Marr"),),
        display_artist_names=(ScopedText(value="Ilse Marr"),),
        duration_ms=241_000,
        duration_text="PT4M1S",
    )
    delivery_id, _ = deliver(port, night_ferry, QUAY)
    (earlier,), (later,) = told(port, PROVIDER), told(port, QUAY)
    assert (earlier.value, earlier.state) == (later.value, later.state) == (isrc, ConflictState.HELD)
    assert [claim.title for claim in earlier.yours] == ["Harbour Light No. 1"]
    assert [(other.is_held, other.title) for other in earlier.others] == [(True, "")]
    assert [(claim.title, claim.delivery_id) for claim in later.yours] == [("Night Ferry", delivery_id)]
    assert [other.title for other in later.others] == ["Harbour Light No. 1"]
    assert PROVIDER not in str(later).lower()
    assert QUAY not in str(earlier).lower()
    reject_held(port.engine, delivery_id, by="Ada", reason="a wrong ISRC", now=now())
    assert told(port, PROVIDER) == told(port, QUAY) == []


def told(port: Installation, provider: str) -> list[ConflictReport]:
    with reading(port.engine) as connection:
        found = list_conflicts(connection, int(now().timestamp()), provider=provider)
    reports = [report_conflict(conflict, provider) for conflict in found]
    return [report for report in reports if report is not None]


def test_the_same_recording_from_two_labels_goes_on(port: Installation) -> None:
    delivery_id, found = deliver(port, of_quay(2, ids=a_victim(1).resources[0].ids), QUAY)
    assert (port.stages(delivery_id)[-1], found) == (Stage.COMMITTED, [])


def test_an_update_with_another_isrc_waits_until_somebody_confirms_it(port: Installation) -> None:
    update = a_victim(1)
    header = changed(update.header, message_id="M-1b", created=a_moment("2026-01-06T09:00:00Z"))
    first, *others = update.resources
    update = changed(update, header=header, resources=(changed(first, ids=an_isrc("QZANT2699999")), *others))
    delivery_id, (change,) = deliver(port, update)
    assert (port.stages(delivery_id)[-1], change.rule) == (Stage.HELD, "I9")
    clear_hold(port.engine, port.queue, delivery_id, by="Ada", reason="the label confirmed it", now=now())
    with port.worker():
        port.wait_for_end(delivery_id, ends=2)
    assert port.stages(delivery_id)[-1] is Stage.COMMITTED
