"""Losses agree with values computed by hand and with torch; samples estimate sums over all concepts."""

import math

import pytest
import torch

from hyplink.ontology import read_ontology
from hyplink.regressor.losses import (
    ConceptSample,
    HierarchyTargets,
    clustering_loss,
    clustering_loss_of_probabilities,
    distance_loss,
    ranking_loss,
    sample_concepts,
    softmax_loss,
)


@pytest.fixture
def ontology(tmp_path):
    """Ten concepts: A is the parent of B and C, B of D to F, C of G to I, and I of J."""
    edges = ["BA", "CA", "DB", "EB", "FB", "GC", "HC", "IC", "JI"]
    (tmp_path / "tree.tsv").write_text("".join(f"X:{child}\tX:{parent}\n" for child, parent in edges))
    return read_ontology(tmp_path / "tree.tsv")


def _probabilities(ontology, concept):
    targets, row = HierarchyTargets.from_ontology(ontology), ontology.index_of[concept]
    return {
        ontology.concept_ids[other]: probability
        for other, probability in zip(
            targets.neighbours[row].tolist(), targets.probabilities[row].tolist(), strict=True
        )
        if probability
    }


def test_probabilities_fall_with_the_exponential_of_the_distance_up_to_three_steps(ontology):
    probabilities = _probabilities(ontology, "X:J")  # I is 1 step away, C 2, A, G and H 3
    total = math.exp(-1) + math.exp(-2) + 3 * math.exp(-3)
    expected = {"X:I": -1, "X:C": -2, "X:A": -3, "X:G": -3, "X:H": -3}
    assert probabilities == pytest.approx({each: math.exp(exponent) / total for each, exponent in expected.items()})


def test_probabilities_sum_to_one_without_the_concept_itself(ontology):
    for concept in ontology.concept_ids:
        probabilities = _probabilities(ontology, concept)
        assert sum(probabilities.values()) == pytest.approx(1)
        assert concept not in probabilities


def test_neighbours_are_sampled_with_their_probabilities(ontology):
    targets, row = HierarchyTargets.from_ontology(ontology), ontology.index_of["X:J"]
    sampled = targets.sample(torch.full((20_000,), row), torch.Generator().manual_seed(0))
    for concept, probability in _probabilities(ontology, "X:J").items():
        assert (sampled == ontology.index_of[concept]).float().mean().item() == pytest.approx(probability, abs=0.02)


def test_a_concept_without_neighbours_keeps_its_whole_target():
    without_neighbours = HierarchyTargets(torch.zeros(2, 3, dtype=torch.int64), torch.zeros(2, 3))
    assert without_neighbours.sample(torch.tensor([1, 0]), torch.Generator()).tolist() == [1, 0]


def test_the_softmax_loss_is_the_weighted_cross_entropy_with_smoothed_targets():
    logits, gold, neighbours = torch.randn(4, 6), torch.tensor([0, 1, 2, 3]), torch.tensor([5, 4, 2, 0])
    weights = torch.tensor([1.0, 2.0, 0.5, 0.5])
    sample = sample_concepts(gold, neighbours, 6, 100, torch.Generator())
    target = torch.zeros(4, 6).scatter_add(1, gold[:, None], torch.full((4, 1), 0.75))
    target = target.scatter_add(1, neighbours[:, None], torch.full((4, 1), 0.25))
    rows = torch.nn.functional.cross_entropy(logits, target, reduction="none")
    expected = (rows * weights).sum() / weights.sum()
    assert softmax_loss(logits, sample, weights, 0.25).item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_weighted_sum_over_a_sample_estimates_the_sum_over_all_concepts():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 5000, generator=generator)
    gold = torch.tensor([7])
    estimates = []
    for _ in range(200):
        sample = sample_concepts(gold, gold, 5000, 500, generator)
        assert sample.concepts[sample.gold].tolist() == [7]
        estimates.append((logits[:, sample.concepts] + sample.log_weights).exp().sum().item())
    assert sum(estimates) / 200 == pytest.approx(logits.exp().sum().item(), rel=0.02)


def _small_example():
    """Distances of two examples from four concepts: gold concepts 0 and 1, neighbour 3 of both; and weights."""
    distances = torch.tensor([[1.0, 1.5, 3.0, 2.0], [0.5, 2.0, 2.5, 1.0]])
    sample = sample_concepts(torch.tensor([0, 1]), torch.tensor([3, 3]), 4, 100, torch.Generator())
    return distances, sample, torch.tensor([1.0, 3.0])


def test_the_ranking_loss_is_the_hinge_loss_averaged_over_the_negatives():
    distances, sample, weights = _small_example()
    # margin + d(gold) − d(negative): 1 + 1 − (1.5, 3) = (0.5, −1) and 1 + 2 − (0.5, 2.5) = (2.5, 0.5)
    assert ranking_loss(distances, sample, weights, 0.0, 1.0).item() == pytest.approx((0.25 + 3 * 1.5) / 4)
    # with the neighbour as target: 1 + 2 − (1.5, 3) = (1.5, 0) and 1 + 1 − (0.5, 2.5) = (1.5, −0.5)
    assert ranking_loss(distances, sample, weights, 0.5, 1.0).item() == pytest.approx(
        (0.5 * (0.25 + 0.75) + 3 * 0.5 * (1.5 + 0.75)) / 4
    )


def test_the_ranking_loss_is_zero_if_all_negatives_are_farther_away_by_the_margin():
    distances, sample, weights = torch.tensor([[0.0, 9.0, 9.0, 9.0]]), *_small_example()[1:]
    first = ConceptSample(None, sample.gold[:1], sample.gold[:1], None)
    assert ranking_loss(distances, first, weights[:1], 0.0, 5.0).item() == 0


@pytest.mark.parametrize(("exponent", "expected"), [(1, (1.5 + 3 * 2.0) / 4), (2, (3.0 + 3 * 7.0) / 4)])
def test_the_distance_losses_are_weighted_means_of_powers_of_the_distance(exponent, expected):
    gold, neighbours, weights = torch.tensor([1.0, 1.0]), torch.tensor([3.0, 5.0]), torch.tensor([1.0, 3.0])
    assert distance_loss(gold, neighbours, weights, 0.25, exponent).item() == pytest.approx(expected)


def test_the_clustering_loss_of_uniform_predictions_is_their_entropy_times_one_minus_gamma():
    assert clustering_loss(torch.zeros(3, 4), None, 0.25).item() == pytest.approx(0.75 * math.log(4))


def test_the_clustering_loss_of_certain_predictions_falls_with_the_number_of_predicted_concepts():
    certain = 100 * torch.eye(4)
    assert clustering_loss(certain, None, 0.5).item() == pytest.approx(-0.5 * math.log(4))
    assert clustering_loss(certain[[0, 0, 1, 1]], None, 0.5).item() == pytest.approx(-0.5 * math.log(2))
    assert clustering_loss(certain[[0, 0]], None, 0.5).item() == pytest.approx(0)


def test_a_column_of_weight_w_counts_in_the_clustering_loss_as_w_columns():
    logits, weights = torch.randn(5, 3), torch.tensor([1.0, 2.0, 4.0])
    repeated = logits.repeat_interleave(weights.long(), dim=1)
    weighted = clustering_loss(logits, weights.log(), 2.0)
    assert weighted.item() == pytest.approx(clustering_loss(repeated, None, 2.0).item(), abs=1e-5)


def test_the_clustering_loss_of_probabilities_is_that_of_their_logits():
    logits = torch.randn(7, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0), requires_grad=True)
    of_logits, of_probabilities = (
        clustering_loss(logits, gamma=0.7),
        clustering_loss_of_probabilities(logits.softmax(-1), 0.7),
    )
    assert of_probabilities.item() == pytest.approx(of_logits.item(), rel=1e-12)
    gradients = [torch.autograd.grad(each, logits)[0] for each in (of_logits, of_probabilities)]
    assert torch.allclose(*gradients)


def test_the_clustering_loss_of_probabilities_that_are_0_or_1_has_a_value_and_a_finite_gradient():
    certain = torch.eye(4)[[0, 1, 2, 2]].requires_grad_()
    loss = clustering_loss_of_probabilities(certain, 2.0)
    assert loss.item() == pytest.approx(-2 * (0.5 * math.log(4) + 0.5 * math.log(2)))
    loss.backward()
    assert torch.isfinite(certain.grad).all()


def test_the_gradient_of_the_clustering_loss_agrees_with_finite_differences():
    logits, weights = torch.randn(4, 5, dtype=torch.float64, requires_grad=True), torch.rand(5, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda each: clustering_loss(each, None, 0.7), logits)
    assert torch.autograd.gradcheck(lambda each: clustering_loss(each, weights, 0.7), logits)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [0.0, 1e3, 1e6])
def test_the_clustering_loss_and_its_gradient_are_finite_for_large_logits(dtype, scale):
    logits = (scale * torch.randn(6, 9, dtype=dtype)).requires_grad_()
    loss = clustering_loss(logits, torch.rand(9, dtype=dtype), 1.0)
    loss.backward()
    assert loss.isfinite()
    assert logits.grad.isfinite().all()
