"""Training stays finite with every valid configuration."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from hyplink.config import FitSettings
from hyplink.errors import InputError
from hyplink.regressor import TrainingExamples, load_regressor, train_regressor
from hyplink.regressor.heads import HEADS
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import random_points

N, BLOCKS = 12, (6, 2)
TARGETS = HierarchyTargets(torch.arange(N).roll(1)[:, None], torch.ones(N, 1))


def _vectors(seed=0):
    vectors = np.random.default_rng(seed).normal(size=(N, 8)).astype(np.float32)
    vectors[0] = 0  # no known words
    vectors[:, 6:] = 0  # names have no context
    return vectors


def _trained(fit, max_radius, **options):
    none, unlabelled = np.zeros((0, 8), np.float32), _vectors(2) if fit.clustering_weight else None
    gold = [[concept] for concept in range(N)]
    examples = TrainingExamples.from_vectors(_vectors()[:, :6], none, [], gold, BLOCKS, unlabelled)
    points = random_points(N, 3, max_radius, seed=0)
    points[0] = 0
    return list(train_regressor(fit, examples, points, TARGETS, **options))[-1].regressor


@st.composite
def configurations(draw):
    """Valid settings of the regressor, with high learning rates and 120 steps."""
    space = draw(st.sampled_from(["poincare", "poincare", "poincare", "euclidean", "flat"]))
    concepts = draw(st.sampled_from(["tuned", "frozen"]))
    distances = ["distance", "squared-distance"] if concepts == "frozen" else []
    return FitSettings(
        space=space,
        concepts=concepts,
        head=draw(st.sampled_from(sorted(HEADS))),
        layer=draw(st.sampled_from(["linear", "mobius", "angular"])),
        angle=draw(st.sampled_from(["cosine", "linear", "sigmoid"])),
        angle_steepness=draw(st.floats(0.01, 10)),
        loss="softmax" if space == "flat" else draw(st.sampled_from(["softmax", "ranking", *distances])),
        margin=draw(st.floats(0.1, 100)),
        hidden=draw(st.sampled_from([0, 16])),
        random_concepts=draw(st.sampled_from([2, 1024])),
        clustering_weight=draw(st.sampled_from([0.0, 10.0])),
        clustering_gamma=draw(st.sampled_from([0.0, 1.0, 3.0])),
        batch_size=4,
        epochs=40,
        lr=draw(st.sampled_from([1e-3, 1e-2, 1e-1])),
        points_lr=draw(st.sampled_from([1e-3, 1e-1])),
        hierarchy_smoothing=draw(st.sampled_from([0.0, 0.3])),
    )


@settings(max_examples=15)
@given(fit=configurations(), max_radius=st.sampled_from([0.5, 3.0, 11.5]))
def test_no_valid_configuration_gives_nan_or_infinity(fit, max_radius):
    regressor = _trained(fit, max_radius)
    for module in (regressor.network, regressor.space):
        assert all(parameter.isfinite().all() for parameter in module.parameters())
    assert np.isfinite(regressor.rank(_vectors(1), 3).scores).all()


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("layer", ["linear", "mobius", "angular"])
def test_every_head_and_layer_is_saved_and_loaded(head, layer, tmp_path):
    regressor = _trained(FitSettings(head=head, layer=layer, angle="sigmoid", epochs=2, hidden=8), 3.0)
    regressor.save(tmp_path)
    loaded = load_regressor(tmp_path)
    assert (loaded.points(_vectors(1)) == regressor.points(_vectors(1))).all()
    assert loaded.rank(_vectors(1), 3).scores == pytest.approx(regressor.rank(_vectors(1), 3).scores, abs=1e-12)


@pytest.mark.parametrize("head", ["expmap0", "polar", "dhingra", "lorentz"])
@pytest.mark.parametrize("loss", ["softmax", "ranking"])
def test_every_smoothly_bounded_head_learns_a_toy_problem(head, loss):
    fit = FitSettings(head=head, loss=loss, hidden=32, batch_size=6, epochs=150, hierarchy_smoothing=0, lr=0.01)
    right = _trained(fit, 3.0).rank(_vectors(), 1).concepts[:, 0] == np.arange(N)
    assert right.sum() >= N - 2


@pytest.mark.parametrize("loss", ["distance", "squared-distance"])
def test_frozen_points_do_not_move_and_names_are_mapped_close_to_them(loss):
    fit = FitSettings(loss=loss, concepts="frozen", hidden=64, batch_size=6, epochs=150, hierarchy_smoothing=0, lr=0.01)
    regressor = _trained(fit, 3.0)
    points = random_points(N, 3, 3.0, seed=0)
    points[0] = 0
    assert (regressor.space.concept_points() == points).all()
    right = regressor.compare(_vectors(), np.arange(N), np.arange(N)).distances
    assert np.median(right) < 0.4


def test_concept_points_of_large_radius_are_tuned_in_float64_and_keep_their_radius():
    regressor = _trained(FitSettings(epochs=1, points_lr=1e-9), 11.0)
    before = np.linalg.norm(random_points(N, 3, 11.0, seed=0)[1:], axis=1)
    after = np.linalg.norm(regressor.space.concept_points()[1:], axis=1)
    assert 2 * np.arctanh(after) == pytest.approx(2 * np.arctanh(before), abs=0.05)


def test_concepts_beyond_the_maximum_radius_of_the_head_are_an_error():
    with pytest.raises(InputError, match=r"max_radius below 12\.2"):
        _trained(FitSettings(head="project"), 16.0)


@pytest.mark.parametrize("head", ["project", "tanh-project"])
def test_training_a_head_that_cannot_reach_all_concepts_stays_finite(head):
    fit = FitSettings(head=head, concepts="frozen", loss="distance", batch_size=4, lr=0.1)
    regressor = _trained(fit, 16.0, checks_head_radius=False)
    assert np.isfinite(regressor.rank(_vectors(1), 3).scores).all()


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        ({"space": "flat", "loss": "ranking"}, "set research.loss to softmax"),
        ({"loss": "distance"}, "set research.concepts to frozen"),
        ({"layer": "angular", "hidden": 1}, "set fit.hidden to 0, or to 2 or more"),
    ],
)
def test_contradictory_settings_are_errors_that_say_what_to_set(fit, message):
    with pytest.raises(ValidationError, match=message):
        FitSettings(**fit)
