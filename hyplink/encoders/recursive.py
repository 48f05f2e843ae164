"""The recursive encoder: word vectors of the mention, and of each side of it, merged greedily into one vector."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.merge_tree import MergeTree, tree_of
from hyplink.encoders.merging import Composer, Merge, merged
from hyplink.encoders.passage import Passage
from hyplink.encoders.word_vectors import Vector
from hyplink.errors import RunError

MOST_WORDS = 64
"""Words of a text that are merged; names are shorter."""

PAIRS_AT_A_TIME = 8192
"""Pairs of nodes that are scored together, which bounds the memory."""

WEIGHTS = "recursive.safetensors"

Words = tuple[str, ...]


class RecursiveEncoder:
    """Encodes a passage as (mention, left, right), each the root of the tree of its merged word vectors.

    Computed in float64, so that a text is merged the same way alone and among others.

    Args:
        words: gives the word vectors and knows what to read.
        composer: merges two vectors into one.
        merge: which pairs may be merged.
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
            RunError: a file is missing, damaged or has changed since.
        """
        words = FastTextEncoder.load(folder, settings)
        composer = Composer(words.blocks[0])
        try:
            composer.load_state_dict(load_file(folder / WEIGHTS))
        except (OSError, RuntimeError, SafetensorError) as error:
            reason = " ".join(str(error).split())
            raise RunError(f"{folder / WEIGHTS}: cannot be read ({reason}); run `hyplink encode --force`") from error
        return cls(words, composer, settings["merge"])

    @property
    def dim(self) -> int:
        """Three times the length of a word vector."""
        return self._words.dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """Mention, left context and right context, each as long as a word vector."""
        return self._words.blocks

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors (n, 3·d) of n passages, where d is the length of a word vector."""
        parts = [part for passage in passages for part in self._parts(passage)]
        vector_of = self._merged(set(parts))
        rows = np.zeros((len(parts), self.blocks[0]), np.float32)
        for row, part in zip(rows, parts, strict=True):
            row[:] = vector_of[part]
        return rows.reshape(len(passages), self.dim)

    def merge_tree(self, text: str) -> MergeTree | None:
        """How the words of a text are merged, its first `MOST_WORDS`; None where no vector is known of any."""
        known = self._known(self._words.words(text))
        if not known:
            return None
        with torch.no_grad():
            found = merged(self.composer, self._vectors([known]), self.merge)
        return tree_of(known, found.pairs[0].tolist(), found.errors[0].tolist())

    def save(self, folder: Path) -> None:
        """Writes `encoder.json`, the weights and, unless they are kept by reference, the word vectors."""
        settings = {**self._words.saved(folder), "encoder": "recursive", "merge": self.merge}
        save_file(self.composer.state_dict(), folder / WEIGHTS)
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def _parts(self, passage: Passage) -> tuple[Words, Words, Words]:
        """The words of the mention, and those of the window to its left and right, that have a vector."""
        left, right = self._words.context(passage)
        return self._known(self._words.words(passage.mention)), self._known(left), self._known(right)

    def _known(self, words: Iterable[str]) -> Words:
        return tuple(word for word in words if self._words.unit(word).any())[:MOST_WORDS]

    @torch.no_grad()
    def _merged(self, texts: Iterable[Words]) -> dict[Words, Vector]:
        """The vector (d,) of each text, those of as many words together; zeros of no words."""
        of_length = defaultdict(list)
        for text in sorted(texts):
            of_length[len(text)].append(text)
        vector_of: dict[Words, Vector] = {(): np.zeros(self.blocks[0], np.float32)}
        for length, alike in of_length.items():
            at_a_time = max(1, PAIRS_AT_A_TIME // max(1, length**2))
            for at in range(0, len(alike) if length else 0, at_a_time):
                block = alike[at : at + at_a_time]
                roots = merged(self.composer, self._vectors(block), self.merge).vectors.float().numpy()
                vector_of.update(zip(block, roots, strict=True))
        return vector_of

    def _vectors(self, texts: Sequence[Words]) -> torch.Tensor:
        """The word vectors, float64 (B, n, d), of B texts of n words."""
        units = np.stack([self._words.unit(word) for text in texts for word in text])
        return torch.from_numpy(units).double().reshape(len(texts), -1, units.shape[1])
