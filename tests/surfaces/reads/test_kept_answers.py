"""What is kept for a second is only ever given to whom it was made for, and no longer."""

from datetime import timedelta

from antiphon.access import Tier
from antiphon.surfaces.reads import ReadPath
from antiphon.surfaces.reads.node import MAX_ANSWERS_KEPT, KeptAnswers
from tests.surfaces.reads.asking import ask
from tests.surfaces.reads.catalogue_fixture import NEXT_WEEK, NOW, an_id

ALBUM = f"/v1/albums/{an_id('Harbour Lights')}"


def test_readers_who_differ_in_anything_get_their_own_album(read_path: ReadPath) -> None:
    def ask_all() -> list[bytes]:
        return [
            ask(read_path, f"{ALBUM}?market={market}", tier=tier).body for market in ("", "SE", "NO") for tier in Tier
        ]

    first = ask_all()
    assert ask_all() == first
    assert len({*first}) > 3


def test_a_track_of_a_kept_album_still_goes_live_by_the_clock(read_path: ReadPath) -> None:
    def playable(now_s_before: int) -> bool:
        moment = NEXT_WEEK - timedelta(seconds=now_s_before)
        is_playable: bool = ask(read_path, f"{ALBUM}?market=SE", now=moment).content["tracks"]["items"][2][
            "is_playable"
        ]
        return is_playable

    assert [playable(2), playable(1), playable(1), playable(0), playable(0)] == [False, False, False, True, True]


def test_what_is_not_there_is_not_kept(read_path: ReadPath) -> None:
    for _ in range(2):
        assert ask(read_path, f"/v1/albums/{'0' * 22}").status == 404


def test_the_answers_of_a_second_are_bounded(read_path: ReadPath) -> None:
    answers = KeptAnswers()
    ask(read_path, ALBUM, now=NOW)
    reader, _ = next(iter(read_path._tick.seats.values()))
    answer = read_path._tick.answers.find(reader, an_id("Harbour Lights"))
    assert answer is not None
    for number in range(MAX_ANSWERS_KEPT + 1):
        answers.keep(reader, str(number), answer)
    assert answers.find(reader, str(MAX_ANSWERS_KEPT - 1)) is answer
    assert answers.find(reader, str(MAX_ANSWERS_KEPT)) is None
