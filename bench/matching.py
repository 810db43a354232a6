"""Whether two descriptions of songs mean one recording: precision, recall and F1 of intake's own scorer.

The labelled pairs of two shops come as train and valid; the scorer's weights were fitted on train alone
(``fit_weights``), and the threshold is one half. What the scorer looks at was chosen by ``cross_validate``, on train
too: ``python -m bench.matching FILE`` prints both. ``make bench NAME=matching DATA=FILE`` measures any file of that
form. A published matcher that learned from the same pairs reaches 0.91, the best that has a language model 0.97.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from antiphon.identity.likeness import PRIOR, SAME_RECORDING, WEIGHTS, compare_recordings, find_evidence
from bench.results import Result
from bench.song_pairs import SongPair, read_pairs

PAIRS = Path(__file__).parents[2] / "shared" / "samples" / "matching"
BAR = 0.93
"""F1; of the pairs whose values stand where they belong. The others are reported only."""

PENALTY = 0.5
"""Of squared weights: 321 pairs do not tell more about each of 18 levels."""

FOLDS = 10

STEPS = 4000


class Accuracy(NamedTuple):
    """How often the scorer was right: of what it took for one (precision), and of what is one (recall)."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def measure() -> list[Result]:
    """Return F1 on the valid split, and on the one with misplaced values; nothing where the pairs are not there."""
    files = [PAIRS / "itunes-amazon-valid.txt", PAIRS / "itunes-amazon-dirty-valid.txt"]
    if not all(file.exists() for file in files):
        print("matching: the labelled pairs are not beside this checkout; name a file with DATA=", file=sys.stderr)
        return []
    clean, misplaced = map(measure_file, files)
    return [clean, msgspec.structs.replace(misplaced, bar=None)]


def measure_file(path: Path) -> Result:
    """Return F1 on the pairs of a file."""
    pairs = read_pairs(path)
    accuracy = measure_accuracy(pairs)
    return Result(
        name=f"matching {path.stem}",
        against="people's labels",
        unit="F1",
        ours=(accuracy.f1,),
        bar=BAR,
        note=f"{len(pairs)} pairs, precision {accuracy.precision:.3f}, recall {accuracy.recall:.3f}",
    )


def measure_accuracy(pairs: Sequence[SongPair]) -> Accuracy:
    """Return how right the scorer is about labelled pairs."""
    return count_accuracy([(compare_recordings(p.one, p.other).score >= SAME_RECORDING, p) for p in pairs])


def count_accuracy(said: Sequence[tuple[bool, SongPair]]) -> Accuracy:
    """Return how right it was to take each pair for one or not."""
    right = sum(taken and pair.is_same for taken, pair in said)
    taken_for_one = sum(taken for taken, _ in said)
    return Accuracy(
        precision=right / taken_for_one if taken_for_one else 0.0,
        recall=right / sum(pair.is_same for _, pair in said),
    )


def cross_validate(pairs: Sequence[SongPair]) -> Accuracy:
    """Return how right the scorer is about pairs its weights were not fitted on, each tenth by the other nine.

    Pairs with the same first song stay together: whoever has seen one of them knows half of the others.
    """
    folds = {song: place % FOLDS for place, song in enumerate(dict.fromkeys(pair.one for pair in pairs))}
    said: list[tuple[bool, SongPair]] = []
    for fold in range(FOLDS):
        weights, prior = fit_weights([pair for pair in pairs if folds[pair.one] != fold])
        for pair in (pair for pair in pairs if folds[pair.one] == fold):
            found = (weights[name] for name in find_evidence(pair.one, pair.other) if name)
            said.append((prior + sum(found) >= 0, pair))
    return count_accuracy(said)


def fit_weights(pairs: Sequence[SongPair]) -> tuple[dict[str, float], float]:
    """Return the weight of each level of evidence and the prior, by logistic regression with a ridge penalty."""
    names = list(WEIGHTS)
    found = [set(find_evidence(pair.one, pair.other)) for pair in pairs]
    levels = np.array([[float(name in evidence) for name in names] for evidence in found])
    labels = np.array([float(pair.is_same) for pair in pairs])
    weights, prior = np.zeros(len(names)), 0.0
    for _ in range(STEPS):
        errors = 1 / (1 + np.exp(-(levels @ weights + prior))) - labels
        weights -= 0.5 * (levels.T @ errors + PENALTY * weights) / len(pairs)
        prior -= 0.5 * float(errors.mean())
    return dict(zip(names, map(float, weights), strict=True)), prior


if __name__ == "__main__":
    given = read_pairs(Path(sys.argv[1]))
    fitted, fitted_prior = fit_weights(given)
    for name, weight in fitted.items():
        print(f"{name:22} {weight:+.2f}   in use {WEIGHTS[name]:+.1f}")
    print(f"{'prior':22} {fitted_prior:+.2f}   in use {PRIOR:+.1f}")
    unseen = cross_validate(given)
    print(f"cross-validated: precision {unseen.precision:.3f}, recall {unseen.recall:.3f}, F1 {unseen.f1:.3f}")
