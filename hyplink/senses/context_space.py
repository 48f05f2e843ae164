"""The space of context vectors: centred, and whitened by the variation within words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores

Vectors = NDArray[np.float32]

RIDGE = 0.1
"""Added to each variance, as a share of the mean variance, so that directions with little variation stay small."""


@dataclass(frozen=True)
class ContextSpace:
    """The space in which contexts of words are compared by cosine.

    Context vectors are centred and whitened by the covariance within words, which is the metric of Fisher's linear
    discriminant: a direction in which the contexts of every word vary widely does not separate senses.

    Attributes:
        blocks: the lengths of a vector's parts: the mention's own, then those of its context, which are equally long.
        centre: mean context vector, (d,).
        matrix: whitening matrix, (d, d).
    """

    blocks: Sequence[int]
    centre: Vectors
    matrix: Vectors

    @classmethod
    def from_uses(cls, vectors: Vectors, words: Indices, blocks: Sequence[int]) -> "ContextSpace":
        """The space estimated from uses of words.

        Args:
            vectors: the encoder's vectors of the uses, (n, dim).
            words: a number for the word of each, int64 (n,).
            blocks: the lengths of a vector's parts.
        """
        length = blocks[1]
        space = cls(list(blocks), np.zeros(length, np.float32), np.eye(length, dtype=np.float32))
        if not len(vectors):
            return space
        contexts = space._sums(vectors)
        centre = contexts.mean(0)
        return replace(space, centre=centre, matrix=_whitening(_centred(contexts, centre), words))

    def of_uses(self, vectors: Vectors) -> Vectors:
        """The context vectors of encoded uses, unit length (n, d); zeros for a use without context."""
        return unit(_centred(self._sums(vectors), self.centre) @ self.matrix)

    def of_glosses(self, vectors: Vectors) -> Vectors:
        """The vectors of encoded glosses, unit length (n, d), with a centre of their own: they are no running text."""
        glosses = self._sums(vectors)
        return unit(_centred(glosses, glosses.mean(0)) @ self.matrix)

    def _sums(self, vectors: Vectors) -> Vectors:
        """The sum of a vector's context blocks (n, d)."""
        own, *context = self.blocks
        sums: Vectors = vectors[:, own:].reshape(len(vectors), len(context), context[0]).sum(1)
        return sums


def unit(vectors: Vectors) -> Vectors:
    """The vectors (n, d) scaled to length 1; zero vectors stay."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return scaled


def directions(vectors: Vectors, groups: Indices, n_groups: int) -> Vectors:
    """The mean of each group's vectors, scaled to length 1, (n_groups, d); zeros for an empty group."""
    sums = np.zeros((n_groups, vectors.shape[1]), np.float32)
    np.add.at(sums, groups, vectors)
    return unit(sums)


def cosines(left: Vectors, right: Vectors, rows: Indices, columns: Indices) -> Scores:
    """The cosine of pairs of rows of two sets of unit vectors, float64 (c,); 0 for a zero vector."""
    products: Scores = np.einsum("cd,cd->c", left[rows], right[columns]).astype(np.float64)
    return products


def _centred(contexts: Vectors, centre: Vectors) -> Vectors:
    return unit(np.where(contexts.any(1, keepdims=True), contexts - centre, 0))


def _whitening(contexts: Vectors, words: Indices) -> Vectors:
    """The matrix (d, d) that whitens the covariance within words, up to the ridge."""
    words = np.unique(words, return_inverse=True)[1]
    sums = np.zeros((words.max() + 1, contexts.shape[1]), np.float32)
    np.add.at(sums, words, contexts)
    differences = contexts - (sums / np.bincount(words)[:, None])[words]
    variances, axes = np.linalg.eigh((differences.T @ differences / len(differences)).astype(np.float64))
    scale = (np.maximum(variances, 0) + RIDGE * max(variances.mean(), 1e-12)) ** -0.5
    matrix: Vectors = (axes * scale).astype(np.float32)
    return matrix
