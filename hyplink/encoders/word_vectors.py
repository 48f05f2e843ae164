"""Word vectors: fastText models with subwords, and tables of vectors in text form."""

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

SIF_WEIGHT = 1e-3
"""The `a` of a/(a + p(word)), by which frequent words weigh less (Arora et al. 2017)."""


class FastTextModel:
    """A fastText `.bin` model: words that it has not seen get a vector from their character n-grams."""

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
            InputError: no fastText file, or one that holds a classifier.
        """
        check_file(path)
        try:
            model = fasttext.load_model(str(path))
        except ValueError as error:
            raise InputError(f"{path}: not a fastText model ({error})") from error
        if model.f.getArgs().model.name == "supervised":
            raise InputError(f"{path}: a fastText classifier; word vectors (skipgram or cbow) are wanted")
        return cls(model)

    def vector(self, word: str) -> Vector:
        """The vector (dim,) of a word, made of its own and its subwords' vectors."""
        return cast(Vector, self._model.get_word_vector(word))

    def weight(self, word: str) -> float:
        """The smooth inverse frequency of a word."""
        return SIF_WEIGHT / (SIF_WEIGHT + self._probability.get(word, 0.0))

    def save(self, path: Path) -> None:
        """Writes the model as fastText's `.bin`.

        Raises:
            HyplinkError: the file cannot be written, or not all of it.
        """
        try:
            self._model.save_model(str(path))
        except (ValueError, RuntimeError) as error:
            raise HyplinkError(f"{path}: cannot write the word vectors ({error})") from error
        # fastText does not notice a full disk; the last row of its output matrix is what it writes last.
        last = self._model.get_output_matrix()[-1].astype(np.float32).tobytes()
        if path.stat().st_size < len(last) or _end_of(path, len(last)) != last:
            raise HyplinkError(f"{path}: the word vectors were cut short; is the disk full?")


class VectorTable:
    """A table of vectors in text form (`.vec`, GloVe): a word outside of it has none."""

    def __init__(self, words: Sequence[str], vectors: Vector) -> None:
        self.dim = vectors.shape[1]
        self.lowercase = is_lowercase(words)
        self._vectors = vectors
        self._row = {word: row for row, word in reversed(list(enumerate(words)))}
        self._harmonic = float(np.sum(1.0 / np.arange(1, len(words) + 1)))

    @classmethod
    def open(cls, path: Path) -> "VectorTable":
        """Reads a text file of `word number number …`, most frequent word first, with or without a header line.

        Raises:
            InputError: a line of another length than the first, or one that holds no numbers.
        """
        check_file(path)
        words, rows, dim = [], [], 0
        for number, line in enumerate(_lines(path), 1):
            fields = line.rstrip().split(" ")
            if number == 1 and len(fields) == 2:
                continue
            dim = dim or len(fields) - 1
            if len(fields) - 1 != dim or dim < 2:
                raise InputError.at(path, number, f"{len(fields) - 1} numbers after the word where {dim} were wanted")
            try:
                rows.append(np.array(fields[1:], dtype=np.float32))
            except ValueError as error:
                raise InputError.at(path, number, "not a word and its numbers, separated by spaces") from error
            words.append(fields[0])
        if not words:
            raise InputError(f"{path}: holds no word vectors")
        return cls(words, np.stack(rows))

    def vector(self, word: str) -> Vector:
        """The vector (dim,) of a word, or zeros."""
        row = self._row.get(word)
        return np.zeros(self.dim, np.float32) if row is None else self._vectors[row]

    def weight(self, word: str) -> float:
        """The smooth inverse frequency of a word, its frequency taken from its rank by Zipf's law."""
        row = self._row.get(word)
        return 1.0 if row is None else SIF_WEIGHT / (SIF_WEIGHT + 1.0 / ((row + 1) * self._harmonic))


def open_vectors(path: Path) -> FastTextModel | VectorTable:
    """The word vectors of a file: a fastText model if its name ends in `.bin`, else a table in text form."""
    return FastTextModel.open(path) if path.suffix == ".bin" else VectorTable.open(path)


def tokenised(text: str) -> str:
    """A text as the lower-cased words that vectors are trained on, separated by spaces."""
    return " ".join(words_of(text.lower()))


def text_lines(paths: Iterable[Path]) -> Iterator[str]:
    """The lines of plain text files (UTF-8; .gz and .xz are unpacked), one after the other.

    Raises:
        InputError: a file is missing, empty or not UTF-8.
    """
    for path in paths:
        check_file(path)
        yield from _lines(path)


def _end_of(path: Path, n_bytes: int) -> bytes:
    with path.open("rb") as file:
        file.seek(-n_bytes, os.SEEK_END)
        return file.read()


def is_lowercase(words: Sequence[str]) -> bool:
    """True if none of the thousand most frequent words has a capital: the vectors know lower-cased text alone."""
    return not any(word != word.lower() for word in words[:1000] if word != "</s>")


def check_file(path: Path) -> None:
    """Refuses a path that is no file or an empty one.

    Raises:
        InputError: with what was found.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file")
    if not path.is_file():
        raise InputError(f"{path}: a file was wanted and this is none")
    if path.stat().st_size == 0:
        raise InputError(f"{path}: the file is empty")


def _lines(path: Path) -> Iterator[str]:
    number = 0
    try:
        with _opened(path) as file:
            for number, line in enumerate(file, 1):  # noqa: B007 - for the message
                yield line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError.at(path, number, "not UTF-8 text") from error
    except (EOFError, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise InputError.at(path, number + 1, "the compressed file is damaged or cut short") from error


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".gz":
        return cast(IO[bytes], gzip.open(path))
    return lzma.open(path) if path.suffix == ".xz" else path.open("rb")
