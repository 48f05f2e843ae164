"""Greedy merging of word vectors by a recursive autoencoder, for batches of texts of equal length.

A recursive autoencoder (Socher et al. 2011, Semi-Supervised Recursive Autoencoders for Predicting Sentiment
Distributions) encodes two vectors as one parent vector and reconstructs the two from the parent. Of all candidate
pairs, the pair with the least reconstruction error is merged first, until one vector is left.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from hyplink.errors import InputError

Merge = Literal["neighbours", "any"]
MergeError = Literal["weighted", "unweighted"]

TIE_TOLERANCE = 1e-9
"""Scores that differ by less count as equal, and the first pair is merged, so that rounding does not decide."""


class Composer(nn.Module):
    """The autoencoder: encodes two vectors as a parent of unit length and reconstructs the two from the parent.

    It is initialised such that a parent has the direction of tanh(left + right). Parents are normalised because the
    reconstruction error could otherwise be reduced by shrinking all parents to zero.

    Args:
        dim: dimension of the vectors.
        merge_error: how the errors of the two vectors are added: `weighted` by their numbers of words (Socher et al.
            2011, equation 9), or `unweighted`, each with weight ½ (equation 5).
    """

    def __init__(self, dim: int, merge_error: MergeError = "weighted") -> None:
        super().__init__()
        self.merge_error = merge_error
        self.encoder, self.decoder = nn.Linear(2 * dim, dim), nn.Linear(dim, 2 * dim)
        sum_matrix = torch.eye(dim).repeat(1, 2)
        with torch.no_grad():
            self.encoder.weight.copy_(sum_matrix)
            self.decoder.weight.copy_(sum_matrix.T)
            self.encoder.bias.zero_()
            self.decoder.bias.zero_()

    @property
    def dim(self) -> int:
        """Dimension of the vectors."""
        return self.encoder.out_features

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """The parents (..., d), normalised, of left and right vectors (..., d)."""
        return nn.functional.normalize(torch.tanh(self.encoder(torch.cat([left, right], -1))), dim=-1)

    def errors(self, left: Tensor, right: Tensor, left_share: Tensor) -> tuple[Tensor, Tensor]:
        """The parents (..., d) and their reconstruction errors (...), weighted sums of two squared distances.

        Args:
            left: left vectors (..., d).
            right: right vectors (..., d).
            left_share: the left vector's share of the words of the pair (...), which is the weight of the left error;
                the weight of the right error is 1 − left_share. With `merge_error` unweighted, both weights are ½.
        """
        if self.merge_error == "unweighted":
            left_share = torch.full_like(left_share, 0.5)
        parents = self(left, right)
        left_decoded, right_decoded = self.decoder(parents).chunk(2, -1)
        left_error, right_error = (left - left_decoded).square().sum(-1), (right - right_decoded).square().sum(-1)
        return parents, left_share * left_error + (1 - left_share) * right_error


@dataclass(frozen=True)
class Nodes:
    """The current roots of the merge trees of B texts: n words or parents per text.

    Attributes:
        vectors: (B, n, d).
        sizes: number of words of each tree, (B, n).
        totals: sum of the errors of all merges of each tree, (B, n).
    """

    vectors: Tensor
    sizes: Tensor
    totals: Tensor

    @classmethod
    def from_words(cls, vectors: Tensor) -> "Nodes":
        """The nodes of texts in which no words are merged, from the word vectors (B, n, d)."""
        return cls(vectors, torch.ones_like(vectors[..., 0]), torch.zeros_like(vectors[..., 0]))

    def at(self, positions: Tensor) -> "Nodes":
        """The nodes at some positions (B, k) of each text."""
        vectors = self.vectors.gather(1, positions[..., None].expand(-1, -1, self.vectors.shape[2]))
        return Nodes(vectors, self.sizes.gather(1, positions), self.totals.gather(1, positions))

    def merged(self, first: Tensor, second: Tensor, parents: "Nodes") -> "Nodes":
        """The nodes after a merge: parents replace the nodes at `first` (B, 1); those at `second` are removed."""
        remaining = _all_except(second, self.sizes.shape[1])
        nodes, is_first = self.at(remaining), remaining == first
        return Nodes(
            torch.where(is_first[..., None], parents.vectors, nodes.vectors),
            torch.where(is_first, parents.sizes, nodes.sizes),
            torch.where(is_first, parents.totals, nodes.totals),
        )


@dataclass(frozen=True)
class MergeResult:
    """The merges of B texts of n words.

    Attributes:
        vectors: vector of the root of each text, (B, d).
        errors: reconstruction error of each merge, in order, (B, n − 1).
        pairs: positions of the merged pair in the current list of nodes, in ascending order, int64 (B, n − 1, 2).
    """

    vectors: Tensor
    errors: Tensor
    pairs: Tensor


def merge_greedily(composer: Composer, words: Tensor, merge: Merge) -> MergeResult:
    """Merges the words of each text, the pair with the least score first, until one node is left.

    The parent takes the position of the first node of the pair. After a merge, only pairs with the new parent are
    scored again: for n words, `neighbours` scores about 3n pairs and `any` about n².

    Args:
        composer: the autoencoder.
        words: word vectors (B, n, d), n at least 1.
        merge: `neighbours` merges only adjacent nodes; their score is their reconstruction error. `any` merges any two
            nodes; their score is the sum of their reconstruction error and the errors of all merges below them.

    Raises:
        InputError: `merge` is neither.
    """
    if merge not in get_args(Merge):
        raise InputError(f"merge must be {' or '.join(get_args(Merge))}, not {merge!r}")
    nodes, n = Nodes.from_words(words), words.shape[1]
    with torch.no_grad():
        scores = _initial_scores(composer, nodes, merge)
    errors, pairs = [words.new_zeros(len(words), 0)], []
    for _ in range(n - 1):
        first, second = _best_pair(scores)
        left, right = nodes.at(first), nodes.at(second)
        parents = _parents(composer, left, right)
        errors.append(parents.totals - left.totals - right.totals)
        pairs.append(torch.cat([first, second], 1))
        nodes = nodes.merged(first, second, parents)
        with torch.no_grad():
            scores = _updated_scores(composer, nodes, scores, first, second, merge)
    all_pairs = torch.stack(pairs, 1) if pairs else torch.zeros(len(words), 0, 2, dtype=torch.int64)
    return MergeResult(nodes.vectors[:, 0], torch.cat(errors, 1), all_pairs)


def _parents(composer: Composer, left: Nodes, right: Nodes) -> Nodes:
    """The parents of k pairs of nodes of each text."""
    sizes = left.sizes + right.sizes
    vectors, errors = composer.errors(left.vectors, right.vectors, left.sizes / sizes)
    return Nodes(vectors, sizes, errors + left.totals + right.totals)


def _scores(composer: Composer, left: Nodes, right: Nodes, merge: Merge) -> Tensor:
    """The scores (B, k) of k pairs of nodes of each text; the pair with the least score is merged."""
    totals = _parents(composer, left, right).totals
    return totals if merge == "any" else totals - left.totals - right.totals


def _initial_scores(composer: Composer, nodes: Nodes, merge: Merge) -> Tensor:
    """The scores (B, n, n) of the pairs that may be merged, above the diagonal; all others are infinite."""
    n_texts, n = nodes.sizes.shape
    pairs = torch.triu_indices(n, n, 1)  # (2, k)
    if merge == "neighbours":
        pairs = pairs[:, pairs[1] == pairs[0] + 1]
    first, second = pairs[:, None].expand(-1, n_texts, -1)
    scores = nodes.sizes.new_full((n_texts, n, n), torch.inf)
    scores[:, pairs[0], pairs[1]] = _scores(composer, nodes.at(first), nodes.at(second), merge)
    return scores


def _updated_scores(
    composer: Composer, nodes: Nodes, scores: Tensor, first: Tensor, second: Tensor, merge: Merge
) -> Tensor:
    """The scores (B, n, n) after a merge, from the nodes (B, n) after it and the scores (B, n + 1, n + 1) before it."""
    n = nodes.sizes.shape[1]
    remaining = _all_except(second, n + 1)
    scores = scores.gather(1, remaining[:, :, None].expand(-1, -1, n + 1))
    scores = scores.gather(2, remaining[:, None].expand(-1, n, -1))
    if n == 1:
        return scores
    others = torch.cat([first - 1, first + 1], 1).clamp(0, n - 1) if merge == "neighbours" else _all_except(first, n)
    before, after = torch.minimum(first, others), torch.maximum(first, others)
    new = _scores(composer, nodes.at(before), nodes.at(after), merge)
    new = torch.where(before == after, torch.inf, new)  # the first and the last node have one neighbour
    flat = scores.reshape(len(scores), -1).scatter(1, before * n + after, new)
    return flat.reshape(scores.shape)


def _best_pair(scores: Tensor) -> tuple[Tensor, Tensor]:
    """The positions (B, 1) of the pair with the least score; of equal scores, of the first pair."""
    flat = scores.flatten(1)
    least = flat.min(1, keepdim=True).values
    best = (flat <= least + TIE_TOLERANCE).int().argmax(1, keepdim=True)
    return best // scores.shape[2], best % scores.shape[2]


def _all_except(position: Tensor, n: int) -> Tensor:
    """The positions 0 to n − 1 except one of each text (B, 1), int64 (B, n − 1)."""
    positions = torch.arange(n - 1)
    return positions + (positions >= position)
