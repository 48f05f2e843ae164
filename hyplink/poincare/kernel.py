"""The inner loop of ontology training: stochastic gradient descent along geodesics of the ball, in float32.

One step takes a child u with all its ancestors a and as many negatives n as every pair shall have, and descends

    Σₐ −log( exp(−τ·d(u,a)) / (exp(−τ·d(u,a)) + Σₙ exp(−τ·d(u,n))) ) / τ,

Nickel & Kiela 2017, equation 5, with an inverse temperature τ. The pairs of a child share its negatives: each is
weighed against as many as if it had its own, at a fraction of the distances. A child's hard negatives, the nearest of
those it had before, have a softmax of their own: in the common one they would silence the others, which keep unrelated
parts of the hierarchy apart. The loss is then a mean of both. A distance has a gradient of length 1,
so every other point moves along the geodesic that joins it with u, by exactly its step; u moves by the exponential
map. No step can overshoot the rim, as Euclidean ones do as soon as they are longer than 1.
"""

import math

import numpy as np

from hyplink.poincare.compiled import compiled
from hyplink.poincare.negatives import Floats32, Integers, Starts, draw, keep_nearest, take_again

HARD_SHARE = np.float32(0.3)
"""Weight of the hard negatives' softmax; the other negatives' one has the rest."""

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
    barred_starts: Starts,
    barred: Integers,
    kin_starts: Starts,
    kin: Integers,
    table: Integers,
    kin_bytes: int,
    hard: Integers,
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
        barred_starts: where the concepts that are no negatives of each concept start in the next array.
        barred: those concepts, the ancestors among them, list after list.
        kin_starts: where each concept's direct children start in the next array.
        kin: the children, list after list.
        table: concepts as often as they shall be drawn, in random order.
        kin_bytes: out of 256 negatives, how many are children of an ancestor; the others come from the table.
        hard: of each concept the nearest negatives of its last step (n_concepts, n_hard), −1 for none; they are taken
            again beside the drawn ones and changed in place.
        negatives: how many to draw for each child.
        lr: hyperbolic length of the step of a pair that is wholly wrong.
        tau: inverse temperature.
        greatest_norm: Euclidean norm at which points are held back.
        seed: of the negatives.
    """
    dim = points.shape[1]
    width = int(np.diff(ancestor_starts).max()) + hard.shape[1] + negatives
    others = np.empty(width, np.int32)
    last_seen = np.full(len(points), -1, np.int32)
    place = np.empty((dim, width), np.float32)
    margin, squared, root, near, step = np.empty((5, width), np.float32)
    here, move = np.empty((2, dim), np.float32)
    nearest = np.empty(hard.shape[1], np.float32)
    state = np.array([seed], np.uint64)
    loss = 0.0
    for turn in range(children.size):
        child = children[turn]
        above = ancestors[ancestor_starts[child] : ancestor_starts[child + 1]]
        others[: above.size] = above
        last_seen[barred[barred_starts[child] : barred_starts[child + 1]]] = turn
        last_seen[child] = turn
        n_sure = take_again(others, above.size, hard[child], last_seen, turn)
        n = draw(others, above, n_sure, last_seen, turn, kin_starts, kin, table, kin_bytes, negatives, state)
        here[:] = points[child]
        own_margin = _measure(points, here, others[:n], place, margin, squared)
        keep_nearest(others[:n], above.size, margin, squared, nearest, hard[child])
        _approach(own_margin, n, margin, squared, root, near, tau)
        step[: above.size] = np.float32(0)
        share = HARD_SHARE if n_sure > above.size else np.float32(0)
        loss += _weigh(above.size, above.size, n_sure, near, step, lr, share)
        loss += _weigh(above.size, n_sure, n, near, step, lr, ONE - share)
        _gather_move(here, own_margin, n, place, margin, squared, root, step, move)
        _move_others(points, here, own_margin, others[:n], place, margin, squared, root, step, greatest_norm)
        _move_child(points[child], here, own_margin, move, greatest_norm)
    return loss


@compiled
def _measure(
    points: Floats32, here: Floats32, others: Integers, place: Floats32, margin: Floats32, squared: Floats32
) -> np.float32:
    """Fills the others' coordinates, 1 − |v|² and |u − v|²; gives 1 − |u|²."""
    n = others.size
    squared[:n] = np.float32(0)
    for j in range(n):  # fetches all rows from memory at once; the next loop would wait for one after another
        squared[0] += points[others[j], 0] + points[others[j], here.size - 1]
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
def _approach(
    own_margin: np.float32,
    n: int,
    margin: Floats32,
    squared: Floats32,
    root: Floats32,
    near: Floats32,
    tau: np.float32,
) -> None:
    """Fills sinh d and exp(−τ·d)."""
    for j in range(n):
        x = TWO * squared[j] / (own_margin * margin[j])  # cosh d − 1
        sinh = np.sqrt(x * (x + TWO))
        root[j] = max(sinh, np.float32(1e-6))
        near[j] = ONE / (ONE + x + sinh)
    if tau != ONE:
        for j in range(n):
            near[j] = max(near[j] ** tau, TINY)


@compiled
def _weigh(
    n_above: int, start: int, end: int, near: Floats32, step: Floats32, lr: np.float32, share: np.float32
) -> float:
    """Weighs the ancestors against the negatives from start to end; gives the share of their loss.

    Adds to the ancestors' steps towards the child and fills the negatives', which are away from it.
    """
    wrong = np.float32(0)
    for j in range(start, end):
        wrong += near[j]
    pull = np.float32(0)
    loss = 0.0
    for j in range(n_above):
        whole = near[j] + wrong
        loss -= math.log(near[j] / whole)
        pull += ONE / whole
        step[j] += lr * share * wrong / whole
    for j in range(start, end):
        step[j] = -lr * share * pull * near[j]
    return float(share) * loss


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
