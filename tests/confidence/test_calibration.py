import json

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES, Candidates
from hyplink.confidence.calibration import (
    Calibration,
    Uncalibrated,
    load_calibration,
    save_calibration,
    train_calibration,
)
from hyplink.errors import RunError
from hyplink.ranking.cross_fitting import OutOfFoldExamples
from hyplink.run.mode import MIN_MENTIONS
from tests.batches import DOCUMENTS, NAMES

TFIDF = FEATURES.index("tfidf")


def plain(**fields):
    """A calibration that takes the ranker at its word about the best candidate."""
    known = {"source": "names", "n_mentions": 9, "n_documents": 0, "sure": 0.9, "plain": None}
    return Calibration(**known | {"slope": 1.0, "intercept": 0.0, "elsewhere": 0.5, "sharpness": 1.0} | fields)


def candidates_of(mentions, features=None, gold_groups=None):
    if features is None:
        features = np.zeros((len(mentions), len(FEATURES)))
    rows = np.arange(len(mentions))
    return Candidates(np.array(mentions), rows, features, None, rows if gold_groups is None else np.array(gold_groups))


def world(n_mentions, seed, sharpness=1.0, known=0.9, per_document=20):
    """Mentions of three candidates, the right one drawn by a ranker that is too sure by 1 / `sharpness`, or none."""
    generator = np.random.default_rng(seed)
    features = np.zeros((3 * n_mentions, len(FEATURES)))
    features[:, TFIDF] = generator.normal(size=3 * n_mentions)
    utilities = 5 * sharpness * features[:, TFIDF].reshape(-1, 3)
    probabilities = np.exp(utilities) / np.exp(utilities).sum(1, keepdims=True)
    drawn = (generator.random(n_mentions)[:, None] > probabilities.cumsum(1)).sum(1)
    gold = np.zeros((n_mentions, 3), dtype=bool)
    gold[np.arange(n_mentions), np.minimum(drawn, 2)] = generator.random(n_mentions) < known
    documents = tuple(f"doc {row // per_document}" for row in range(n_mentions))
    candidates, is_gold = candidates_of(np.repeat(np.arange(n_mentions), 3), features), gold.ravel()
    return OutOfFoldExamples(candidates, is_gold, is_gold, documents, n_mentions)


def test_the_others_share_what_the_best_leaves_as_far_as_it_is_theirs():
    found = plain().probabilities(candidates_of([0, 0, 0, 1]), np.log([0.1, 0.6, 0.3, 0.9]))
    np.testing.assert_allclose(found, [0.05, 0.6, 0.15, 0.9])  # .4 is left, half of it theirs, one to three


def test_an_answer_is_right_where_another_concept_of_its_meaning_is():
    found = plain().probabilities(candidates_of([0, 0, 0, 0], gold_groups=[7, 7, 8, 9]), np.log([0.4, 0.2, 0.3, 0.1]))
    np.testing.assert_allclose(found, [0.4, 0.2, 0.15, 0.05])  # of .6 two to one; half of the rest, three to one


def test_candidates_that_are_named_come_before_likelier_ones():
    named = np.array([False, True, False])
    found = plain().probabilities(candidates_of([0, 0, 0]), np.log([0.6, 0.3, 0.1]), named)
    np.testing.assert_allclose(found, [0.3, 0.3, 0.05])  # .7 is left, half of it theirs, six to one


def test_with_names_alone_a_plain_name_has_one_confidence_whatever_the_other_candidates():
    features = np.zeros((4, len(FEATURES)))
    features[[0, 2], FEATURES.index("normal_name")] = features[[0, 2], FEATURES.index("only_exact_name")] = 1.0
    scores = np.log([0.6, 0.4, 0.9, 0.1])
    candidates = candidates_of([0, 0, 1, 1], features)
    np.testing.assert_allclose(plain(plain=0.95).probabilities(candidates, scores)[[0, 2]], 0.95)
    np.testing.assert_allclose(plain().probabilities(candidates, scores)[[0, 2]], [0.6, 0.9])


def test_slope_and_intercept_move_the_log_odds_of_the_best():
    found = plain(slope=2.0, intercept=np.log(3.0)).probabilities(candidates_of([0, 0]), np.log([0.75, 0.25]))
    assert found[0] == pytest.approx(27 / 28)  # odds of 3, squared, times 3


def test_sharpness_raises_the_odds_of_two_other_candidates_to_its_power():
    found = plain(sharpness=2.0).probabilities(candidates_of([0, 0, 0]), np.log([0.6, 0.1, 0.3]))
    assert found[2] / found[1] == pytest.approx(9)
    assert found[1:].sum() == pytest.approx(0.2)


@pytest.mark.parametrize("known", [0.95, 0.6])
def test_probabilities_keep_their_word_on_other_documents(known):
    calibration = train_calibration(world(1500, seed=0, known=known), DOCUMENTS)
    assert (calibration.source, calibration.n_mentions, calibration.n_documents) == ("documents", 1500, 75)
    unseen = world(4000, seed=1, known=known)
    features = unseen.candidates.features[:, TFIDF].reshape(-1, 3)
    scores = (5 * features - np.log(np.exp(5 * features).sum(1, keepdims=True))).ravel()
    found = calibration.probabilities(unseen.candidates, scores)
    for low, high in ((0.0, 0.2), (0.2, 0.5), (0.5, 0.8), (0.8, 1.0)):
        inside = (found >= low) & (found < high)
        if inside.sum() > 100:
            assert found[inside].mean() == pytest.approx(unseen.is_gold[inside].mean(), abs=0.1)


def test_names_are_a_basis_of_their_own():
    told = world(MIN_MENTIONS, seed=0)
    calibration = train_calibration(told._replace(documents=("",) * MIN_MENTIONS), NAMES)
    assert (calibration.source, calibration.n_documents) == ("names", 0)


def test_too_few_to_calibrate_on_give_no_calibration_but_the_reason():
    found = train_calibration(world(MIN_MENTIONS - 1, seed=0), DOCUMENTS)
    assert isinstance(found, Uncalibrated)
    assert "99 mentions could be held out" in found.reason
    assert np.isnan(found.probabilities(candidates_of([0]), np.zeros(1))).all()


def test_where_every_mention_was_known_the_next_one_is_still_not_certain():
    calibration = train_calibration(world(200, seed=0, known=1.1), DOCUMENTS)
    found = calibration.probabilities(candidates_of([0, 0]), np.log([0.999, 0.001]))
    assert 0.9 < found[0] < found.sum() < 1


@pytest.mark.parametrize("calibration", [plain(slope=0.1 + 0.2), Uncalibrated("why not")])
def test_a_saved_calibration_is_read_back_to_the_bit(calibration, tmp_path):
    save_calibration(calibration, tmp_path / "calibration.json")
    assert load_calibration(tmp_path / "calibration.json") == calibration


@pytest.mark.parametrize("content", [{}, {"source": "names"}, [], {"source": None}])
def test_the_calibration_of_another_version_is_refused(content, tmp_path):
    (tmp_path / "calibration.json").write_text(json.dumps(content))
    with pytest.raises(RunError, match="re-run `hyplink fit` with --force"):
        load_calibration(tmp_path / "calibration.json")
