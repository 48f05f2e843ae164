"""Candidates of mentions that depend on the words of the mention alone, computed once per distinct words."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from hyplink.arrays import Indices, Scores
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.mentions.batch import MentionBatch

ROWS_KEPT = 1 << 16
"""Candidates kept, of some 300 bytes each."""

_Key = tuple[str, tuple[int, ...], bool]


class _Block(NamedTuple):
    """The candidates of a mention, as the columns of `Candidates`."""

    concepts: Indices
    features: Scores
    distances: Scores | None
    gold_groups: Indices


class RememberedCandidates:
    """The candidates of mentions by their words, the concepts that these name, and whether others are searched.

    Args:
        generate: gives the candidates of mentions.
    """

    def __init__(self, generate: Callable[[MentionBatch], Candidates]) -> None:
        self._generate = generate
        self._blocks: dict[_Key, _Block] = {}
        self._n_rows = 0

    def candidates(self, batch: MentionBatch) -> Candidates:
        """The candidates of a batch of mentions, by mention and then by concept index."""
        keys: list[_Key] = list(zip(batch.texts, batch.named, batch.named_only, strict=True))
        if self._n_rows > ROWS_KEPT:
            self._blocks.clear()
            self._n_rows = 0
        # Another thread may clear the cache at any moment, so the answer is made of what was looked up once.
        found = list(map(self._blocks.get, keys))
        new = {key: row for row, (key, block) in enumerate(zip(keys, found, strict=True)) if block is None}
        made = self._made(list(new), self._generate(batch.take(new.values()))) if new else {}
        self._blocks.update(made)
        return _joined([made[key] if block is None else block for key, block in zip(keys, found, strict=True)])

    def _made(self, keys: Sequence[_Key], found: Candidates) -> dict[_Key, _Block]:
        """The blocks of the mentions of some keys."""
        blocks = {}
        starts = np.searchsorted(found.mentions, np.arange(len(keys) + 1)).tolist()
        for key, start, end in zip(keys, starts, starts[1:], strict=False):
            distances = None if found.distances is None else found.distances[start:end].copy()
            rows = (found.concepts[start:end].copy(), found.features[start:end].copy())
            blocks[key] = _Block(*rows, distances, found.gold_groups[start:end].copy())
        self._n_rows += len(found.concepts)
        return blocks


def _joined(blocks: Sequence[_Block]) -> Candidates:
    """The candidates of several mentions."""
    if not blocks:
        nothing = np.zeros(0, np.int64)
        return Candidates(nothing, nothing, np.zeros((0, len(FEATURES))), None, nothing)
    concepts, features, distances, gold_groups = zip(*blocks, strict=True)
    mentions = np.repeat(np.arange(len(blocks)), [len(each) for each in concepts])
    apart = None if distances[0] is None else np.concatenate(distances)
    return Candidates(mentions, np.concatenate(concepts), np.concatenate(features), apart, np.concatenate(gold_groups))
