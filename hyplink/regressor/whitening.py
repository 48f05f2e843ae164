"""Whitening: vectors with their common part taken away and every direction spread alike."""

import numpy as np
import torch
from numpy.typing import NDArray
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

    def fit(self, vectors: NDArray[np.float32]) -> None:
        """Learns means and matrices from vectors (n, dim); rows whose block is zero do not count for that block."""
        for number, block in enumerate(torch.split(torch.from_numpy(vectors), list(self.blocks), dim=1)):
            present = block[block.any(dim=1)].double()
            if len(present) < 2:
                continue
            mean = present.mean(0)
            variances, directions = torch.linalg.eigh(torch.cov(present.T))
            scale = (variances.clamp_min(0) + RIDGE * variances.max().clamp_min(1e-12)).rsqrt()
            self.get_buffer(f"mean_{number}").copy_(mean)
            self.get_buffer(f"matrix_{number}").copy_(
                (directions * scale) @ directions.T * (CONTEXT_SCALE if number else 1.0)
            )

    def forward(self, vectors: Tensor) -> Tensor:
        """Whitened vectors (n, dim)."""
        whitened = []
        for number, block in enumerate(torch.split(vectors, list(self.blocks), dim=1)):
            centred = block - self.get_buffer(f"mean_{number}")
            present = block.any(dim=1, keepdim=True)
            whitened.append(torch.where(present, centred @ self.get_buffer(f"matrix_{number}"), 0.0))
        return torch.cat(whitened, dim=1)
