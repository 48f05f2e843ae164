"""The vectors of all names as they were last encoded, and the contrastive loss against them.

Every other name of the ontology is a negative, so the hardest ones always take part, without being encoded for it:
cross-batch memory (Wang et al. 2020, Cross-Batch Memory for Embedding Learning). Names of the batch itself enter with
their present vectors, through which gradients flow.
"""

import torch
from torch import Tensor


class NameBank:
    """The vectors of names.

    Args:
        vectors: of the names, of length 1, float32 (n_names, d).
        rows: the name of each (name, concept) pair, int64 (p,).
        concepts: the concept of each pair, int64 (p,).
        left_out: whether each name takes no part as a neighbour, bool (n_names,).
    """

    def __init__(self, vectors: Tensor, rows: Tensor, concepts: Tensor, left_out: Tensor) -> None:
        self.vectors = vectors
        device = vectors.device
        self._rows, self._concepts = rows.to(device), concepts.to(device)
        self.left_out = left_out.to(device)

    @torch.no_grad()
    def replace(self, names: Tensor, vectors: Tensor) -> None:
        """Stores the present vectors (n, d) of some names, int64 (n,)."""
        self.vectors[names] = vectors.detach().to(self.vectors.dtype)

    def loss(self, vectors: Tensor, passages: Tensor, concepts: Tensor, temperature: float) -> Tensor:
        """The mean over passages of −log the share of their concepts' names in a softmax over all other names, ().

        The logits are cosines divided by the temperature. Passages whose concept has no other name are left out.

        Args:
            vectors: of the passages of a batch, of length 1, (B, d).
            passages: the row of each; rows below the number of names are names, int64 (B,).
            concepts: the concept of each, int64 (B,).
            temperature: τ.
        """
        is_name = passages < len(self.vectors)
        keys = self.vectors.index_put((passages[is_name],), vectors[is_name])  # (n_names, d)
        logits = (vectors @ keys.T)[:, self._rows] / temperature  # (B, p)
        is_self = passages[:, None] == self._rows
        is_same = (concepts[:, None] == self._concepts) & ~is_self
        ignored = is_self | self.left_out[self._rows]
        positive = is_same & ~ignored
        has_positive = positive.any(1)
        if not has_positive.any():
            return vectors.sum() * 0.0
        log_all = logits.masked_fill(ignored, -torch.inf).logsumexp(1)[has_positive]
        log_positive = logits.masked_fill(~positive, -torch.inf)[has_positive].logsumexp(1)
        return (log_all - log_positive).mean()
