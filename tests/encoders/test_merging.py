import math

import pytest
import torch

from hyplink.encoders.merge_tree import MergeTree, drawn, tree_of
from hyplink.encoders.merging import TIE, Composer, merged

EAST, NORTH = [1.0, 0.0], [0.0, 1.0]
MERGES = ["neighbours", "any"]


@pytest.fixture
def composer():
    """A composer of five numbers that is far from where it began."""
    composer, generator = Composer(5).double().requires_grad_(False), torch.Generator().manual_seed(0)
    for parameter in composer.parameters():
        parameter += 0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
    return composer


def _words(n_texts, n):
    words = torch.randn(n_texts, n, 5, generator=torch.Generator().manual_seed(n), dtype=torch.float64)
    return torch.nn.functional.normalize(words, dim=-1)


def _one_by_one(composer, words, merge):
    """The pairs and the root of one text (n, d), from a plain list of nodes that is scored anew at each step."""
    nodes, pairs = [(word, 1, 0.0) for word in words], []
    while len(nodes) > 1:
        best = math.inf
        for first in range(len(nodes)):
            for second in range(first + 1, len(nodes) if merge == "any" else min(first + 2, len(nodes))):
                (left, n_left, below_left), (right, n_right, below_right) = nodes[first], nodes[second]
                parent, error = composer.errors(left, right, torch.tensor(n_left / (n_left + n_right)))
                total = error.item() + below_left + below_right
                score = total if merge == "any" else error.item()
                if score < best - TIE:
                    best, chosen = score, (first, second, (parent, n_left + n_right, total))
        first, second, node = chosen
        nodes[first] = node
        del nodes[second]
        pairs.append([first, second])
    return pairs, nodes[0][0]


@pytest.mark.parametrize("merge", MERGES)
@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_many_texts_are_merged_as_a_plain_search_merges_each(composer, merge, n):
    words = _words(20, n)
    found = merged(composer, words, merge)
    for row, text in enumerate(words):
        pairs, root = _one_by_one(composer, text, merge)
        assert found.pairs[row].tolist() == pairs
        assert found.vectors[row].tolist() == pytest.approx(root.tolist())


@pytest.mark.parametrize("merge", MERGES)
def test_a_text_is_merged_alone_as_among_others(composer, merge):
    words = _words(30, 6)
    together = merged(composer, words, merge)
    for row in range(30):
        alone = merged(composer, words[row : row + 1], merge)
        assert (alone.pairs[0] == together.pairs[row]).all()
        assert alone.vectors[0].tolist() == pytest.approx(together.vectors[row].tolist(), abs=1e-12)


def test_of_words_alike_the_parent_is_the_word_and_costs_nothing():
    # The composer begins as the direction of the mean: a, a and b merge as (a a) b.
    found = merged(Composer(2), torch.tensor([[EAST, EAST, NORTH]]), "neighbours")
    assert found.pairs[0].tolist() == [[0, 1], [0, 1]]
    # The parent of two unit vectors at right angles lies between them, |(1, 0) − (√½, √½)|² = 2 − √2 off either.
    assert found.errors[0].tolist() == pytest.approx([0, 2 - math.sqrt(2)], abs=1e-6)
    assert found.vectors[0].tolist() == pytest.approx([math.sqrt(0.5)] * 2)


def test_words_apart_from_each_other_are_merged_only_where_any_pair_may_be():
    words = torch.tensor([[EAST, NORTH, EAST]])
    assert merged(Composer(2), words, "any").pairs[0].tolist() == [[0, 2], [0, 1]]
    assert merged(Composer(2), words, "neighbours").pairs[0].tolist() == [[0, 1], [0, 1]]  # a tie: the first pair


def test_the_error_of_a_group_of_words_counts_for_more_than_that_of_a_word():
    left, right = torch.tensor(EAST), torch.tensor(NORTH)
    composer = Composer(2)
    with torch.no_grad():
        composer.parting.weight[2:] = 0  # the right part is rebuilt as zero, with an error of 1
        _, error = composer.errors(left, right, torch.tensor(0.75))
    assert error.item() == pytest.approx(0.75 * (2 - math.sqrt(2)) + 0.25 * 1)


@pytest.mark.parametrize("merge", MERGES)
def test_composed_vectors_have_unit_length(composer, merge):
    lengths = merged(composer, _words(10, 5), merge).vectors.norm(dim=1)
    assert lengths.tolist() == pytest.approx([1] * 10)


def test_the_gradient_of_the_errors_is_that_of_finite_differences(composer):
    words = _words(2, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda each: merged(composer, each, "neighbours").errors, words)


def test_a_tree_holds_words_groups_and_errors():
    tree = tree_of(["a", "b", "c"], [(1, 2), (0, 1)], [0.5, 0.25])
    group = MergeTree(("b", "c"), 0.5, (MergeTree(("b",)), MergeTree(("c",))))
    assert tree == MergeTree(("a", "b", "c"), 0.25, (MergeTree(("a",)), group))
    assert tree_of(["a"], [], []) == MergeTree(("a",))


def test_a_tree_is_drawn_a_line_a_node():
    tree = tree_of(["cell", "of", "the", "eye"], [(1, 2), (1, 2), (0, 1)], [0.1, 0.02, 0.3333])
    assert drawn(tree).splitlines() == [
        "cell of the eye  0.333",
        "├─ cell",
        "└─ of the eye  0.020",
        "   ├─ of the  0.100",
        "   │  ├─ of",
        "   │  └─ the",
        "   └─ eye",
    ]
