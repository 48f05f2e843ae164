"""The user's files of word vectors and of plain text."""

import gzip
import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, cast

import numpy as np

from hyplink.encoders.fasttext_file import read_fasttext
from hyplink.encoders.passage import words_of
from hyplink.encoders.word_vectors import WordVectors, zipf_probabilities
from hyplink.errors import InputError


def open_vectors(path: Path) -> WordVectors:
    """The word vectors of a file: a fastText model if its name ends in `.bin`, else a table in text format.

    Raises:
        InputError: the file cannot be read.
    """
    check_file(path)
    return read_fasttext(path) if path.suffix == ".bin" else read_table(path)


def read_table(path: Path) -> WordVectors:
    """The word vectors of a text file (`.vec`, GloVe), whose words have probabilities by Zipf's law.

    A line is `word number number …`, the most frequent word first; there may be a header line. If a word is in
    several lines, the first counts.

    Raises:
        InputError: the file is missing, empty, damaged or not UTF-8, or a line has no numbers or not as many as the
            first.
    """
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
    return WordVectors(words, zipf_probabilities(len(words)), np.stack(rows), None, n_tokens=0)


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
