import itertools

import numpy as np
import pytest

from hyplink.candidates import char_tfidf
from hyplink.candidates.char_tfidf import CharTfidf

NAMES = [("cat", 5), ("at", 2), ("Cats", 5), ("rat", 2), ("++", 7)]
# `cat` and `Cats` are one name of concept 5. Sorted by concept and name: at, rat (2), cat (5), ++ (7).
LOG = np.log


def idf(n_names):
    """Smoothed inverse document frequency of an n-gram that so many of the four names hold."""
    return LOG(5 / (n_names + 1)) + 1


# n-grams of ` at `: ` at`, `at `, ` at `; of ` cat `: ` ca`, `cat`, `at `, ` cat`, `cat `. `at ` is in three names.
AT, CAT, SHARED = np.sqrt(2 * idf(1) ** 2 + idf(3) ** 2), np.sqrt(4 * idf(1) ** 2 + idf(3) ** 2), idf(3) ** 2


@pytest.fixture(scope="module")
def index():
    return CharTfidf.from_names(NAMES)


def test_names_are_indexed_once_a_concept_by_their_normal_form(index):
    assert index.concepts.tolist() == [2, 2, 5, 7]
    assert index.weights.shape == (4, len(index.ngrams))
    assert sorted(index.ngrams) == list(index.ngrams)
    assert [ngram for ngram in index.ngrams if "+" in ngram] == [" ++", " ++ ", "++ "]


def test_ngrams_are_three_and_four_characters_of_a_word_between_blanks():
    assert list(CharTfidf.from_names([("ab c", 0)]).ngrams) == [" ab", " ab ", " c ", "ab "]


def test_rarity_is_the_smoothed_inverse_document_frequency(index):
    rarity = dict(zip(index.ngrams, index.rarity.tolist(), strict=True))
    assert rarity["at "] == pytest.approx(idf(3))
    assert rarity[" at"] == rarity["++ "] == pytest.approx(idf(1))


def test_repeated_ngrams_count_by_the_logarithm():
    index = CharTfidf.from_names([("ab ab", 0), ("ab", 1), ("cd", 2)])
    weights = dict(zip(index.ngrams, index.weights.toarray()[0].tolist(), strict=True))
    assert weights[" ab"] == pytest.approx(1 / np.sqrt(3))  # all three n-grams stand there twice
    mixed = CharTfidf.from_names([("ab ab cd", 0)]).weights.toarray()[0]
    assert sorted(set(np.round(mixed, 6))) == pytest.approx(
        [1 / np.sqrt(3 + 3 * (1 + LOG(2)) ** 2), (1 + LOG(2)) / np.sqrt(3 + 3 * (1 + LOG(2)) ** 2)], abs=1e-6
    )


def test_scores_are_cosines_of_the_best_name_best_first(index):
    ranked = index.rank(["AT", "cats"], 3)
    assert ranked.concepts.tolist() == [[2, 5, -1], [5, 2, -1]]
    cosine = SHARED / (AT * CAT)
    np.testing.assert_allclose(ranked.scores[0, :2], [1, cosine], atol=1e-6)
    # Of concept 2 the name `rat` shares `at ` alone with `cat`, as does `at`, which is shorter.
    np.testing.assert_allclose(ranked.scores[1, :2], [1, cosine], atol=1e-6)
    assert ranked.scores[:, 2].tolist() == [-np.inf, -np.inf]


def test_names_without_letters_are_compared_unchanged(index):
    assert index.rank(["++", "+", ""], 2).concepts.tolist() == [[7, -1], [-1, -1], [-1, -1]]
    assert index.compare(["++"], np.array([0]), np.array([7])) == pytest.approx([1])


def test_unknown_ngrams_do_not_count_against_a_mention(index):
    assert index.rank(["at xyz"], 1).scores[0, 0] == pytest.approx(1)


def test_pairs_are_compared_one_by_one_with_the_best_name_of_the_concept(index):
    texts = ["cats", "at", "xyz"]
    mentions, concepts = np.array([0, 0, 1, 1, 1, 2]), np.array([5, 2, 2, 5, 3, 2])
    cosine = SHARED / (AT * CAT)
    np.testing.assert_allclose(index.compare(texts, mentions, concepts), [1, cosine, 1, cosine, 0, 0], atol=1e-6)


def test_pairs_have_the_likeness_that_a_search_gives_them(index):
    texts = ["rats at", "cat", "cat rat"]
    ranked = index.rank(texts, 3)
    mentions, columns = np.nonzero(ranked.concepts >= 0)
    concepts, scores = ranked.concepts[mentions, columns], ranked.scores[mentions, columns]
    assert len(scores) == 6
    np.testing.assert_allclose(index.compare(texts, mentions, concepts), scores, atol=1e-6)
    assert (index.compare(texts, mentions, concepts) <= 1).all()
    assert (scores <= 1).all()


def test_concepts_without_names_share_nothing():
    empty = CharTfidf.from_names([])
    assert empty.rank(["cat"], 2).concepts.tolist() == [[-1, -1]]
    assert empty.compare(["cat"], np.array([0]), np.array([4])).tolist() == [0]


def test_equal_similarities_are_ordered_by_concept():
    index = CharTfidf.from_names([("cat", 9), ("cat", 4), ("cat", 6)])
    assert index.rank(["cat"], 2).concepts.tolist() == [[4, 6]]


def test_a_text_is_ranked_anew_for_another_number_of_candidates(index):
    assert index.rank(["cat"], 1).concepts.tolist() == [[5]]
    assert index.rank(["cat"], 2).concepts.tolist() == [[5, 2]]
    assert index.rank(["cat"], 1).concepts.tolist() == [[5]]


def test_a_batch_is_ranked_in_the_order_it_is_given_whatever_was_ranked_before(index):
    assert index.rank(["cat", "rat", "++"], 2).concepts.tolist() == [[5, 2], [2, 5], [7, -1]]
    again = index.rank(["++", "xyz", "cat", "rat", "cat"], 2)
    assert again.concepts.tolist() == [[7, -1], [-1, -1], [5, 2], [2, 5], [5, 2]]


def test_candidates_of_former_texts_are_given_up_when_they_are_many(monkeypatch):
    monkeypatch.setattr(char_tfidf, "TEXTS_KEPT", 2)
    index = CharTfidf.from_names(NAMES)
    index.rank(["cat", "rat"], 1)
    index.rank(["at"], 1)
    assert {text for text, _ in index._ranked} == {"cat", "rat", "at"}  # two were not too many
    assert index.rank(["cat"], 1).concepts.tolist() == [[5]]
    assert {text for text, _ in index._ranked} == {"cat"}


def test_the_best_of_many_names_is_found_at_any_index():
    index = CharTfidf.from_names([(f"cell {chr(97 + i)}{chr(98 + i)}", i // 2) for i in range(24)])
    assert index.rank(["cell st", "cells bc", "xy"], 1).concepts.tolist() == [[9], [0], [11]]
    assert index.rank(["cell st"], 2).scores[0, 0] == pytest.approx(1)


@pytest.fixture(scope="module")
def crowd():
    """Names of rare words and a common one, of 500 concepts, two of which share most names."""
    words = ["".join(letters) for letters in itertools.product("bdfg", "aeiou", "klmnrst", "aeo")]
    names = [f"{first} {second} disorder" for first, second in itertools.pairwise(words[::2])]
    shared = [(name, concept) for i, name in enumerate(names) for concept in (i, (7 * i) % 500)]
    return CharTfidf.from_names([*shared, *((word, 499 - i) for i, word in enumerate(words[:40]))])


@pytest.mark.parametrize("k", [1, 2, 7, 400])
def test_the_best_concepts_are_those_of_all_names_compared_one_by_one(crowd, k):
    texts = [
        "baka beka disorder",
        "baka disorder",
        "disorder",
        "baka",
        "beka-disorder of gora",
        "fuso disorders",
        "disorders of bak",
    ]
    ranked = crowd.rank(texts, k)
    concepts = np.unique(crowd.concepts)
    mentions = np.repeat(np.arange(len(texts)), len(concepts))
    similarity = crowd.compare(texts, mentions, np.tile(concepts, len(texts))).reshape(len(texts), -1)
    for row, of_mention in enumerate(similarity):
        expected = np.sort(of_mention[of_mention > 0])[::-1][:k]
        np.testing.assert_allclose(ranked.scores[row][: len(expected)], expected, atol=1e-6)
        assert (ranked.concepts[row][len(expected) :] == -1).all()
        found = ranked.concepts[row][: len(expected)]
        assert len(set(found)) == len(found)
        np.testing.assert_allclose(of_mention[np.searchsorted(concepts, found)], expected, atol=1e-6)


@pytest.mark.parametrize(("text", "is_read"), [("baka beka disorder", False), ("disorder", True)])
def test_postings_of_common_ngrams_are_read_only_where_rare_ones_do_not_decide(crowd, text, is_read):
    best = crowd.rank([text], 1).concepts[0, 0]
    common, spoilt = crowd.ngrams.index("diso"), crowd.postings.copy()
    posting = slice(spoilt.indptr[common], spoilt.indptr[common + 1])
    spoilt.data[posting] = np.where(crowd.concepts[spoilt.indices[posting]] == best, 0, 9)
    changed = CharTfidf(crowd.concepts, crowd.ngrams, crowd.rarity, crowd.weights, spoilt)
    assert (changed.rank([text], 1).concepts[0, 0] != best) == is_read
