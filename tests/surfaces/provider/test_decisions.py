"""Decisions over HTTP and on the console: who may decide, what it does, and how it is undone."""

from pathlib import Path
from typing import Any

import pytest

from tests.docs.house import LISTENER, OPERATOR, OWNER
from tests.intake.deliveries import a_small_statement, write_delivery
from tests.intake.installation import PROVIDER
from tests.surfaces.provider.dockside import Dockside
from tests.surfaces.provider.test_goalie import OWN_PAGE

DECISIONS = "/provider/v1/decisions"
PAGE = "/console/decisions"
TAKEDOWN = {"type": "takedown", "territories": ["NO", "SE"]}


def decide(dock: Dockside, effect: dict[str, Any], kind: str = "provider", target: str = PROVIDER, **more: Any) -> Any:
    body = {"effect": effect, "target_kind": kind, "target_id": target, "reason": "court order"} | more
    return dock.ask("POST", DECISIONS, OPERATOR, json=body)


def test_only_operators_see_and_make_decisions(dock: Dockside) -> None:
    body = {"effect": TAKEDOWN, "target_kind": "provider", "target_id": PROVIDER, "reason": "why not"}
    for caller in (LISTENER, OWNER):
        assert dock.ask("POST", DECISIONS, caller, json=body).status_code == 403
        assert dock.ask("GET", DECISIONS, caller).status_code == 403
        assert dock.ask("DELETE", f"{DECISIONS}/x", caller).status_code == 403
        assert dock.ask("GET", PAGE, caller).status_code == 403
    assert dock.ask("GET", DECISIONS, OPERATOR).json() == {"decisions": []}


@pytest.mark.parametrize(
    ("effect", "more", "status", "reason"),
    [
        (TAKEDOWN, {"target_id": "nobody"}, 404, "UnknownTarget"),
        (TAKEDOWN, {"reason": " "}, 400, "DecisionWithoutReason"),
        (TAKEDOWN, {"until": "2020-01-01T00:00:00Z"}, 400, "DecisionOver"),
        ({"type": "geoblock", "territories": []}, {}, 400, "GeoblockNowhere"),
        ({"type": "merge", "into_id": "x"}, {}, 400, "WrongTarget"),
        ({"type": "promote"}, {}, 400, "InvalidBody"),
    ],
)
def test_what_cannot_be_decided_is_refused_with_a_word_for_programs(
    dock: Dockside, effect: dict[str, Any], more: dict[str, Any], status: int, reason: str
) -> None:
    refused = decide(dock, effect, **more)
    assert (refused.status_code, refused.json()["reason"]) == (status, reason)


def test_a_decision_is_signed_listed_by_what_is_asked_and_undone_once(dock: Dockside) -> None:
    made = decide(dock, TAKEDOWN, until="2030-01-01T00:00:00")
    assert (made.status_code, made.json()["changed"]) == (201, 0)
    decision = made.json()["decision"]
    assert (decision["effect"], decision["until"]) == (TAKEDOWN, "2030-01-01T00:00:00.000000Z")
    assert decision["decided_by"].startswith("operator (")
    held = decide(dock, {"type": "hold"}).json()["decision"]
    listed = dock.ask("GET", DECISIONS, OPERATOR).json()["decisions"]
    assert [one["id"] for one in listed] == [held["id"], decision["id"]]
    for query, wanted in (("kind=hold", [held]), (f"before={held['id']}", [decision]), ("target=other", [])):
        assert dock.ask("GET", f"{DECISIONS}?{query}", OPERATOR).json()["decisions"] == wanted
    assert dock.ask("GET", f"{DECISIONS}?kind=whim", OPERATOR).status_code == 400
    undone = dock.ask("DELETE", f"{DECISIONS}/{decision['id']}", OPERATOR)
    assert undone.json()["undone_by"].startswith("operator (")
    assert dock.ask("DELETE", f"{DECISIONS}/{decision['id']}", OPERATOR).status_code == 409
    assert dock.ask("GET", f"{DECISIONS}?in_force=1", OPERATOR).json()["decisions"] == [held]
    acts = dock.ask("GET", f"/provider/v1/audit?provider={PROVIDER}", OPERATOR).json()["acts"]
    assert [act["action"] for act in acts] == ["undo", "hold", "takedown"]


def test_the_consoles_page_says_who_why_and_until_when_and_its_forms_decide_and_undo(
    dock: Dockside, tmp_path: Path
) -> None:
    dock.site.deliver(write_delivery(tmp_path / "out", a_small_statement(1), seed=1))
    fields = {
        "kind": "geoblock",
        "target_kind": "provider",
        "target_id": PROVIDER,
        "territories": "no, se",
        "until": "2030-01-31T12:00",
        "reason": "<b>licence</b>",
    }
    assert dock.ask("POST", PAGE, OPERATOR, data=fields).status_code == 403
    assert dock.ask("POST", PAGE, OPERATOR, data=fields | {"until": "soon"}, headers=OWN_PAGE).status_code == 400
    assert dock.ask("POST", PAGE, OPERATOR, data=fields | {"kind": "whim"}, headers=OWN_PAGE).status_code == 400
    answer = dock.ask("POST", PAGE, OPERATOR, data=fields, headers=OWN_PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    (decision,) = dock.ask("GET", DECISIONS, OPERATOR).json()["decisions"]
    page = dock.ask("GET", PAGE, OPERATOR).text
    for told in (
        f"geoblock provider {PROVIDER} in NO, SE",
        "&lt;b&gt;licence",
        "in force until 2030-01-31 12:00:00 UTC",
    ):
        assert told in page
    undo = f"{PAGE}/{decision['id']}/undo"
    assert f'action="{undo}"' in page
    assert dock.ask("POST", undo, OPERATOR, data={"x": "y"}, headers=OWN_PAGE).status_code == 303
    page = dock.ask("GET", PAGE, OPERATOR).text
    assert undo not in page
    assert "undone by operator (" in page
    assert "Nothing." in dock.ask("GET", f"{PAGE}?in_force=1", OPERATOR).text
