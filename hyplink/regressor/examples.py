"""What a regressor learns from: encoded names and mentions with the concepts that they mean."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyplink.regressor.whitening import Whitening

CONTEXT_DROP = 0.3
"""Share of a step's mentions that are shown without their context, so that their words must be enough."""

CONTEXT_LOAN = 0.7
"""Share of a step's names that are shown in the context of some mention: a context alone then proves nothing."""

BLOCK = 8192
"""Vectors that are whitened at a time, so that there is no further copy of all of them meanwhile."""


@dataclass(frozen=True)
class TrainingExamples:
    """Encoded names and mentions, an example for each concept that one may mean.

    Vectors may be gigabytes: each is there once, however many examples share it, and a name's is its first block.

    Attributes:
        names: vectors of names, which have no context, float32 (·, blocks[0]).
        mentions: vectors of mentions in context, float32 (·, dim).
        rows: row of each example's vector, among the names' or the mentions', int64 (n,).
        n_names: how many of the examples, the first ones, are names.
        concepts: concept indices int64 (n,).
        weights: float32 (n,), mean 1.
        blocks: lengths of the parts of a vector: the mention's, then those of its context.
        unlabelled: vectors of mentions whose concepts are not known, float32 (m, dim), or None.
    """

    names: Tensor
    mentions: Tensor
    rows: Tensor
    n_names: int
    concepts: Tensor
    weights: Tensor
    blocks: tuple[int, ...]
    unlabelled: Tensor | None = None

    @classmethod
    def of(
        cls,
        names: NDArray[np.float32],
        mentions: NDArray[np.float32],
        mention_texts: Sequence[str],
        gold: Sequence[Collection[int]],
        blocks: tuple[int, ...],
        unlabelled: NDArray[np.float32] | None = None,
    ) -> "TrainingExamples":
        """The examples of encoded names and of encoded mentions.

        A mention that may mean any of several concepts counts once in all. One that stands k times in the texts
        with the same meaning counts √k times in all: frequent mentions shall not drown the names.

        Args:
            names: vectors of names without context, float32 (n_names, blocks[0]).
            mentions: vectors of mentions in context, float32 (n_mentions, dim).
            mention_texts: the words of each mention.
            gold: the concept indices that each name, and then each mention, may mean; those without any are left out.
            blocks: see above.
            unlabelled: vectors of mentions whose concepts are not known, float32 (m, dim), or None.
        """
        named = [(row, concept) for row, each in enumerate(gold[: len(names)]) for concept in sorted(each)]
        meant = gold[len(names) :]
        mentioned = [(row, concept) for row, each in enumerate(meant) for concept in sorted(each)]
        keys = [(mention_texts[row].lower(), concept) for row, concept in mentioned]
        times = Counter(keys)
        weights = [times[key] ** -0.5 / len(meant[row]) for key, (row, _) in zip(keys, mentioned, strict=True)]
        all_weights = np.array([1.0] * len(named) + weights, dtype=np.float32)
        rows, concepts = torch.tensor([*named, *mentioned], dtype=torch.int64).reshape(-1, 2).T.contiguous()
        return cls(
            torch.from_numpy(names),
            torch.from_numpy(mentions),
            rows,
            len(named),
            concepts,
            torch.from_numpy(all_weights / all_weights.mean()),
            blocks,
            None if unlabelled is None else torch.from_numpy(unlabelled),
        )

    def __len__(self) -> int:
        """How many examples there are."""
        return len(self.concepts)

    @property
    def have_context(self) -> bool:
        """Whether any example has a context to learn from."""
        return self.n_names < len(self)

    def vectors(self) -> Iterator[Tensor]:
        """The vectors of all examples, some at a time: (k, blocks[0]) of names, (k, dim) of mentions."""
        for kept, rows in ((self.names, self.rows[: self.n_names]), (self.mentions, self.rows[self.n_names :])):
            yield from (kept[block] for block in torch.split(rows, BLOCK))

    def whitened(self, whitening: Whitening) -> "TrainingExamples":
        """The same examples with whitened vectors; without a context to learn from, unlabelled ones have none."""
        unlabelled = self.unlabelled
        if unlabelled is not None:
            unlabelled = _whitened(unlabelled, whitening)
            if not self.have_context:
                unlabelled[:, self.blocks[0] :] = 0
        names, mentions = _whitened(self.names, whitening), _whitened(self.mentions, whitening)
        return replace(self, names=names, mentions=mentions, unlabelled=unlabelled)

    def batch(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """The vectors (B, dim), concepts (B,) and weights (B,) of some examples, their contexts dropped and lent."""
        rows, is_name = self.rows[chosen], chosen < self.n_names
        vectors = torch.zeros(len(chosen), sum(self.blocks))
        words, contexts = torch.split(vectors, [self.blocks[0], sum(self.blocks[1:])], dim=1)
        words[is_name] = self.names[rows[is_name]]
        if self.have_context:
            vectors[~is_name] = self.mentions[rows[~is_name]]
            chance = torch.rand(len(chosen), generator=generator)
            contexts[~is_name & (chance < CONTEXT_DROP)] = 0
            borrowers = is_name & (chance < CONTEXT_LOAN)
            lenders = torch.randint(self.n_names, len(self), (int(borrowers.sum()),), generator=generator)
            contexts[borrowers] = self.mentions[self.rows[lenders], self.blocks[0] :]
        return vectors, self.concepts[chosen], self.weights[chosen]

    def unlabelled_batch(self, n: int, generator: torch.Generator) -> Tensor | None:
        """The vectors (n, dim) of n unlabelled mentions, drawn at random; None where there are none."""
        if self.unlabelled is None:
            return None
        return self.unlabelled[torch.randint(len(self.unlabelled), (n,), generator=generator)]


def _whitened(vectors: Tensor, whitening: Whitening) -> Tensor:
    whitened = torch.empty(vectors.shape)
    for before, after in zip(torch.split(vectors, BLOCK), torch.split(whitened, BLOCK), strict=True):
        after.copy_(whitening(before))
    return whitened
