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
    """Turns passages into vectors: the first `mention_dim` numbers speak of the mention, the rest of its context."""

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def window(self) -> int:
        """Words of context that are read on each side of a mention."""
        ...

    @property
    def mention_dim(self) -> int:
        """How many of the numbers, the first ones, depend on the words of the mention alone."""
        ...

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors (n, dim) of n passages, each number about 1 in size."""
        ...

    def save(self, folder: Path) -> None:
        """Writes what `load_encoder` needs to `folder`, with its settings in `encoder.json`."""
        ...


def load_encoder(folder: Path) -> Encoder:
    """The encoder that `save` wrote to a folder.

    Raises:
        RunError: a file is missing, damaged or has changed since.
    """
    from hyplink.encoders.fasttext import FastTextEncoder

    return FastTextEncoder.load(folder, read_settings(folder / "encoder.json"))


def read_settings(path: Path) -> dict[str, Any]:
    """What stands in an `encoder.json`; `mention_dim` is always there.

    Raises:
        RunError: the file is missing or damaged.
    """
    try:
        settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot read the encoder's settings; run `hyplink encode` again") from error
    return settings
