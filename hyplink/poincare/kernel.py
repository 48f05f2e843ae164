"""The inner loop of ontology training: stochastic gradient descent along geodesics of the ball, in float32.

One step takes a child u with all its ancestors a and as many negatives n as every pair shall have, and descends

    Σₐ −log( exp(−τ·d(u,a)) / (exp(−τ·d(u,a)) + Σₙ exp(−τ·d(u,n))) ) / τ,

Nickel & Kiela 2017, equation 5, with an inverse temperature τ. The pairs of a child share its negatives: each is
weighed against as many as if it had its own, at a fraction of the distances. A distance has a gradient of length 1,
so every other point moves along the geodesic that joins it with u, by exactly its step; u moves by the exponential
map. No step can overshoot the rim, as Euclidean ones do as soon as they are longer than 1.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hyplink.poincare.compiled import compiled

Floats32 = NDArray[np.float32]
Integers = NDArray[np.int32]
Starts = NDArray[np.int64]

TABLE_SIZE = 2**20
"""Length of the table of concepts from which frequent ones are drawn; a power of two."""

LONGEST_STEP = np.float32(1.0)
"""No point moves further in one step (hyperbolic distance)."""

ONE = np.float32(1)
TWO = np.float32(2)
TINY = np.float32(1e-30)


@compiled
def train_children(
    points: Floats32,
    children: Integers,
    ancestor_starts: Starts,
    ancestors: Integers,
    kin_starts: Starts,
    kin: Integers,
    table: Integers,
    thresholds: NDArray[np.uint64],
    negatives: int,
    lr: np.float32,
    tau: np.float32,
    greatest_norm: np.float32,
    seed: int,
) -> float:
    """One step for each child, in the order given; gives the summed loss of their pairs.

    Args:
        points: of all concepts (n_concepts, dim), changed in place.
        children: the concepts to take, each with at least one ancestor.
        ancestor_starts: where each concept's ancestors start in the next array.
        ancestors: the ancestors, list after list.
        kin_starts: where each concept's direct children start in the next array.
        kin: the children, list after list.
        table: concepts as often as they shall be drawn, of length `TABLE_SIZE`.
        thresholds: of a random byte: below the first, a concept is drawn evenly; below the second, a child of an
            ancestor; else from the table.
        negatives: how many to draw for each child.
        lr: hyperbolic length of the step of a pair that is wholly wrong.
        tau: inverse temperature.
        greatest_norm: Euclidean norm at which points are held back.
        seed: of the negatives.
    """
    dim = points.shape[1]
    width = int(np.diff(ancestor_starts).max()) + negatives
    others = np.empty(width, np.int32)
    last_seen = np.full(len(points), -1, np.int32)
    place = np.empty((dim, width), np.float32)
    margin, squared, root, step = np.empty((4, width), np.float32)
    here, move = np.empty((2, dim), np.float32)
    state = np.array([seed], np.uint64)
    loss = 0.0
    for turn in range(children.size):
        child = children[turn]
        above = ancestors[ancestor_starts[child] : ancestor_starts[child + 1]]
        others[: above.size] = above
        last_seen[above] = turn
        last_seen[child] = turn
        n = _draw(others, above, last_seen, turn, ancestor_starts, kin_starts, kin, table, thresholds, negatives, state)
        here[:] = points[child]
        own_margin = _measure(points, here, others[:n], place, margin, squared)
        loss += _steps(above.size, n, own_margin, margin, squared, root, step, lr, tau)
        _gather_move(here, own_margin, n, place, margin, squared, root, step, move)
        _move_others(points, here, own_margin, others[:n], place, margin, squared, root, step, greatest_norm)
        _move_child(points[child], here, own_margin, move, greatest_norm)
    return loss


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
def _draw(
    others: Integers,
    above: Integers,
    last_seen: Integers,
    turn: int,
    ancestor_starts: Starts,
    kin_starts: Starts,
    kin: Integers,
    table: Integers,
    thresholds: NDArray[np.uint64],
    negatives: int,
    state: NDArray[np.uint64],
) -> int:
    """Appends negatives, none of them the child or an ancestor; gives the length of `others`.

    In a graph with next to nothing but ancestors it gives up after eight times as many draws as wanted.
    """
    n = above.size
    for _ in range(8 * negatives):
        bits = _random(state)
        kind = bits & np.uint64(0xFF)
        if kind < thresholds[0]:
            drawn = _below(bits, ancestor_starts.size - 1)
        elif kind < thresholds[1]:
            ancestor = above[_below(bits, above.size)]
            start = kin_starts[ancestor]
            drawn = kin[start + _below(_random(state), kin_starts[ancestor + 1] - start)]
        else:
            drawn = table[_below(bits, table.size)]
        if last_seen[drawn] != turn:
            others[n] = drawn
            n += 1
            if n == above.size + negatives:
                break
    return n


@compiled
def _measure(
    points: Floats32, here: Floats32, others: Integers, place: Floats32, margin: Floats32, squared: Floats32
) -> np.float32:
    """Fills the others' coordinates, 1 − |v|² and |u − v|²; gives 1 − |u|²."""
    n = others.size
    for j in range(n):
        for d in range(here.size):
            place[d, j] = points[others[j], d]
    margin[:n] = ONE
    squared[:n] = np.float32(0)
    own_margin = ONE
    for d in range(here.size):
        own = here[d]
        own_margin -= own * own
        for j in range(n):
            there = place[d, j]
            margin[j] -= there * there
            squared[j] += (own - there) * (own - there)
    return own_margin


@compiled
def _steps(
    n_above: int,
    n: int,
    own_margin: np.float32,
    margin: Floats32,
    squared: Floats32,
    root: Floats32,
    step: Floats32,
    lr: np.float32,
    tau: np.float32,
) -> float:
    """Fills sinh d and each point's step towards the child (negative: away); gives the loss of the pairs."""
    for j in range(n):
        x = TWO * squared[j] / (own_margin * margin[j])  # cosh d − 1
        sinh = np.sqrt(x * (x + TWO))
        root[j] = max(sinh, np.float32(1e-6))
        step[j] = ONE / (ONE + x + sinh)  # exp(−d)
    if tau != ONE:
        for j in range(n):
            step[j] = max(step[j] ** tau, TINY)
    wrong = np.float32(0)
    for j in range(n_above, n):
        wrong += step[j]
    pull = np.float32(0)
    loss = 0.0
    for j in range(n_above):
        whole = step[j] + wrong
        loss -= math.log(step[j] / whole)
        pull += ONE / whole
        step[j] = lr * wrong / whole
    for j in range(n_above, n):
        step[j] *= -lr * pull
    return loss


@compiled
def _gather_move(
    here: Floats32,
    own_margin: np.float32,
    n: int,
    place: Floats32,
    margin: Floats32,
    squared: Floats32,
    root: Floats32,
    step: Floats32,
    move: Floats32,
) -> None:
    """Fills the child's move: the sum of its steps along the geodesics, in coordinates of the ball."""
    outward = np.float32(0)
    for j in range(n):
        factor = step[j] / (root[j] * margin[j])
        outward += factor * (squared[j] + own_margin)
        squared[j] = factor  # |u − v|² is not needed any more
    for d in range(here.size):
        towards = np.float32(0)
        for j in range(n):
            towards += squared[j] * place[d, j]
        move[d] = own_margin * towards - outward * here[d]


@compiled
def _move_others(
    points: Floats32,
    here: Floats32,
    own_margin: np.float32,
    others: Integers,
    place: Floats32,
    margin: Floats32,
    own_share: Floats32,
    root: Floats32,
    step: Floats32,
    greatest_norm: np.float32,
) -> None:
    """Moves every other point by its step along the geodesic to the child.

    In Lorentz coordinates the geodesic through V and U is a·V + b·U with b = sinh h / sinh d, a = cosh h − b·cosh d;
    mapped to the ball both shares are divided by what the sum's time coordinate gives.
    """
    n = others.size
    for j in range(n):
        h = min(max(step[j], -LONGEST_STEP), LONGEST_STEP)
        h2 = h * h
        b = h * (ONE + h2 * (np.float32(1 / 6) + h2 * np.float32(1 / 120))) / root[j]
        a = ONE + h2 * (np.float32(1 / 2) + h2 * np.float32(1 / 24)) - b * np.sqrt(ONE + root[j] * root[j])
        b *= margin[j] / own_margin
        time = TWO / (margin[j] + a * (TWO - margin[j]) + b * (TWO - own_margin))
        step[j] = a * time
        own_share[j] = b * time
    margin[:n] = np.float32(0)
    for d in range(here.size):
        for j in range(n):
            moved = step[j] * place[d, j] + own_share[j] * here[d]
            place[d, j] = moved
            margin[j] += moved * moved
    for j in range(n):
        scale = min(ONE, greatest_norm / np.sqrt(margin[j] + TINY))
        for d in range(here.size):
            points[others[j], d] = place[d, j] * scale


@compiled
def _move_child(
    point: Floats32, here: Floats32, own_margin: np.float32, move: Floats32, greatest_norm: np.float32
) -> None:
    """Moves the child by the exponential map: u ⊕ tanh(|move|/(1−|u|²))·move/|move|."""
    length = np.float32(0)
    for d in range(here.size):
        length += move[d] * move[d]
    length = np.sqrt(length)
    reach = np.float32(math.tanh(min(length / own_margin, LONGEST_STEP)))
    scale = reach / max(length, TINY)
    product = np.float32(0)
    for d in range(here.size):
        move[d] *= scale
        product += here[d] * move[d]
    reach *= reach
    below = ONE / (ONE + TWO * product + (ONE - own_margin) * reach)
    keep, add = (ONE + TWO * product + reach) * below, own_margin * below
    norm = TINY
    for d in range(here.size):
        point[d] = keep * here[d] + add * move[d]
        norm += point[d] * point[d]
    scale = min(ONE, greatest_norm / np.sqrt(norm))
    for d in range(here.size):
        point[d] *= scale
