"""Contexts made comparable: centred, and whitened by how those of one word differ."""

import numpy as np
import pytest

from hyplink.senses.context_space import ContextSpace, cosines, directions

BLOCKS = (1, 2, 2)
LOUD, QUIET = 3.0, 0.3


@pytest.fixture
def uses():
    """Two words in 400 contexts each, which differ greatly along one axis and little along the other."""
    generator = np.random.default_rng(0)
    words = np.repeat([0, 1], 400)
    contexts = generator.normal(size=(800, 2)) * [LOUD, QUIET] + np.array([[0, 5], [0, -5]])[words]
    parts = np.column_stack([np.zeros(800), contexts / 2, contexts / 2]).astype(np.float32)
    return parts, words


def test_a_context_is_the_sum_of_its_parts_at_unit_length(uses):
    vectors, words = uses
    space = ContextSpace.from_uses(vectors, words, BLOCKS)
    swapped = vectors[:, [0, 3, 4, 1, 2]]
    assert space.of_uses(vectors) == pytest.approx(space.of_uses(swapped), abs=1e-6)
    assert np.linalg.norm(space.of_uses(vectors), axis=1) == pytest.approx(np.ones(800), abs=1e-5)


def test_contexts_of_one_word_come_to_differ_alike_in_all_directions(uses):
    vectors, words = uses
    seen = ContextSpace.from_uses(vectors, words, BLOCKS).of_uses(vectors)
    means = np.stack([seen[words == word].mean(0) for word in (0, 1)])
    # What sets the two words apart is not whitened away: they still lie on opposite sides.
    assert means[0] @ means[1] < 0
    assert cosines(directions(seen, words, 2), seen, words, np.arange(800)).mean() > 0.8


def test_a_context_that_is_not_there_stays_nothing(uses):
    vectors, words = uses
    vectors[0] = 0
    assert not ContextSpace.from_uses(vectors, words, BLOCKS).of_uses(vectors)[0].any()


def test_without_annotated_text_contexts_are_compared_as_they_are():
    space = ContextSpace.from_uses(np.zeros((0, 5), np.float32), np.zeros(0, np.int64), BLOCKS)
    found = space.of_uses(np.array([[9, 3, 0, 0, 4]], np.float32))
    assert found == pytest.approx(np.array([[0.6, 0.8]]))


def test_glosses_are_centred_by_themselves():
    space = ContextSpace.from_uses(np.zeros((0, 3), np.float32), np.zeros(0, np.int64), (1, 2))
    assert space.of_glosses(np.array([[0, 9, 1], [0, 7, 1]], np.float32)) == pytest.approx(np.array([[1, 0], [-1, 0]]))
