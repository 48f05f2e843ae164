"""Hypothesis strategies and a small hierarchy for the tests of the Poincaré ball."""

import numpy as np
import pytest
from hypothesis import strategies as st

from hyplink.poincare.hierarchy import Hierarchy

# 0 animal; 1 mammal, 2 bird; 3 cat, 4 cow, 5 bat (mammals), 6 owl, 7 duck (birds); 8 tabby (a cat); 9 pet, above cat
ZOO_EDGES = [(1, 0), (2, 0), (3, 1), (4, 1), (5, 1), (6, 2), (7, 2), (8, 3), (3, 9)]
ZOO_CLOSURE = [*ZOO_EDGES, (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (8, 1), (8, 9)]


@pytest.fixture
def zoo():
    return Hierarchy(np.array(ZOO_CLOSURE, np.int32), 10)


@st.composite
def points(draw, max_radius=12.0, dims=(2, 6), sizes=(1, 40)):
    """Points of the ball, float64 (n, dim): some at `max_radius`, some coincident, some at the origin."""
    dim = draw(st.integers(*dims))
    n = draw(st.integers(*sizes))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    directions = generator.standard_normal((n, dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii = generator.choice([0.0, 1e-9, max_radius, np.nan], n, p=[0.1, 0.1, 0.2, 0.6])
    radii = np.where(np.isnan(radii), generator.uniform(0, max_radius, n), radii)
    sample = directions * np.tanh(radii / 2)[:, None]
    return sample[generator.integers(0, n, n)] if draw(st.booleans()) else sample


@st.composite
def trees(draw, sizes=(1, 60)):
    """The transitive closure of a random tree, (child, ancestor) pairs int32 (n_pairs, 2), and its size."""
    n = draw(st.integers(*sizes))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    parent = [-1, *(int(generator.integers(0, i)) for i in range(1, n))]
    pairs = []
    for child in range(n):
        ancestor = parent[child]
        while ancestor >= 0:
            pairs.append((child, ancestor))
            ancestor = parent[ancestor]
    return np.array(pairs, np.int32).reshape(-1, 2), n
