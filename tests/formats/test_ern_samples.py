"""Real messages: every sample is read or refused with a code, and its elements are counted as its manifest says."""

import re
from pathlib import Path

import pytest

from antiphon.formats.ern import read_message
from antiphon.model.errors import Rejected
from antiphon.model.statement import MessageKind, count_elements
from tests.conftest import SHARED
from tests.formats.corpus import sample_table

SAMPLES = sample_table(SHARED) if (SHARED / "samples").is_dir() else {}
COUNTED = sorted(name for name, note in SAMPLES.items() if " NewReleaseMessage" in note)
OTHERS = sorted(set(SAMPLES) - set(COUNTED))

COLUMNS = {
    "sound_recordings": "sr",
    "videos": "video",
    "images": "img",
    "releases": "rel",
    "track_releases": "trackrel",
    "deals": "deals",
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_real_message_has_the_elements_its_manifest_counts(shared: Path, name: str) -> None:
    note = SAMPLES[name]
    expected = {}
    for column, word in COLUMNS.items():
        match = re.search(rf"[\[ ]{word}=(\d+)", note)
        expected[column] = int(match[1]) if match else 0
    assert count_elements(read_message((shared / "samples" / name).read_bytes(), file=name)) == expected


@pytest.mark.parametrize("name", OTHERS)
def test_any_other_sample_is_a_purge_or_refused_with_a_code(shared: Path, name: str) -> None:
    data = (shared / "samples" / name).read_bytes()
    if "PurgeReleaseMessage" in SAMPLES[name]:
        statement = read_message(data, file=name)
        assert statement.kind is MessageKind.PURGE
        assert [release.is_main for release in statement.releases] == [True]
        return
    with pytest.raises(Rejected) as refusal:
        read_message(data, file=name)
    assert refusal.value.code in {"ErnMissing", "NewReleaseMessageInvalid"}


@pytest.mark.parametrize("name", COUNTED)
def test_the_lines_of_a_real_message_lead_to_its_deals_and_recordings(shared: Path, name: str) -> None:
    data = (shared / "samples" / name).read_bytes()
    lines = data.decode("utf-8-sig").splitlines()
    statement = read_message(data)
    for resource in statement.resources:
        assert resource.path.rpartition("/")[2].partition("[")[0] in "".join(lines[resource.line - 2 : resource.line])
    for entry in statement.release_deals:
        for deal in entry.deals:
            assert "<Deal" in lines[deal.line - 1]


def test_a_track_of_a_real_album_has_title_artist_and_file(shared: Path) -> None:
    statement = read_message((shared / "samples/ern/kazhs_ern43_album.xml").read_bytes())
    track = statement.resources[0]
    assert [title.value for title in track.titles] == ["Yume no Lullaby", "夢のララバイ"]
    assert [artist.name for artist in track.display_artists] == ["Saeko Shu"]
    assert [claim.uri for claim in track.files] == ["0094631432057_01_001.wav"]
    assert statement.main_release is not None
    assert [label.value for label in statement.main_release.labels] == ["EMI MUSIC JAPAN INC."]
