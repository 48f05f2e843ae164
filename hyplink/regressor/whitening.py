"""Whitening of mention vectors: zero mean and, up to a ridge, identity covariance."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

CONTEXT_SCALE = 0.3
"""Factor of whitened context blocks: the mention itself is the stronger evidence."""

RIDGE = 1e-3
"""Added to each variance, relative to the largest variance, so that directions of pure noise are not amplified."""


class Whitening(nn.Module):
    """Whitens each block of a vector (mention, left context, right context) separately.

    Word vectors have a large common mean and an anisotropic covariance, especially if they are trained on little text.
    Each block x becomes (x − mean)·Σ^(−1/2), where Σ is the covariance of the block over the training examples, shrunk
    towards a multiple of the identity and with a ridge (ZCA whitening; Kessy, Lewin & Strimmer 2018, Optimal Whitening
    and Decorrelation). The fewer the examples, the more it is shrunk: in the directions in which a few examples happen
    not to differ, new ones do. Context blocks are then scaled by `CONTEXT_SCALE`. A block of zeros, which stands for a
    missing context, stays zero.

    Args:
        blocks: lengths of the blocks, in order.
    """

    def __init__(self, blocks: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = blocks
        for number, length in enumerate(blocks):
            self.register_buffer(f"mean_{number}", torch.zeros(length))
            self.register_buffer(f"matrix_{number}", torch.eye(length))

    def fit(self, batches: Iterable[Tensor]) -> None:
        """Estimates means and whitening matrices; rows whose block is zero are left out for that block.

        Args:
            batches: vectors (n, dim), or (n, blocks[0]) of names, which have no context.
        """
        all_moments = [_Moments(length) for length in self.blocks]
        for batch in batches:
            for moments, block in zip(all_moments, self._split(batch), strict=False):
                moments.add(block[block.any(dim=1)].double())
        for number, moments in enumerate(all_moments):
            if moments.n < 2:
                continue
            variances, directions = torch.linalg.eigh(moments.shrunk_covariance)
            scale = (variances.clamp_min(0) + RIDGE * variances.max().clamp_min(1e-12)).rsqrt()
            self.get_buffer(f"mean_{number}").copy_(moments.mean)
            self.get_buffer(f"matrix_{number}").copy_(
                (directions * scale) @ directions.T * (CONTEXT_SCALE if number else 1.0)
            )

    def forward(self, vectors: Tensor) -> Tensor:
        """Whitened vectors (n, dim), or (n, blocks[0]) of vectors without context blocks."""
        whitened = []
        for number, block in enumerate(self._split(vectors)):
            centred = block - self.get_buffer(f"mean_{number}")
            present = block.any(dim=1, keepdim=True)
            whitened.append(torch.where(present, centred @ self.get_buffer(f"matrix_{number}"), 0.0))
        return torch.cat(whitened, dim=1)

    def _split(self, vectors: Tensor) -> tuple[Tensor, ...]:
        """The blocks of vectors (n, dim), or the only block of vectors (n, blocks[0])."""
        lengths = self.blocks[:1] if vectors.shape[1] == self.blocks[0] else self.blocks
        return torch.split(vectors, list(lengths), dim=1)


class _Moments:
    """Number, mean and covariance of vectors, accumulated in float64."""

    def __init__(self, length: int) -> None:
        self.n = 0
        self._sum = torch.zeros(length, dtype=torch.float64)
        self._products = torch.zeros(length, length, dtype=torch.float64)

    def add(self, vectors: Tensor) -> None:
        """Adds vectors (n, length)."""
        self.n += len(vectors)
        self._sum += vectors.sum(0)
        self._products.addmm_(vectors.T, vectors)

    @property
    def mean(self) -> Tensor:
        """The mean, (length,)."""
        return self._sum / self.n

    @property
    def covariance(self) -> Tensor:
        """The covariance, (length, length); undefined for fewer than two vectors."""
        return (self._products - self.n * torch.outer(self.mean, self.mean)) / (self.n - 1)

    @property
    def shrunk_covariance(self) -> Tensor:
        """The covariance shrunk towards a multiple of the identity, (length, length).

        The share of the identity is that of the oracle approximating shrinkage (Chen, Wiesel, Eldar & Hero 2010,
        Shrinkage Algorithms for MMSE Covariance Estimation, equation 23).
        """
        covariance, length = self.covariance, len(self._sum)
        variance = covariance.diagonal().mean()
        squares = (covariance**2).mean()
        spread = squares - variance**2 / length  # 0 if the covariance is a multiple of the identity
        share = (squares + variance**2) / ((self.n + 1) * spread)
        share = share.nan_to_num(1.0).clamp(max=1.0)
        return torch.lerp(covariance, variance * torch.eye(length, dtype=torch.float64), share)
