"""The static encoder: means of token vectors that were distilled from a transformer, read and encoded by model2vec.

The package model2vec is imported only when a model is loaded or written, because it is optional.
"""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders.model_files import check_model_files
from hyplink.encoders.passage import Passage
from hyplink.encoders.sequences import rest_of_sentence, sentence_start
from hyplink.errors import InputError

if TYPE_CHECKING:
    from model2vec import StaticModel
    from tokenizers import Tokenizer

STATIC_FOLDER = "static"
"""Name of the model's folder in a run."""

MISSING_PACKAGE = "encode.encoder static needs model2vec, which is missing: pip install model2vec"


class StaticEncoder:
    """Encodes a passage as three blocks (mention, left context, right context) of normalised mean token vectors.

    The context is the part of the mention's sentence inside the window.

    Args:
        folder: folder of the model, as model2vec writes it.
        window: number of context words on each side.

    Raises:
        InputError: model2vec is not installed, or the folder contains no such model.
    """

    def __init__(self, folder: Path, window: int) -> None:
        self._model = _load(folder)
        self._folder = folder
        self.window = window

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> "StaticEncoder":
        """The encoder that `save` wrote to a folder."""
        return cls(folder / STATIC_FOLDER, settings["window"])

    @property
    def dim(self) -> int:
        """Three times the dimension of the token vectors."""
        return 3 * self._model.dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """Lengths of the blocks of mention, left and right context: the dimension of the token vectors each."""
        return (self._model.dim,) * 3

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors, float32 (n, 3·d), of n passages, where d is the dimension of the token vectors."""
        texts = [
            text
            for passage in passages
            for text in (
                passage.mention,
                sentence_start(passage.left, passage.mention, self.window),
                rest_of_sentence(passage.right, self.window),
            )
        ]
        vectors = np.zeros((len(texts), self._model.dim), np.float32)
        rows = {text: [] for text in texts if text.strip()}  # type: dict[str, list[int]]
        for row, text in enumerate(texts):
            if text in rows:
                rows[text].append(row)
        if rows:
            encoded = self._model.encode(list(rows), use_multiprocessing=False)
            for each, vector in zip(rows.values(), encoded, strict=True):
                vectors[each] = vector
        return vectors.reshape(len(passages), self.dim)

    def topics(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The topic vectors, float32 (n, d): normalised means of the token vectors of whole texts."""
        vectors = np.zeros((len(texts), self._model.dim), np.float32)
        rows = [row for row, text in enumerate(texts) if text.strip()]
        if rows:
            vectors[rows] = self._model.encode([texts[row] for row in rows], max_length=None, use_multiprocessing=False)
        return vectors

    def save(self, folder: Path) -> None:
        """Writes `encoder.json` and a copy of the model."""
        shutil.copytree(self._folder, folder / STATIC_FOLDER)
        settings = {"encoder": "static", "blocks": self.blocks, "window": self.window, "by_reference": False}
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")


def static_model(vectors: NDArray[np.float32], tokenizer: "Tokenizer") -> "StaticModel":
    """A model of model2vec with these token vectors, (n_tokens, d), whose means are normalised.

    Raises:
        InputError: model2vec is not installed.
    """
    try:
        from model2vec import StaticModel
    except ImportError:
        raise InputError(MISSING_PACKAGE) from None
    return StaticModel(vectors, tokenizer, normalize=True)


def _load(folder: Path) -> "StaticModel":
    """The model of a folder, loaded without network access or unpickling."""
    try:
        from model2vec import StaticModel
    except ImportError:
        raise InputError(MISSING_PACKAGE) from None
    check_model_files(folder)
    try:
        return StaticModel.from_pretrained(folder)
    except Exception as error:  # model2vec raises errors of any type for a damaged folder
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise InputError(f"{folder}: cannot load the model ({reason})") from error
