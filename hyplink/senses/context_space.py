"""Contexts made comparable: what all of them share is taken away, and what differs by chance counts little."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores

Vectors = NDArray[np.float32]

RIDGE = 0.1
"""Added to each variance, as a share of their mean: directions that hardly vary are not blown up."""


@dataclass(frozen=True)
class ContextSpace:
    """Where the contexts of words are compared by their cosine.

    Contexts are centred and whitened by how those of one and the same word differ, which is the metric of Fisher's
    linear discriminant: a direction in which all contexts vary greatly tells little of senses.

    Attributes:
        blocks: the lengths of a vector's parts: the mention's own, then those of its context, which are equally long.
        centre: of contexts, (d,).
        matrix: by which they are whitened, (d, d).
    """

    blocks: Sequence[int]
    centre: Vectors
    matrix: Vectors

    @classmethod
    def from_uses(cls, vectors: Vectors, words: Indices, blocks: Sequence[int]) -> "ContextSpace":
        """The space that uses of words show.

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
        """The contexts of encoded uses as unit vectors (n, d); one that is not there is a vector of zeros."""
        return unit(_centred(self._sums(vectors), self.centre) @ self.matrix)

    def of_glosses(self, vectors: Vectors) -> Vectors:
        """Encoded glosses as unit vectors (n, d), centred by themselves: they are worded unlike other texts."""
        glosses = self._sums(vectors)
        return unit(_centred(glosses, glosses.mean(0)) @ self.matrix)

    def _sums(self, vectors: Vectors) -> Vectors:
        """The sum of the context's parts (n, d)."""
        own, *context = self.blocks
        sums: Vectors = vectors[:, own:].reshape(len(vectors), len(context), context[0]).sum(1)
        return sums


def unit(vectors: Vectors) -> Vectors:
    """The vectors (n, d) at length 1; zeros stay."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return scaled


def directions(vectors: Vectors, groups: Indices, n_groups: int) -> Vectors:
    """The direction of each group's mean (n_groups, d); zeros for a group without vectors."""
    sums = np.zeros((n_groups, vectors.shape[1]), np.float32)
    np.add.at(sums, groups, vectors)
    return unit(sums)


def cosines(left: Vectors, right: Vectors, rows: Indices, columns: Indices) -> Scores:
    """The cosine of each pair of rows of unit vectors, float64 (c,); 0 where one is zero."""
    products: Scores = np.einsum("cd,cd->c", left[rows], right[columns]).astype(np.float64)
    return products


def _centred(contexts: Vectors, centre: Vectors) -> Vectors:
    return unit(np.where(contexts.any(1, keepdims=True), contexts - centre, 0))


def _whitening(contexts: Vectors, words: Indices) -> Vectors:
    """The matrix (d, d) after which the contexts of one word vary alike in all directions."""
    words = np.unique(words, return_inverse=True)[1]
    sums = np.zeros((words.max() + 1, contexts.shape[1]), np.float32)
    np.add.at(sums, words, contexts)
    differences = contexts - (sums / np.bincount(words)[:, None])[words]
    variances, axes = np.linalg.eigh((differences.T @ differences / len(differences)).astype(np.float64))
    scale = (np.maximum(variances, 0) + RIDGE * max(variances.mean(), 1e-12)) ** -0.5
    matrix: Vectors = (axes * scale).astype(np.float32)
    return matrix
