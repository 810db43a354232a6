"""The rules about credits: roles, who is credited at all, and the names of writers."""

from typing import Any

import pytest

from antiphon.model.claims import Credit, DeliveredId, IdScheme
from antiphon.model.findings import Finding, Severity
from antiphon.model.roles import is_lyricist, is_performer, is_producer, is_vocalist, is_writer
from antiphon.model.statement import Statement
from tests.builders import CONTRIBUTORS, a_cover, a_recording, a_release, a_statement, changed, some_roles
from tests.rules.checks import find

WARN, NOTE = Severity.WARN, Severity.NOTE
WRITER, PLAYER = CONTRIBUTORS
IPI = (DeliveredId(scheme=IdScheme.IPI, text="00012345678"),)


def credited(*contributors: Credit, **changes: Any) -> Statement:
    """Return the good statement with its first track's contributors replaced."""
    recording = a_recording(1, contributors=contributors, **changes)
    return a_statement(resources=(recording, a_recording(2), a_cover()))


def composed_by(name: str, role: str = "ComposerLyricist", **changes: Any) -> Statement:
    return credited(changed(Credit(name=name, roles=some_roles(role), line=14), **changes), PLAYER)


def facts(findings: list[Finding]) -> list[tuple[Severity, str]]:
    return [(finding.severity, finding.got) for finding in findings]


def test_an_artist_without_a_role_and_a_track_without_a_main_artist_are_told() -> None:
    idle = a_statement(resources=(a_recording(1, display_artists=(Credit(name="Vera"),)), a_recording(2), a_cover()))
    assert facts(find(idle, "R7")) == [(WARN, "no role of artist Vera")]
    guest = Credit(name="Vera", roles=some_roles("FeaturedArtist"))
    alone = a_statement(resources=(a_recording(1, display_artists=(guest,)), a_recording(2), a_cover()))
    assert facts(find(alone, "R7")) == [(WARN, "no main artist on A1, only FeaturedArtist")]


def test_contributors_without_a_role_are_told_together() -> None:
    idle = tuple(Credit(name=f"Player {number}", line=number) for number in range(1, 16))
    assert facts(find(credited(WRITER, PLAYER, *idle), "R7")) == [
        (WARN, "no role of Player 1, Player 2, Player 3 and 12 more contributors")
    ]


def test_what_tracks_lack_is_told_once_per_kind_of_credit() -> None:
    bare = a_statement(6, resources=(*(a_recording(n, contributors=()) for n in range(1, 7)), a_cover()))
    assert facts(find(bare, "R9")) == [
        (WARN, "no writer on all 6 tracks"),
        (NOTE, "no performer on all 6 tracks"),
        (NOTE, "no producer on all 6 tracks"),
    ]
    assert facts(find(credited(WRITER), "R9")) == [
        (NOTE, "no performer on A1 'Harbour Light No. 1'"),
        (NOTE, "no producer on A1 'Harbour Light No. 1'"),
    ]


def test_many_of_many_tracks_are_told_by_number_and_reference() -> None:
    some = [a_recording(n, **({"contributors": (PLAYER,)} if n > 6 else {})) for n in range(1, 21)]
    (finding,) = find(a_statement(20, resources=(*some, a_cover())), "R9")
    assert finding.got == "no writer on 14 of 20 tracks: A7, A8, A9, A10, A11, A12, A13, A14, A15, A16, A17, A18, ..."


def test_credits_of_the_release_and_displayed_composers_count_for_its_tracks() -> None:
    bare = a_statement(2, resources=(a_recording(1, contributors=()), a_recording(2, contributors=()), a_cover()))
    credited_whole = a_release(2, contributors=CONTRIBUTORS)
    assert find(changed(bare, releases=(credited_whole, *bare.releases[1:])), "R9") == []
    composer = Credit(name="Aino Lehtola", kind="DisplayComposer")
    shown = credited(PLAYER, display_artists=(*a_recording(1).display_artists, composer))
    assert find(shown, "R9") == []


@pytest.mark.parametrize("name", ["Adele", "DJ Kettle", "MC Reed", "The Emerging Sound", "Kettle99", "Reed (2)"])
def test_a_writer_called_as_nobody_is_by_law_is_doubted(name: str) -> None:
    assert facts(find(composed_by(name), "R10")) == [(WARN, f"writer {name!r}")]


def test_two_writers_in_one_field_are_taken_apart() -> None:
    (finding,) = find(composed_by("Vera Solvang / Ines Reed"), "R10")
    assert finding.fix == "credit 'Vera Solvang' and 'Ines Reed' in Contributor elements of their own"


@pytest.mark.parametrize(
    "statement",
    [
        composed_by("Aino Lehtola"),
        composed_by("J. S. Bach"),
        composed_by("しゅうさえこ"),
        composed_by("Traditional"),
        composed_by("Trad. Norwegian"),
        composed_by("Nuñez-O’Hara, María"),
        composed_by("Adele", ids=IPI),
        composed_by("Adele", "MusicPublisher"),
    ],
    ids=lambda statement: statement.resources[0].contributors[0].name,
)
def test_a_legal_name_a_known_writer_and_a_tradition_are_no_breach(statement: Statement) -> None:
    assert find(statement, "R10") == []


def test_words_want_a_lyricist_and_a_track_without_words_none() -> None:
    assert facts(find(composed_by("Aino Lehtola", "Composer"), "R10")) == [
        (NOTE, "a composer and no lyricist on A1 'Harbour Light No. 1', with words")
    ]
    composer = Credit(name="Aino Lehtola", roles=some_roles("Composer"))
    assert find(credited(composer, PLAYER, language="zxx"), "R10") == []
    assert find(composed_by("Traditional", "Composer"), "R10") == []


ROLES = {
    "Composer": is_writer,
    "ComposerLyricist": is_lyricist,
    "Songwriter": is_writer,
    "Lyricist": is_lyricist,
    "NonLyricAuthor": is_writer,
    "StudioProducer": is_producer,
    "Recording Engineer": is_producer,
    "Mixer": is_producer,
    "Remixer": is_producer,
    "ArtistVocalEngineer": is_producer,
    "Artist": is_performer,
    "Soloist": is_performer,
    "Pianist": is_performer,
    "Drummer": is_performer,
    "Lead Vocals": is_vocalist,
    "BackgroundVocalist": is_vocalist,
    "Conductor": is_performer,
    "DJ": is_performer,
    "background_vocals": is_vocalist,
}
"""Roles of the standard and of senders, and the question each answers with yes."""


@pytest.mark.parametrize("word", sorted(ROLES))
def test_a_role_is_recognised_in_the_words_of_senders(word: str) -> None:
    assert ROLES[word](word)


@pytest.mark.parametrize(
    "word", ["MusicPublisher", "GraphicArtist", "Stylist", "Calligrapher", "Photographer", "Lyricist", "Contractor", ""]
)
def test_who_writes_prints_or_sells_does_not_perform(word: str) -> None:
    assert not is_performer(word)
