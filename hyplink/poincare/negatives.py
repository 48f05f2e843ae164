"""Which concepts a training step holds against a child: some at random, and the nearest of the last step."""

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled
from hyplink.poincare.hierarchy import Hierarchy

Floats32 = NDArray[np.float32]
Integers = NDArray[np.int32]
Starts = NDArray[np.int64]

COUNT_POWER = 0.75
"""Power of a concept's count in the relations by which it is drawn."""

LEAST_SLOTS, SLOTS_A_CONCEPT = 2**16, 16
"""Length of the table from which concepts are drawn."""


def table_of_draws(hierarchy: Hierarchy, even_share: float, generator: np.random.Generator) -> Integers:
    """Concepts as often as they shall be drawn, in random order: a share evenly, the others by their count."""
    counts = hierarchy.ancestors.counts + np.bincount(hierarchy.ancestors.items, minlength=hierarchy.n_concepts)
    frequent = counts.astype(np.float64) ** COUNT_POWER
    shares = np.cumsum(even_share / hierarchy.n_concepts + (1 - even_share) * frequent / frequent.sum())
    n_slots = max(LEAST_SLOTS, SLOTS_A_CONCEPT * hierarchy.n_concepts)
    middles = (np.arange(n_slots) + 0.5) / n_slots * shares[-1]
    return generator.permutation(np.searchsorted(shares, middles).astype(np.int32))


@compiled
def _random(state: NDArray[np.uint64]) -> np.uint64:
    """The next 64 random bits (splitmix64, Steele et al. 2014)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits: np.uint64 = z ^ (z >> np.uint64(31))
    return bits


@compiled
def _below(bits: np.uint64, size: int) -> int:
    """An even choice among `size` from the upper 32 of 64 random bits."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(size)) >> np.uint64(32))  # type: ignore[return-value]


@compiled
def take_again(others: Integers, n: int, kept: Integers, last_seen: Integers, turn: int) -> int:
    """Appends a child's hard negatives to the first n of `others`; gives the new n."""
    for i in range(kept.size):
        if kept[i] >= 0:
            others[n] = kept[i]
            last_seen[kept[i]] = turn
            n += 1
    return n


@compiled
def draw(
    others: Integers,
    above: Integers,
    n: int,
    last_seen: Integers,
    turn: int,
    kin_starts: Starts,
    kin: Integers,
    table: Integers,
    kin_bytes: int,
    negatives: int,
    state: NDArray[np.uint64],
) -> int:
    """Appends negatives that were not seen in this turn to the first n of `others`; gives the new n.

    The table is read on from a random place: its order is random, and a memory is fast at nothing but what comes next.
    In a graph with next to nothing but ancestors it gives up after eight times as many draws as wanted.
    """
    full = n + negatives
    place = _below(_random(state), table.size)
    for _ in range(8 * negatives):
        bits = _random(state)
        if np.int64(bits & np.uint64(0xFF)) < kin_bytes:
            ancestor = above[_below(bits, above.size)]
            start = kin_starts[ancestor]
            drawn = kin[start + _below(_random(state), kin_starts[ancestor + 1] - start)]
        else:
            drawn = table[place]
            place = place + 1 if place + 1 < table.size else 0
        if last_seen[drawn] != turn:
            others[n] = drawn
            n += 1
            if n == full:
                break
    return n


@compiled
def keep_nearest(
    others: Integers, start: int, margin: Floats32, squared: Floats32, nearest: Floats32, kept: Integers
) -> None:
    """Fills `kept` with the nearest of the others from `start` on, each once, and −1 where they are too few."""
    if kept.size == 0:
        return
    kept[:] = -1
    nearest[:] = np.inf
    for j in range(start, others.size):
        key = squared[j] / margin[j]
        if key < nearest[-1] and not (kept == others[j]).any():
            i = kept.size - 1
            while i > 0 and nearest[i - 1] > key:
                nearest[i], kept[i] = nearest[i - 1], kept[i - 1]
                i -= 1
            nearest[i], kept[i] = key, others[j]
