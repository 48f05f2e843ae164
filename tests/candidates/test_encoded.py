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


def test_rows_of_names_and_mentions_may_be_asked_for_in_any_order_and_more_than_once():
    rows = np.array([2, 1, 0, 2, 1])
    assert ENCODED.vectors(rows).tolist() == [[5, 6, 7], [3, 4, 0], [1, 2, 0], [5, 6, 7], [3, 4, 0]]
    assert ENCODED.words(rows).tolist() == [[5, 6], [3, 4], [1, 2], [5, 6], [3, 4]]
    assert ENCODED.vectors(rows).dtype == ENCODED.words(rows).dtype == np.float32


def test_the_second_mention_has_the_second_vector_of_the_texts():
    examples = [Example("rod", "rod", GOLD), *(Example(text, text, GOLD, "doc") for text in ("rods", "cones"))]
    encoded = Encoded(examples, NAMES[:1], TEXTS, (2, 1))
    assert encoded.vectors(np.array([2, 1, 0])).tolist() == [[0, 0, 8], [5, 6, 7], [1, 2, 0]]
    assert encoded.words(np.array([2, 1, 0])).tolist() == [[0, 0], [5, 6], [1, 2]]
    assert encoded.glosses.tolist() == [[0, 0, 9]]
