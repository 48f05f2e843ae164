"""The inner loop of ontology training: stochastic gradient descent along geodesics of the ball, in float32.

One step takes a concept u with all its ancestors a and as many negatives n as a single pair would have, and descends

    Σₐ −log( exp(−τ·d(u,a)) / (exp(−τ·d(u,a)) + Σₙ exp(−τ·d(u,n))) ) / τ,

equation 5 of Nickel & Kiela 2017 (Poincaré Embeddings for Learning Hierarchical Representations) with an inverse
temperature τ. The pairs of a concept share its negatives, so that each pair has as many negatives as if they were
sampled for it alone, but the distances are computed once. A concept's hard negatives, the nearest negatives of its
previous step, have a softmax of their own: in a common softmax they would outweigh the sampled negatives, which
separate unrelated parts of the hierarchy. The loss is then the weighted mean of the two.

The Riemannian gradient of a distance has length 1. Each ancestor and negative therefore moves along the geodesic
through u by exactly its step length, and u moves by the exponential map. Unlike Euclidean steps, these cannot leave the
ball, however long they are.
"""

import math

import numpy as np

from hyplink.poincare.compiled import compiled
from hyplink.poincare.trainers.negatives import (
    Floats32,
    Integers,
    Starts,
    append_hard_negatives,
    append_sampled_negatives,
    store_hard_negatives,
)

HARD_SHARE = np.float32(0.3)
"""Weight of the softmax over hard negatives; the softmax over sampled negatives has weight 1 − HARD_SHARE."""

MAX_STEP = np.float32(1.0)
"""Maximum hyperbolic length of a step."""

ONE = np.float32(1)
TWO = np.float32(2)
TINY = np.float32(1e-30)


@compiled
def train_concepts(
    points: Floats32,
    concepts: Integers,
    ancestor_starts: Starts,
    ancestors: Integers,
    excluded_starts: Starts,
    excluded: Integers,
    child_starts: Starts,
    children: Integers,
    negative_table: Integers,
    siblings_per_256: int,
    hard_negatives: Integers,
    n_negatives: int,
    lr: np.float32,
    tau: np.float32,
    max_norm: np.float32,
    seed: int,
) -> float:
    """Takes one step for each concept, in the given order, and returns the summed loss of their pairs, times τ.

    Lists of concepts are stored as `hierarchy.ConceptLists` stores them.

    Args:
        points: of all concepts (n_concepts, dim); updated in place.
        concepts: the concepts to train, each with at least one ancestor.
        ancestor_starts: start of each concept's ancestors in `ancestors`.
        ancestors: ancestors of all concepts, concatenated.
        excluded_starts: start of each concept's excluded concepts in `excluded`.
        excluded: concepts that must not be negatives, including the ancestors, concatenated.
        child_starts: start of each concept's children in `children`.
        children: children of all concepts, concatenated.
        negative_table: concepts from which negatives are sampled (`negatives.negative_table`).
        siblings_per_256: number of negatives out of 256 that are children of an ancestor instead.
        hard_negatives: each concept's nearest negatives in its previous step (n_concepts, n_hard), −1 for none; updated
            in place.
        n_negatives: number of negatives to sample for each concept.
        lr: learning rate: the hyperbolic step length of a pair whose ancestor has probability 0.
        tau: inverse temperature.
        max_norm: maximum Euclidean norm of a point.
        seed: seed of the negatives.
    """
    dim = points.shape[1]
    width = int(np.diff(ancestor_starts).max()) + hard_negatives.shape[1] + n_negatives
    others = np.empty(width, np.int32)  # ancestors, then hard negatives, then sampled negatives
    last_seen = np.full(len(points), -1, np.int32)  # turn in which a concept was last excluded or a hard negative
    coordinates = np.empty((dim, width), np.float32)
    margin, squared, sinh, similarity, step = np.empty((5, width), np.float32)
    center, tangent = np.empty((2, dim), np.float32)
    nearest = np.empty(hard_negatives.shape[1], np.float32)
    state = np.array([seed], np.uint64)
    loss = 0.0
    for turn in range(concepts.size):
        concept = concepts[turn]
        own_ancestors = ancestors[ancestor_starts[concept] : ancestor_starts[concept + 1]]
        n_ancestors = own_ancestors.size
        others[:n_ancestors] = own_ancestors
        last_seen[excluded[excluded_starts[concept] : excluded_starts[concept + 1]]] = turn
        last_seen[concept] = turn
        n_hard_end = append_hard_negatives(others, n_ancestors, hard_negatives[concept], last_seen, turn)
        n = append_sampled_negatives(
            others, own_ancestors, n_hard_end, last_seen, turn, child_starts, children, negative_table,
            siblings_per_256, n_negatives, state,
        )  # fmt: skip
        center[:] = points[concept]
        own_margin = _load_others(points, center, others[:n], coordinates, margin, squared)
        store_hard_negatives(others[:n], n_ancestors, margin, squared, nearest, hard_negatives[concept])
        _fill_similarities(own_margin, n, margin, squared, sinh, similarity, tau)
        step[:n_ancestors] = np.float32(0)
        share = HARD_SHARE if n_hard_end > n_ancestors else np.float32(0)
        loss += _add_softmax_steps(n_ancestors, n_ancestors, n_hard_end, similarity, step, lr, share)
        loss += _add_softmax_steps(n_ancestors, n_hard_end, n, similarity, step, lr, ONE - share)
        _fill_tangent(center, own_margin, n, coordinates, margin, squared, sinh, step, tangent)
        _move_others(points, center, own_margin, others[:n], coordinates, margin, squared, sinh, step, max_norm)
        _move_concept(points[concept], center, own_margin, tangent, max_norm)
    return loss


@compiled
def _load_others(
    points: Floats32, center: Floats32, others: Integers, coordinates: Floats32, margin: Floats32, squared: Floats32
) -> np.float32:
    """Fills the others' coordinates (dim, n), margins 1 − |v|² and |u − v|²; returns the concept's margin 1 − |u|²."""
    n = others.size
    squared[:n] = np.float32(0)
    for j in range(n):  # prefetches all rows; the next loop would wait for them one after another
        squared[0] += points[others[j], 0] + points[others[j], center.size - 1]
    for j in range(n):
        for d in range(center.size):
            coordinates[d, j] = points[others[j], d]
    margin[:n] = ONE
    squared[:n] = np.float32(0)
    own_margin = ONE
    for d in range(center.size):
        own = center[d]
        own_margin -= own * own
        for j in range(n):
            other = coordinates[d, j]
            margin[j] -= other * other
            squared[j] += (own - other) * (own - other)
    return own_margin


@compiled
def _fill_similarities(
    own_margin: np.float32,
    n: int,
    margin: Floats32,
    squared: Floats32,
    sinh: Floats32,
    similarity: Floats32,
    tau: np.float32,
) -> None:
    """Fills sinh d and the similarities exp(−τ·d) for the distances d of the others from the concept."""
    for j in range(n):
        x = TWO * squared[j] / (own_margin * margin[j])  # cosh d − 1
        sinh_d = np.sqrt(x * (x + TWO))
        sinh[j] = max(sinh_d, np.float32(1e-6))
        similarity[j] = ONE / (ONE + x + sinh_d)
    if tau != ONE:
        for j in range(n):
            similarity[j] = max(similarity[j] ** tau, TINY)


@compiled
def _add_softmax_steps(
    n_ancestors: int, start: int, end: int, similarity: Floats32, step: Floats32, lr: np.float32, share: np.float32
) -> float:
    """Computes the softmax of each ancestor against the negatives start to end; returns `share` times the loss.

    Adds the ancestors' step lengths, which are towards the concept, and sets the negatives', which are away from it.
    """
    negative_sum = np.float32(0)
    for j in range(start, end):
        negative_sum += similarity[j]
    inverse_sum = np.float32(0)
    loss = 0.0
    for j in range(n_ancestors):
        total = similarity[j] + negative_sum
        loss -= math.log(similarity[j] / total)
        inverse_sum += ONE / total
        step[j] += lr * share * negative_sum / total
    for j in range(start, end):
        step[j] = -lr * share * inverse_sum * similarity[j]
    return float(share) * loss


@compiled
def _fill_tangent(
    center: Floats32,
    own_margin: np.float32,
    n: int,
    coordinates: Floats32,
    margin: Floats32,
    squared: Floats32,
    sinh: Floats32,
    step: Floats32,
    tangent: Floats32,
) -> None:
    """Fills the concept's tangent vector: the sum of its steps along the geodesics, in coordinates of the ball.

    Overwrites `squared`, which is not needed any more.
    """
    outward = np.float32(0)
    for j in range(n):
        factor = step[j] / (sinh[j] * margin[j])
        outward += factor * (squared[j] + own_margin)
        squared[j] = factor
    for d in range(center.size):
        towards = np.float32(0)
        for j in range(n):
            towards += squared[j] * coordinates[d, j]
        tangent[d] = own_margin * towards - outward * center[d]


@compiled
def _move_others(
    points: Floats32,
    center: Floats32,
    own_margin: np.float32,
    others: Integers,
    coordinates: Floats32,
    margin: Floats32,
    own_share: Floats32,
    sinh: Floats32,
    step: Floats32,
    max_norm: np.float32,
) -> None:
    """Moves each ancestor and negative by its step length along the geodesic to the concept.

    In Lorentz coordinates, the point at distance h from V on the geodesic from V to U is a·V + b·U with
    b = sinh h / sinh d and a = cosh h − b·cosh d. To map it to the ball, both coefficients are divided by one plus its
    time coordinate. `own_share` is working memory.
    """
    n = others.size
    for j in range(n):
        h = min(max(step[j], -MAX_STEP), MAX_STEP)
        h2 = h * h
        b = h * (ONE + h2 * (np.float32(1 / 6) + h2 * np.float32(1 / 120))) / sinh[j]
        a = ONE + h2 * (np.float32(1 / 2) + h2 * np.float32(1 / 24)) - b * np.sqrt(ONE + sinh[j] * sinh[j])
        b *= margin[j] / own_margin
        scale = TWO / (margin[j] + a * (TWO - margin[j]) + b * (TWO - own_margin))
        step[j] = a * scale
        own_share[j] = b * scale
    margin[:n] = np.float32(0)
    for d in range(center.size):
        for j in range(n):
            moved = step[j] * coordinates[d, j] + own_share[j] * center[d]
            coordinates[d, j] = moved
            margin[j] += moved * moved
    for j in range(n):
        scale = min(ONE, max_norm / np.sqrt(margin[j] + TINY))
        for d in range(center.size):
            points[others[j], d] = coordinates[d, j] * scale


@compiled
def _move_concept(
    point: Floats32, center: Floats32, own_margin: np.float32, tangent: Floats32, max_norm: np.float32
) -> None:
    """Moves the concept by the exponential map, u ⊕ tanh(|t|/(1−|u|²))·t/|t|, and clips it; overwrites t."""
    length = np.float32(0)
    for d in range(center.size):
        length += tangent[d] * tangent[d]
    length = np.sqrt(length)
    norm_of_step = np.float32(math.tanh(min(length / own_margin, MAX_STEP)))
    scale = norm_of_step / max(length, TINY)
    product = np.float32(0)
    for d in range(center.size):
        tangent[d] *= scale
        product += center[d] * tangent[d]
    squared_step = norm_of_step * norm_of_step
    inverse = ONE / (ONE + TWO * product + (ONE - own_margin) * squared_step)
    center_factor, step_factor = (ONE + TWO * product + squared_step) * inverse, own_margin * inverse
    squared_norm = TINY
    for d in range(center.size):
        point[d] = center_factor * center[d] + step_factor * tangent[d]
        squared_norm += point[d] * point[d]
    scale = min(ONE, max_norm / np.sqrt(squared_norm))
    for d in range(center.size):
        point[d] *= scale
