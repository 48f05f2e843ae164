"""Reading of fastText's `.bin` files, without fastText, whose own reader trusts every number in a file.

A file holds, in little-endian order: a signature, the arguments of training, the dictionary, the input matrix (a row
for each word, then a row for each bucket of subwords) and the output matrix, which only training needs.
"""

import mmap
import struct
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from hyplink.encoders.subwords import Subwords
from hyplink.encoders.word_vectors import Vector, WordVectors, check_subwords
from hyplink.errors import InputError

_SIGNATURE, _MAGIC, _VERSIONS = struct.Struct("<2i"), 793712314, (11, 12)
_ARGUMENTS, _MODELS = struct.Struct("<12id"), {1: "cbow", 2: "skipgram", 3: "supervised"}
_SIZES = struct.Struct("<3i2q")
_ENTRY, _WORD = struct.Struct("<qb"), 0
_MATRIX = struct.Struct("<?2q")
_MAX_TOKENS = 2**62


class _Arguments(NamedTuple):
    """The arguments of training that matter for reading: the model, the dimension and the subwords."""

    model: str
    dim: int
    shortest: int
    longest: int
    n_buckets: int

    @property
    def subwords(self) -> Subwords | None:
        """The subwords; without any, fastText has buckets that it does not use."""
        return check_subwords(max(1, self.shortest), self.longest, self.n_buckets) if self.longest else None


class _Reader:
    """Reads a file from its start.

    Args:
        content: the bytes of the file.
    """

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self._place = 0

    def unpacked(self, structure: struct.Struct) -> tuple[Any, ...]:
        """The next numbers."""
        start = self._skip(structure.size)
        return structure.unpack_from(self._content, start)

    def arguments(self) -> _Arguments:
        """The arguments of training, after the signature."""
        magic, version = self.unpacked(_SIGNATURE)
        if magic != _MAGIC or version not in _VERSIONS:
            raise ValueError("it does not begin like one")
        dim, _, _, _, _, _, _, model, n_buckets, shortest, longest, _, _ = self.unpacked(_ARGUMENTS)
        if model not in _MODELS or dim < 1 or n_buckets < 0 or longest < 0:
            raise ValueError(f"model {model} of dimension {dim} with {n_buckets} buckets")
        return _Arguments(_MODELS[model], dim, shortest, longest, n_buckets)

    def dictionary(self) -> tuple[list[str], list[int]]:
        """The words and their counts."""
        n_entries, n_words, n_labels, _, n_pruned = self.unpacked(_SIZES)
        if n_pruned != -1:
            raise ValueError("a quantised model; expected the model before quantisation")
        if n_entries != n_words or n_labels or n_words < 0:
            raise ValueError(f"{n_entries} entries for {n_words} words and {n_labels} labels")
        words, counts = [], []
        for _ in range(n_words):
            words.append(self._text())
            count, kind = self.unpacked(_ENTRY)
            if kind != _WORD or count < 0:
                raise ValueError(f"word {len(words):,} is none, or has a negative count")
            counts.append(count)
        if sum(counts) > _MAX_TOKENS:
            raise ValueError("its counts are too large")
        return words, counts

    def matrix(self, dim: int, n_rows: int | None = None) -> int:
        """The position of the next matrix, of `dim` columns and, unless it is None, `n_rows` rows."""
        is_quantised, rows, columns = self.unpacked(_MATRIX)
        if is_quantised:
            raise ValueError("a quantised model; expected the model before quantisation")
        if columns != dim or rows < 0 or n_rows not in (None, rows):
            raise ValueError(f"a matrix of {rows} rows and {columns} columns; expected {n_rows} rows and {dim} columns")
        return self._skip(4 * rows * columns)

    def end(self) -> None:
        """Checks that nothing follows."""
        if rest := len(self._content) - self._place:
            raise ValueError(f"{rest:,} bytes after its end")

    def _skip(self, n_bytes: int) -> int:
        """The position, from which the next bytes are then passed over."""
        start, self._place = self._place, self._place + n_bytes
        if self._place > len(self._content):
            raise ValueError("it is cut short")
        return start

    def _text(self) -> str:
        """The next string, which ends with a zero byte. Bytes that are not UTF-8 become lone surrogates."""
        end = self._content.find(b"\0", self._place)
        start = self._skip((end - self._place if end >= 0 else len(self._content)) + 1)
        text = self._content[start:end]
        if not text or b"\n" in text:
            raise ValueError(f"{text[:20]!r} is no word")
        return text.decode("utf-8", "surrogateescape")


def read_fasttext(path: Path) -> WordVectors:
    """The word vectors of a `.bin` file, whose rows are memory-mapped.

    Raises:
        InputError: the file is not a model of fastText, a classifier, quantised, damaged or incomplete.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            reader = _Reader(content)
            arguments = reader.arguments()
            if arguments.model == "supervised":
                raise InputError(f"{path}: a fastText classifier; expected word vectors (skipgram or cbow)")
            subwords = arguments.subwords
            words, counts = reader.dictionary()
            start = reader.matrix(arguments.dim, len(words) + arguments.n_buckets)
            reader.matrix(arguments.dim)
            reader.end()
    except ValueError as error:
        raise InputError(f"{path}: not a fastText model, or a damaged one ({error})") from error
    n_tokens = sum(counts)
    n_rows = len(words) + (arguments.n_buckets if subwords else 0)
    rows: Vector = np.asarray(np.memmap(path, "<f4", "r", start, (n_rows, arguments.dim)))
    return WordVectors(words, np.array(counts, np.int64) / max(n_tokens, 1), rows, subwords, n_tokens)
