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


def test_the_probability_of_a_mention_word_is_the_share_of_gold_concepts_with_it_in_a_name():
    word_weights = WordWeights.from_mentions(
        [(bag("sporadic breast cancer"), 0), (bag("sporadic breast tumor"), 0)], NAMES, shared
    )
    usual = 4 / 6  # breast twice, cancer and tumor, of six words
    assert word_weights.usually_named == pytest.approx(usual)
    assert word_weights.of_mention("sporadic") == pytest.approx(STRENGTH * usual / (2 + STRENGTH))
    assert word_weights.of_mention("breast") == pytest.approx((2 + STRENGTH * usual) / (2 + STRENGTH))
    assert word_weights.of_mention("wilms") == pytest.approx(usual)


def test_the_probability_of_a_name_word_is_the_share_of_mentions_with_it_among_those_most_similar_to_the_name():
    word_weights = WordWeights.from_mentions([(bag("cystic fibrosis"), 1), (bag("breast cancer"), 0)], NAMES, shared)
    usual = 4 / 5  # all words of the likest names but `syndrome`
    assert word_weights.of_name("syndrome") == pytest.approx(STRENGTH * usual / (1 + STRENGTH))
    assert word_weights.of_name("cystic") == pytest.approx((1 + STRENGTH * usual) / (1 + STRENGTH))
    assert word_weights.of_name("tumor") == pytest.approx(usual)  # of another name of the concept


def test_mentions_of_a_concept_without_names_show_nothing():
    assert WordWeights.from_mentions([(bag("anything"), 7)], NAMES, shared).usually_named == 1


def test_what_holds_for_words_in_general_counts_as_two_mentions():
    weights = WordWeights.from_mentions([(bag("big breast cancer"), 0)], NAMES, shared)
    assert weights.usually_named == pytest.approx(2 / 3)
    assert weights.named == pytest.approx({"big": 4 / 9, "breast": 7 / 9, "cancer": 7 / 9})  # (n + 2 · ⅔) / (1 + 2)
    assert weights.said == pytest.approx({"breast": 1, "cancer": 1})
    assert weights.usually_said == 1


def test_a_mention_is_held_against_the_names_of_its_own_concept():
    weights = WordWeights.from_mentions([(bag("cystic cancer"), 1)], NAMES, shared)
    assert weights.usually_named == pytest.approx(1 / 2)
    assert weights.named["cystic"] > weights.named["cancer"]
    assert weights.usually_said == pytest.approx(1 / 3)
    assert set(weights.said) == {"cystic", "fibrosis", "syndrome"}


def test_mention_words_are_compared_with_all_names_and_name_words_come_from_the_most_similar_name():
    weights = WordWeights.from_mentions(
        [(bag("cancer tumor breast"), 0)], {0: [bag("tumor"), bag("breast cancer")]}, shared
    )
    assert weights.usually_named == 1
    assert set(weights.said) == {"breast", "cancer"}


def test_the_most_similar_name_is_found_by_comparing_the_mention_with_each_name():
    def share_of_second(one, other):
        return len(one & other) / len(other)

    names = {0: [bag("renal cyst of unknown cause"), bag("cyst")]}
    assert set(WordWeights.from_mentions([(bag("renal cyst"), 0)], names, share_of_second).said) == {"cyst"}


def test_the_probabilities_of_mention_words_and_name_words_are_separate():
    weights = WordWeights({"a": 0.1}, 0.2, {"a": 0.3}, 0.4)
    assert [weights.of_mention("a"), weights.of_mention("b")] == [0.1, 0.2]
    assert [weights.of_name("a"), weights.of_name("b")] == [0.3, 0.4]
