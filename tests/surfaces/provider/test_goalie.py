"""The goalie's desk over HTTP and on the console: who may decide, what it does, and that no other page can."""

from pathlib import Path

import pytest

from tests.builders import changed
from tests.docs.house import OPERATOR, OWNER, STRANGER
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import PROVIDER
from tests.surfaces.provider.dockside import DELIVERIES, Dockside

HELD = "/provider/v1/held"
WAIVERS = "/provider/v1/waivers"
POLICY = f"/provider/v1/providers/{PROVIDER}/policy"
OWN_PAGE = {"sec-fetch-site": "same-origin"}
NO_C_LINE = "L4"


def agree(dock: Dockside, severity: str, after: int = 0, rule: str = NO_C_LINE) -> int:
    body = {"policy": {"severities": {rule: severity}}, "reason": "house style", "after": after}
    return dock.ask("PUT", POLICY, OPERATOR, json=body).status_code


def hold_one(dock: Dockside, root: Path, number: int = 1) -> str:
    """Deliver something that a policy holds; return its id."""
    statement = a_small_statement(number)
    main = changed(statement.releases[0], c_lines=())
    statement = changed(statement, releases=(main, *statement.releases[1:]))
    (delivery_id,) = dock.site.deliver(write_delivery(root / f"out-{number}", statement, seed=number))
    assert dock.ask("GET", f"{DELIVERIES}/{delivery_id}").json()["held_by"] == [NO_C_LINE]
    return delivery_id


def test_only_operators_decide_and_what_is_held_is_told_with_its_age_and_its_rules(
    dock: Dockside, tmp_path: Path
) -> None:
    assert agree(dock, "hold") == 200
    delivery_id = hold_one(dock, tmp_path)
    for action in ("clear", "reject", "waive"):
        body = {"reason": "why not", "rule": NO_C_LINE}
        assert dock.ask("POST", f"{DELIVERIES}/{delivery_id}/{action}", OWNER, json=body).status_code == 403
    (line,) = dock.ask("GET", HELD, OWNER).json()["held"]
    assert (line["delivery"]["id"], line["held_by"]) == (delivery_id, [NO_C_LINE])
    assert line["age_s"] >= 0
    assert dock.ask("GET", HELD, STRANGER).json() == {"held": []}


def test_a_hold_is_cleared_with_a_reason_and_the_act_is_signed_by_name(dock: Dockside, tmp_path: Path) -> None:
    agree(dock, "hold")
    delivery_id = hold_one(dock, tmp_path)
    path = f"{DELIVERIES}/{delivery_id}/clear"
    assert dock.ask("POST", path, OPERATOR, json={"reason": " "}).status_code == 400
    assert dock.ask("POST", path, OPERATOR, json={"reason": "fine", "by": "somebody"}).status_code == 400
    assert dock.ask("POST", path, OPERATOR, content=b"reason=fine").status_code == 415
    assert dock.ask("POST", path, OPERATOR, json={"reason": "fine"}).json()["run"] == 2
    report = dock.ask("GET", f"{DELIVERIES}/{delivery_id}").json()
    assert (report["stage"], report["is_moving"], report["held_by"]) == ("held", True, [])
    acts = dock.ask("GET", "/provider/v1/audit", OPERATOR).json()["acts"]
    assert acts[0]["action"] == "clear"
    assert acts[0]["done_by"].startswith("operator (")


def test_a_rule_is_waived_until_it_is_undone(dock: Dockside, tmp_path: Path) -> None:
    agree(dock, "hold")
    delivery_id = hold_one(dock, tmp_path)
    path = f"{DELIVERIES}/{delivery_id}/waive"
    assert dock.ask("POST", path, OPERATOR, json={"reason": "jazz"}).status_code == 400
    refused = dock.ask("POST", path, OPERATOR, json={"reason": "jazz", "rule": "I8"})
    assert (refused.status_code, refused.json()["reason"]) == (409, "NotHeldByRule")
    answer = dock.ask(
        "POST", path, OPERATOR, json={"reason": "jazz", "rule": NO_C_LINE, "until": "2030-01-01T00:00:00"}
    )
    assert answer.json()["released"] == [delivery_id]
    (waiver,) = dock.ask("GET", WAIVERS, OWNER).json()["waivers"]
    assert (waiver["rule"], waiver["until"]) == (NO_C_LINE, "2030-01-01T00:00:00.000000Z")
    assert dock.ask("GET", WAIVERS, STRANGER).json() == {"waivers": []}
    assert dock.ask("DELETE", f"{WAIVERS}/{waiver['id']}", OPERATOR).json()["undone_by"].startswith("operator (")
    assert dock.ask("DELETE", f"{WAIVERS}/{waiver['id']}", OPERATOR).status_code == 409


def test_a_policy_is_read_by_its_provider_and_nobodys_change_is_lost_unseen(dock: Dockside) -> None:
    assert agree(dock, "hold") == 200
    assert agree(dock, "warn", after=0) == 409
    assert agree(dock, "warn", after=1, rule="X99") == 400
    shown = dock.ask("GET", POLICY, OWNER).json()
    assert shown["policy"]["severities"] == {NO_C_LINE: "hold"}
    assert [version["version"] for version in shown["versions"]] == [1]
    assert dock.ask("GET", POLICY, STRANGER).status_code == 404
    off = {"policy": {"off": ["I7"]}, "reason": "no", "after": 1}
    assert dock.ask("PUT", POLICY, OPERATOR, json=off).json()["reason"] == "RuleNotSwitchable"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://music.example"},
        {"origin": "http://evil.example"},
        {"origin": "null"},
    ],
)
def test_a_form_of_another_page_decides_nothing(dock: Dockside, tmp_path: Path, headers: dict[str, str]) -> None:
    agree(dock, "hold")
    delivery_id = hold_one(dock, tmp_path)
    path = f"/console/deliveries/{delivery_id}/clear"
    assert dock.ask("POST", path, OPERATOR, data={"reason": "fine"}, headers=headers).status_code == 403
    assert dock.ask("GET", f"{DELIVERIES}/{delivery_id}").json()["held_by"] == [NO_C_LINE]


def test_the_consoles_forms_decide_and_lead_back_to_their_page(dock: Dockside, tmp_path: Path) -> None:
    agree(dock, "hold")
    delivery_id = hold_one(dock, tmp_path)
    page = dock.ask("GET", f"/console/deliveries/{delivery_id}", OPERATOR).text
    assert f'action="/console/deliveries/{delivery_id}/waive"' in page
    assert "<form" not in dock.ask("GET", f"/console/deliveries/{delivery_id}", OWNER).text
    fields = {"reason": "jazz", "rule": NO_C_LINE, "until": "2030-01-31", "scope": "provider"}
    path = f"/console/deliveries/{delivery_id}/waive"
    assert dock.ask("POST", path, OPERATOR, data=fields | {"until": "soon"}, headers=OWN_PAGE).status_code == 400
    answer = dock.ask("POST", path, OPERATOR, data=fields, headers=OWN_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/console/deliveries/{delivery_id}")
    held = dock.ask("GET", "/console/held", OPERATOR).text
    (waiver,) = dock.ask("GET", WAIVERS, OPERATOR).json()["waivers"]
    undo = f"/console/waivers/{waiver['id']}/undo"
    assert f'action="{undo}"' in held
    assert dock.ask("POST", undo, OPERATOR, data={}, headers=OWN_PAGE).status_code == 415
    assert dock.ask("POST", undo, OPERATOR, data={"x": "y"}, headers=OWN_PAGE).status_code == 303
    assert undo not in dock.ask("GET", "/console/held", OPERATOR).text
