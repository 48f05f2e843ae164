"""Negative sampling: the random and the hard negatives of a training step."""

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled
from hyplink.poincare.hierarchy import Hierarchy

Floats32 = NDArray[np.float32]
Integers = NDArray[np.int32]
Starts = NDArray[np.int64]

COUNT_EXPONENT = 0.75
"""A concept that occurs in c relations is sampled with probability proportional to c^COUNT_EXPONENT."""

MIN_TABLE_SIZE, TABLE_SIZE_PER_CONCEPT = 2**16, 16
"""The size of a negative table is the larger of MIN_TABLE_SIZE and TABLE_SIZE_PER_CONCEPT·n_concepts."""


def negative_table(hierarchy: Hierarchy, uniform_share: float, generator: np.random.Generator) -> Integers:
    """A shuffled table in which each concept occurs in proportion to its sampling probability, int32.

    Args:
        hierarchy: gives the number of relations of each concept.
        uniform_share: weight of the uniform distribution; the rest is the distribution by `COUNT_EXPONENT`.
        generator: shuffles the table.
    """
    counts = hierarchy.ancestors.counts + np.bincount(hierarchy.ancestors.items, minlength=hierarchy.n_concepts)
    weights = counts.astype(np.float64) ** COUNT_EXPONENT
    cumulated = np.cumsum(uniform_share / hierarchy.n_concepts + (1 - uniform_share) * weights / weights.sum())
    size = max(MIN_TABLE_SIZE, TABLE_SIZE_PER_CONCEPT * hierarchy.n_concepts)
    quantiles = (np.arange(size) + 0.5) / size * cumulated[-1]
    return generator.permutation(np.searchsorted(cumulated, quantiles).astype(np.int32))


@compiled
def _random(state: NDArray[np.uint64]) -> np.uint64:
    """The next 64 random bits of splitmix64 (Steele et al. 2014, Fast Splittable Pseudorandom Number Generators)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits: np.uint64 = z ^ (z >> np.uint64(31))
    return bits


@compiled
def _below(bits: np.uint64, size: int) -> int:
    """A uniform integer in [0, size), from the upper 32 of 64 random bits."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32))  # type: ignore[return-value]


@compiled
def append_hard_negatives(others: Integers, n: int, hard_negatives: Integers, last_seen: Integers, turn: int) -> int:
    """Appends a concept's hard negatives to the first n of `others` and marks them as seen; returns the new n."""
    for i in range(hard_negatives.size):
        if hard_negatives[i] >= 0:
            others[n] = hard_negatives[i]
            last_seen[hard_negatives[i]] = turn
            n += 1
    return n


@compiled
def append_sampled_negatives(
    others: Integers,
    own_ancestors: Integers,
    n: int,
    last_seen: Integers,
    turn: int,
    child_starts: Starts,
    children: Integers,
    table: Integers,
    siblings_per_256: int,
    n_negatives: int,
    state: NDArray[np.uint64],
) -> int:
    """Appends sampled negatives that were not seen in this turn to the first n of `others`; returns the new n.

    Consecutive entries of the shuffled table, from a random position on, are a random sample that is read sequentially
    from memory. Sampling stops after 8·n_negatives attempts, since there may be too few concepts that are not excluded.
    A concept may be sampled more than once.
    """
    full = n + n_negatives
    position = _below(_random(state), table.size)
    for _ in range(8 * n_negatives):
        bits = _random(state)
        if np.int64(bits & np.uint64(0xFF)) < siblings_per_256:
            ancestor = own_ancestors[_below(bits, own_ancestors.size)]
            start = child_starts[ancestor]
            sampled = children[start + _below(_random(state), child_starts[ancestor + 1] - start)]
        else:
            sampled = table[position]
            position = position + 1 if position + 1 < table.size else 0
        if last_seen[sampled] != turn:
            others[n] = sampled
            n += 1
            if n == full:
                break
    return n


@compiled
def store_hard_negatives(
    others: Integers, start: int, margin: Floats32, squared: Floats32, nearest: Floats32, hard_negatives: Integers
) -> None:
    """Fills `hard_negatives` with the nearest distinct negatives, and with −1 if there are fewer.

    Args:
        others: ancestors and then negatives.
        start: position of the first negative.
        margin: 1 − |v|² of each of the others.
        squared: |u − v|² of each of the others.
        nearest: working memory, of the size of `hard_negatives`.
        hard_negatives: filled, nearest first.
    """
    if hard_negatives.size == 0:
        return
    hard_negatives[:] = -1
    nearest[:] = np.inf
    for j in range(start, others.size):
        key = squared[j] / margin[j]  # increases with the distance
        if key < nearest[-1] and not (hard_negatives == others[j]).any():
            i = hard_negatives.size - 1
            while i > 0 and nearest[i - 1] > key:
                nearest[i], hard_negatives[i] = nearest[i - 1], hard_negatives[i - 1]
                i -= 1
            nearest[i], hard_negatives[i] = key, others[j]
