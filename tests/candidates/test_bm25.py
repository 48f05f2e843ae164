import math

import numpy as np
import pytest

from hyplink.candidates.lexical import K1, B, Bm25

NAMES = [("renal cyst", 0), ("cyst", 1), ("large renal renal stone", 2), ("kidney cysts", 0)]


def rarity(n_with, n=4):
    return math.log(1 + (n - n_with + 0.5) / (n_with + 0.5))


def score(n_with, times, length):
    norm = K1 * (1 - B + B * length / (9 / 4))
    return rarity(n_with) * times * (K1 + 1) / (times + norm)


def test_scores_are_those_of_okapi_bm25_and_a_concept_has_that_of_its_best_name():
    ranked = Bm25.from_names(NAMES).rank(["renal cyst", "stones", "nothing"], 3)
    both = score(2, 1, 2) + score(3, 1, 2)
    assert ranked.concepts.tolist() == [[0, 2, 1], [2, -1, -1], [-1, -1, -1]]
    assert ranked.scores[0].tolist() == pytest.approx([both, score(2, 2, 4), score(3, 1, 1)])
    assert ranked.scores[1, 0] == pytest.approx(score(1, 1, 4))
    assert np.isneginf(ranked.scores[1, 1:]).all()


def test_a_text_weighs_as_much_as_its_words_and_an_unknown_word_as_much_as_a_rare_one():
    names = Bm25.from_names(NAMES)
    assert names.weight("renal cysts") == pytest.approx(rarity(2) + rarity(3))
    assert names.weight("unheard") == pytest.approx(math.log1p(9))
