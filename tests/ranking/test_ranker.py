import json

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit

from hyplink.candidates.features import FEATURES, Candidates
from hyplink.errors import RunError
from hyplink.ranking.ranker import WEIGHTS, Ranker, load_ranker, prior_ranker, single_feature_ranker, train_ranker
from hyplink.run import read_json, write_json

N_FEATURES = len(FEATURES)


def one_hot(name):
    return np.array([float(each == name) for each in FEATURES])


def candidates_of(mentions, concepts, features=None):
    """Candidates whose features are given by name, a list as long as the mentions for each; the others are 0."""
    table = np.zeros((len(mentions), N_FEATURES))
    for name, values in (features or {}).items():
        table[:, FEATURES.index(name)] = values
    return Candidates(np.array(mentions), np.array(concepts), table, None, np.arange(len(mentions)))


def toy(n_mentions, seed):
    """Two candidates a mention, the first right; two sources, each of them right three times in four."""
    generator = np.random.default_rng(seed)
    concepts = np.arange(2 * n_mentions) % 2
    candidates = candidates_of(np.repeat(np.arange(n_mentions), 2), concepts)
    for name in ("tfidf", "cosine"):
        candidates.features[::2, FEATURES.index(name)] = 0.67 + generator.normal(size=n_mentions)
    return candidates, concepts == 0


def accuracy(ranker, candidates):
    ranked = ranker.rank(candidates, candidates.mentions.max() + 1, 1)
    return np.mean(ranked.concepts[:, 0] == 0)


def test_scores_are_log_probabilities_among_the_candidates_of_a_mention():
    candidates = candidates_of([0, 0, 2, 2], [1, 2, 1, 2], {"tfidf": [1, 0, 0, 2], "cosine": [0, 1, 0, 0]})
    ranker = Ranker(one_hot("tfidf") * np.log(3.0) + one_hot("cosine") * np.log(2.0))
    np.testing.assert_allclose(np.exp(ranker.scores(candidates)), [3 / 5, 2 / 5, 1 / 10, 9 / 10])


def test_candidates_are_ranked_within_their_mention_best_first():
    candidates = candidates_of([0, 0, 0, 2, 3, 3], [4, 6, 8, 7, 1, 5], {"cosine": [1, 3, 2, 0, 0, 4]})
    ranked = Ranker(one_hot("cosine")).rank(candidates, 5, 2)
    assert ranked.concepts.tolist() == [[6, 8], [-1, -1], [7, -1], [5, 1], [-1, -1]]
    first, second = expit(4.0), expit(-4.0)
    total = np.exp([1.0, 3.0, 2.0]).sum()
    expected = [[np.exp(3) / total, np.exp(2) / total], [0, 0], [1, 0], [first, second], [0, 0]]
    np.testing.assert_allclose(np.exp(ranked.scores), expected)


def test_candidates_of_equal_score_are_ranked_by_concept_index():
    ranked = Ranker(np.ones(N_FEATURES)).rank(candidates_of([0, 0, 0, 1], [9, 7, 8, 3]), 2, 2)
    assert ranked.concepts.tolist() == [[7, 8], [3, -1]]
    np.testing.assert_allclose(np.exp(ranked.scores), [[1 / 3, 1 / 3], [1, 0]])


def test_a_mention_with_fewer_candidates_than_asked_for_is_filled_up():
    ranked = Ranker(np.ones(N_FEATURES)).rank(candidates_of([1], [3]), 2, 3)
    assert ranked.concepts.tolist() == [[-1, -1, -1], [3, -1, -1]]
    assert ranked.scores.tolist() == [[-np.inf] * 3, [0, -np.inf, -np.inf]]


def test_the_ranker_beats_each_of_its_sources():
    ranker = train_ranker(*toy(400, seed=0), of_names=False)
    unseen, _ = toy(2000, seed=1)
    single = [accuracy(single_feature_ranker(name), unseen) for name in ("tfidf", "cosine")]
    assert accuracy(ranker, unseen) > max(single) + 0.05


def test_a_ranker_of_one_feature_weighs_nothing_else():
    assert single_feature_ranker("".join(["tf", "idf"])).weights.tolist() == one_hot("tfidf").tolist()


def test_a_feature_that_is_evidence_against_the_right_candidates_has_weight_zero():
    candidates, gold = toy(400, seed=0)
    candidates.features[:, FEATURES.index("own_name")] = ~gold
    assert train_ranker(candidates, gold, of_names=False).weights[FEATURES.index("own_name")] == 0


def test_the_untrained_ranker_counts_each_source_for_what_it_is_worth():
    known = {
        "exact_name": 2,
        "normal_name": 2,
        "reordered_name": 1,
        "only_exact_name": 1,
        "own_name": 1,
        "tfidf": 3,
        "cosine": 2,
        "ball": 0.3,
        "words_left_over": 0.1,
        "label_tfidf": 1.5,
        "part_tfidf": 1,
        "first_part_tfidf": 2,
        "head_word": 0.4,
        "document_links": 1,
        "document_topic": 2,
        "sense_prior": 1,
        "context": 1,
        "gloss": 3,
        "gloss_document": 2,
    }
    weights = prior_ranker().weights
    assert {name: weight for name, weight in zip(FEATURES, weights, strict=True) if weight} == known


def test_without_a_right_candidate_the_weights_stay_the_prior_ones():
    candidates, gold = toy(10, seed=0)
    learned = train_ranker(candidates, np.zeros_like(gold), of_names=False)
    assert learned.weights.tolist() == prior_ranker().weights.tolist()


def test_training_starts_from_the_prior_weights_and_held_out_names_move_them_half_as_far():
    candidates = candidates_of([0, 0], [4, 5], {"gloss": [1, 0]})
    gold = np.array([True, False])
    moved = brentq(lambda weight: weight - 3 - expit(-weight), 3, 4)
    prior, gloss = prior_ranker().weights, FEATURES.index("gloss")
    for of_names, expected in ((False, moved), (True, (3 + moved) / 2)):
        weights = train_ranker(candidates, gold, of_names=of_names).weights
        assert weights[gloss] == pytest.approx(expected, abs=1e-5)
        assert np.delete(weights, gloss).tolist() == np.delete(prior, gloss).tolist()


def test_a_saved_ranker_is_read_back_to_the_bit(tmp_path):
    ranker = train_ranker(*toy(50, seed=3), of_names=False)
    for _ in range(2):  # the folder may be there already
        ranker.save(tmp_path / "ranker" / WEIGHTS)
    assert load_ranker(tmp_path / "ranker" / WEIGHTS).weights.tolist() == ranker.weights.tolist()


def test_the_file_names_the_feature_of_each_weight_in_any_order(tmp_path):
    Ranker(np.arange(N_FEATURES) / 4).save(tmp_path / WEIGHTS)
    saved = read_json(tmp_path / "weights.json")
    assert saved == {name: place / 4 for place, name in enumerate(FEATURES)}
    write_json(tmp_path / "weights.json", dict(reversed(saved.items())))
    assert load_ranker(tmp_path / WEIGHTS).weights.tolist() == (np.arange(N_FEATURES) / 4).tolist()
    write_json(tmp_path / "weights.json", dict.fromkeys(FEATURES, 1))
    assert load_ranker(tmp_path / WEIGHTS).weights.dtype == np.float64


@pytest.mark.parametrize(
    "weights",
    [{"colour": 1.0}, [], dict.fromkeys(FEATURES[1:], 1.0), dict.fromkeys([*FEATURES, "colour"], 1.0)],
)
def test_weights_of_other_features_are_refused(tmp_path, weights):
    (tmp_path / "weights.json").write_text(json.dumps(weights))
    with pytest.raises(RunError, match=r"re-run (`hyplink fit`|its stage) with --force"):
        load_ranker(tmp_path / WEIGHTS)
