"""Word vectors: fastText models with subwords, and tables in text format."""

import gzip
import lzma
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

import fasttext
import numpy as np
from numpy.typing import NDArray

from hyplink.encoders.passage import words_of
from hyplink.errors import HyplinkError, InputError

Vector = NDArray[np.float32]

SIF_PARAMETER = 1e-3
"""The parameter a of the smooth inverse frequency a/(a + p(word)) (Arora et al. 2017, equation 1)."""


class FastTextModel:
    """A fastText model, which has a vector for every word: unknown words get the vector of their character n-grams.

    Args:
        model: the loaded model.

    Attributes:
        dim: dimension of the vectors.
        lowercase: whether the model was trained on lower-cased text; see `is_lowercase`.
    """

    def __init__(self, model: "fasttext.FastText._FastText") -> None:
        self._model = model
        self.dim: int = model.get_dimension()
        words, counts = model.get_words(include_freq=True)
        self._probability: dict[str, float] = dict(zip(words, (counts / max(counts.sum(), 1)).tolist(), strict=True))
        self.lowercase = is_lowercase(words)

    @classmethod
    def open(cls, path: Path) -> "FastTextModel":
        """Reads a `.bin` file.

        Raises:
            InputError: the file is missing, empty, not a fastText model, or a classifier.
        """
        check_file(path)
        try:
            model = fasttext.load_model(str(path))
        except ValueError as error:
            raise InputError(f"{path}: not a fastText model ({error})") from error
        if model.f.getArgs().model.name == "supervised":
            raise InputError(f"{path}: a fastText classifier; expected word vectors (skipgram or cbow)")
        return cls(model)

    def vector(self, word: str) -> Vector:
        """The vector of a word, float32 (dim,): the mean of the vectors of the word and its subwords."""
        return cast(Vector, self._model.get_word_vector(word))

    def weight(self, word: str) -> float:
        """The smooth inverse frequency of a word, in (0, 1]."""
        return SIF_PARAMETER / (SIF_PARAMETER + self._probability.get(word, 0.0))

    def save(self, path: Path) -> None:
        """Writes a `.bin` file.

        Raises:
            HyplinkError: the file cannot be written completely.
        """
        try:
            self._model.save_model(str(path))
        except (ValueError, RuntimeError) as error:
            raise HyplinkError(f"{path}: cannot write the word vectors ({error})") from error
        # fastText does not report a full disk. It writes the last row of its output matrix last.
        last = self._model.get_output_matrix()[-1].astype(np.float32).tobytes()
        if path.stat().st_size < len(last) or _end_of(path, len(last)) != last:
            raise HyplinkError(f"{path}: the word vectors were not written completely; is the disk full?")


class VectorTable:
    """A table of word vectors in text format (`.vec`, GloVe); other words have the vector 0.

    Args:
        words: the words, most frequent first.
        vectors: float32 (n_words, dim).

    Attributes:
        dim: dimension of the vectors.
        lowercase: whether the words are lower-cased; see `is_lowercase`.
    """

    def __init__(self, words: Sequence[str], vectors: Vector) -> None:
        self.dim = vectors.shape[1]
        self.lowercase = is_lowercase(words)
        self._vectors = vectors
        self._row = {word: row for row, word in reversed(list(enumerate(words)))}
        self._harmonic = float(np.sum(1.0 / np.arange(1, len(words) + 1)))

    @classmethod
    def open(cls, path: Path) -> "VectorTable":
        """Reads a text file of lines `word number number …`, most frequent word first, with or without a header line.

        Raises:
            InputError: the file is missing, empty, damaged or not UTF-8, or a line has no numbers or not as many as the
                first.
        """
        check_file(path)
        words, rows, dim = [], [], 0
        for number, line in enumerate(_lines(path), 1):
            fields = line.rstrip().split(" ")
            if number == 1 and len(fields) == 2:
                continue
            dim = dim or len(fields) - 1
            if len(fields) - 1 != dim or dim < 2:
                raise InputError.at(path, number, f"{len(fields) - 1} numbers after the word; expected {dim}")
            try:
                rows.append(np.array(fields[1:], dtype=np.float32))
            except ValueError as error:
                raise InputError.at(path, number, "expected a word and numbers, separated by single spaces") from error
            words.append(fields[0])
        if not words:
            raise InputError(f"{path}: contains no word vectors")
        return cls(words, np.stack(rows))

    def vector(self, word: str) -> Vector:
        """The vector of a word, float32 (dim,), or zeros."""
        row = self._row.get(word)
        return np.zeros(self.dim, np.float32) if row is None else self._vectors[row]

    def weight(self, word: str) -> float:
        """The smooth inverse frequency of a word, in (0, 1]; the frequency is estimated by Zipf's law."""
        row = self._row.get(word)
        return 1.0 if row is None else SIF_PARAMETER / (SIF_PARAMETER + 1.0 / ((row + 1) * self._harmonic))


def open_vectors(path: Path) -> FastTextModel | VectorTable:
    """The word vectors of a file: a fastText model if its name ends in `.bin`, else a table in text format.

    Raises:
        InputError: the file cannot be read.
    """
    return FastTextModel.open(path) if path.suffix == ".bin" else VectorTable.open(path)


def tokenised(text: str) -> str:
    """The lower-cased words of a text, separated by spaces: the input of fastText training."""
    return " ".join(words_of(text.lower()))


def text_lines(paths: Iterable[Path]) -> Iterator[str]:
    """The lines of text files in UTF-8, plain or compressed (.gz, .xz), one after the other.

    Raises:
        InputError: a file is missing, empty, damaged or not UTF-8.
    """
    for path in paths:
        check_file(path)
        yield from _lines(path)


def _end_of(path: Path, n_bytes: int) -> bytes:
    with path.open("rb") as file:
        file.seek(-n_bytes, os.SEEK_END)
        return file.read()


def is_lowercase(words: Sequence[str]) -> bool:
    """Whether the thousand most frequent words have no upper-case letter, as if trained on lower-cased text."""
    return not any(word != word.lower() for word in words[:1000] if word != "</s>")


def check_file(path: Path) -> None:
    """Checks that a path is a non-empty file.

    Raises:
        InputError: it is not.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if not path.is_file():
        raise InputError(f"{path}: not a file")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty")


def _lines(path: Path) -> Iterator[str]:
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, 1):  # noqa: B007 - for the message
                yield line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError.not_utf8(path, number, error) from error
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InputError.at(path, number + 1, "the compressed file is damaged or incomplete") from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path))
    return lzma.open(path) if path.suffix == ".xz" else path.open("rb")
