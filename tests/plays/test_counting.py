"""Which plays count."""

import pytest

from antiphon.plays import COUNTS_FROM_MS, Exclusion, find_exclusion


@pytest.mark.parametrize(
    ("played_ms", "duration_ms", "reason"),
    [
        (0, 180_000, Exclusion.TOO_SHORT),
        (COUNTS_FROM_MS - 1, 180_000, Exclusion.TOO_SHORT),
        (COUNTS_FROM_MS, 180_000, None),
        (19_999, 20_000, Exclusion.TOO_SHORT),
        (20_000, 20_000, None),
        (COUNTS_FROM_MS, COUNTS_FROM_MS, None),
        (0, 0, Exclusion.TOO_SHORT),
        (180_000, None, Exclusion.UNKNOWN_TRACK),
    ],
)
def test_a_play_counts_from_30_s_or_when_all_of_a_shorter_track_was_heard(
    played_ms: int, duration_ms: int | None, reason: Exclusion | None
) -> None:
    assert find_exclusion(played_ms, duration_ms) is reason
