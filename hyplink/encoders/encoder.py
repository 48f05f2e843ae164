"""The protocol of encoders, a caching encoder, and loading an encoder from a run directory."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, NotRequired, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from typing_extensions import TypedDict

from hyplink.encoders.passage import Passage
from hyplink.errors import RunError
from hyplink.run.artifacts import read_record

SETTINGS = "encoder.json"


class Encoder(Protocol):
    """Maps passages to vectors of several blocks: the first depends on the mention alone, the others on its context."""

    @property
    def dim(self) -> int:
        """Dimension of a vector: the sum of `blocks`."""
        ...

    @property
    def window(self) -> int:
        """Maximum number of context words on each side of a mention."""
        ...

    @property
    def blocks(self) -> tuple[int, ...]:
        """Lengths of the blocks."""
        ...

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors, float32 (n, dim), of n passages; the blocks of a missing context are zero."""
        ...

    def topics(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The topic vectors, float32 (n, t), of n whole texts; zeros for a text without words."""
        ...

    def save(self, folder: Path) -> None:
        """Writes the settings to `encoder.json` in a folder, and what else `load_encoder` needs."""
        ...


class CachingEncoder:
    """An encoder that stores the vector of every passage and encodes no passage twice.

    Args:
        encoder: encodes the passages that are not stored.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[Passage, NDArray[np.float32]] = {}
        self.dim, self.window, self.blocks = encoder.dim, encoder.window, encoder.blocks
        self.save, self.topics = encoder.save, encoder.topics

    def add(self, passages: Sequence[Passage], vectors: NDArray[np.float32]) -> None:
        """Stores the vectors of n passages, float32 (n, dim), or (n, blocks[0]) if the other blocks are zero."""
        self._vectors.update(zip(passages, vectors, strict=True))

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors, float32 (n, dim), of n passages."""
        missing = [passage for passage in dict.fromkeys(passages) if passage not in self._vectors]
        if missing:
            self.add(missing, self._encoder.encode(missing))
        vectors = np.zeros((len(passages), self.dim), np.float32)
        for row, passage in zip(vectors, passages, strict=True):
            vector = self._vectors[passage]
            row[: len(vector)] = vector
        return vectors


class EncoderSettings(TypedDict):
    """The content of an `encoder.json`.

    A file or folder outside the run, `vectors` or `model`, is named with its hash if it is kept by reference; `merge`
    and `merge_error` belong to a recursive encoder.
    """

    encoder: Literal["fasttext", "recursive", "transformer"]
    blocks: tuple[int, int, int]
    window: Annotated[int, Field(ge=0)]
    by_reference: bool
    vectors: NotRequired[str]
    model: NotRequired[str]
    sha256: NotRequired[str]
    merge: NotRequired[Literal["neighbours", "any"]]
    merge_error: NotRequired[Literal["weighted", "unweighted"]]


def load_encoder(folder: Path, *, follow_references: bool = False) -> Encoder:
    """The encoder that `save` wrote to a folder.

    Args:
        folder: the folder.
        follow_references: whether files outside the folder may be read, if the encoder is stored by reference.

    Raises:
        RunError: a file is missing or damaged, or a file kept by reference has changed or may not be read.
    """
    from hyplink.encoders.fasttext import FastTextEncoder
    from hyplink.encoders.recursive import RecursiveEncoder

    settings = read_settings(folder / SETTINGS)
    _check_references(settings, folder / SETTINGS, follow_references)
    encoder: Encoder
    if settings["encoder"] == "transformer":
        from hyplink.encoders.transformer import TransformerEncoder

        encoder = TransformerEncoder.load(folder, dict(settings))
    elif settings["encoder"] == "recursive":
        encoder = RecursiveEncoder.load(folder, dict(settings))
    else:
        encoder = FastTextEncoder.load(folder, dict(settings))
    if encoder.blocks != settings["blocks"]:
        raise RunError(
            f"{folder / SETTINGS}: damaged: blocks of {settings['blocks']} numbers; the encoder's have {encoder.blocks}"
        )
    return encoder


def _check_references(settings: EncoderSettings, path: Path, follow_references: bool) -> None:
    """Checks that no file outside the folder is named, unless the user has allowed it."""
    if settings["by_reference"] and not follow_references:
        named = settings.get("model" if settings["encoder"] == "transformer" else "vectors")
        raise RunError(
            f"{path}: names {named}, which is not in the run; if you trust the run, allow it with --follow-references "
            "(Python: follow_references=True)"
        )


def read_settings(path: Path) -> EncoderSettings:
    """The settings in an `encoder.json`, including `blocks`.

    Raises:
        RunError: the file is missing or damaged.
    """
    settings = read_record(EncoderSettings, path)
    needed = {"merge"} if settings["encoder"] == "recursive" else set()
    reference = {"sha256", "model" if settings["encoder"] == "transformer" else "vectors"}
    if settings["by_reference"]:
        needed |= reference
    elif named := reference & settings.keys():
        raise RunError(f"{path}: damaged: {', '.join(sorted(named))} without by_reference; copy the run again")
    if missing := needed - settings.keys():
        raise RunError(f"{path}: damaged: {', '.join(sorted(missing))} is missing; re-run `hyplink encode RUN --force`")
    return settings
