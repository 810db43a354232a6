"""`antiphon conflicts`, as it is typed."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from antiphon.catalogue import Conflict
from antiphon.cli.commands import tree
from antiphon.model.errors import Refused
from antiphon.record import writing
from antiphon.record.providers import Provider, add_provider
from tests.builders import a_recording
from tests.intake.installation import PROVIDER, Installation, installed, now
from tests.record.deliveries import OTHER_ICPN, an_album, apply
from tests.record.test_conflicts import ANOTHER_SONG


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    """Return an installation where two providers mean different songs by one ISRC."""
    data = tmp_path / "data"
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        apply(installation.engine, an_album(a_recording(1)))
        apply(installation.engine, an_album(a_recording(1, **ANOTHER_SONG), icpn=OTHER_ICPN), provider="south")
        yield installation


def say(site: Installation, *arguments: str) -> str:
    answer = CliRunner().invoke(tree, ["conflicts", *arguments, "--data", str(site.root)], catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_a_provider_that_is_none_is_refused(site: Installation) -> None:
    with pytest.raises(Refused, match="no provider 'nobody'"):
        say(site, "nobody")


def test_operators_see_both_sides_and_a_provider_its_own(site: Installation) -> None:
    both = say(site)
    assert both.startswith("isrc QZANT2600001  published\n")
    assert "north            'Harbour Light No. 1' by The Tidemarks, 180 s" in both
    assert "south            'Night Ferry' by Ilse Marr, 241 s" in both
    north = say(site, "north")
    assert "yours            'Harbour Light No. 1'" in north
    assert "somebody else's  'Night Ferry'" in north
    assert "south" not in north
    assert "what_to_do" in say(site, "north", "--json")
    (conflict,) = msgspec.json.decode(say(site, "--json"), type=list[Conflict])
    assert len(conflict.claims) == 2


def test_who_has_none_is_told_so(site: Installation) -> None:
    with writing(site.engine) as conn:
        add_provider(conn, Provider(id="east", name="East"), now())
    assert say(site, "east") == "nobody means anything else by an identifier\n"
    assert say(site, PROVIDER) == "nobody means anything else by an identifier\n"
