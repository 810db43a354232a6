"""Test messages: checked and held, never in the catalogue but by somebody who has seen that they are tests."""

from antiphon.intake.holds import clear_hold
from antiphon.intake.trials import TEST_RULE
from antiphon.model.delivery import Stage
from antiphon.model.statement import MessageParty
from antiphon.record import reading
from antiphon.record.changes import head_version
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import Installation, now


def _rules(site: Installation, delivery_id: str) -> set[str]:
    return {finding.rule for finding in site.findings(delivery_id) if finding.severity.stops}


def test_a_test_message_is_checked_and_rendered_and_changes_nothing(site: Installation) -> None:
    statement = a_small_statement()
    test = changed(statement, header=changed(statement.header, is_test=True))
    (delivery_id,) = site.deliver(write_delivery(site.inbox, test))
    assert site.stages(delivery_id) == [Stage.ACCEPTED, Stage.READ, Stage.CHECKED, Stage.HELD]
    assert _rules(site, delivery_id) == {TEST_RULE}
    with reading(site.engine) as connection:
        assert head_version(connection) == 0


def test_a_clearance_that_meant_something_else_does_not_publish_a_test(site: Installation) -> None:
    statement = a_small_statement()
    header = changed(statement.header, is_test=True, sender=MessageParty(dpid="PADPIDA2014120302J"))
    folder = write_delivery(site.inbox, changed(statement, header=header))
    with site.worker():
        (receipt,) = site.accept(folder)
        site.wait_for_end(receipt.delivery_id)
        assert TEST_RULE not in _rules(site, receipt.delivery_id)
        clear_hold(site.engine, site.queue, receipt.delivery_id, by="ana", reason="a new sender", now=now())
        assert site.wait_for_end(receipt.delivery_id, ends=2) == [Stage.HELD]
        assert TEST_RULE in _rules(site, receipt.delivery_id)
        clear_hold(site.engine, site.queue, receipt.delivery_id, by="ana", reason="meant to be live", now=now())
        assert site.wait_for_end(receipt.delivery_id, ends=3) == [Stage.COMMITTED]
