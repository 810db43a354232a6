"""Nobody acts on another's music: forged messages have no effect, and each raises the alarm."""

import logging
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.intake.authority import AUTHORITY_RULES, check_authority, find_standing, raise_alarms
from antiphon.intake.holds import clear_hold, waive_rule
from antiphon.model.delivery import Stage
from antiphon.model.errors import Refused
from antiphon.model.findings import Severity
from antiphon.model.statement import MessageParty, Statement
from antiphon.record import reading, writing
from antiphon.record.links import RecordedLinks
from antiphon.record.providers import Provider, add_provider, drop_party, find_provider
from antiphon.telemetry import Metrics, definitions, render_metrics
from tests.builders import changed
from tests.intake.deliveries import a_small_statement, write_xml
from tests.intake.effects import ask
from tests.intake.forgeries import MALLORY, MALLORY_DPID, VICTIMS, a_victim, forge, sign, without_namespaces
from tests.intake.installation import DPID, PROVIDER, Installation, installed, now

FORGERIES = 200
LABEL_DPID = "PADPIDA2015120100H"
"""A party that is not a provider here, and that others may speak for."""

CATALOGUE_TABLES = (
    "head",
    "links",
    "entities",
    "changes",
    "current_statements",
    "applied_statements",
    "identifiers",
    "contributions",
    "resources",
)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation with a victim, whose releases are in the catalogue, and Mallory, who has an account."""
    with installed(tmp_path / "site") as site:
        with writing(site.engine) as connection:
            add_provider(connection, Provider(id=MALLORY, name="Mallory", dpids=(MALLORY_DPID,)), now())
        for number in range(1, VICTIMS + 1):
            bring(site, a_victim(number), PROVIDER, f"victim-{number}")
        with site.worker():
            site.wait_for_end(*delivery_ids(site))
        assert {site.stages(one)[-1] for one in delivery_ids(site)} == {Stage.COMMITTED}
        yield site


def bring(site: Installation, statement: Statement, bringer: str, name: str) -> str:
    """Have an account bring a message without files; return the delivery's id."""
    folder = site.inbox / name
    folder.mkdir(parents=True)
    write_xml(folder, statement)
    (receipt,) = site.accept(folder, bringer)
    return receipt.delivery_id


def delivery_ids(site: Installation) -> list[str]:
    return [str(row[0]) for row in ask(site.engine, "SELECT id FROM deliveries ORDER BY receipt")]


def catalogue_of(site: Installation) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(ask(site.engine, f"SELECT * FROM {table}"), key=repr) for table in CATALOGUE_TABLES}


def findings_about(site: Installation, statement: Statement, provider_id: str = PROVIDER) -> list[str]:
    """Return the rules that doubt a message's authority if an account brings it."""
    with reading(site.engine) as connection:
        provider = find_provider(connection, provider_id)
        standing = find_standing(connection, provider_id, provider, statement, RecordedLinks(connection))
    return [finding.rule for finding in check_authority(statement, standing, "R1.xml")]


@pytest.mark.slow
def test_two_hundred_forged_messages_have_no_effect_and_each_raises_the_alarm(
    town: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    seed = secrets.randbits(32)
    print(f"seed {seed}")
    before = catalogue_of(town)
    brought: dict[str, str] = {}
    for number, forgery in enumerate(forge(seed, FORGERIES)):
        delivery_id = bring(town, forgery.statement, forgery.bringer, f"forgery-{number}")
        brought[delivery_id] = forgery.kind
    with caplog.at_level(logging.ERROR, logger="antiphon"), town.worker():
        ends = dict(zip(brought, town.wait_for_end(*brought), strict=True))
    assert set(ends.values()) <= {Stage.HELD, Stage.REJECTED}
    undetected = [
        (kind, delivery_id)
        for delivery_id, kind in brought.items()
        if not AUTHORITY_RULES & {f.rule for f in town.findings(delivery_id) if f.severity is Severity.HOLD}
    ]
    assert undetected == []
    assert catalogue_of(town) == before
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert all(any(delivery_id in line for line in told) for delivery_id in brought)


def test_an_alarm_is_counted_by_what_the_message_lacks(town: Installation) -> None:
    with reading(town.engine) as connection:
        mallory = find_provider(connection, MALLORY)
        standing = find_standing(connection, MALLORY, mallory, a_victim(1), RecordedLinks(connection))
    metrics = Metrics()
    raise_alarms(metrics, "d1", MALLORY, check_authority(a_victim(1), standing, "R1.xml"))
    shown = render_metrics(metrics.registry)[0].decode()
    for rule in ("SenderNotAuthorised", "ReleaseNotOwned", "NamespaceNotOwned"):
        assert f'{definitions.AUTHORITY_ALARMS.name}{{rule="{rule}"}} 1.0' in shown


@pytest.mark.parametrize("spelling", [DPID, DPID.lower(), f"DPID:{DPID}", "PA-DPIDA-2014120301-L"])
def test_a_providers_own_dpid_counts_in_every_spelling(town: Installation, spelling: str) -> None:
    statement = a_victim(1)
    own = changed(statement, header=changed(statement.header, sender=MessageParty(dpid=spelling)))
    assert findings_about(town, own) == []


def test_a_provider_speaks_for_the_parties_on_file_and_for_no_other(town: Installation) -> None:
    statement = a_victim(1)
    header = changed(statement.header, sent_on_behalf_of=MessageParty(dpid=LABEL_DPID, name="A Label"))
    spoken = changed(statement, header=header)
    assert findings_about(town, spoken) == ["PartyNotRepresented"]
    with writing(town.engine) as connection:
        add_provider(connection, Provider(id=PROVIDER, name="Paper Lantern", represented=(LABEL_DPID,)), now())
    assert findings_about(town, spoken) == []
    with writing(town.engine) as connection:
        assert drop_party(connection, PROVIDER, LABEL_DPID)
    assert findings_about(town, spoken) == ["PartyNotRepresented"]


def test_a_namespace_of_nobody_we_know_is_no_doubt(town: Installation) -> None:
    statement = sign(without_namespaces(a_small_statement(70)), MALLORY_DPID)
    assert findings_about(town, statement, MALLORY) == []


def test_what_was_cleared_once_is_the_providers_own_release(town: Installation) -> None:
    """Two distributors may have one release in different territories; a person has looked at it once."""
    statement = without_namespaces(sign(a_victim(1), MALLORY_DPID))
    assert findings_about(town, statement, MALLORY) == ["ReleaseNotOwned"]
    delivery_id = bring(town, statement, MALLORY, "shared")
    with town.worker():
        town.wait_for_end(delivery_id)
        clear_hold(town.engine, town.queue, delivery_id, by="Ada", reason="agreed", now=now())
        town.wait_for_end(delivery_id, ends=2)
    assert findings_about(town, statement, MALLORY) == []


def test_doubts_about_authority_cannot_be_waived(town: Installation) -> None:
    delivery_id = bring(town, a_victim(1), MALLORY, "replayed")
    with town.worker():
        town.wait_for_end(delivery_id)
    with pytest.raises(Refused, match="cannot be waived"):
        waive_rule(town.engine, town.queue, delivery_id, "SenderNotAuthorised", by="Ada", reason="trust", now=now())
