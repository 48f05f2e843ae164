"""Training examples of the regressor: encoded names and mentions, labelled with concepts."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyplink.regressor.whitening import Whitening

CONTEXT_DROPOUT = 0.3
"""Probability that the context of a mention is set to zero in a step, so that the network relies on its words too."""

CONTEXT_BORROWING = 0.7
"""Probability that a name gets the context of a random mention in a step, so that a context alone is no evidence."""

VECTORS_PER_BATCH = 8192
"""Vectors whitened at a time, to bound the memory of intermediate copies."""


@dataclass(frozen=True)
class TrainingExamples:
    """Encoded names and mentions, with one example per (name or mention, gold concept).

    The vectors may take gigabytes. Each is stored once, even if several examples share it, and names are stored without
    context blocks.

    Attributes:
        names: vectors of names, which have no context, float32 (n_name_vectors, blocks[0]).
        mentions: vectors of mentions in context, float32 (n_mention_vectors, dim).
        rows: row of each example's vector, in `names` or in `mentions`, int64 (n,).
        n_names: number of examples that are names; they come first.
        concepts: gold concept index of each example, int64 (n,).
        weights: weight of each example in the loss, float32 (n,), mean 1.
        blocks: lengths of the blocks of a vector: the mention, then its context.
        unlabelled: vectors of mentions whose concepts are unknown, float32 (n_unlabelled, dim), or None.
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
    def from_vectors(
        cls,
        names: NDArray[np.float32],
        mentions: NDArray[np.float32],
        mention_texts: Sequence[str],
        gold: Sequence[Collection[int]],
        blocks: tuple[int, ...],
        unlabelled: NDArray[np.float32] | None = None,
    ) -> "TrainingExamples":
        """The examples of encoded names and mentions.

        A mention with m gold concepts gives m examples, of weight 1/m each. If the same surface form with the same
        concept occurs k times, each is weighted by a further 1/√k, so that frequent mentions do not dominate names.

        Args:
            names: vectors of names without context, float32 (n_names, blocks[0]).
            mentions: vectors of mentions in context, float32 (n_mentions, dim).
            mention_texts: surface form of each mention.
            gold: gold concept indices of each name and then of each mention; those without any give no example.
            blocks: lengths of the blocks of a vector.
            unlabelled: vectors of mentions whose concepts are unknown, float32 (n_unlabelled, dim), or None.
        """
        name_pairs = [(row, concept) for row, each in enumerate(gold[: len(names)]) for concept in sorted(each)]
        mention_gold = gold[len(names) :]
        mention_pairs = [(row, concept) for row, each in enumerate(mention_gold) for concept in sorted(each)]
        keys = [(mention_texts[row].lower(), concept) for row, concept in mention_pairs]
        counts = Counter(keys)
        mention_weights = [
            counts[key] ** -0.5 / len(mention_gold[row]) for key, (row, _) in zip(keys, mention_pairs, strict=True)
        ]
        weights = np.array([1.0] * len(name_pairs) + mention_weights, dtype=np.float32)
        rows, concepts = torch.tensor([*name_pairs, *mention_pairs], dtype=torch.int64).reshape(-1, 2).T.contiguous()
        return cls(
            torch.from_numpy(names),
            torch.from_numpy(mentions),
            rows,
            len(name_pairs),
            concepts,
            torch.from_numpy(weights / weights.mean()),
            blocks,
            None if unlabelled is None else torch.from_numpy(unlabelled),
        )

    def __len__(self) -> int:
        """The number of examples."""
        return len(self.concepts)

    @property
    def has_context(self) -> bool:
        """Whether any labelled example has a context."""
        return self.n_names < len(self)

    def vectors(self) -> Iterator[Tensor]:
        """The vectors of all examples in batches: first (k, blocks[0]) of names, then (k, dim) of mentions."""
        for stored, rows in ((self.names, self.rows[: self.n_names]), (self.mentions, self.rows[self.n_names :])):
            yield from (stored[batch] for batch in torch.split(rows, VECTORS_PER_BATCH))

    def whitened(self, whitening: Whitening) -> "TrainingExamples":
        """The examples with whitened vectors.

        If no labelled example has a context, the contexts of the unlabelled mentions are set to zero.
        """
        unlabelled = self.unlabelled
        if unlabelled is not None:
            unlabelled = _whitened(unlabelled, whitening)
            if not self.has_context:
                unlabelled[:, self.blocks[0] :] = 0
        names, mentions = _whitened(self.names, whitening), _whitened(self.mentions, whitening)
        return replace(self, names=names, mentions=mentions, unlabelled=unlabelled)

    def batch(self, chosen: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """The vectors (B, dim), gold concepts (B,) and weights (B,) of some examples, for one training step.

        Contexts are dropped and borrowed at random (`CONTEXT_DROPOUT`, `CONTEXT_BORROWING`).

        Args:
            chosen: indices of the examples, int64 (B,).
            generator: of the random choices.
        """
        rows, is_name = self.rows[chosen], chosen < self.n_names
        vectors = torch.zeros(len(chosen), sum(self.blocks))
        words, contexts = torch.split(vectors, [self.blocks[0], sum(self.blocks[1:])], dim=1)
        words[is_name] = self.names[rows[is_name]]
        if self.has_context:
            vectors[~is_name] = self.mentions[rows[~is_name]]
            random = torch.rand(len(chosen), generator=generator)
            contexts[~is_name & (random < CONTEXT_DROPOUT)] = 0
            borrows = is_name & (random < CONTEXT_BORROWING)
            sources = torch.randint(self.n_names, len(self), (int(borrows.sum()),), generator=generator)
            contexts[borrows] = self.mentions[self.rows[sources], self.blocks[0] :]
        return vectors, self.concepts[chosen], self.weights[chosen]

    def unlabelled_batch(self, n: int, generator: torch.Generator) -> Tensor | None:
        """The vectors (n, dim) of n unlabelled mentions, sampled with replacement; None if there are none."""
        if self.unlabelled is None:
            return None
        return self.unlabelled[torch.randint(len(self.unlabelled), (n,), generator=generator)]


def _whitened(vectors: Tensor, whitening: Whitening) -> Tensor:
    whitened = torch.empty(vectors.shape)
    for before, after in zip(
        torch.split(vectors, VECTORS_PER_BATCH), torch.split(whitened, VECTORS_PER_BATCH), strict=True
    ):
        after.copy_(whitening(before))
    return whitened
