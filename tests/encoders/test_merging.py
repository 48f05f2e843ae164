"""Greedy merging agrees with a plain search; errors agree with values computed by hand."""

import itertools
import math

import numpy as np
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


def _merged_as_in_the_source(weights, words):
    """The merged pairs and cumulative scores of one text, transcribed to NumPy from the unweighted autoencoder.

    Socher et al. 2011, equations 2 to 5: the parent of c1 and c2 is p = tanh(W[c1; c2] + b), divided by its norm, the
    reconstruction [c1'; c2'] = W'p + b', and the error ½‖[c1; c2] − [c1'; c2']‖². The score of a merge is its error
    plus the scores of both parts; a word has the score 0. At each step the pair of least score among all pairs is
    replaced by its parent, at the position of the first.
    """
    nodes, merges = [(word, 0.0) for word in words], []
    while len(nodes) > 1:
        best = None
        for i, j in itertools.combinations(range(len(nodes)), 2):
            (c1, score1), (c2, score2) = nodes[i], nodes[j]
            both = np.concatenate([c1, c2])
            parent = np.tanh(weights["encoder.weight"] @ both + weights["encoder.bias"])
            parent /= np.linalg.norm(parent)
            decoded = weights["decoder.weight"] @ parent + weights["decoder.bias"]
            score = 0.5 * np.sum((both - decoded) ** 2) + score1 + score2
            if best is None or score < best[0]:
                best = score, i, j, parent
        score, i, j, parent = best
        nodes[i] = (parent, score)
        del nodes[j]
        merges.append(([i, j], score))
    return [pair for pair, _ in merges], [score for _, score in merges]


@pytest.mark.parametrize("n", [2, 3, 8])
def test_unweighted_merging_agrees_with_its_source(composer, n):
    composer.merge_error = "unweighted"
    weights = {name: weight.numpy() for name, weight in composer.state_dict().items()}
    words = _words(20, n)
    result = merge_greedily(composer, words, "any")
    for row, text in enumerate(words):
        pairs, scores = _merged_as_in_the_source(weights, text.numpy())
        assert result.pairs[row].tolist() == pairs
        tree = tree_of([str(word) for word in range(n)], pairs, result.errors[row].tolist())
        assert tree.total == pytest.approx(scores[-1])


@pytest.mark.parametrize(("n", "may_differ"), [(3, False), (8, True)])
def test_weighted_and_unweighted_trees_differ_only_for_more_than_three_words(composer, n, may_differ):
    weighted = merge_greedily(composer, _words(60, n), "any").pairs
    composer.merge_error = "unweighted"
    assert (merge_greedily(composer, _words(60, n), "any").pairs != weighted).any() == may_differ


def test_a_tree_is_built_from_merged_pairs():
    tree = tree_of(["a", "b", "c"], [(1, 2), (0, 1)], [0.5, 0.25])
    group = MergeTree(("b", "c"), 0.5, (MergeTree(("b",)), MergeTree(("c",))))
    assert tree == MergeTree(("a", "b", "c"), 0.25, (MergeTree(("a",)), group))
    assert tree_of(["a"], [], []) == MergeTree(("a",))


def test_a_tree_is_rendered_with_one_line_per_node_and_cumulative_scores():
    tree = tree_of(["cell", "of", "the", "eye"], [(1, 2), (1, 2), (0, 1)], [0.1, 0.02, 0.3333])
    assert render_tree(tree).splitlines() == [
        "cell of the eye  0.333  total 0.453",
        "├─ cell",
        "└─ of the eye  0.020  total 0.120",
        "   ├─ of the  0.100  total 0.100",
        "   │  ├─ of",
        "   │  └─ the",
        "   └─ eye",
    ]
