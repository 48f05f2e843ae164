import numpy as np

from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example

NAMES = np.array([[1, 2], [3, 4]], np.float32)
TEXTS = np.array([[5, 6, 7], [0, 0, 8], [0, 0, 9]], np.float32)
GOLD = (("X:1",),)
ENCODED = Encoded(
    [Example("rod", "rod", GOLD), Example("cone", "cone", GOLD), Example("rods", "rods", GOLD, "doc")],
    NAMES,
    TEXTS,
    (2, 1),
)


def test_vectors_are_whole_and_a_names_context_is_zero():
    assert ENCODED.vectors(np.array([2, 0])).tolist() == [[5, 6, 7], [1, 2, 0]]
    assert ENCODED.vectors(np.array([], dtype=np.int64)).shape == (0, 3)


def test_words_are_the_mentions_own_part():
    assert ENCODED.words(np.array([1, 2, 1])).tolist() == [[3, 4], [5, 6], [3, 4]]


def test_glosses_follow_the_mentions_and_are_not_copied():
    assert ENCODED.glosses.tolist() == [[0, 0, 8], [0, 0, 9]]
    assert np.shares_memory(ENCODED.glosses, TEXTS)
