"""What a regressor learns from: encoded names and mentions with the concepts that they mean."""

from collections import Counter
from collections.abc import Collection, Sequence
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


@dataclass(frozen=True)
class TrainingExamples:
    """Encoded names and mentions, one row for each concept that an example may mean.

    Attributes:
        vectors: float32 (n, dim), names first.
        concepts: concept indices int64 (n,).
        weights: float32 (n,), mean 1.
        n_names: how many of the rows, the first ones, are names without context.
        blocks: lengths of the parts of a vector: the mention's, then those of its context.
        unlabelled: vectors of mentions whose concepts are not known, float32 (m, dim), or None.
    """

    vectors: Tensor
    concepts: Tensor
    weights: Tensor
    n_names: int
    blocks: tuple[int, ...]
    unlabelled: Tensor | None = None

    @classmethod
    def of(
        cls,
        names: NDArray[np.float32],
        name_concepts: Sequence[int],
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
            names: vectors of names, float32 (n_names, dim).
            name_concepts: the concept index of each name.
            mentions: vectors of mentions in context, float32 (n_mentions, dim).
            mention_texts: the words of each mention.
            gold: the concept indices that each mention may mean; mentions without any are left out.
            blocks: see above.
            unlabelled: vectors of mentions whose concepts are not known, float32 (m, dim), or None.
        """
        rows = [(row, concept) for row, concepts in enumerate(gold) for concept in sorted(concepts)]
        keys = [(mention_texts[row].lower(), concept) for row, concept in rows]
        times = Counter(keys)
        weights = [times[key] ** -0.5 / len(gold[row]) for key, (row, _) in zip(keys, rows, strict=True)]
        all_weights = np.array([1.0] * len(names) + weights, dtype=np.float32)
        vectors = names
        if rows:  # without a copy in between, as they may be gigabytes
            vectors = np.empty((len(names) + len(rows), names.shape[1]), np.float32)
            vectors[: len(names)] = names
            np.take(mentions, [row for row, _ in rows], axis=0, out=vectors[len(names) :], mode="clip")
        return cls(
            torch.from_numpy(vectors),
            torch.tensor([*name_concepts, *(concept for _, concept in rows)], dtype=torch.int64),
            torch.from_numpy(all_weights / all_weights.mean()),
            len(names),
            blocks,
            None if unlabelled is None else torch.from_numpy(unlabelled),
        )

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.concepts)

    @property
    def have_context(self) -> bool:
        """Whether any row has a context to learn from."""
        return self.n_names < len(self)

    def whitened(self, whitening: Whitening) -> "TrainingExamples":
        """The same examples with whitened vectors; without a context to learn from, unlabelled ones have none."""
        unlabelled = self.unlabelled
        if unlabelled is not None:
            unlabelled = whitening(unlabelled)
            if not self.have_context:
                unlabelled[:, self.blocks[0] :] = 0
        return replace(self, vectors=whitening(self.vectors), unlabelled=unlabelled)

    def batch(self, rows: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """The vectors (B, dim), concepts (B,) and weights (B,) of some rows, their contexts dropped and lent."""
        vectors = self.vectors[rows]
        if self.have_context:
            contexts = vectors[:, self.blocks[0] :]
            chance = torch.rand(len(rows), generator=generator)
            is_name = rows < self.n_names
            contexts[~is_name & (chance < CONTEXT_DROP)] = 0
            borrowers = is_name & (chance < CONTEXT_LOAN)
            lenders = torch.randint(self.n_names, len(self), (int(borrowers.sum()),), generator=generator)
            contexts[borrowers] = self.vectors[lenders, self.blocks[0] :]
        return vectors, self.concepts[rows], self.weights[rows]

    def unlabelled_batch(self, n: int, generator: torch.Generator) -> Tensor | None:
        """The vectors (n, dim) of n unlabelled mentions, drawn at random; None where there are none."""
        if self.unlabelled is None:
            return None
        return self.unlabelled[torch.randint(len(self.unlabelled), (n,), generator=generator)]
