import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from hyplink.candidates import lexical
from hyplink.candidates.char_tfidf import CharTfidf
from hyplink.candidates.lexical import (
    ExactNames,
    Ranked,
    RowsOfConcepts,
    best_names,
    best_per_concept,
    stacked,
)

NAMES = [
    ("Breast cancer", 0),
    ("Mammary carcinoma", 0),
    ("Ovarian cancer", 1),
    ("Cold", 2),
    ("Cold", 3),
    ("Anaemia", 4),
]


def test_exact_names_rank_by_how_well_they_match_and_ties_share_a_score():
    ranked = ExactNames.from_names(NAMES).rank(
        ["BREAST cancer", "breast cancers", "cancer of the breast", "cold", "pain"], 2
    )
    assert ranked.concepts.tolist() == [[0, -1], [0, -1], [0, -1], [2, 3], [-1, -1]]
    assert ranked.scores.tolist() == [[1, -np.inf], [0.9, -np.inf], [0.8, -np.inf], [1, 1], [-np.inf, -np.inf]]


def test_tfidf_scores_are_the_cosines_of_scikit_learn():
    mentions = ["ovarian cancers", "mammary cancer", "cold sore"]
    names = [name.lower().replace("anaemia", "anemia") for name, _ in NAMES]
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True).fit(
        ["breast cancer", "mammary carcinoma", "ovarian cancer", "cold", "cold", "anemia"]
    )
    queries = vectorizer.transform(["ovarian cancer", "mammary cancer", "cold sore"])
    cosines = (queries @ vectorizer.transform(names).T).toarray()
    ranked = CharTfidf.from_names(NAMES).rank(mentions, 5)
    for row, cosine in zip(range(3), cosines, strict=True):
        for concept, score in zip(ranked.concepts[row], ranked.scores[row], strict=True):
            if concept >= 0:
                best = max(cosine[i] for i, (_, owner) in enumerate(NAMES) if owner == concept)
                np.testing.assert_allclose(score, best, atol=1e-6)
    assert ranked.concepts[:, 0].tolist() == [1, 0, 2]


def test_the_same_mention_twice_is_answered_twice():
    ranked = CharTfidf.from_names(NAMES).rank(["cold", "anemia", "cold"], 2)
    assert ranked.concepts[:, 0].tolist() == [2, 4, 2]
    assert ranked.scores[0].tolist() == ranked.scores[2].tolist()


def test_a_concept_of_many_names_leaves_room_for_others():
    crowd = [(f"red cell {i}", 0) for i in range(50)]
    ranked = CharTfidf.from_names([*crowd, ("red cyst", 1)]).rank(["red cell"], 2)
    assert ranked.concepts.tolist() == [[0, 1]]


def test_no_mentions_give_no_rows():
    assert CharTfidf.from_names(NAMES).rank([], 3).concepts.shape == (0, 3)
    assert ExactNames.from_names(NAMES).rank([], 3).scores.shape == (0, 3)


def test_a_mention_of_unknown_letters_has_no_candidates():
    assert CharTfidf.from_names(NAMES).rank(["zzz", ""], 1).concepts.tolist() == [[-1], [-1]]


def test_tfidf_weighs_ngrams_as_scikit_learn_does():
    texts = ["breast cancer of the breast", "type i", "i", "x linked 17 ketosteroid", "cold"]
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32)
    expected = vectorizer.fit_transform(sorted(["breast cancer of the breast", "type 1", "1", *texts[3:]]))
    index = CharTfidf.from_names([(text, 0) for text in texts])
    assert index.ngrams == vectorizer.get_feature_names_out().tolist()
    np.testing.assert_array_equal(index.rarity, vectorizer.idf_)
    np.testing.assert_array_equal(index.weights.toarray(), expected.toarray())


def test_a_row_without_candidates_is_minus_one_and_minus_infinity():
    nothing = Ranked.empty(2, 3)
    assert nothing.concepts.tolist() == [[-1] * 3] * 2
    assert nothing.scores.tolist() == [[-np.inf] * 3] * 2
    assert nothing.concepts.dtype == np.int64


def test_rows_of_a_ranking_keep_concepts_and_scores_together():
    ranked = Ranked(np.array([[1, 2], [3, 4], [5, 6]]), np.array([[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]]))
    chosen = ranked.take(np.array([2, 0, 2]))
    assert chosen.concepts.tolist() == [[5, 6], [1, 2], [5, 6]]
    assert chosen.scores.tolist() == [[0.5, 0.4], [0.9, 0.8], [0.5, 0.4]]


def test_a_concept_scores_as_its_best_name_and_equal_scores_are_ordered_by_concept():
    concepts, scores = np.array([7, 2, 9, 7, 2, 5]), np.array([0.3, 0.5, 0.1, 0.5, 0.4, 0.9])
    best, values = best_per_concept(concepts, scores, 3)
    assert (best.tolist(), values.tolist()) == ([5, 2, 7], [0.9, 0.5, 0.5])


def test_fewer_concepts_than_asked_for_are_filled_up():
    best, values = best_per_concept(np.array([4, 4]), np.array([0.2, 0.6]), 3)
    assert (best.tolist(), values.tolist()) == ([4, -1, -1], [0.6, -np.inf, -np.inf])
    assert best_per_concept(np.array([], dtype=np.int64), np.array([]), 2)[0].tolist() == [-1, -1]


def test_every_row_of_a_concept_is_found_and_none_of_a_concept_without_rows():
    rows = RowsOfConcepts(np.array([0, 2, 2, 2, 5]))
    pairs, found = rows.of(np.array([2, 1, 5, 0, 6, 99, 2]))
    assert pairs.tolist() == [0, 0, 0, 2, 3, 6, 6, 6]
    assert found.tolist() == [1, 2, 3, 4, 0, 1, 2, 3]


def test_where_no_concept_has_rows_no_pair_has_any():
    pairs, found = RowsOfConcepts(np.array([], dtype=np.int64)).of(np.array([0, 3]))
    assert (pairs.tolist(), found.tolist()) == ([], [])


def test_letter_case_normal_form_and_word_order_each_have_their_score():
    names = ExactNames.from_names([("Renal Cyst", 3), ("cysts, renal", 1), ("renal cysts", 2), ("kidney", 0)])
    ranked = names.rank(["renal  CYST", "kidneys", "cyst of kidney"], 4)
    assert ranked.concepts.tolist() == [[3, 2, 1, -1], [0, -1, -1, -1], [-1] * 4]
    assert ranked.scores[:2].tolist() == [[1.0, 0.9, 0.8, -np.inf], [0.9, -np.inf, -np.inf, -np.inf]]


def test_no_more_than_k_exact_names_are_ranked():
    names = ExactNames.from_names([("cold", concept) for concept in (5, 3, 4)])
    assert names.rank(["cold"], 2).concepts.tolist() == [[3, 4]]


@pytest.mark.parametrize("count", [1, 2, 10, 90, 299, 300, 400])
@pytest.mark.parametrize("kind", ["spread", "few great", "equal", "none above zero", "negative"])
def test_the_top_scores_are_those_of_a_sort(kind, count):
    random = np.random.default_rng(1)
    scores = {
        "spread": random.uniform(size=300),
        "few great": np.concatenate([random.uniform(0.9, 1, 20), random.uniform(0, 0.05, 280)]),
        "equal": np.full(300, 0.5),
        "none above zero": np.concatenate([np.zeros(5), -random.uniform(size=295)]),
        "negative": -random.uniform(0.1, 1, 300),
    }[kind].astype(np.float32)
    random.shuffle(scores)
    rows = lexical._top(scores, count)
    assert len(set(rows.tolist())) == len(rows) == min(count, 300)
    assert sorted(scores[rows].tolist(), reverse=True) == sorted(scores.tolist(), reverse=True)[:count]


@pytest.mark.parametrize("k", [1, 2, 3, 7])
def test_enough_of_the_best_names_are_looked_at_to_hold_the_k_best_concepts(k):
    random = np.random.default_rng(k)
    concepts = np.sort(random.choice([0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6], size=500))
    scores = random.uniform(size=500).astype(np.float32)
    scores[concepts == 0] += 1  # the names of one concept come before all others
    rows = best_names(scores, concepts, k)
    best, _ = best_per_concept(concepts[rows], scores[rows].astype(np.float64), k)
    assert best.tolist() == sorted(range(7), key=lambda each: -scores[concepts == each].max())[:k]


def test_no_more_names_than_needed_are_looked_at():
    scores = np.linspace(0, 1, 1000, dtype=np.float32)
    assert len(best_names(scores, np.arange(1000), 2)) == 16
    assert best_names(scores, np.arange(1000), 2).min() == 984
    assert len(best_names(scores, np.repeat([0, 1], 500), 2)) == 1000
    assert len(best_names(scores, np.repeat([0, 1, 2], [400, 400, 200]), 2)) == 256


def test_rows_are_stacked_in_order():
    rows = [(np.array([1, 2]), np.array([0.5, 0.25])), (np.array([3, -1]), np.array([0.125, -np.inf]))]
    ranked = stacked(rows, 2)
    assert ranked.concepts.tolist() == [[1, 2], [3, -1]]
    assert ranked.scores.tolist() == [[0.5, 0.25], [0.125, -np.inf]]
    none = stacked([], 2)
    assert none.concepts.shape == none.scores.shape == (0, 2)
    assert (none.concepts.dtype, none.scores.dtype) == (np.int64, np.float64)
