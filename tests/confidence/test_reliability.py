import numpy as np
import pytest

from hyplink.candidates.examples import Example
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.confidence.backoff import Posterior
from hyplink.confidence.calibration import Calibration, Uncalibrated
from hyplink.confidence.reliability import DEMANDS, posteriors_about, reliability_figures
from hyplink.metrics.calibration import calibration_metrics
from hyplink.ontology import Concept, Ontology
from hyplink.ranking.ranker import Ranker, single_feature_ranker

# A root; a heart disease with two kinds, and a muscle disease.
PARENTS = {"D": (), "heart": ("D",), "valve": ("heart",), "myopathy": ("heart",), "muscle": ("D",)}
ONTOLOGY = Ontology([Concept(each, each, parents=parents) for each, parents in PARENTS.items()])
CALIBRATION = Calibration("documents", 100, 9, 1.0, 0.0, 0.5, 1.0, 0.9, None, 0.0)


def mention(*parts):
    return Example("words", "words", parts, "doc")


def posterior(best, probability, **subtrees):
    return Posterior(best, probability, {best: probability, **subtrees})


MENTIONS = [  # what is meant, and the doubt about it
    (mention(("valve",)), posterior("valve", 0.97, heart=0.98)),  # right
    (mention(("valve",), ("muscle",)), posterior("muscle", 1.0)),  # composite: left out
    (mention(("myopathy", "muscle")), posterior("muscle", 0.65)),  # right, the second of two
    (mention(("valve",)), posterior("myopathy", 0.4, heart=0.9)),  # wrong, but right about the heart
    (mention(()), posterior("heart", 0.55)),  # means nothing here: any answer is wrong
]


def figures(calibration=CALIBRATION, **options):
    examples, posteriors = zip(*MENTIONS, strict=True)
    return reliability_figures(examples, posteriors, calibration, ONTOLOGY, **options)


def test_the_posteriors_come_from_the_ranker_and_the_calibration():
    features = np.zeros((4, len(FEATURES)))
    features[:, FEATURES.index("cosine")] = np.log([3, 1, 1, 4])
    ids = [ONTOLOGY.index_of[each] for each in ("valve", "muscle", "heart", "myopathy")]
    candidates = Candidates(np.array([0, 0, 1, 1]), np.array(ids), features, None, np.arange(4))
    first, second = posteriors_about(candidates, single_feature_ranker("cosine"), CALIBRATION, ONTOLOGY)
    assert (first.best, second.best) == ("valve", "myopathy")
    assert (first.probability, second.probability) == (pytest.approx(0.75), pytest.approx(0.8))
    assert first.subtrees == pytest.approx({"valve": 0.75, "heart": 0.75, "muscle": 0.125})  # half of what is left
    assert second.subtrees == pytest.approx({"myopathy": 0.8, "heart": 0.9})
    uncalibrated = posteriors_about(candidates, Ranker(-features[3]), Uncalibrated("why not"), ONTOLOGY)
    assert [each.best for each in uncalibrated] == ["muscle", "heart"]
    assert all(np.isnan(each.probability) for each in uncalibrated)


def test_confidences_are_compared_with_whether_the_best_candidate_is_right():
    found = figures()
    assert found["basis"] == "documents"
    calibration = found["calibration"]
    assert calibration["n_mentions"] == 4
    # Least confident first: .4 wrong, .55 wrong, .65 right, .97 right.
    assert [each["confidence"] for each in calibration["bins"]] == pytest.approx([0.4, 0.55, 0.65, 0.97])
    assert [each["accuracy"] for each in calibration["bins"]] == [0, 0, 1, 1]
    assert calibration["expected_calibration_error"] == pytest.approx((0.4 + 0.55 + 0.35 + 0.03) / 4)


def test_the_back_off_is_measured_at_each_demand():
    points = figures()["back_off"]
    assert [each["min_confidence"] for each in points] == list(DEMANDS) == [0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
    # From .5 on the heart is answered for a myopathy, which is right, up to .9.
    assert [each["n_answered"] for each in points] == [4, 4, 3, 2, 2, 2, 1, 0]
    accuracies = [2 / 4, 3 / 4, 1, 1, 1, 1, 1, None]
    assert [each["accuracy"] for each in points] == accuracies
    assert [each["depth_lost"] for each in points] == [0, 1 / 3, 1 / 3, 1 / 2, 1 / 2, 1 / 2, 0, None]
    assert [each["coverage"] for each in points] == [1, 1, 0.75, 0.5, 0.5, 0.5, 0.25, 0]


def test_the_seed_is_that_of_the_noise_floor():
    confidences, right = np.array([0.97, 0.65, 0.4, 0.55]), np.array([True, True, False, False])
    floors = {seed: calibration_metrics(confidences, right, seed=seed).noise_floor for seed in (0, 5)}
    assert floors[0] != floors[5]
    assert figures(seed=5)["calibration"]["noise_floor"] == floors[5]
    assert figures()["calibration"]["noise_floor"] == floors[0]


def test_without_a_calibration_the_figures_are_the_reason_why():
    assert figures(Uncalibrated("too few names")) == {"basis": None, "reason": "too few names"}


def test_composite_mentions_alone_have_no_calibration_metrics():
    example, told = MENTIONS[1]
    found = reliability_figures([example], [told], CALIBRATION, ONTOLOGY)
    assert found["calibration"] is None
    assert {(each["n_answered"], each["coverage"]) for each in found["back_off"]} == {(0, 0.0)}
