"""Whitening: vectors with their common part taken away and every direction spread alike."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

CONTEXT_SCALE = 0.3
"""Size of a context's numbers beside the mention's: the words of the mention say most."""

RIDGE = 1e-3
"""Added to each variance, as a share of the greatest: directions of mere noise are not blown up."""


class Whitening(nn.Module):
    """Whitens each block of a vector (mention, left context, right context) by itself.

    Word vectors share a large common component and spread unevenly, all the more when they were trained on little
    text: their differences, which are what matters, are small. Each block becomes (x − mean)·Σ^(−1/2), where Σ is
    the ridged covariance of the block over the training examples (ZCA; Kessy, Lewin & Strimmer 2018). Blocks of
    context are then made smaller. An empty block, a context that is not there, stays zero.

    Args:
        blocks: the lengths of the blocks, in order.
    """

    def __init__(self, blocks: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = blocks
        for number, length in enumerate(blocks):
            self.register_buffer(f"mean_{number}", torch.zeros(length))
            self.register_buffer(f"matrix_{number}", torch.eye(length))

    def fit(self, batches: Iterable[Tensor]) -> None:
        """Learns means and matrices from vectors, batch after batch; rows whose block is zero do not count for it.

        Args:
            batches: vectors (n, dim), or (n, blocks[0]) of such as have no context.
        """
        seen = [_Moments(length) for length in self.blocks]
        for batch in batches:
            for moments, block in zip(seen, self._split(batch), strict=False):
                moments.add(block[block.any(dim=1)].double())
        for number, moments in enumerate(seen):
            if moments.n < 2:
                continue
            variances, directions = torch.linalg.eigh(moments.covariance)
            scale = (variances.clamp_min(0) + RIDGE * variances.max().clamp_min(1e-12)).rsqrt()
            self.get_buffer(f"mean_{number}").copy_(moments.mean)
            self.get_buffer(f"matrix_{number}").copy_(
                (directions * scale) @ directions.T * (CONTEXT_SCALE if number else 1.0)
            )

    def forward(self, vectors: Tensor) -> Tensor:
        """Whitened vectors (n, dim), or (n, blocks[0]) of such as have no context."""
        whitened = []
        for number, block in enumerate(self._split(vectors)):
            centred = block - self.get_buffer(f"mean_{number}")
            present = block.any(dim=1, keepdim=True)
            whitened.append(torch.where(present, centred @ self.get_buffer(f"matrix_{number}"), 0.0))
        return torch.cat(whitened, dim=1)

    def _split(self, vectors: Tensor) -> tuple[Tensor, ...]:
        """The blocks of vectors; of such as have no context the first alone."""
        lengths = self.blocks[:1] if vectors.shape[1] == self.blocks[0] else self.blocks
        return torch.split(vectors, list(lengths), dim=1)


class _Moments:
    """How many vectors there were, their mean and their covariance, from float64 sums."""

    def __init__(self, length: int) -> None:
        self.n = 0
        self._sum = torch.zeros(length, dtype=torch.float64)
        self._products = torch.zeros(length, length, dtype=torch.float64)

    def add(self, vectors: Tensor) -> None:
        """Counts vectors (n, length)."""
        self.n += len(vectors)
        self._sum += vectors.sum(0)
        self._products.addmm_(vectors.T, vectors)

    @property
    def mean(self) -> Tensor:
        """(length,)."""
        return self._sum / self.n

    @property
    def covariance(self) -> Tensor:
        """(length, length), of at least two vectors."""
        return (self._products - self.n * torch.outer(self.mean, self.mean)) / (self.n - 1)
