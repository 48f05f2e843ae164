import numpy as np
import pytest

from hyplink.candidates import nearest_vectors
from hyplink.candidates.lexical import Ranked, best_per_concept
from hyplink.candidates.nearest_vectors import NearestNameVectors, fill_best_concepts


def test_nearest_vectors_count_a_concept_once_by_its_best_name():
    vectors = np.array([[1, 0], [0, 2], [1, 1], [0, 0]], dtype=np.float32)
    ranked = NearestNameVectors.from_vectors(vectors, np.array([5, 5, 7, 9])).rank(
        np.array([[0, 3]], dtype=np.float32), 3
    )
    assert ranked.concepts.tolist() == [[5, 7, 9]]
    np.testing.assert_allclose(ranked.scores, [[1, np.sqrt(0.5), 0]], atol=1e-6)


@pytest.mark.parametrize("at_a_time", [1, 90, 1000])
def test_name_vectors_rank_the_same_however_many_are_compared_at_a_time(monkeypatch, at_a_time):
    random = np.random.default_rng(0)
    vectors, mentions = (random.normal(size=(n, 5)).astype(np.float32) for n in (30, 7))
    index = NearestNameVectors.from_vectors(vectors, np.arange(30) // 2)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    best = (mentions @ unit.T).argmax(1) // 2
    monkeypatch.setattr(nearest_vectors, "SIMILARITIES", at_a_time)
    assert index.rank(mentions, 1).concepts[:, 0].tolist() == best.tolist()


def test_name_vectors_are_stored_at_length_one_by_concept():
    index = NearestNameVectors.from_vectors(np.array([[0, 2], [3, 4], [0, 0]], np.float32), np.array([6, 1, 2]))
    assert index.concepts.tolist() == [1, 2, 6]
    np.testing.assert_allclose(index.vectors, [[0.6, 0.8], [0, 0], [0, 1]], atol=1e-7)


def test_pairs_of_vectors_are_compared_with_the_best_name_of_their_own_concept():
    index = NearestNameVectors.from_vectors(np.array([[0, 2], [3, 4], [1, 0]], np.float32), np.array([6, 1, 6]))
    vectors = np.array([[5, 0], [0, 0.5]], np.float32)
    mentions, concepts = np.array([0, 0, 1, 1, 1]), np.array([1, 6, 6, 1, 3])
    np.testing.assert_allclose(index.compare(vectors, mentions, concepts), [0.6, 1, 1, 0.8, -1], atol=1e-6)
    opposite = index.compare(-vectors, mentions[:1], concepts[:1])
    np.testing.assert_allclose(opposite, [-0.6], atol=1e-6)  # more than a concept without a name has


def test_without_names_no_vector_is_near():
    index = NearestNameVectors.from_vectors(np.zeros((0, 2), np.float32), np.array([], dtype=np.int64))
    assert index.rank(np.ones((2, 2), np.float32), 2).concepts.tolist() == [[-1, -1]] * 2
    assert index.compare(np.ones((1, 2), np.float32), np.array([0, 0]), np.array([0, 8])).tolist() == [-1, -1]


@pytest.mark.parametrize("k", [0, 1, 4, 20])
@pytest.mark.parametrize("n_names", [0, 1, 7, 1024, 1025, 5000])
def test_the_best_concepts_are_those_of_a_sort_with_ties_by_concept(n_names, k):
    random = np.random.default_rng(n_names + k)
    concepts = np.sort(random.integers(0, 1 + n_names // 3, n_names))
    similarities = random.integers(-9, 10, (6, n_names)).astype(np.float32) / 16  # many are equal
    similarities[3] = 0.25
    ranked = Ranked.empty(6, k)
    fill_best_concepts(similarities, concepts, ranked.concepts, ranked.scores)
    for row in range(6):
        expected, scores = best_per_concept(concepts, similarities[row].astype(np.float64), k)
        assert ranked.concepts[row].tolist() == expected.tolist()
        assert ranked.scores[row].tolist() == scores.tolist()


def test_scores_are_the_same_to_the_last_digit_in_any_batch():
    generator = np.random.default_rng(0)
    vectors = generator.normal(size=(64, 100)).astype(np.float32)
    names = generator.normal(size=(3000, 100)).astype(np.float32)
    index = NearestNameVectors.from_vectors(names, np.sort(generator.integers(0, 700, len(names))))
    together = index.rank(vectors, 20)
    for rows in (slice(0, 1), slice(5, 8), slice(20, 64)):
        part = index.rank(vectors[rows], 20)
        assert part.concepts.tolist() == together.concepts[rows].tolist()
        assert part.scores.tolist() == together.scores[rows].tolist()
