"""The plan of the demo: its numbers are well formed, and every case a catalogue must get right is in it."""

import pytest

from antiphon.demo.plan import ISRC_PATTERN, ParentalWarning, Release, ReleaseKind, Track, ean_check_digit
from antiphon.demo.repertoire import MAELYS, NEXT_WEEK_DAYS, plan_repertoire

REPERTOIRE = plan_repertoire()
RELEASES = REPERTOIRE.releases
TRACKS = [track for release in RELEASES for track in release.tracks]


def only_release(kind: ReleaseKind) -> Release:
    (release,) = (release for release in RELEASES if release.kind is kind)
    return release


def test_every_isrc_is_well_formed_and_names_one_recording() -> None:
    isrcs = [recording.isrc for recording in REPERTOIRE.recordings]
    assert all(ISRC_PATTERN.fullmatch(isrc) for isrc in isrcs)
    for track in TRACKS:
        assert REPERTOIRE.recordings[isrcs.index(track.recording.isrc)] == track.recording


def test_every_icpn_is_an_ean_of_the_range_for_internal_use_with_a_right_check_digit() -> None:
    icpns = [release.icpn for release in RELEASES]
    assert len(set(icpns)) == len(icpns)
    for icpn in icpns:
        assert len(icpn) == 13
        assert icpn.startswith("20")
        assert ean_check_digit(icpn[:12]) == icpn[12]


@pytest.mark.parametrize("known", ["4006381333931", "9780201379624", "5901234123457"])
def test_the_check_digit_is_that_of_known_codes(known: str) -> None:
    assert ean_check_digit(known[:12]) == known[12]


def test_catalogue_numbers_and_works_are_not_shared_by_accident() -> None:
    assert len({release.catalogue_number for release in RELEASES}) == len(RELEASES)
    titles = {recording.recipe.seed: recording.title for recording in REPERTOIRE.recordings}
    assert all(titles[recording.recipe.seed] == recording.title for recording in REPERTOIRE.recordings)


def test_there_is_an_album_an_ep_singles_and_a_compilation_of_many_artists() -> None:
    assert len(only_release(ReleaseKind.ALBUM).tracks) >= 8
    assert 4 <= len(only_release(ReleaseKind.EP).tracks) <= 5
    assert only_release(ReleaseKind.COMPILATION).has_many_artists
    assert all(len(release.tracks) <= 2 for release in RELEASES if release.kind is ReleaseKind.SINGLE)
    assert len({artist.style for artist in REPERTOIRE.artists}) == 5


def test_the_music_is_twenty_to_sixty_seconds_a_track_and_about_fourteen_minutes_in_all() -> None:
    assert 20 <= len(TRACKS) <= 26
    assert all(20_000 <= track.recording.duration_ms <= 60_000 for track in TRACKS)
    total_ms = sum(recording.duration_ms for recording in REPERTOIRE.recordings)
    assert 13 * 60_000 <= total_ms <= 15 * 60_000


def test_tracks_are_numbered_from_one_without_gaps() -> None:
    for release in RELEASES:
        assert [track.sequence for track in release.tracks] == list(range(1, len(release.tracks) + 1))


def test_one_recording_alone_is_on_two_releases_and_these_come_from_two_providers() -> None:
    holders: dict[str, list[Release]] = {}
    for release in RELEASES:
        for track in release.tracks:
            holders.setdefault(track.recording.isrc, []).append(release)
    (shared,) = (found for found in holders.values() if len(found) > 1)
    assert [release.kind for release in shared] == [ReleaseKind.ALBUM, ReleaseKind.COMPILATION]
    assert shared[0].provider != shared[1].provider


def test_a_version_has_its_own_isrc_and_says_which_version_it_is() -> None:
    versions = [recording for recording in REPERTOIRE.recordings if recording.version_title]
    assert {recording.version_title for recording in versions} == {"Acoustic Version", "Night Mix"}
    for version in versions:
        (original,) = (
            recording
            for recording in REPERTOIRE.recordings
            if recording.title == version.title and recording.version_title is None
        )
        assert original.isrc != version.isrc
        assert original.recipe.seed == version.recipe.seed
        assert version.display_title == f"{original.display_title} ({version.version_title})"


def test_one_track_is_withheld_in_sweden_and_no_other_anywhere() -> None:
    assert [track.withheld_in for track in TRACKS if track.withheld_in] == [("SE",)]


def test_one_track_starts_next_week_on_a_release_that_is_out() -> None:
    later: list[tuple[Release, Track]] = [
        (release, track) for release in RELEASES for track in release.tracks if track.starts_in_days is not None
    ]
    ((release, track),) = later
    assert track.starts_in_days == NEXT_WEEK_DAYS
    assert release.released_in_days <= 0


def test_titles_and_names_go_beyond_short_english() -> None:
    assert "ë" in MAELYS.name
    assert any(
        not recording.title.isascii() and recording.title_language == "ja" for recording in REPERTOIRE.recordings
    )
    assert max(len(recording.title) for recording in REPERTOIRE.recordings) > 80
    explicit = [r for r in REPERTOIRE.recordings if r.parental_warning is ParentalWarning.EXPLICIT]
    assert len(explicit) == 1


def test_each_provider_writes_one_ern_version_and_both_are_written() -> None:
    providers = {release.provider for release in RELEASES}
    assert sorted(provider.ern_version for provider in providers) == ["3.8.2", "4.3.2"]
