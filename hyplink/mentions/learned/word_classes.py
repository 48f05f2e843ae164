"""Word classes: clusters of word vectors, so that what is learned for one word applies to similar ones.

Words are clustered by k-means on their vectors, coarsely and finely. Words unseen in training have classes too.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders import Encoder, Passage

SIZES = (64, 512)
"""Number of classes of the coarse and of the fine clustering."""


class WordClasses:
    """Assigns words to classes.

    Args:
        encoder: gives words their vectors.
        centres: cluster centres of each clustering, float32 (classes, dim).
    """

    def __init__(self, encoder: Encoder, centres: Sequence[NDArray[np.float32]]) -> None:
        self.centres = tuple(centres)
        self._encoder = encoder

    @classmethod
    def from_words(cls, words: Iterable[str], encoder: Encoder, seed: int) -> "WordClasses":
        """The classes found by clustering the vectors of some words."""
        vectors = _vectors(sorted(set(words)), encoder)
        return cls(encoder, [_centres(vectors, size, seed) for size in SIZES])

    def classes(self, words: Sequence[str]) -> list[tuple[int, ...]]:
        """The class of each word in each clustering; words are given in lower case."""
        vectors = _vectors(words, self._encoder)
        return list(zip(*(_nearest(vectors, centres) for centres in self.centres), strict=True))


def _vectors(words: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
    vectors: NDArray[np.float32] = encoder.encode([Passage(word) for word in words])[:, : encoder.blocks[0]]
    return vectors


def _centres(vectors: NDArray[np.float32], size: int, seed: int) -> NDArray[np.float32]:
    from sklearn.cluster import MiniBatchKMeans  # not needed for linking

    means = MiniBatchKMeans(min(size, len(vectors)), random_state=seed, n_init=1, batch_size=2048).fit(vectors)
    centres: NDArray[np.float32] = means.cluster_centers_.astype(np.float32)
    return centres


def _nearest(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> list[int]:
    nearest: list[int] = (2 * vectors @ centres.T - (centres**2).sum(1)).argmax(1).tolist()
    return nearest
