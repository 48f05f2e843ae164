"""The fastText encoder: means of word vectors, of the mention and of the context to its left and right."""

import json
import shutil
from collections.abc import Iterator, Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders.passage import Passage, words_of
from hyplink.encoders.word_vectors import FastTextModel, Vector, VectorTable, open_vectors
from hyplink.errors import RunError

CACHED_WORDS = 200_000


class FastTextEncoder:
    """Encodes a passage as (mention, left, right), each the unit-length mean of its word vectors.

    Words of the context weigh less the more frequent they are (SIF, Arora et al. 2017) and the farther they stand
    from the mention.

    Args:
        vectors: the word vectors.
        source: the file that they came from, which `save` copies or refers to.
        window: words of context on each side.
        by_reference: `save` keeps path and hash of the file instead of a copy.
    """

    def __init__(self, vectors: FastTextModel | VectorTable, source: Path, window: int, by_reference: bool) -> None:
        self._vectors = vectors
        self.source = source
        self.window = window
        self._by_reference = by_reference
        self._units: dict[str, Vector] = {}

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> "FastTextEncoder":
        """The encoder that `save` wrote to a folder.

        Raises:
            RunError: vectors kept by reference are gone or have changed.
        """
        source = Path(settings["vectors"])
        if settings["by_reference"]:
            if not source.is_file():
                raise RunError(f"{source}: the word vectors of this run are gone; put them back or encode again")
            if _sha256(source) != settings["sha256"]:
                raise RunError(f"{source}: the word vectors have changed since this run was encoded; encode again")
        else:
            source = folder / source
        return cls(open_vectors(source), source, settings["window"], settings["by_reference"])

    @property
    def dim(self) -> int:
        """Three times the length of a word vector."""
        return 3 * self._vectors.dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """Mention, left context and right context, each as long as a word vector."""
        return (self._vectors.dim,) * 3

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors (n, 3·d) of n passages, where d is the length of a word vector."""
        rows = np.zeros((len(passages), 3, self._vectors.dim), np.float32)
        for row, passage in zip(rows, passages, strict=True):
            row[0] = self._mean([(self.unit(word), 1.0) for word in self.words(passage.mention)])
            left, right = self.context(passage)
            row[1] = self._mean(list(self._weighted(reversed(left))))
            row[2] = self._mean(list(self._weighted(iter(right))))
        return rows.reshape(len(passages), self.dim)

    def save(self, folder: Path) -> None:
        """Writes `encoder.json` and, unless they are kept by reference, the word vectors."""
        settings = self.saved(folder)
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def saved(self, folder: Path) -> dict[str, Any]:
        """Writes the word vectors, unless they are kept by reference; gives the settings for `encoder.json`."""
        settings: dict[str, Any] = {
            "encoder": "fasttext",
            "blocks": self.blocks,
            "window": self.window,
            "by_reference": self._by_reference,
        }
        if self._by_reference:
            settings |= {"vectors": str(self.source.resolve()), "sha256": _sha256(self.source)}
        else:
            target = folder / f"vectors{self.source.suffix}"
            if target != self.source:
                shutil.copyfile(self.source, target)
            settings["vectors"] = target.name
        return settings

    def context(self, passage: Passage) -> tuple[list[str], list[str]]:
        """The words of the window to the left and to the right of a mention, in text order."""
        left, right = self.words(passage.left), self.words(passage.right)
        return left[max(0, len(left) - self.window) :], right[: self.window]

    def words(self, text: str) -> list[str]:
        """The words of a text as the vectors know them."""
        return words_of(text.lower() if self._vectors.lowercase else text)

    def _weighted(self, words: Iterator[str]) -> Iterator[tuple[Vector, float]]:
        """The words of one side, nearest first, with weights that fall with frequency and with distance."""
        for distance, word in enumerate(words):
            yield self.unit(word), self._vectors.weight(word) / (1 + distance / 5)

    def _mean(self, weighted: list[tuple[Vector, float]]) -> Vector:
        if not weighted:
            return np.zeros(self._vectors.dim, np.float32)
        weights = np.array([weight for _, weight in weighted], np.float32)
        total: Vector = weights @ np.array([vector for vector, _ in weighted])
        norm = np.float32(np.linalg.norm(total))
        return total / norm if norm > 0 else total

    def unit(self, word: str) -> Vector:
        """The vector of a word at unit length, so that a rare word with a short vector counts as much as any."""
        unit = self._units.get(word)
        if unit is None:
            vector = self._vectors.vector(word)
            norm = np.float32(np.linalg.norm(vector))
            unit = vector / norm if norm > 0 else vector
            if len(self._units) < CACHED_WORDS:
                self._units[word] = unit
        return unit


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
