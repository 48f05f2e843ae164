"""Classes of words that the encoder finds alike, so that what is learned of one word holds for its like.

Words are dealt out by k-means on their vectors, once into few classes and once into many: words that training never
saw have classes too.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders import Encoder, Passage

SIZES = (64, 512)
"""How many classes there are, in the coarse division and in the fine one."""


class WordClasses:
    """The classes of words.

    Args:
        encoder: gives words their vectors.
        centres: of the classes of each division, float32 (classes, dim).
    """

    def __init__(self, encoder: Encoder, centres: Sequence[NDArray[np.float32]]) -> None:
        self.centres = tuple(centres)
        self._encoder = encoder

    @classmethod
    def from_words(cls, words: Iterable[str], encoder: Encoder, seed: int) -> "WordClasses":
        """The classes that the vectors of some words fall into."""
        vectors = _vectors(sorted(set(words)), encoder)
        return cls(encoder, [_centres(vectors, size, seed) for size in SIZES])

    def classes(self, words: Sequence[str]) -> list[tuple[int, ...]]:
        """The class of each word in each division; words are given in lower case."""
        vectors = _vectors(words, self._encoder)
        return list(zip(*(_nearest(vectors, centres) for centres in self.centres), strict=True))


def _vectors(words: Sequence[str], encoder: Encoder) -> NDArray[np.float32]:
    vectors: NDArray[np.float32] = encoder.encode([Passage(word) for word in words])[:, : encoder.blocks[0]]
    return vectors


def _centres(vectors: NDArray[np.float32], size: int, seed: int) -> NDArray[np.float32]:
    from sklearn.cluster import MiniBatchKMeans  # linking does without it

    means = MiniBatchKMeans(min(size, len(vectors)), random_state=seed, n_init=1, batch_size=2048).fit(vectors)
    centres: NDArray[np.float32] = means.cluster_centers_.astype(np.float32)
    return centres


def _nearest(vectors: NDArray[np.float32], centres: NDArray[np.float32]) -> list[int]:
    nearest: list[int] = (2 * vectors @ centres.T - (centres**2).sum(1)).argmax(1).tolist()
    return nearest
