"""Decisions as they are typed: made, listed, explained and undone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.model.errors import Refused
from antiphon.record import reading
from antiphon.record.catalogue import find_entities
from tests.builders import a_recording
from tests.cli.typed import run, say
from tests.intake.installation import Installation, installed
from tests.record.deliveries import an_album, apply

WHY = ("--reason", "court order", "--by", "Ada")
INSTANTS = ("2026-02-01T00:00:00Z", "2097-12-31T23:59:59Z", "2098-01-01T00:00:00Z")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation with an album of one track by the provider north."""
    data = tmp_path / "data"
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        apply(installation.engine, an_album(a_recording(1)))
        yield installation


def list_all(site: Installation, *arguments: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(say(site, "decisions", "--json", *arguments))
    return found


def find_track(site: Installation) -> str:
    with reading(site.engine) as conn:
        return next(i for kind, i in find_entities(conn, "isrc", "QZANT2600001") if kind.value == "track")


def find_reason(site: Installation, track: str, at: str) -> str:
    told: dict[str, str] = json.loads(say(site, "explain", track, "--market", "SE", "--at", at, "--json"))
    return told["reason"]


def test_what_makes_no_sense_is_refused_before_anything_happens(site: Installation) -> None:
    track = find_track(site)
    assert run(site, "takedown", "track", track).exit_code == 2, "a reason is needed"
    assert run(site, "merge", "provider", "north", "--into", "south", *WHY).exit_code == 2
    assert run(site, "geoblock", "track", track, *WHY).exit_code == 2, "a territory is needed"
    assert run(site, "takedown", "track", track, "--until", "soon", *WHY).exit_code == 2
    with pytest.raises(Refused, match="is over"):
        run(site, "hold", "track", track, "--until", "2020-01-01", *WHY)
    assert say(site, "decisions") == "nothing was decided\n"


def test_a_decision_is_made_explained_listed_and_undone(site: Installation) -> None:
    track = find_track(site)
    told = say(site, "geoblock", "provider", "north", "--territory", "SE", "--until", "2098-01-01", *WHY)
    assert "blocked in SE until 2098-01-01 00:00:00 UTC" in told
    say(site, "hold", "track", track, *WHY)
    hold, block = list_all(site)
    assert [one["id"] for one in list_all(site, "--kind", "geoblock")] == [block["id"]]
    assert [one["id"] for one in list_all(site, "--target", track)] == [hold["id"]]
    listed = say(site, "decisions")
    assert "geoblock provider north in SE  in force until 2098-01-01 00:00:00 UTC" in listed
    assert "Ada: court order" in listed
    reasons = [find_reason(site, track, at) for at in INSTANTS]
    assert reasons == ["no_audio", "geoblocked", "no_audio"], "but for the block, only its audio is missing"
    assert told.endswith(f"undo: antiphon undo {block['id']}\n")
    assert say(site, "undo", str(block["id"])) == f"undone  geoblock {block['id']}\n"
    assert [one["id"] for one in list_all(site, "--in-force")] == [hold["id"]]
    assert find_reason(site, track, "2097-12-31T23:59:59Z") == "no_audio"
