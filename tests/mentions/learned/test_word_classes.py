"""Classes of words by the centres that their vectors are nearest to."""

import numpy as np
import pytest
from sklearn.cluster import MiniBatchKMeans

from hyplink.mentions.learned.word_classes import SIZES, WordClasses


class PositionEncoder:
    """Puts a word of one letter at that letter's place in the alphabet; a second block points elsewhere."""

    dim, window, blocks = 3, 0, (2, 1)

    def __init__(self):
        self.read = []

    def encode(self, passages):
        self.read.append([passage.mention for passage in passages])
        assert all((passage.left, passage.right) == ("", "") for passage in passages)
        return np.array([[ord(p.mention[0]) - ord("a"), len(p.mention), 99] for p in passages], np.float32)


def test_a_word_has_the_class_of_its_nearest_centre_in_each_division():
    coarse = np.array([[20, 1], [0, 1]], np.float32)
    fine = np.array([[0, 1], [4, 1], [20, 1], [20, 5]], np.float32)
    classes = WordClasses(PositionEncoder(), [coarse, fine])
    words = ["a", "c", "d", "n", "u", "uuuuu", "uuu", "uuuu"]
    assert classes.classes(words) == [(1, 0), (1, 0), (1, 1), (0, 2), (0, 2), (0, 3), (0, 2), (0, 3)]
    assert [each.tolist() for each in classes.centres] == [coarse.tolist(), fine.tolist()]


@pytest.mark.parametrize(("centre", "expected"), [(0.0, 1), (2.0, 0), (1.0, 0)])
def test_distance_counts_and_not_the_length_of_a_centre(centre, expected):
    """The word at 1 lies between 0 and 2, or is as far from both: then the first class is its own."""
    centres = np.array([[2.0, 1], [0.0, 1]], np.float32) + np.array([1.0 - centre, 0], np.float32)
    assert WordClasses(PositionEncoder(), [centres]).classes(["b"]) == [(expected,)]


def test_classes_are_made_of_the_vectors_of_each_word_once():
    encoder = PositionEncoder()
    classes = WordClasses.from_words(iter(["b", "a", "z", "b", "a"]), encoder, 0)
    assert encoder.read == [["a", "b", "z"]]
    assert classes.classes(["a", "b", "z", "c"])[3] == classes.classes(["b"])[0]
    vectors = np.array([[0, 1], [1, 1], [25, 1]], np.float32)
    means = MiniBatchKMeans(3, random_state=0, n_init=1, batch_size=2048).fit(vectors).cluster_centers_
    for centres in classes.centres:
        assert centres.dtype == np.float32
        np.testing.assert_allclose(centres, means, rtol=1e-6)  # no more classes than words


def test_there_are_64_and_512_classes_at_most():
    assert SIZES == (64, 512)
    words = [chr(ord("a") + i) * n for i in range(26) for n in range(1, 24)]  # 598 words
    assert [len(each) for each in WordClasses.from_words(words, PositionEncoder(), 0).centres] == [64, 512]


def test_the_seed_decides_where_the_centres_lie():
    words = [chr(ord("a") + i) * n for i in range(26) for n in range(1, 8)]
    first, again, other = (WordClasses.from_words(words, PositionEncoder(), seed).centres[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
