import math

import pytest
import torch

from hyplink.ontology import read_ontology
from hyplink.regressor.losses import (
    Choice,
    HierarchyTargets,
    choice_of,
    clustering_loss,
    distance_loss,
    ranking_loss,
    softmax_loss,
)


@pytest.fixture
def ontology(tmp_path):
    """Ten concepts: A above B and C, B above D to F, C above G to I, I above J."""
    edges = ["BA", "CA", "DB", "EB", "FB", "GC", "HC", "IC", "JI"]
    (tmp_path / "tree.tsv").write_text("".join(f"X:{child}\tX:{parent}\n" for child, parent in edges))
    return read_ontology(tmp_path / "tree.tsv")


def _shares(ontology, concept):
    targets, row = HierarchyTargets.of(ontology), ontology.index_of[concept]
    return {
        ontology.concept_ids[other]: share
        for other, share in zip(targets.neighbours[row].tolist(), targets.shares[row].tolist(), strict=True)
        if share
    }


def test_shares_fall_by_e_with_each_step_up_to_three_and_sum_to_one(ontology):
    shares = _shares(ontology, "X:J")  # I is 1 away, C 2, A and G and H 3, all others farther
    total = math.exp(-1) + math.exp(-2) + 3 * math.exp(-3)
    expected = {"X:I": -1, "X:C": -2, "X:A": -3, "X:G": -3, "X:H": -3}
    assert shares == pytest.approx({concept: math.exp(power) / total for concept, power in expected.items()})


def test_every_row_sums_to_one_and_leaves_out_the_concept_itself(ontology):
    for concept in ontology.concept_ids:
        shares = _shares(ontology, concept)
        assert sum(shares.values()) == pytest.approx(1)
        assert concept not in shares


def test_near_concepts_are_drawn_by_their_shares(ontology):
    targets, row = HierarchyTargets.of(ontology), ontology.index_of["X:J"]
    drawn = targets.drawn(torch.full((20_000,), row), torch.Generator().manual_seed(0))
    for concept, share in _shares(ontology, "X:J").items():
        assert (drawn == ontology.index_of[concept]).float().mean().item() == pytest.approx(share, abs=0.02)


def test_a_concept_with_nothing_near_keeps_its_whole_target():
    alone = HierarchyTargets(torch.zeros(2, 3, dtype=torch.int64), torch.zeros(2, 3))
    assert alone.drawn(torch.tensor([1, 0]), torch.Generator()).tolist() == [1, 0]


def test_the_loss_is_the_weighted_cross_entropy_of_the_smoothed_targets():
    logits, right, near = torch.randn(4, 6), torch.tensor([0, 1, 2, 3]), torch.tensor([5, 4, 2, 0])
    weights = torch.tensor([1.0, 2.0, 0.5, 0.5])
    choice = choice_of(right, near, 6, 100, torch.Generator())
    target = torch.zeros(4, 6).scatter_add(1, right[:, None], torch.full((4, 1), 0.75))
    target = target.scatter_add(1, near[:, None], torch.full((4, 1), 0.25))
    rows = torch.nn.functional.cross_entropy(logits, target, reduction="none")
    expected = (rows * weights).sum() / weights.sum()
    assert softmax_loss(logits, choice, weights, 0.25).item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_sum_over_drawn_concepts_estimates_the_sum_over_all():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(1, 5000, generator=generator)
    right = torch.tensor([7])
    estimates = []
    for _ in range(200):
        choice = choice_of(right, right, 5000, 500, generator)
        assert choice.concepts[choice.right].tolist() == [7]
        estimates.append((logits[:, choice.concepts] + choice.log_weights).exp().sum().item())
    assert sum(estimates) / 200 == pytest.approx(logits.exp().sum().item(), rel=0.02)


def _hand_worked():
    """Two examples and four concepts: the right ones are 0 and 1, and 3 is near both."""
    distances = torch.tensor([[1.0, 1.5, 3.0, 2.0], [0.5, 2.0, 2.5, 1.0]])
    choice = choice_of(torch.tensor([0, 1]), torch.tensor([3, 3]), 4, 100, torch.Generator())
    return distances, choice, torch.tensor([1.0, 3.0])


def test_the_ranking_loss_is_the_shortfall_of_the_margin_over_the_concepts_that_are_no_target():
    distances, choice, weights = _hand_worked()
    # Of the first example 1 − 1.5 and 1 − 3 fall short of the margin 1 by 0.5 and 0, of the second by 2.5 and 0.5.
    assert ranking_loss(distances, choice, weights, 0.0, 1.0).item() == pytest.approx((0.25 + 3 * 1.5) / 4)
    # From the near concept, at 2 and 1, they fall short by 1.5 and 0, and by 1.5 and 0.
    assert ranking_loss(distances, choice, weights, 0.5, 1.0).item() == pytest.approx(
        (0.5 * (0.25 + 0.75) + 3 * 0.5 * (1.5 + 0.75)) / 4
    )


def test_a_ranking_with_every_other_beyond_the_margin_costs_nothing():
    distances, choice, weights = torch.tensor([[0.0, 9.0, 9.0, 9.0]]), *_hand_worked()[1:]
    first = Choice(None, choice.right[:1], choice.right[:1], None)
    assert ranking_loss(distances, first, weights[:1], 0.0, 5.0).item() == 0


@pytest.mark.parametrize(("power", "expected"), [(1, (1.5 + 3 * 2.0) / 4), (2, (3.0 + 3 * 7.0) / 4)])
def test_the_distance_losses_are_weighted_means_of_powers(power, expected):
    right, near, weights = torch.tensor([1.0, 1.0]), torch.tensor([3.0, 5.0]), torch.tensor([1.0, 3.0])
    assert distance_loss(right, near, weights, 0.25, power).item() == pytest.approx(expected)


def test_the_clustering_loss_of_even_assignments_is_what_the_spread_leaves_of_their_entropy():
    assert clustering_loss(torch.zeros(3, 4), None, 0.25).item() == pytest.approx(0.75 * math.log(4))


def test_the_clustering_loss_of_sure_assignments_is_less_the_more_concepts_they_spread_over():
    sure = 100 * torch.eye(4)
    assert clustering_loss(sure, None, 0.5).item() == pytest.approx(-0.5 * math.log(4))
    assert clustering_loss(sure[[0, 0, 1, 1]], None, 0.5).item() == pytest.approx(-0.5 * math.log(2))
    assert clustering_loss(sure[[0, 0]], None, 0.5).item() == pytest.approx(0)


def test_a_column_that_stands_for_several_concepts_counts_as_so_many_in_an_entropy():
    few, weights = torch.randn(5, 3), torch.tensor([1.0, 2.0, 4.0])
    all_alone = few.repeat_interleave(weights.long(), dim=1)
    together = clustering_loss(few, weights.log(), 2.0)
    assert together.item() == pytest.approx(clustering_loss(all_alone, None, 2.0).item(), abs=1e-5)


def test_the_gradient_of_the_clustering_loss_is_that_of_finite_differences():
    logits, weights = torch.randn(4, 5, dtype=torch.float64, requires_grad=True), torch.rand(5, dtype=torch.float64)
    assert torch.autograd.gradcheck(lambda each: clustering_loss(each, None, 0.7), logits)
    assert torch.autograd.gradcheck(lambda each: clustering_loss(each, weights, 0.7), logits)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("scale", [0.0, 1e3, 1e6])
def test_the_clustering_loss_and_its_gradient_are_finite_at_extremes(dtype, scale):
    logits = (scale * torch.randn(6, 9, dtype=dtype)).requires_grad_()
    loss = clustering_loss(logits, torch.rand(9, dtype=dtype), 1.0)
    loss.backward()
    assert loss.isfinite()
    assert logits.grad.isfinite().all()
