"""What every encoder offers, and how one is found again in a run directory."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders.passage import Passage
from hyplink.errors import RunError


class Encoder(Protocol):
    """Turns passages into vectors of several blocks: the first speaks of the mention, the others of its context."""

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window(self) -> int:
        """Words of context that are read on each side of a mention."""
        ...

    @property
    def blocks(self) -> tuple[int, ...]:
        """The lengths of the blocks; the first depends on the words of the mention alone."""
        ...

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors (n, dim) of n passages; a context that is not there is a block of zeros."""
        ...

    def save(self, folder: Path) -> None:
        """Writes what `load_encoder` needs to `folder`, with its settings in `encoder.json`."""
        ...


class RememberingEncoder:
    """An encoder that does not encode again what it remembers.

    Args:
        encoder: encodes all else.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[Passage, NDArray[np.float32]] = {}
        self.dim, self.window, self.blocks = encoder.dim, encoder.window, encoder.blocks
        self.save = encoder.save

    def remember(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Takes the vectors of n passages, (n, dim) or without zeros at their ends, for what the encoder would give."""
        self._vectors.update(zip(passages, vectors, strict=True))

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors (n, dim) of n passages."""
        unknown = [passage for passage in dict.fromkeys(passages) if passage not in self._vectors]
        if unknown:
            self.remember(unknown, self._encoder.encode(unknown))
        vectors = np.zeros((len(passages), self.dim), np.float32)
        for row, passage in zip(vectors, passages, strict=True):
            known = self._vectors[passage]
            row[: len(known)] = known
        return vectors


def load_encoder(folder: Path) -> Encoder:
    """The encoder that `save` wrote to a folder.

    Raises:
        RunError: a file is missing, damaged or has changed since.
    """
    from hyplink.encoders.fasttext import FastTextEncoder
    from hyplink.encoders.recursive import RecursiveEncoder

    settings = read_settings(folder / "encoder.json")
    if settings["encoder"] == "transformer":
        from hyplink.encoders.transformer import TransformerEncoder

        return TransformerEncoder.load(folder, settings)
    encoder = RecursiveEncoder if settings["encoder"] == "recursive" else FastTextEncoder
    return encoder.load(folder, settings)


def read_settings(path: Path) -> dict[str, Any]:
    """What stands in an `encoder.json`; `blocks` is always there.

    Raises:
        RunError: the file is missing or damaged.
    """
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot read the encoder's settings; run `hyplink encode` again") from error
    return settings
