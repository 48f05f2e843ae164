import numpy as np
from sklearn.feature_extraction import FeatureHasher

from hyplink.linking.recognition.boundaries import N_WEIGHTS, _seen, what_is_seen
from hyplink.linking.recognition.reading import read


def test_what_is_seen_is_hashed_as_scikit_learn_does(recogniser, detector):
    reading = read("No naïve T-cell, nor CD4+ T cells of the spleen (TCs).", detector)
    hasher = FeatureHasher(N_WEIGHTS, input_type="string", alternate_sign=False, dtype=np.float32)
    expected = hasher.transform(_seen(reading, recogniser.word_classes))
    found = what_is_seen(reading, recogniser.word_classes)
    for part in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(found, part), getattr(expected, part))


def test_in_a_text_without_words_nothing_is_seen(recogniser, detector):
    assert what_is_seen(read("?!", detector), recogniser.word_classes).shape == (0, N_WEIGHTS)
