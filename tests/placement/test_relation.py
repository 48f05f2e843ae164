"""The relation of a mention: learned from examples, stored, and certain for names."""

from dataclasses import replace

import numpy as np
import pytest

from hyplink.errors import RunError
from hyplink.placement.model import PlacementModel, load_placement, save_placement
from hyplink.placement.parent_ranker import ParentRanker
from hyplink.placement.relation import train_relation
from hyplink.placement.relation_features import RELATION_FEATURES

TFIDF, NAME = RELATION_FEATURES.index("tfidf"), RELATION_FEATURES.index("normal_name")

PARENTS = ParentRanker(["suffix"], np.zeros(1), np.full(1, 0.1), np.ones((1, 1)), np.zeros(1), np.ones(1), 1.0)


def examples(seed, counts=(40, 40, 40)):
    """Examples whose relation follows from their similarity to the best candidate."""
    relations = np.repeat(np.arange(3), counts)
    features = np.random.default_rng(seed).normal(size=(len(relations), len(RELATION_FEATURES)))
    features[:, NAME] = 0
    features[:, TFIDF] -= 4 * relations
    return features, relations


@pytest.fixture(scope="module")
def model():
    return train_relation(*examples(0, (200, 200, 200)))


def test_it_tells_the_relations_apart_and_gives_probabilities(model):
    features, relations = examples(1)
    probabilities = model.probabilities(features)
    assert probabilities.sum(1) == pytest.approx(np.ones(120))
    assert (probabilities.argmax(1) == relations).mean() > 0.75
    assert model.n_examples == [200, 200, 200]


def test_every_relation_has_the_same_weight_however_many_examples_it_has():
    model = train_relation(*examples(0, (300, 20, 20)))
    mean = np.zeros((1, len(RELATION_FEATURES)))
    mean[0, TFIDF] = -4  # where examples of `broader` are most likely
    assert model.probabilities(mean).argmax() == 1


@pytest.mark.parametrize(("n_right", "n_wrong", "share"), [(0, 0, 0.95), (7, 1, 26 / 28), (80, 0, 0.99)])
def test_a_name_is_exact_with_the_share_of_exact_ones_among_names_and_in_texts(n_right, n_wrong, share):
    features, relations = examples(0)
    right = np.array([0] * n_right + [1] * n_wrong, dtype=np.int64)
    names = np.zeros((len(right) + 1, len(RELATION_FEATURES)))
    names[:, NAME], names[:, TFIDF] = 1, -8
    model = train_relation(np.concatenate([features, names[1:]]), np.concatenate([relations, right]))
    assert model.of_names == pytest.approx(share)
    other = (1 - share) / 2
    assert model.probabilities(names[:1])[0].tolist() == pytest.approx([share, other, other])
    assert model.n_examples == [40, 40, 40]


def test_without_examples_of_a_relation_nothing_is_learned():
    assert train_relation(*examples(0, (5, 0, 5))) is None


def test_a_stored_model_gives_the_same_probabilities(model, tmp_path):
    save_placement(PlacementModel(PARENTS, model), tmp_path / "placement")
    restored = load_placement(tmp_path / "placement")
    features, _ = examples(2)
    assert restored.relation.probabilities(features).tolist() == model.probabilities(features).tolist()
    assert restored.parents.output_weights.tolist() == PARENTS.output_weights.tolist()


def test_relations_without_a_ranker_of_parents_are_refused(model, tmp_path):
    save_placement(PlacementModel(None, model), tmp_path / "placement")
    with pytest.raises(RunError, match="--force"):
        load_placement(tmp_path / "placement")


@pytest.mark.parametrize(
    "change",
    [
        {"columns": ["tfidf", "no such feature"]},
        {"columns": ["tfidf"]},
        {"mean": np.zeros(2)},
        {"weights": np.full((len(RELATION_FEATURES), 3), np.nan)},
        {"weights": np.full((len(RELATION_FEATURES), 3), 1e200)},
        {"scale": np.zeros(len(RELATION_FEATURES))},
        {"of_names": 1.5},
    ],
)
def test_weights_that_do_not_fit_are_refused(model, change, tmp_path):
    save_placement(PlacementModel(PARENTS, replace(model, **change)), tmp_path / "placement")
    with pytest.raises(RunError, match="--force"):
        load_placement(tmp_path / "placement")


@pytest.mark.parametrize(
    "change",
    [
        {"columns": ["no such feature"]},
        {"hidden_bias": np.zeros(2)},
        {"output_weights": np.full(1, 1e300)},
        {"scale": np.zeros(1)},
        {"temperature": 0.0},
        {"temperature": 1e300},
    ],
)
def test_a_ranker_of_parents_whose_scores_would_be_no_numbers_is_refused(change, tmp_path):
    save_placement(PlacementModel(replace(PARENTS, **change), None), tmp_path / "placement")
    with pytest.raises(RunError, match="--force"):
        load_placement(tmp_path / "placement")
