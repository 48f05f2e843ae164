import pytest

from hyplink.candidates.word_weights import STRENGTH, WordWeights


def bag(words):
    return frozenset(words.split())


def shared(one, other):
    return len(one & other)


NAMES = {0: [bag("breast cancer"), bag("breast tumor")], 1: [bag("cystic fibrosis syndrome")]}


def test_without_mentions_every_word_counts_whole():
    word_weights = WordWeights.from_mentions([], NAMES, shared)
    assert word_weights.of_mention("breast") == word_weights.of_name("syndrome") == 1


def test_a_word_is_named_as_often_as_a_name_of_what_is_meant_has_it():
    word_weights = WordWeights.from_mentions(
        [(bag("sporadic breast cancer"), 0), (bag("sporadic breast tumor"), 0)], NAMES, shared
    )
    usual = 4 / 6  # breast twice, cancer and tumor, of six words
    assert word_weights.usually_named == pytest.approx(usual)
    assert word_weights.of_mention("sporadic") == pytest.approx(STRENGTH * usual / (2 + STRENGTH))
    assert word_weights.of_mention("breast") == pytest.approx((2 + STRENGTH * usual) / (2 + STRENGTH))
    assert word_weights.of_mention("wilms") == pytest.approx(usual)


def test_a_word_of_a_name_is_said_as_often_as_a_mention_has_it_that_is_likest_to_the_name():
    word_weights = WordWeights.from_mentions([(bag("cystic fibrosis"), 1), (bag("breast cancer"), 0)], NAMES, shared)
    usual = 4 / 5  # all words of the likest names but `syndrome`
    assert word_weights.of_name("syndrome") == pytest.approx(STRENGTH * usual / (1 + STRENGTH))
    assert word_weights.of_name("cystic") == pytest.approx((1 + STRENGTH * usual) / (1 + STRENGTH))
    assert word_weights.of_name("tumor") == pytest.approx(usual)  # of another name of the concept


def test_mentions_of_a_concept_without_names_show_nothing():
    assert WordWeights.from_mentions([(bag("anything"), 7)], NAMES, shared).usually_named == 1
