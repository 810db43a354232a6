"""`antiphon explain`, as it is typed: what people read, what programs read, and what is wrong with a question."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from click.testing import CliRunner

from antiphon.cli.commands import tree
from antiphon.model.entities import EntityKind
from antiphon.model.errors import Refused
from antiphon.record import reading, writing
from antiphon.record.catalogue import find_entities, load_album
from antiphon.record.media import store_media
from tests.builders import a_deal, a_recording, an_isrc, changed, some_deals
from tests.catalogue.statements import some_audio
from tests.intake.installation import Installation, installed
from tests.record.deliveries import ICPN, OTHER_ICPN, an_album, apply

AUDIO = "a" * 64
HERE = some_deals(a_deal(excluded_territories=("SE",), line=55, path="DealList/ReleaseDeal[1]/Deal[1]"), on=("R1",))
THERE = some_deals(a_deal(territories=("SE", "NO"), start="2026-12-24"), on=("R1",))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Return an installation with a track that SE lacks, and another track of its recording that SE is to have."""
    data = tmp_path_factory.mktemp("explained")
    with installed(data, f"sqlite:///{data / 'record.db'}") as installation:
        with writing(installation.engine) as conn:
            store_media(conn, some_audio(AUDIO))
        first = changed(an_album(a_recording(1)), release_deals=(HERE,))
        second = changed(an_album(a_recording(1), icpn=OTHER_ICPN, day=2), release_deals=(THERE,))
        for statement in (first, second):
            apply(installation.engine, statement, files=(AUDIO,))
        yield installation


def find(site: Installation, kind: EntityKind, icpn: str = ICPN) -> str:
    """Return the album of a barcode, or its one track."""
    with reading(site.engine) as conn:
        albums = [i for k, i in find_entities(conn, "icpn", icpn.zfill(14)) if k is EntityKind.ALBUM]
        if kind is EntityKind.ALBUM:
            return albums[0]
        album = load_album(conn, albums[0])
    assert album is not None
    return album.tracks[0].id


def say(site: Installation, *arguments: str, exit_code: int = 0) -> str:
    answer = CliRunner().invoke(tree, ["explain", *arguments, "--data", str(site.root)], catch_exceptions=False)
    assert answer.exit_code == exit_code, answer.output
    return answer.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--market", "USA"), "did you mean US?"),
        (("--market", "SE", "--tier", "premum"), "did you mean premium?"),
        (("--market", "SE", "--at", "christmas"), "got 'christmas'"),
    ],
)
def test_a_slip_is_told_with_what_may_have_been_meant(
    site: Installation, arguments: tuple[str, ...], said: str
) -> None:
    assert said in say(site, find(site, EntityKind.TRACK), *arguments, exit_code=2).replace("\n", " ")


def test_an_id_that_is_none_is_told_with_what_is_near(site: Installation) -> None:
    track = find(site, EntityKind.TRACK)
    slip = track[:-1] + ("a" if track[-1] != "a" else "b")
    with pytest.raises(Refused, match=rf"did you mean {track}\?"):
        say(site, slip, "--market", "SE")
    with pytest.raises(Refused, match="this is the ISRC of"):
        say(site, an_isrc(1).text, "--market", "SE")
    with reading(site.engine) as conn:
        (recording,) = (i for k, i in find_entities(conn, "isrc", an_isrc(1).text) if k is EntityKind.RECORDING)
    with pytest.raises(Refused, match="this is the id of a recording"):
        say(site, recording, "--market", "SE")
    with pytest.raises(Refused, match=r"there is no track 'nothing'$"):
        say(site, "nothing", "--market", "SE")


def test_people_read_the_cause_the_deals_line_the_stand_in_and_every_market(site: Installation) -> None:
    other = find(site, EntityKind.TRACK, OTHER_ICPN)
    told = say(site, find(site, EntityKind.TRACK), "--market", "SE", "--at", "2026-12-24T00:00", "--all-tiers")
    assert told.splitlines()[0].endswith("has deals for premium listeners, but none covers SE.")
    assert "asked       premium, SE, 2026-12-24T00:00:00+01:00 Europe/Stockholm (2026-12-23T23:00:00Z)" in told
    assert "deal        r/r.xml:55  DealList/ReleaseDeal[1]/Deal[1]" in told
    assert f"instead     {other}  the same recording" in told
    assert told.count("available      249  everywhere but SE") == 2
    assert re.search(rf"not_in_market    1  instead {other}: SE", told)


def test_a_day_before_nothing_stands_in(site: Installation) -> None:
    told = say(site, find(site, EntityKind.TRACK), "--market", "SE", "--at", "2026-12-23")
    assert "instead" not in told
    assert "not_in_market    1  SE" in told


def test_an_album_is_answered_track_by_track(site: Installation) -> None:
    told = say(site, find(site, EntityKind.ALBUM, OTHER_ICPN), "--market", "NO", "--at", "2026-12-01")
    assert told.startswith("“Harbour Lights”: 0 of 1 tracks play to premium listeners in NO.")
    assert f"1-1   not_yet        {find(site, EntityKind.TRACK, OTHER_ICPN)}" in told


def test_programs_read_json(site: Installation) -> None:
    answer = msgspec.json.decode(say(site, find(site, EntityKind.TRACK), "--market", "NO", "--json"))
    assert (answer["is_playable"], answer["zone"], len(answer["market_map"])) == (True, "Europe/Oslo", 2)
    album = msgspec.json.decode(say(site, find(site, EntityKind.ALBUM), "--market", "NO", "--json"))
    assert [track["reason"] for track in album["tracks"]] == ["available"]
