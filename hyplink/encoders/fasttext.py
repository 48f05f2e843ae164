"""The fastText encoder: weighted means of the word vectors of the mention, its left and its right context."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders.passage import Passage, words_of
from hyplink.encoders.vector_files import open_vectors
from hyplink.encoders.word_vectors import VECTORS, Vector, WordVectors
from hyplink.errors import RunError
from hyplink.run.files import sha256_of

MAX_CACHED_WORDS = 200_000
"""Maximum number of words whose normalised vectors are cached."""


class FastTextEncoder:
    """Encodes a passage as three blocks (mention, left context, right context) of normalised mean word vectors.

    Context words are weighted by smooth inverse frequency (SIF; Arora et al. 2017, A Simple but Tough-to-Beat Baseline
    for Sentence Embeddings) and by 1/(1 + i/5) for the i-th word from the mention, counted from 0.

    Args:
        vectors: the word vectors.
        window: number of context words on each side.
        reference: the file of the word vectors, whose path and hash `save` stores instead of a copy of the vectors.
    """

    def __init__(self, vectors: WordVectors, window: int, reference: Path | None = None) -> None:
        self.vectors = vectors
        self.window = window
        self._reference = reference
        self._units: dict[str, Vector] = {}

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> "FastTextEncoder":
        """The encoder that `save` wrote to a folder.

        Raises:
            RunError: the file of word vectors is missing or damaged or, if it is kept by reference, has changed.
        """
        if not settings["by_reference"]:
            return cls(WordVectors.open(folder / VECTORS), settings["window"])
        source = Path(settings["vectors"])
        if not source.is_file():
            raise RunError(
                f"{source}: the file of word vectors is missing; restore it, or re-run `hyplink encode RUN --force`"
            )
        if sha256_of(source) != settings["sha256"]:
            raise RunError(
                f"{source}: the word vectors have changed since they were used; re-run `hyplink encode RUN --force`"
            )
        return cls(open_vectors(source), settings["window"], source)

    @property
    def dim(self) -> int:
        """Three times the dimension of the word vectors."""
        return 3 * self.vectors.dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """Lengths of the blocks of mention, left and right context: the dimension of the word vectors each."""
        return (self.vectors.dim,) * 3

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors, float32 (n, 3·d), of n passages, where d is the dimension of the word vectors."""
        rows = np.zeros((len(passages), 3, self.vectors.dim), np.float32)
        for row, passage in zip(rows, passages, strict=True):
            row[0] = self._mean([(self.unit_vector(word), 1.0) for word in self.words(passage.mention)])
            left, right = self.context_words(passage)
            row[1] = self._mean(list(self._weighted(reversed(left))))
            row[2] = self._mean(list(self._weighted(iter(right))))
        return rows.reshape(len(passages), self.dim)

    def topics(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The topic vectors, float32 (n, d): normalised means of word vectors, weighted by smooth inverse frequency."""
        rows = np.zeros((len(texts), self.vectors.dim), np.float32)
        for row, text in zip(rows, texts, strict=True):
            counts = Counter(word for word in self.words(text) if word.isalpha())
            row[:] = self._mean([(self.unit_vector(word), n * self.vectors.weight(word)) for word, n in counts.items()])
        return rows

    def save(self, folder: Path) -> None:
        """Writes `encoder.json` and, unless they are kept by reference, a copy of the word vectors."""
        settings = self.save_vectors(folder)
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def save_vectors(self, folder: Path) -> dict[str, Any]:
        """Writes the word vectors unless they are kept by reference; returns the settings for `encoder.json`."""
        settings: dict[str, Any] = {
            "encoder": "fasttext",
            "blocks": self.blocks,
            "window": self.window,
            "by_reference": self._reference is not None,
        }
        if self._reference:
            settings |= {"vectors": str(self._reference.resolve()), "sha256": sha256_of(self._reference)}
        else:
            self.vectors.save(folder / VECTORS)
        return settings

    def context_words(self, passage: Passage) -> tuple[list[str], list[str]]:
        """The words in the window to the left and to the right of a mention, in text order."""
        left, right = self.words(passage.left), self.words(passage.right)
        return left[max(0, len(left) - self.window) :], right[: self.window]

    def words(self, text: str) -> list[str]:
        """The words of a text, lower-cased if the word vectors are those of lower-cased text."""
        return words_of(text.lower() if self.vectors.lowercase else text)

    def _weighted(self, words: Iterator[str]) -> Iterator[tuple[Vector, float]]:
        """Vectors and weights of the words of one side, given in order of their distance from the mention."""
        for distance, word in enumerate(words):
            yield self.unit_vector(word), self.vectors.weight(word) / (1 + distance / 5)

    def _mean(self, weighted: list[tuple[Vector, float]]) -> Vector:
        """The normalised weighted mean (d,) of vectors; zeros if there are none."""
        if not weighted:
            return np.zeros(self.vectors.dim, np.float32)
        weights = np.array([weight for _, weight in weighted], np.float32)
        total: Vector = weights @ np.array([vector for vector, _ in weighted])
        norm = np.float32(np.linalg.norm(total))
        return total / norm if norm > 0 else total

    def unit_vector(self, word: str) -> Vector:
        """The normalised vector (d,) of a word, or zeros; rare words have short vectors, which must count as much.

        Raises:
            RunError: the vector is not finite.
        """
        unit = self._units.get(word)
        if unit is None:
            vector = self.vectors.vector(word)
            norm = np.float32(np.linalg.norm(vector))
            if not np.isfinite(norm):
                raise RunError(f"the vector of the word {word!r} is not finite; give other vectors, and encode again")
            unit = vector / norm if norm > 0 else vector
            if len(self._units) < MAX_CACHED_WORDS:
                self._units[word] = unit
        return unit
