import json

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit

from hyplink.candidates.features import FEATURES, Candidates
from hyplink.confidence.calibration import (
    MIN_PROBABILITY,
    Calibration,
    Uncalibrated,
    are_known,
    are_plain,
    best_candidates,
    load_calibration,
    save_calibration,
    train_calibration,
)
from hyplink.errors import RunError
from hyplink.ranking.cross_fitting import OutOfFoldExamples
from hyplink.run.mode import MIN_MENTIONS
from tests.batches import DOCUMENTS, NAMES

TFIDF = FEATURES.index("tfidf")
COUNT = FEATURES.index("surface_form_count")
CONTEXT = FEATURES.index("context")  # its prior weight is 1: the score of a candidate before anything was learned
PLAIN = [FEATURES.index("normal_name"), FEATURES.index("only_exact_name")]
NO_PRIOR = [
    FEATURES.index(name) for name in ("tfidf_lead", "tfidf_rank", "cosine_lead", "cosine_rank", "words_left_out")
]
"""Features whose prior weight is 0: only a trained ranker gives them weight."""


def plain(**fields):
    """A calibration that takes the ranker at its word about the best candidate."""
    known = {"source": "names", "n_mentions": 9, "n_documents": 0, "sure": 0.9, "plain": None, "known": 0.0}
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


def held_out(mentions, documents):
    """Examples of given scores that teach the ranker nothing, so that it scores by the prior weights.

    Args:
        mentions: of each the scores of its candidates, and which of them are right.
        documents: of each.
    """
    numbers = np.repeat(np.arange(len(mentions)), [len(scores) for scores, _ in mentions])
    features = np.zeros((len(numbers), len(FEATURES)))
    features[:, CONTEXT] = [score for scores, _ in mentions for score in scores]
    is_gold = np.array([place in right for scores, right in mentions for place in range(len(scores))])
    candidates = candidates_of(numbers, features)
    return OutOfFoldExamples(candidates, is_gold, np.zeros_like(is_gold), tuple(documents), len(mentions))


def taught(columns, documents):
    """Mentions of two candidates, the second right, for which one feature speaks: the column given for each."""
    features = np.zeros((2 * len(columns), len(FEATURES)))
    features[np.arange(len(columns)) * 2 + 1, columns] = 1
    is_gold = np.tile([False, True], len(columns))
    candidates = candidates_of(np.repeat(np.arange(len(columns)), 2), features)
    return OutOfFoldExamples(candidates, is_gold, is_gold, tuple(documents), len(columns))


def platt(odds, right):
    """Slope and intercept of the logistic regression on log-odds, with a positive and a negative at 0."""
    odds, signs = np.append(odds, [0.0, 0.0]), np.where(np.append(right, [True, False]), 1, -1)

    def loss(line):
        return np.logaddexp(0, -signs * (line[0] * odds + line[1])).sum() + line[0] ** 2 / 2

    return minimize(loss, [1.0, 0.0], tol=1e-12).x


def test_the_best_candidate_of_each_mention_is_the_first_of_the_highest_score():
    mentions, scores = np.array([0, 0, 0, 2, 2, 5]), np.array([-3.0, -1.0, -1.0, -0.5, -2.0, -9.0])
    assert best_candidates(mentions, scores).tolist() == [1, 3, 5]


def test_candidates_that_are_named_are_better_than_any_other():
    mentions, scores = np.array([0, 0, 0, 1, 1]), np.array([-1.0, -3.0, -2.0, -1.0, -2.0])
    named = np.array([False, True, True, False, False])
    assert best_candidates(mentions, scores, named).tolist() == [2, 3]


@pytest.mark.parametrize(("values", "expected"), [((1, 1), True), ((1, 0), False), ((0, 1), False), ((0, 0), False)])
def test_a_plain_name_is_equal_in_normal_form_and_the_name_of_one_concept(values, expected):
    candidates = candidates_of([0, 0])
    candidates.features[1, PLAIN] = values
    assert are_plain(candidates).tolist() == [False, expected]


def test_the_others_share_what_the_best_leaves_as_far_as_it_is_theirs():
    found = plain().probabilities(candidates_of([0, 0, 0, 1]), np.log([0.1, 0.6, 0.3, 0.9]))
    np.testing.assert_allclose(found, [0.05, 0.6, 0.15, 0.9])  # .4 is left, half of it theirs, one to three


def test_an_answer_is_right_if_another_concept_of_its_gold_group_is():
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


def test_with_names_alone_the_concepts_that_have_the_name_divide_its_confidence_whatever_the_other_candidates():
    features = np.zeros((6, len(FEATURES)))
    features[[0, 2, 5], FEATURES.index("normal_name")] = 1.0  # 5 is no name of the best candidate of its mention
    scores = np.log([0.15, 0.25, 0.45, 0.15, 0.7, 0.3])
    named = np.array([True, False, True, False, False, False])
    of_names = plain(plain=0.8, elsewhere=0.5)
    found = of_names.probabilities(candidates_of([0, 0, 0, 0, 1, 1], features), scores, named)
    np.testing.assert_allclose(found, [0.2, 0.0625, 0.6, 0.0375, 0.7, 0.15])
    alone = of_names.probabilities(candidates_of([0, 0], features[[0, 2]]), np.log([0.25, 0.75]))
    np.testing.assert_allclose(alone, [0.2, 0.6])


def test_with_names_alone_a_concept_that_is_named_has_the_whole_confidence_of_a_name():
    features = np.zeros((3, len(FEATURES)))
    features[:2, FEATURES.index("normal_name")] = 1.0  # the second is the plural, of another concept
    found = plain(plain=0.8, elsewhere=0.5).probabilities(
        candidates_of([0, 0, 0], features), np.log([0.2, 0.6, 0.2]), np.array([True, False, False])
    )
    np.testing.assert_allclose(found, [0.8, 0.075, 0.025])


def test_slope_and_intercept_move_the_log_odds_of_the_best():
    found = plain(slope=2.0, intercept=np.log(3.0)).probabilities(candidates_of([0, 0]), np.log([0.75, 0.25]))
    assert found[0] == pytest.approx(27 / 28)  # odds of 3, squared, times 3


def test_a_known_surface_form_moves_the_log_odds_of_the_best_candidate_alone():
    features = np.zeros((6, len(FEATURES)))
    features[0, PLAIN] = features[3, PLAIN] = 1  # the best of the first mention, the other of the second
    features[4, COUNT] = 0.7
    scores = np.log([0.75, 0.25, 0.75, 0.25, 0.75, 0.25])
    candidates = candidates_of([0, 0, 1, 1, 2, 2], features)
    assert are_known(candidates).tolist() == [True, False, False, True, True, False]
    found = plain(known=np.log(2.0)).probabilities(candidates, scores)
    assert found[[0, 2, 4]] == pytest.approx([6 / 7, 3 / 4, 6 / 7])
    assert found[[1, 3, 5]] == pytest.approx([1 / 14, 1 / 8, 1 / 14])


def known_and_unknown(n_right_known, n_right_unknown):
    """Fifty mentions whose best candidate is known and fifty others, all of equal scores; so many of each are right."""
    outcomes = [row < n_right for n_right in (n_right_known, n_right_unknown) for row in range(50)]
    mentions = [((1.0, 0.0), {0} if is_right else set()) for is_right in outcomes]
    examples = held_out(mentions, [f"doc {row % 7}" for row in range(100)])
    examples.candidates.features[:100:2, COUNT] = 0.7
    return examples


def test_what_a_known_surface_form_adds_is_fitted_on_documents():
    found = train_calibration(known_and_unknown(45, 20), DOCUMENTS)
    expected = minimize(_loss_of_known, [1.0, 0.0, 0.0], tol=1e-12).x
    assert (found.slope, found.known, found.intercept) == pytest.approx(tuple(expected), abs=0.01)
    assert found.known > 1
    assert found.sure == pytest.approx(expit(found.slope * 1.0 + found.known + found.intercept))


def _loss_of_known(weights):
    """Of the 100 mentions above, whose log-odds are 1, and the pseudo-examples at 0."""
    slope, known, intercept = weights
    of_known, of_unknown = slope + known + intercept, slope + intercept
    loss = 45 * np.logaddexp(0, -of_known) + 5 * np.logaddexp(0, of_known)
    loss += 20 * np.logaddexp(0, -of_unknown) + 30 * np.logaddexp(0, of_unknown)
    return loss + np.logaddexp(0, -intercept) + np.logaddexp(0, intercept) + (slope**2 + known**2) / 2


def test_a_known_surface_form_never_lowers_a_confidence():
    found = train_calibration(known_and_unknown(20, 45), DOCUMENTS)
    slope, intercept = platt([1.0] * 100, [True] * 65 + [False] * 35)
    assert found.known == 0
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), abs=0.01)


def test_with_names_alone_known_surface_forms_add_nothing():
    examples = known_and_unknown(45, 20)._replace(documents=("",) * 100)
    assert train_calibration(examples, NAMES).known == 0


def test_sharpness_raises_the_odds_of_two_other_candidates_to_its_power():
    found = plain(sharpness=2.0).probabilities(candidates_of([0, 0, 0]), np.log([0.6, 0.1, 0.3]))
    assert found[2] / found[1] == pytest.approx(9)
    assert found[1:].sum() == pytest.approx(0.2)


def test_the_others_of_each_mention_share_by_themselves():
    scores = np.log([0.5, 0.1, 0.4, 0.2, 0.2, 0.6])
    found = plain(elsewhere=0.75, sharpness=0.5).probabilities(candidates_of([0, 0, 0, 3, 3, 3]), scores)
    # The square roots of .1 and .4 are one to two; .2 and .2 are equal.
    np.testing.assert_allclose(found, [0.5, 0.375 / 3, 0.75 / 3, 0.15, 0.15, 0.6])


def test_the_probability_of_a_sole_candidate_is_its_confidence():
    found = plain(intercept=np.log(3.0)).probabilities(candidates_of([0, 1, 1]), np.log([1.0, 0.5, 0.5]))
    surest = 1 - MIN_PROBABILITY
    np.testing.assert_allclose(found, [3 * surest / (3 * surest + MIN_PROBABILITY), 0.75, 0.125])


def test_beyond_one_in_ten_thousand_surer_is_no_surer():
    named = np.array([False, True, False, True])
    found = plain().probabilities(candidates_of([0, 0, 1, 1]), np.array([-1e-9, -20.0, -30.0, -1e-12]), named)
    np.testing.assert_allclose(found[[1, 3]], [1e-4, 1 - 1e-4])


@pytest.mark.parametrize("seed", [0, 10, 20])
@pytest.mark.parametrize("known", [0.95, 0.6])
def test_probabilities_are_calibrated_on_other_documents(known, seed):
    calibration = train_calibration(world(1500, seed=seed, known=known), DOCUMENTS)
    assert (calibration.source, calibration.n_mentions, calibration.n_documents) == ("documents", 1500, 75)
    unseen = world(4000, seed=seed + 1, known=known)
    features = unseen.candidates.features[:, TFIDF].reshape(-1, 3)
    scores = (5 * features - np.log(np.exp(5 * features).sum(1, keepdims=True))).ravel()
    found = calibration.probabilities(unseen.candidates, scores)
    bins = np.array_split(np.argsort(found), 10)
    errors = [abs(found[each].mean() - unseen.is_gold[each].mean()) for each in bins]
    assert np.mean(errors) < 0.025
    assert max(errors) < 0.08


LOW, MIDDLE, HIGH = (0.5, 0.0, -1.0), (0.0, 2.0, -1.0), (-1.0, 0.0, 3.0)
BEST = {LOW: 0, MIDDLE: 1, HIGH: 2}
OUTCOMES = [  # of a hundred mentions: scores of the candidates, which are right, how many such
    (LOW, {0}, 10),
    (LOW, {1}, 12),
    (LOW, {2}, 2),
    (LOW, set(), 16),
    (MIDDLE, {1}, 19),
    (MIDDLE, {1, 2}, 4),  # another one is right along with the best: there is nothing to look for elsewhere
    (MIDDLE, {0}, 3),
    (MIDDLE, {2}, 2),
    (MIDDLE, set(), 2),
    (HIGH, {2}, 28),
    (HIGH, {0}, 1),
    (HIGH, set(), 1),
]


def outcomes():
    return [(scores, right) for scores, right, times in OUTCOMES for _ in range(times)]


def odds_of(scores):
    """The log-odds of the best candidate."""
    return logit(np.exp(max(scores)) / np.exp(scores).sum())


def test_every_number_of_a_calibration_is_fitted_to_what_came_true():
    found = train_calibration(held_out(outcomes(), [f"doc {row % 7}" for row in range(100)]), DOCUMENTS)
    odds = np.array([odds_of(scores) for scores, _ in outcomes()])
    slope, intercept = platt(odds, [BEST[scores] in right for scores, right in outcomes()])
    assert (found.source, found.n_mentions, found.n_documents, found.plain) == ("documents", 100, 7, None)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), abs=0.01)
    assert found.elsewhere == pytest.approx((20 + 1) / (39 + 2))  # the best is wrong 39 times, 20 times another right
    assert found.sharpness == pytest.approx(np.log(15 / 5), abs=1e-3)  # of two that are 1 apart, 15 to 5 (see below)
    assert found.sure == pytest.approx(expit(found.slope * odds_of(HIGH) + found.intercept))


def test_the_sharpness_maximises_the_likelihood_of_the_right_candidates_among_the_others():
    # Of three others with scores 1, 0 and 0 the first two are right thirty times, the last ten times.
    mentions = [((9.0, 1.0, 0.0, 0.0), {1, 2})] * 30 + [((9.0, 1.0, 0.0, 0.0), {3})] * 10
    found = train_calibration(held_out([*mentions, *[((9.0, 1.0), {0})] * 60], ["doc"] * 100), DOCUMENTS)

    def derivative(factor):
        odds = np.exp(factor)
        return 30 * (odds / (odds + 1)) - 40 * odds / (odds + 2)

    assert found.sharpness == pytest.approx(brentq(derivative, 0.1, 5), abs=1e-3)


@pytest.mark.parametrize(("right", "sharpness"), [(1, 5.0), (2, 0.1), (0, 1.0), (None, 1.0)])
def test_the_sharpness_is_bounded_and_one_without_data(right, sharpness):
    mentions = [((3.0, 1.0, 0.0), {right})] * 100
    found = train_calibration(held_out(mentions, ["doc"] * 100), DOCUMENTS)
    assert found.sharpness == pytest.approx(sharpness, abs=1e-3)


def test_with_names_alone_the_confidence_of_plain_ones_is_what_came_true_for_them_and_comes_true_in_texts():
    out_of_fold_examples = held_out(outcomes(), [""] * 100)
    rows = np.array([3 * row + BEST[scores] for row, (scores, _) in enumerate(outcomes())])
    is_right = [BEST[scores] in right for scores, right in outcomes()]
    are_high = np.delete(np.arange(70, 100), is_right[70:].index(True))
    out_of_fold_examples.candidates.features[np.ix_(rows[are_high], PLAIN)] = 1  # prior weights of 2 and 1
    found = train_calibration(out_of_fold_examples, NAMES)
    assert (found.source, found.n_documents) == ("names", 0)
    assert found.plain == found.sure == pytest.approx(0.95 * (27 + 1) / (29 + 2))
    odds = np.array([odds_of(scores) for scores, _ in outcomes()])
    odds[are_high] = odds_of((-1.0, 0.0, 6.0))
    slope, intercept = platt(odds, is_right)
    assert (found.slope, found.intercept) == pytest.approx((slope, intercept), abs=0.01)


def test_on_documents_plain_names_are_like_others():
    out_of_fold_examples = held_out(outcomes(), ["doc"] * 100)
    out_of_fold_examples.candidates.features[:, PLAIN] = 1
    assert train_calibration(out_of_fold_examples, DOCUMENTS).plain is None


def test_a_mention_is_scored_without_its_document_and_those_of_the_same_fold():
    # Each feature is 1 only for the right candidates of documents n and n + 5: both are in one
    # fold, so no ranker that scores them has learned its weight. Their candidates are equal; the first, a wrong one, is
    # the best.
    documents = [f"doc {row // 10}" for row in range(100)]
    found = train_calibration(taught([NO_PRIOR[row // 10 % 5] for row in range(100)], documents), DOCUMENTS)
    assert found.slope == pytest.approx(0, abs=1e-6)
    assert found.intercept == pytest.approx(logit(1 / 102), abs=0.02)


def test_a_mention_is_scored_by_models_of_the_other_folds():
    # Documents 0 to 4 teach one feature, 5 to 9 another: without the fold, 40 mentions teach each.
    documents = [f"doc {row // 10}" for row in range(100)]
    found = train_calibration(taught([NO_PRIOR[row // 50] for row in range(100)], documents), DOCUMENTS)
    learned = brentq(lambda weight: weight - 40 * expit(-weight), 0, 10)
    assert (found.slope, found.intercept) == pytest.approx(platt([learned] * 100, [True] * 100), abs=0.01)


def test_each_name_is_an_example_of_its_own_and_names_are_dealt_out_one_after_the_other():
    found = train_calibration(taught([NO_PRIOR[row % 5] for row in range(100)], [""] * 100), NAMES)
    assert found.slope == pytest.approx(0, abs=1e-6)
    # Where the others of a kind are in other folds, 40 names teach it, and half as far.
    found = train_calibration(taught([NO_PRIOR[row // 5 % 2] for row in range(100)], [""] * 100), NAMES)
    learned = brentq(lambda weight: weight - 40 * expit(-weight), 0, 10) / 2
    assert (found.slope, found.intercept) == pytest.approx(platt([learned] * 100, [True] * 100), abs=0.01)


def test_gold_candidates_that_are_no_training_targets_are_still_gold():
    told = taught([NO_PRIOR[0]] * 100, [f"doc {row % 10}" for row in range(100)])
    found = train_calibration(told._replace(is_target=np.zeros_like(told.is_gold)), DOCUMENTS)
    assert found.slope == pytest.approx(0, abs=1e-6)  # nothing was learned
    assert found.elsewhere == pytest.approx((100 + 1) / (100 + 2))  # and the second candidate is always right


def test_names_are_a_separate_calibration_source():
    told = world(MIN_MENTIONS, seed=0)
    calibration = train_calibration(told._replace(documents=("",) * MIN_MENTIONS), NAMES)
    assert (calibration.source, calibration.n_documents) == ("names", 0)


def test_too_few_to_calibrate_on_give_no_calibration_but_the_reason():
    told = world(MIN_MENTIONS, seed=0)._replace(n_held=MIN_MENTIONS - 1)
    found = train_calibration(told, DOCUMENTS)
    assert found == Uncalibrated("99 mentions could be held out to calibrate on; 100 are needed")
    assert found.source is None
    assert np.isnan(found.probabilities(candidates_of([0, 0]), np.zeros(2))).tolist() == [True, True]
    of_names = train_calibration(told._replace(documents=("",) * MIN_MENTIONS), NAMES)
    assert of_names == Uncalibrated("99 names could be held out to calibrate on; 100 are needed")


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
    with pytest.raises(RunError, match="re-run its stage with --force"):
        load_calibration(tmp_path / "calibration.json")
