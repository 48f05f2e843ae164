"""Embeddings made elsewhere: gensim's saved keyed vectors and word2vec's text format."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from hyplink.errors import InputError
from hyplink.poincare.geometry import project
from hyplink.poincare.recorded_pickle import ARRAY_NAMES, Recorded, array_of, read_recorded
from hyplink.reading.numbers import is_number

Points = NDArray[np.float64]

KEYED_VECTORS = frozenset(
    f"gensim.models.{name}" for name in ("poincare.PoincareKeyedVectors", "keyedvectors.KeyedVectors")
)
VOCABULARY = frozenset(f"gensim.models.keyedvectors.{name}" for name in ("Vocab", "CompatVocab"))  # before gensim 4
SETS = frozenset(("builtins.frozenset", "__builtin__.frozenset"))  # the second in protocol 2
WHOLE_MODEL = "gensim.models.poincare.PoincareModel"

KEYS = ("index_to_key", "index2word")
"""The attribute that holds the keys, in order: since gensim 4, and before."""

N_EXAMPLES = 3
"""How many names a message gives as examples."""


@dataclass(frozen=True)
class PretrainedEmbedding:
    """Points of the Poincaré ball with their keys.

    Attributes:
        path: the file that it was read from.
        keys: the key of each row.
        points: float64 (n, dim), of norm below 1.
    """

    path: Path
    keys: tuple[str, ...]
    points: Points

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each key."""
        return {key: row for row, key in enumerate(self.keys)}

    def rows(self, keys: Sequence[str]) -> Points:
        """The points of some keys, float64 (len(keys), dim).

        Raises:
            InputError: a key has no point.
        """
        missing = [key for key in keys if key not in self.row_of]
        if missing:
            wanted = set(keys)
            others = examples([key for key in self.keys if key not in wanted])
            raise InputError(
                f"{self.path}: no point for {len(missing):,} of {len(keys):,} concepts: {examples(missing)}; its keys "
                f"must be concept ids{f', and these are none: {others}' if others else ''}; embed the missing concepts "
                "too, or leave them out with data.exclude"
            )
        return self.points[[self.row_of[key] for key in keys]]

    def layer(self, *, freeze: bool = True, dtype: torch.dtype = torch.float32) -> nn.Embedding:
        """A `torch.nn.Embedding` whose row i is the point of key i.

        Points that rounding to `dtype` would move to the unit sphere are scaled back to `geometry.max_norm(dtype)`.

        Args:
            freeze: whether the points keep their values. If not, train them with a Riemannian optimiser, which keeps
                them in the ball: the weight is a `geoopt.ManifoldParameter`.
            dtype: of the weight.
        """
        import geoopt  # slow to import, and only this method needs it

        points = project(torch.from_numpy(self.points).to(dtype), math.inf)
        layer = nn.Embedding(points.shape[0], points.shape[1], _weight=points)
        layer.weight = geoopt.ManifoldParameter(points, manifold=geoopt.PoincareBall(), requires_grad=not freeze)
        return layer


def read_embedding(path: Path | str) -> PretrainedEmbedding:
    """Reads an embedding that was made elsewhere, gensim's for example.

    A saved object of gensim is a pickle. It is read as data: no code that it names is run, and a file that names
    anything else than gensim's keyed vectors and arrays is refused.

    Args:
        path: a `PoincareKeyedVectors` saved by gensim (`model.kv.save(path)`), or word2vec's text format
            (`model.kv.save_word2vec_format(path)`).

    Raises:
        InputError: the file is missing, damaged or something else, a key occurs twice, or a point is not finite or not
            inside the unit ball.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot read the embedding: {error.strerror}") from error
    keys, points = _of_keyed_vectors(path, data) if data.startswith(b"\x80") else _of_text(path, data)
    _check(path, keys, points)
    return PretrainedEmbedding(path, keys, points)


def examples(names: Sequence[str]) -> str:
    """The first few of some names, for a message."""
    return ", ".join(names[:N_EXAMPLES]) + (", …" if len(names) > N_EXAMPLES else "")


def _check(path: Path, keys: tuple[str, ...], points: Points) -> None:
    if points.shape[:1] != (len(keys),) or points.ndim != 2:
        raise InputError(f"{path}: {len(keys):,} keys for vectors of shape {points.shape}; the file is damaged")
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise InputError(f"{path}: the key {key} occurs twice")
        seen.add(key)
    for key, norm in zip(keys, np.linalg.norm(points, axis=1).tolist(), strict=True):
        if not math.isfinite(norm):
            raise InputError(f"{path}: the point of {key} has a coordinate that is not finite")
        if norm >= 1:
            raise InputError(
                f"{path}: the point of {key} has norm {norm:.6g}; points of the Poincaré ball have norms below 1"
            )


def _of_keyed_vectors(path: Path, data: bytes) -> tuple[tuple[str, ...], Points]:
    """The keys and vectors of an object that gensim saved."""
    if WHOLE_MODEL.rpartition(".")[2].encode() in data[:200]:
        raise InputError(f"{path}: a whole PoincareModel of gensim; save its vectors alone: `model.kv.save(FILE)`")
    expected = "expected PoincareKeyedVectors saved by gensim, or word2vec's text format"
    try:
        saved = read_recorded(data, KEYED_VECTORS | VOCABULARY | SETS | ARRAY_NAMES)
        if not isinstance(saved, Recorded) or saved.name not in KEYED_VECTORS or not isinstance(saved.state, dict):
            raise ValueError("it holds another object")
        keys = next((saved.state[name] for name in KEYS if name in saved.state), None)
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            raise ValueError("its keys are not texts")
        # gensim writes an array of more than ten million numbers to a file of its own.
        vectors = saved.state.get("vectors")
        points = array_of(vectors) if vectors is not None else _array_file(path.with_name(f"{path.name}.vectors.npy"))
    except ValueError as error:
        raise InputError(f"{path}: cannot read the embedding ({error}); {expected}") from error
    return tuple(keys), points


def _array_file(path: Path) -> Points:
    try:
        array = np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing: gensim has written the vectors to it; copy it too") from error
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path}: cannot read the vectors ({error})") from error
    if not isinstance(array, np.ndarray) or array.dtype not in (np.float32, np.float64):
        raise InputError(f"{path}: expected an array of floating-point numbers")
    return array.astype(np.float64)


def _of_text(path: Path, data: bytes) -> tuple[tuple[str, ...], Points]:
    """The keys and vectors of a text file: a line `number dimension`, then a line `key number number …` for each."""
    try:
        lines = data.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError.not_utf8(path, data.count(b"\n", 0, error.start) + 1, error) from error
    header = lines[0].split() if lines else []
    if len(header) != 2 or not all(map(is_number, header)):
        raise InputError.at(
            path, 1, "expected word2vec's text format, with a first line `NUMBER DIMENSION`, or gensim's keyed vectors"
        )
    n_points, dim = map(int, header)
    if len(lines) - 1 != n_points:
        raise InputError(f"{path}: {len(lines) - 1:,} vectors; the first line says {n_points:,}: is the file complete?")
    rows = [_row(path, number, line, dim) for number, line in enumerate(lines[1:], 2)]
    return tuple(key for key, _ in rows), np.array([values for _, values in rows], np.float64).reshape(n_points, dim)


def _row(path: Path, number: int, line: str, dim: int) -> tuple[str, list[float]]:
    key, *values = line.rstrip().rsplit(" ", dim)  # a key may hold spaces
    if len(values) != dim or not key:
        raise InputError.at(path, number, f"expected a key and {dim} numbers, separated by spaces")
    try:
        return key, [float(value) for value in values]
    except ValueError as error:
        raise InputError.at(path, number, f"expected a key and {dim} numbers: {error}") from error
