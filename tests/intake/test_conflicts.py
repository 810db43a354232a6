"""Two labels and one identifier, and a label that changes its mind: who waits, and what it is told."""

import pytest

from antiphon.intake.holds import clear_hold
from antiphon.model.claims import Credit, DeliveredId, IdScheme, ScopedText
from antiphon.model.delivery import Stage
from antiphon.model.findings import Finding
from antiphon.model.statement import MessageParty, Statement
from antiphon.record import writing
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
