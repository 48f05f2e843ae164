import numpy as np
import pytest

from hyplink.candidates.word_overlap import WordOverlap

TEXTS = ("breast cancer", "cancer of the ovary", "ovarian cyst", "cyst")
CONCEPTS = np.array([0, 1, 2, 2])
RARE, COMMON = np.log1p(4 / 1), np.log1p(4 / 2)  # four wordings, of which one or two have the word
UNKNOWN = np.log1p(4)


@pytest.fixture(scope="module")
def overlap():
    return WordOverlap.from_surface_forms(TEXTS, CONCEPTS, [False] * len(TEXTS))


def compared(overlap, text, concept):
    found = overlap.compare([text], np.array([0]), np.array([concept]))
    return found.left_over[0], found.left_out[0]


def test_the_same_words_in_any_order_and_number_leave_nothing_over(overlap):
    assert compared(overlap, "cancers of the breast", 0) == (0, 0)


def test_words_that_only_the_mention_has_are_left_over(overlap):
    assert compared(overlap, "inherited breast cancer", 0) == pytest.approx((-UNKNOWN, 0))


def test_words_that_only_the_wording_has_are_left_out(overlap):
    assert compared(overlap, "cancer", 0) == pytest.approx((0, -RARE))


def test_the_most_similar_wording_of_a_concept_counts(overlap):
    assert compared(overlap, "big cyst", 2) == pytest.approx((-UNKNOWN, 0))


def test_without_a_common_word_all_is_left_over_and_out(overlap):
    assert compared(overlap, "flu", 1)[0] == pytest.approx(-UNKNOWN)
    assert compared(overlap, "flu", 1)[1] == pytest.approx(-COMMON - RARE)


def test_pairs_are_compared_one_by_one_and_a_concept_without_wordings_shares_nothing(overlap):
    found = overlap.compare(["breast cancer", "cyst"], np.array([0, 1, 1]), np.array([0, 2, 7]))
    assert found.left_over.tolist() == pytest.approx([0, 0, -COMMON])
    assert found.left_out.tolist() == [0, 0, 0]
    assert found.most_similar.tolist() == [1, 1, 0]


def test_the_likest_candidate_is_the_one_that_shares_the_greatest_part_and_ties_are_all_likest(overlap):
    found = overlap.compare(["big breast cancer", "flu"], np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    assert found.most_similar.tolist() == [1, 0, 0, 0]
    both = WordOverlap.from_surface_forms(("cyst", "cyst"), np.array([0, 1]), [False, False])
    assert both.compare(["cyst"], np.array([0, 0]), np.array([0, 1])).most_similar.tolist() == [1, 1]


def test_words_that_mentions_have_beyond_names_count_for_less():
    texts = ("breast cancer", "inherited breast cancer", "inherited breast tumor", "breast cyst", "cyst")
    annotated = [False, True, True, False, False]
    learned = WordOverlap.from_surface_forms(texts, np.array([0, 0, 0, 1, 2]), annotated)
    naive = WordOverlap.from_surface_forms(texts, np.array([0, 0, 0, 1, 2]), [False] * 5)
    over, naive_over = (
        each.compare(["inherited cyst", "breast cyst"], np.array([0, 1]), np.array([2, 2])).left_over
        for each in (learned, naive)
    )
    assert over[0] / naive_over[0] < over[1] / naive_over[1] < 1
