"""The recursive encoder: merges the word vectors of the mention and of each context with a recursive autoencoder."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save

from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.merge_tree import MergeTree, tree_of
from hyplink.encoders.merging import Composer, Merge, merge_greedily
from hyplink.encoders.passage import Passage
from hyplink.encoders.word_vectors import Vector
from hyplink.errors import RunError
from hyplink.run.array_files import read_tensors

MAX_WORDS = 64
"""Maximum number of words of a text that are merged; names are shorter."""

PAIRS_PER_BATCH = 8192
"""Pairs of nodes scored together, to bound memory."""

WEIGHTS = "recursive.safetensors"

FORMER_NAMES = {"joining": "encoder", "parting": "decoder"}
"""Names of the autoencoder's layers in runs of earlier versions, and their present names."""

Words = tuple[str, ...]


class RecursiveEncoder:
    """Encodes a passage as three blocks (mention, left context, right context), the roots of their merge trees.

    Computations are in float64, so that the merges of a text do not depend on the other texts of its batch.

    Args:
        words: gives the words of a passage and their vectors.
        composer: the autoencoder.
        merge: which pairs may be merged; see `merge_greedily`.
    """

    def __init__(self, words: FastTextEncoder, composer: Composer, merge: Merge) -> None:
        self._words = words
        self.composer = composer.double().requires_grad_(False)
        self.merge = merge
        self.window = words.window

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> "RecursiveEncoder":
        """The encoder that `save` wrote to a folder.

        Raises:
            RunError: a file is missing or damaged, or the file of word vectors kept by reference has changed.
        """
        words = FastTextEncoder.load(folder, settings)
        composer = Composer(words.blocks[0], settings.get("merge_error", "weighted"))
        try:
            composer.load_state_dict(_renamed(read_tensors(folder / WEIGHTS)))
        except RuntimeError as error:
            reason = " ".join(str(error).split())
            raise RunError(
                f"{folder / WEIGHTS}: cannot be read ({reason}); re-run `hyplink encode RUN --force`"
            ) from error
        return cls(words, composer, settings["merge"])

    @property
    def dim(self) -> int:
        """Three times the dimension of the word vectors."""
        return self._words.dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """Lengths of the blocks of mention, left and right context: the dimension of the word vectors each."""
        return self._words.blocks

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors, float32 (n, 3·d), of n passages, where d is the dimension of the word vectors."""
        parts = [part for passage in passages for part in self._parts(passage)]
        vector_of = self._root_vectors(set(parts))
        rows = np.zeros((len(parts), self.blocks[0]), np.float32)
        for row, part in zip(rows, parts, strict=True):
            row[:] = vector_of[part]
        return rows.reshape(len(passages), self.dim)

    def topics(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The topic vectors, float32 (n, d), of n texts: weighted means of their word vectors, without merging."""
        return self._words.topics(texts)

    def merge_tree(self, text: str) -> MergeTree | None:
        """The merge tree of the first `MAX_WORDS` words of a text that have a vector; None if there are none."""
        words = self._with_vectors(self._words.words(text))
        if not words:
            return None
        with torch.no_grad():
            result = merge_greedily(self.composer, self._vectors([words]), self.merge)
        return tree_of(words, result.pairs[0].tolist(), result.errors[0].tolist())

    def save(self, folder: Path) -> None:
        """Writes `encoder.json`, the weights and, unless they are kept by reference, a copy of the word vectors."""
        settings = {
            **self._words.save_vectors(folder),
            "encoder": "recursive",
            "merge": self.merge,
            "merge_error": self.composer.merge_error,
        }
        (folder / WEIGHTS).write_bytes(save(self.composer.state_dict()))
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def _parts(self, passage: Passage) -> tuple[Words, Words, Words]:
        """The words with vectors of the mention, the left and the right context."""
        left, right = self._words.context_words(passage)
        mention = self._words.words(passage.mention)
        return self._with_vectors(mention), self._with_vectors(left), self._with_vectors(right)

    def _with_vectors(self, words: Iterable[str]) -> Words:
        """The first `MAX_WORDS` words that have a vector."""
        return tuple(word for word in words if self._words.unit_vector(word).any())[:MAX_WORDS]

    @torch.no_grad()
    def _root_vectors(self, texts: Iterable[Words]) -> dict[Words, Vector]:
        """The root vector (d,) of each text; zeros for the empty text. Texts of equal length are merged together."""
        by_length = defaultdict(list)
        for text in sorted(texts):
            by_length[len(text)].append(text)
        vector_of: dict[Words, Vector] = {(): np.zeros(self.blocks[0], np.float32)}
        for length, of_length in by_length.items():
            batch_size = max(1, PAIRS_PER_BATCH // max(1, length**2))
            for start in range(0, len(of_length) if length else 0, batch_size):
                batch = of_length[start : start + batch_size]
                roots = merge_greedily(self.composer, self._vectors(batch), self.merge).vectors.float().numpy()
                vector_of.update(zip(batch, roots, strict=True))
        return vector_of

    def _vectors(self, texts: Sequence[Words]) -> torch.Tensor:
        """The word vectors, float64 (B, n, d), of B texts of n words."""
        units = np.stack([self._words.unit_vector(word) for text in texts for word in text])
        return torch.from_numpy(units).double().reshape(len(texts), -1, units.shape[1])


def _renamed(weights: dict[str, NDArray[Any]]) -> dict[str, torch.Tensor]:
    """Weights of any version, with the present names of the layers."""
    parts = {name: name.partition(".") for name in weights}
    return {
        FORMER_NAMES.get(layer, layer) + dot + rest: torch.from_numpy(weights[name])
        for name, (layer, dot, rest) in parts.items()
    }
