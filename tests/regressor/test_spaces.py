"""Spaces rank and compare consistently and have finite gradients."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hyplink.config import FitSettings
from hyplink.poincare.geometry import expmap0, logmap0
from hyplink.regressor.spaces import space_of

NAMES = ("poincare", "euclidean", "flat")


def _points(n=12, dim=3, radius=0.9, seed=0):
    rng = np.random.default_rng(seed)
    directions = rng.normal(size=(n, dim))
    return directions / np.linalg.norm(directions, axis=1, keepdims=True) * rng.uniform(0.05, radius, size=(n, 1))


def _outputs(space, n=20, seed=1):
    return torch.randn(n, space.output_dim, generator=torch.Generator().manual_seed(seed))


def _outputs_at(space, points):
    """The outputs whose points are these points of the ball, or the corresponding points of Euclidean space."""
    tangents = logmap0(torch.from_numpy(points)).float()
    if space.name == "euclidean":
        return tangents
    half, lengths = space.max_radius / 2, tangents.norm(dim=1, keepdim=True)
    return tangents / lengths * half * torch.atanh(lengths / half)


@given(st.floats(0, 1e6))
def test_the_radius_grows_with_the_norm_of_the_output_up_to_the_maximum_radius(length):
    space = space_of(FitSettings(space="poincare"), _points())
    shorter, longer = torch.tensor([[length, 0.0, 0.0], [length * 1.1, 0.0, 0.0]]).double()
    radii = 2 * torch.atanh(space.to_points(torch.stack([shorter, longer])).norm(dim=1))
    assert radii[1] <= space.max_radius * (1 + 1e-6)
    assert radii[0] <= radii[1] + 1e-9


def test_a_short_output_is_the_tangent_vector_of_its_point():
    space = space_of(FitSettings(space="poincare"), _points())
    outputs = _outputs(space).double() * 1e-3
    assert torch.allclose(space.to_points(outputs), expmap0(outputs), rtol=1e-4)


@pytest.mark.parametrize("name", ["poincare", "euclidean"])
def test_an_output_at_the_point_of_a_concept_ranks_it_first(name):
    points = _points()
    space = space_of(FitSettings(space=name), points)
    outputs = _outputs_at(space, points)
    assert space.logits(outputs).argmax(1).tolist() == list(range(len(points)))
    assert space.rank(outputs, 1).distances.max() < 1e-3


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scale", [0.0, 1e-6, 1.0, 20.0, 1e4])
def test_gradients_in_float32_are_finite_for_outputs_of_any_norm(name, scale):
    points = _points()
    points[0] = 0
    space = space_of(FitSettings(space=name), points)
    outputs = (_outputs(space) * scale).requires_grad_()
    space.logits(outputs).log_softmax(1)[:, 0].sum().backward()
    assert outputs.grad.isfinite().all()
    assert all(parameter.grad.to_dense().isfinite().all() for parameter in space.parameters())


@pytest.mark.parametrize("name", ["poincare", "euclidean"])
def test_gradients_are_finite_for_outputs_at_the_points_of_concepts(name):
    points = _points()
    space = space_of(FitSettings(space=name), points)
    outputs = _outputs_at(space, points).requires_grad_()
    space.logits(outputs).sum().backward()
    assert outputs.grad.isfinite().all()
    assert all(parameter.grad.to_dense().isfinite().all() for parameter in space.parameters())


@pytest.mark.parametrize("name", NAMES)
@given(seed=st.integers(0, 30), k=st.integers(1, 12))
def test_a_ranking_agrees_with_sorted_comparisons(name, seed, k):
    space = space_of(FitSettings(space=name), _points(seed=seed))
    outputs = _outputs(space, 5, seed)
    rows, concepts = np.divmod(np.arange(5 * 12), 12)
    scores = space.compare(outputs[torch.from_numpy(rows)], torch.from_numpy(concepts)).scores.reshape(5, 12)
    ranking = space.rank(outputs, k)
    assert ranking.scores == pytest.approx(-np.sort(-scores, axis=1)[:, :k], abs=1e-5)
    assert (ranking.concepts == np.argsort(-scores, axis=1)[:, :k]).all()


@pytest.mark.parametrize("name", NAMES)
def test_logits_of_some_concepts_agree_with_the_logits_of_all_and_with_the_scores(name):
    space = space_of(FitSettings(space=name), _points())
    outputs, some = _outputs(space), torch.tensor([7, 0, 3])
    if name != "flat":
        assert torch.allclose(space.logits(outputs, some), space.logits(outputs)[:, some], atol=1e-5)
    scores = space.compare(outputs, torch.full((20,), 7)).scores
    assert space.logits(outputs)[:, 7].detach().numpy() == pytest.approx(scores, rel=1e-3, abs=1e-3)


def test_concepts_in_euclidean_space_are_as_far_from_the_origin_as_in_the_ball():
    points = _points()
    lengths = np.linalg.norm(space_of(FitSettings(space="euclidean"), points).concept_points(), axis=1)
    assert lengths == pytest.approx(2 * np.arctanh(np.linalg.norm(points, axis=1)), rel=1e-5)
