"""The goalie's commands and those for accounts, as they are typed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.clients import find_client
from tests.builders import changed
from tests.cli.typed import run, say
from tests.intake.deliveries import write_xml
from tests.intake.forgeries import a_victim
from tests.intake.installation import PROVIDER, Installation, installed

NO_C_LINE = "L4"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation where commands find it."""
    data = tmp_path / "data"
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        yield installation


def hold_one(site: Installation) -> str:
    """Have a release without a C line held by what was agreed; return the delivery's id."""
    say(site, "provider", "policy", PROVIDER, "--weigh", f"{NO_C_LINE}=hold", "--by", "Ada", "--reason", "house style")
    statement = a_victim(1)
    main = changed(statement.releases[0], c_lines=())
    folder = site.inbox / "R1"
    folder.mkdir(parents=True)
    write_xml(folder, changed(statement, releases=(main, *statement.releases[1:])))
    (delivery_id,) = site.deliver(folder)
    return delivery_id


def test_a_policy_needs_a_name_and_a_reason_and_names_rules_that_there_are(site: Installation) -> None:
    policy = ("provider", "policy", PROVIDER)
    for refused in (
        ("--weigh", "L4=hold"),
        ("--weigh", "X99=hold", "--by", "Ada", "--reason", "why"),
        ("--off", "I7", "--by", "Ada", "--reason", "why"),
    ):
        with pytest.raises(Refused):
            run(site, *policy, *refused)
    assert run(site, *policy, "--weigh", "L4=heavy", "--by", "Ada", "--reason", "why").exit_code == 2
    assert json.loads(say(site, *policy))["severities"] == {}


def test_a_policy_is_changed_rule_by_rule_and_its_history_is_told(site: Installation) -> None:
    policy, signed = ("provider", "policy", PROVIDER), ("--by", "Ada", "--reason", "agreed")
    say(site, *policy, "--weigh", "L4=hold", "--weigh", "T1=note", *signed)
    say(site, *policy, "--usual", "T1", *signed)
    assert json.loads(say(site, *policy))["severities"] == {"L4": "hold"}
    history = say(site, *policy, "--history")
    assert [line.split()[1] for line in history.splitlines() if line.startswith("version")] == ["2", "1"]


def test_what_is_held_is_listed_waived_by_name_and_taken_back(site: Installation) -> None:
    assert "nothing is held" in say(site, "held")
    delivery_id = hold_one(site)
    assert delivery_id in say(site, "held")
    told = say(
        site, "waive", delivery_id, NO_C_LINE, "--by", "Ada", "--reason", "public domain", "--until", "2099-01-01"
    )
    assert "1 of the held deliveries go on" in told
    waiver_id = told.split("waiver ")[1].split()[0]
    assert "Ada: public domain" in say(site, "waivers", "--provider", PROVIDER)
    assert f"{NO_C_LINE} holds deliveries" in say(site, "unwaive", waiver_id, "--by", "Ben")
    assert "no waiver is in force" in say(site, "waivers")
    acts = [line.split()[1:3] for line in say(site, "audit").splitlines()]
    assert acts[:4] == [["Ben", "unwaive"], ["Ada", "release"], ["Ada", "waive"], ["Ada", "agree"]]


def test_a_client_gets_another_secret_and_is_disabled_and_enabled(site: Installation) -> None:
    made = say(site, "client", "add", "job", "--role", "provider", "--provider", PROVIDER).split()
    client_id, secret = made[1], made[3]
    rotated = say(site, "client", "rotate", client_id).split()
    assert rotated[1] == client_id
    assert rotated[3] != secret
    say(site, "client", "disable", client_id)
    assert "disabled" in say(site, "client", "list")
    with reading(site.engine) as connection:
        client = find_client(connection, client_id)
    assert client is not None
    assert client.is_disabled
    say(site, "client", "enable", client_id)
    assert "disabled" not in say(site, "client", "list")
    with pytest.raises(Refused, match="no client"):
        run(site, "client", "rotate", "nobody")


def test_a_party_that_is_dropped_speaks_for_nobody(site: Installation) -> None:
    party = "PADPIDA20260417021"
    say(site, "provider", "add", PROVIDER, "--name", "Paper Lantern", "--speaks-for", party.lower())
    assert party in say(site, "provider", "list")
    assert "is dropped" in say(site, "provider", "drop-party", PROVIDER, party)
    assert party not in say(site, "provider", "list")
    assert run(site, "provider", "add", PROVIDER, "--name", "x", "--dpid", "nonsense").exit_code == 2
