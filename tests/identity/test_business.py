"""Who is who in a business whose truth is known: the rules find it out, and join nobody who is not one."""

from collections import defaultdict

from bench.identity import LEAST_PRECISION, LEAST_RECALL, MemoryBook, Mention, score_pairs
from bench.made_up_labels import Business


def test_artists_recordings_and_releases_are_told_apart_and_found_again() -> None:
    book = MemoryBook()
    mentions: dict[str, list[Mention]] = defaultdict(list)
    for told in Business(seed=7, artists=300).tell():
        for kind, mention in book.take(told):
            mentions[kind].append(mention)
    scores = {kind: score_pairs(found) for kind, found in mentions.items()}
    assert set(scores) == {"artists", "recordings", "releases"}
    for kind, (precision, recall) in scores.items():
        assert precision >= LEAST_PRECISION, f"{kind}, seed 7"
        assert recall >= LEAST_RECALL, f"{kind}, seed 7"
