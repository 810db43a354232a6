"""Whose a field or a release is, as it is typed: provenance, override, transfer and erase."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from antiphon.model.errors import Refused
from antiphon.record import reading, writing
from antiphon.record.catalogue import find_entities
from antiphon.record.providers import Provider, add_provider
from tests.builders import a_recording
from tests.cli.typed import run, say
from tests.intake.installation import Installation, installed, now
from tests.record.deliveries import an_album, apply

WHY = ("--reason", "as the label asked", "--by", "Ada")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation with an album of one track by the provider north."""
    data = tmp_path / "data"
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        apply(installation.engine, an_album(a_recording(1)))
        yield installation


def find_id(site: Installation, kind: str) -> str:
    with reading(site.engine) as conn:
        return next(
            one
            for scheme, value in (("isrc", "QZANT2600001"), ("icpn", "04006381333931"))
            for found, one in find_entities(conn, scheme, value)
            if found.value == kind
        )


def test_provenance_names_every_field_with_the_line_it_is_from(site: Installation) -> None:
    told = say(site, "provenance", "track", find_id(site, "track"))
    assert "title         Harbour Light No. 1\n" in told
    assert ":10  ResourceList/SoundRecording[1]  (resources[0].titles[0])" in told
    one = json.loads(say(site, "provenance", "album", find_id(site, "album"), "label", "--json"))
    assert [(field["field"], field["given_by"], field["value"]) for field in one["fields"]] == [
        ("label", "provider", "Paper Lantern")
    ]
    with pytest.raises(Refused, match="it has: title, type"):
        run(site, "provenance", "album", find_id(site, "album"), "name")
    with pytest.raises(Refused, match="there is no album"):
        run(site, "provenance", "album", "nothing")


def test_an_override_is_made_told_of_and_undone(site: Installation) -> None:
    album = find_id(site, "album")
    told = say(site, "override", "album", album, "genres", "Folk", "Sea Shanty", *WHY)
    assert "genres is Folk, Sea Shanty now" in told
    assert "Folk, Sea Shanty\n  override " in say(site, "provenance", "album", album, "genres")
    say(site, "undo", told.partition("undo: antiphon undo ")[2].strip())
    assert "Sea Shanty" not in say(site, "provenance", "album", album, "genres")
    say(site, "override", "track", find_id(site, "track"), "explicit", "true", *WHY)
    assert "explicit      true\n" in say(site, "provenance", "track", find_id(site, "track"), "explicit")
    with pytest.raises(Refused, match="expected true or false"):
        run(site, "override", "track", find_id(site, "track"), "explicit", "very", *WHY)
    assert (
        "put a text of several words into quotes"
        in run(site, "override", "album", album, "title", "A", "B", *WHY).output
    )


def test_a_release_is_transferred_and_given_back(site: Installation) -> None:
    with writing(site.engine) as conn:
        add_provider(conn, Provider(id="south", name="South"), now())
    album = find_id(site, "album")
    told = say(site, "transfer", album, "--to", "south", *WHY)
    assert "the release belongs to south now" in told
    assert json.loads(say(site, "provenance", "album", album, "--json"))["provider"] == "north"
    say(site, "undo", told.partition("undo: antiphon undo ")[2].strip())
    with pytest.raises(Refused, match="there is no provider"):
        run(site, "transfer", album, "--to", "nobody", *WHY)


def test_an_erasure_wants_the_id_twice_and_is_for_good(site: Installation) -> None:
    album = find_id(site, "album")
    for confirmed in ((), ("--confirm", "yes")):
        refused = run(site, "erase", album, *confirmed, *WHY)
        assert refused.exit_code == 2
        assert f"repeat the id if you mean it: --confirm {album}" in refused.output
    told = say(site, "erase", album, "--confirm", album, *WHY)
    assert told.startswith("erased  1 deliveries  decision ")
    with pytest.raises(Refused, match="there is no album"):
        run(site, "provenance", "album", album)
    with pytest.raises(Refused, match="cannot be taken back"):
        run(site, "undo", told.rpartition(" ")[2].strip())
    assert "erase album" in say(site, "decisions")
