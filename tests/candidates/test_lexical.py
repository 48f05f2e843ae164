import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from hyplink.candidates import lexical
from hyplink.candidates.char_tfidf import CharTfidf
from hyplink.candidates.lexical import ExactNames, NearestNameVectors

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


def test_nearest_vectors_count_a_concept_once_by_its_best_name():
    vectors = np.array([[1, 0], [0, 2], [1, 1], [0, 0]], dtype=np.float32)
    ranked = NearestNameVectors.from_vectors(vectors, np.array([5, 5, 7, 9])).rank(
        np.array([[0, 3]], dtype=np.float32), 3
    )
    assert ranked.concepts.tolist() == [[5, 7, 9]]
    np.testing.assert_allclose(ranked.scores, [[1, np.sqrt(0.5), 0]], atol=1e-6)


@pytest.mark.parametrize("at_a_time", [1, 90, 1000])
def test_name_vectors_rank_the_same_however_many_are_compared_at_a_time(monkeypatch, at_a_time):
    random = np.random.default_rng(0)
    vectors, mentions = (random.normal(size=(n, 5)).astype(np.float32) for n in (30, 7))
    index = NearestNameVectors.from_vectors(vectors, np.arange(30) // 2)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    best = (mentions @ unit.T).argmax(1) // 2
    monkeypatch.setattr(lexical, "SIMILARITIES", at_a_time)
    assert index.rank(mentions, 1).concepts[:, 0].tolist() == best.tolist()


def test_tfidf_weighs_ngrams_as_scikit_learn_does():
    texts = ["breast cancer of the breast", "type i", "i", "x linked 17 ketosteroid", "cold"]
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, dtype=np.float32)
    expected = vectorizer.fit_transform(sorted(["breast cancer of the breast", "type 1", "1", *texts[3:]]))
    index = CharTfidf.from_names([(text, 0) for text in texts])
    assert index.ngrams == vectorizer.get_feature_names_out().tolist()
    np.testing.assert_array_equal(index.rarity, vectorizer.idf_)
    np.testing.assert_array_equal(index.weights.toarray(), expected.toarray())
