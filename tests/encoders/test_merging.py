"""Greedy merging agrees with a plain search; errors agree with values computed by hand."""

import math

import pytest
import torch

from hyplink.encoders.merge_tree import MergeTree, render_tree, tree_of
from hyplink.encoders.merging import TIE_TOLERANCE, Composer, merge_greedily

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]
MERGES = ["neighbours", "any"]


@pytest.fixture
def composer():
    """A composer of dimension 5 whose weights differ much from their initial values."""
    composer, generator = Composer(5).double().requires_grad_(False), torch.Generator().manual_seed(0)
    for parameter in composer.parameters():
        parameter += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return composer


def _words(n_texts, n):
    words = torch.randn(n_texts, n, 5, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    return torch.nn.functional.normalize(words, dim=-1)


def _one_by_one(composer, words, merge):
    """The merged pairs and the root of one text (n, d), by scoring all pairs of nodes anew at each step."""
    nodes, pairs = [(word, 1, 0.0) for word in words], []
    while len(nodes) > 1:
        best = math.inf
        for first in range(len(nodes)):
            for second in range(first + 1, len(nodes) if merge == "any" else min(first + 2, len(nodes))):
                (left, n_left, below_left), (right, n_right, below_right) = nodes[first], nodes[second]
                parent, error = composer.errors(left, right, torch.tensor(n_left / (n_left + n_right)))
                total = error.item() + below_left + below_right
                score = total if merge == "any" else error.item()
                if score < best - TIE_TOLERANCE:
                    best, chosen = score, (first, second, (parent, n_left + n_right, total))
        first, second, node = chosen
        nodes[first] = node
        del nodes[second]
        pairs.append([first, second])
    return pairs, nodes[0][0]


@pytest.mark.parametrize("merge", MERGES)
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_merging_a_batch_agrees_with_a_plain_search_for_each_text(composer, merge, n):
    words = _words(20, n)
    result = merge_greedily(composer, words, merge)
    for row, text in enumerate(words):
        pairs, root = _one_by_one(composer, text, merge)
        assert result.pairs[row].tolist() == pairs
        assert result.vectors[row].tolist() == pytest.approx(root.tolist())


@pytest.mark.parametrize("merge", MERGES)
def test_the_merges_of_a_text_do_not_depend_on_its_batch(composer, merge):
    words = _words(30, 6)
    together = merge_greedily(composer, words, merge)
    for row in range(30):
        alone = merge_greedily(composer, words[row : row + 1], merge)
        assert (alone.pairs[0] == together.pairs[row]).all()
        assert alone.vectors[0].tolist() == pytest.approx(together.vectors[row].tolist(), abs=1e-12)


def test_equal_words_are_merged_first_and_without_error():
    # The untrained parent has the direction of tanh(left + right): a, a and b are merged as (a a) b.
    result = merge_greedily(Composer(2), torch.tensor([[EAST, EAST, NORTH]]), "neighbours")
    assert result.pairs[0].tolist() == [[0, 1], [0, 1]]
    # The parent of two orthogonal unit vectors is (√½, √½), at a squared distance of 2 − √2 from each.
    assert result.errors[0].tolist() == pytest.approx([0, 2 - math.sqrt(2)], abs=1e-6)
    assert result.vectors[0].tolist() == pytest.approx([math.sqrt(0.5)] * 2)


def test_words_that_are_not_adjacent_are_merged_only_with_merge_any():
    words = torch.tensor([[EAST, NORTH, EAST]])
    assert merge_greedily(Composer(2), words, "any").pairs[0].tolist() == [[0, 2], [0, 1]]
    assert merge_greedily(Composer(2), words, "neighbours").pairs[0].tolist() == [
        [0, 1],
        [0, 1],
    ]  # equal scores: the first pair


def test_the_errors_of_the_parts_are_weighted_by_left_share():
    left, right = torch.tensor(EAST), torch.tensor(NORTH)
    composer = Composer(2)
    with torch.no_grad():
        composer.decoder.weight[2:] = 0  # the right vector is reconstructed as zero, with an error of 1
        _, error = composer.errors(left, right, torch.tensor(0.75))
    assert error.item() == pytest.approx(0.75 * (2 - math.sqrt(2)) + 0.25 * 1)


@pytest.mark.parametrize("merge", MERGES)
def test_root_vectors_are_normalised(composer, merge):
    lengths = merge_greedily(composer, _words(10, 5), merge).vectors.norm(dim=1)
    assert lengths.tolist() == pytest.approx([1] * 10)


def test_the_gradient_of_the_errors_agrees_with_finite_differences(composer):
    words = _words(2, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda each: merge_greedily(composer, each, "neighbours").errors, words)


def test_a_tree_is_built_from_merged_pairs():
    tree = tree_of(["a", "b", "c"], [(1, 2), (0, 1)], [0.5, 0.25])
    group = MergeTree(("b", "c"), 0.5, (MergeTree(("b",)), MergeTree(("c",))))
    assert tree == MergeTree(("a", "b", "c"), 0.25, (MergeTree(("a",)), group))
    assert tree_of(["a"], [], []) == MergeTree(("a",))


def test_a_tree_is_rendered_with_one_line_per_node():
    tree = tree_of(["cell", "of", "the", "eye"], [(1, 2), (1, 2), (0, 1)], [0.1, 0.02, 0.3333])
    assert render_tree(tree).splitlines() == [
        "cell of the eye  0.333",
        "├─ cell",
        "└─ of the eye  0.020",
        "   ├─ of the  0.100",
        "   │  ├─ of",
        "   │  └─ the",
        "   └─ eye",
    ]
