"""Greedy merging: the vectors of words become one vector, the pair that fits best first, many texts at a time.

A recursive autoencoder (Socher et al. 2011, Semi-Supervised Recursive Autoencoders) makes a parent of two vectors and
the two vectors of the parent again; how far those are off is the error of the pair.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

Merge = Literal["neighbours", "any"]

TIE = 1e-9
"""Errors that differ by less are equal, and the first pair is taken: rounding shall not decide."""


class Composer(nn.Module):
    """Makes a parent of two vectors, and two vectors of a parent.

    It begins as the direction of the mean, from which training departs. Parents have unit length: shorter ones would
    be rebuilt with a smaller error, down to the zero vector, which says nothing.

    Args:
        dim: length of a vector.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.joining, self.parting = nn.Linear(2 * dim, dim), nn.Linear(dim, 2 * dim)
        both = torch.eye(dim).repeat(1, 2)
        with torch.no_grad():
            self.joining.weight.copy_(both)
            self.parting.weight.copy_(both.T)
            self.joining.bias.zero_()
            self.parting.bias.zero_()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.joining.out_features

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """The parents (..., d), of unit length, of left and right vectors (..., d)."""
        return nn.functional.normalize(torch.tanh(self.joining(torch.cat([left, right], -1))), dim=-1)

    def errors(self, left: Tensor, right: Tensor, left_share: Tensor) -> tuple[Tensor, Tensor]:
        """The parents (..., d) and the squared errors (...) with which they are rebuilt into left and right vectors.

        Args:
            left: (..., d).
            right: (..., d).
            left_share: how much the left error counts, the right one counting for the rest (...).
        """
        parents = self(left, right)
        left_again, right_again = self.parting(parents).chunk(2, -1)
        left_error, right_error = (left - left_again).square().sum(-1), (right - right_again).square().sum(-1)
        return parents, left_share * left_error + (1 - left_share) * right_error


@dataclass(frozen=True)
class Nodes:
    """What is left of B texts on the way: n words or parents each.

    Attributes:
        vectors: (B, n, d).
        sizes: of how many words each is (B, n).
        totals: the errors of all merges below each (B, n).
    """

    vectors: Tensor
    sizes: Tensor
    totals: Tensor

    @classmethod
    def of_words(cls, vectors: Tensor) -> "Nodes":
        """The nodes of words (B, n, d)."""
        return cls(vectors, torch.ones_like(vectors[..., 0]), torch.zeros_like(vectors[..., 0]))

    def at(self, places: Tensor) -> "Nodes":
        """The nodes at some places (B, k) of each text."""
        vectors = self.vectors.gather(1, places[..., None].expand(-1, -1, self.vectors.shape[2]))
        return Nodes(vectors, self.sizes.gather(1, places), self.totals.gather(1, places))

    def replaced(self, first: Tensor, second: Tensor, parents: "Nodes") -> "Nodes":
        """The nodes without the second (B, 1), with parents (B, 1) in the place of the first (B, 1)."""
        kept = _without(second, self.sizes.shape[1])
        rest, here = self.at(kept), kept == first
        return Nodes(
            torch.where(here[..., None], parents.vectors, rest.vectors),
            torch.where(here, parents.sizes, rest.sizes),
            torch.where(here, parents.totals, rest.totals),
        )


@dataclass(frozen=True)
class Merged:
    """How B texts of n words became one vector each.

    Attributes:
        vectors: (B, d).
        errors: of each merge (B, n − 1), in order.
        pairs: places of the two among the nodes that were left, int64 (B, n − 1, 2), the first before the second.
    """

    vectors: Tensor
    errors: Tensor
    pairs: Tensor


def merged(composer: Composer, words: Tensor, merge: Merge) -> Merged:
    """Merges the words of texts greedily, the pair of least error first; a parent stands where its first part stood.

    After a merge only pairs with the new parent are scored again. Of n words `neighbours` scores about 3n pairs and
    `any` about n².

    Args:
        composer: makes the parents.
        words: (B, n, d), n at least 1.
        merge: `neighbours` takes neighbouring pairs by their own error; `any` takes any two, by that error and all
            errors below.
    """
    nodes, n = Nodes.of_words(words), words.shape[1]
    with torch.no_grad():
        scores = _scores_of_words(composer, nodes, merge)
    errors, pairs = [words.new_zeros(len(words), 0)], []
    for _ in range(n - 1):
        first, second = _best(scores)
        left, right = nodes.at(first), nodes.at(second)
        parents = _parents(composer, left, right)
        errors.append(parents.totals - left.totals - right.totals)
        pairs.append(torch.cat([first, second], 1))
        nodes = nodes.replaced(first, second, parents)
        with torch.no_grad():
            scores = _scores_after(composer, nodes, scores, first, second, merge)
    places = torch.stack(pairs, 1) if pairs else torch.zeros(len(words), 0, 2, dtype=torch.int64)
    return Merged(nodes.vectors[:, 0], torch.cat(errors, 1), places)


def _parents(composer: Composer, left: Nodes, right: Nodes) -> Nodes:
    sizes = left.sizes + right.sizes
    vectors, errors = composer.errors(left.vectors, right.vectors, left.sizes / sizes)
    return Nodes(vectors, sizes, errors + left.totals + right.totals)


def _scores(composer: Composer, left: Nodes, right: Nodes, merge: Merge) -> Tensor:
    """What the least of is sought (B, k), for k pairs of each text."""
    totals = _parents(composer, left, right).totals
    return totals if merge == "any" else totals - left.totals - right.totals


def _scores_of_words(composer: Composer, nodes: Nodes, merge: Merge) -> Tensor:
    """The scores (B, n, n) of the pairs that may be merged, above the diagonal; infinite elsewhere."""
    n_texts, n = nodes.sizes.shape
    pairs = torch.triu_indices(n, n, 1)  # (2, k)
    if merge == "neighbours":
        pairs = pairs[:, pairs[1] == pairs[0] + 1]
    first, second = pairs[:, None].expand(-1, n_texts, -1)
    scores = nodes.sizes.new_full((n_texts, n, n), torch.inf)
    scores[:, pairs[0], pairs[1]] = _scores(composer, nodes.at(first), nodes.at(second), merge)
    return scores


def _scores_after(
    composer: Composer, nodes: Nodes, scores: Tensor, first: Tensor, second: Tensor, merge: Merge
) -> Tensor:
    """The scores (B, n, n) of the n nodes that a merge left, from those (B, n + 1, n + 1) before it."""
    n = nodes.sizes.shape[1]
    kept = _without(second, n + 1)
    scores = scores.gather(1, kept[:, :, None].expand(-1, -1, n + 1)).gather(2, kept[:, None].expand(-1, n, -1))
    if n == 1:
        return scores
    others = torch.cat([first - 1, first + 1], 1).clamp(0, n - 1) if merge == "neighbours" else _without(first, n)
    before, after = torch.minimum(first, others), torch.maximum(first, others)
    new = _scores(composer, nodes.at(before), nodes.at(after), merge)
    new = torch.where(before == after, torch.inf, new)  # at an end there is no neighbour
    flat = scores.reshape(len(scores), -1).scatter(1, before * n + after, new)
    return flat.reshape(scores.shape)


def _best(scores: Tensor) -> tuple[Tensor, Tensor]:
    """The places (B, 1) of the two with the least score, the first ones of those that tie."""
    flat = scores.flatten(1)
    least = flat.min(1, keepdim=True).values
    best = (flat <= least + TIE).int().argmax(1, keepdim=True)
    return best // scores.shape[2], best % scores.shape[2]


def _without(place: Tensor, n: int) -> Tensor:
    """The numbers below n but for one place (B, 1): (B, n − 1)."""
    rest = torch.arange(n - 1)
    return rest + (rest >= place)
