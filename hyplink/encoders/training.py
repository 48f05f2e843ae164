"""Training of fastText vectors, in a subprocess.

There are two reasons for the subprocess. fastText leaves a part of its input matrix uninitialised. In a new process in
which large allocations are always mapped anew (`MALLOC_MMAP_THRESHOLD_`), that part is zero, which is a good initial
value; in a process that has been running for a while it may be anything, including NaN. And a subprocess can be
terminated when the user interrupts hyplink, whereas training cannot be interrupted within the process.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import fasttext

from hyplink.encoders.fasttext_file import read_fasttext
from hyplink.encoders.word_vectors import WordVectors
from hyplink.errors import HyplinkError, InputError

BUCKETS = 200_000
"""Number of hash buckets of subwords: with fastText's default of 2,000,000, the file takes 800 MB."""

LARGE_CORPUS = 20_000_000
"""Size of a corpus, in bytes, from which on words that occur only once or twice get no vector."""

TARGET_WORDS = 5_000_000
"""Number of words to train on in all epochs together, if the configuration does not set the number of epochs."""

MAX_EPOCHS = 1000

_MAP_LARGE_BLOCKS = {"MALLOC_MMAP_THRESHOLD_": "131072"}


def default_epochs(n_words: int) -> int:
    """The default number of fastText epochs for a corpus of `n_words` words.

    Initially, the vector of a word is determined by random vectors of its subwords: similar spellings give similar
    vectors.
    During the first million training words all vectors become similar to one another, and only then words of different
    meaning become dissimilar. A corpus of a few thousand words is too small for the latter: it is trained on only once,
    which leaves the vectors close to their initial values.
    """
    epochs = round(TARGET_WORDS / max(1, n_words))
    return 1 if epochs > MAX_EPOCHS else max(2, epochs)


def train_vectors(corpus: Path, target: Path, dim: int, epochs: int, threads: int) -> WordVectors:
    """Trains fastText skipgram vectors with subwords of 3 to 5 characters; deterministic with one thread.

    Args:
        corpus: a text file of tokenised lines.
        target: the `.bin` file that fastText writes, whose rows the result maps into memory.
        dim: dimension of the vectors.
        epochs: number of epochs.
        threads: number of fastText threads.

    Returns:
        The trained vectors.

    Raises:
        HyplinkError: fastText fails, or the disk is full.
    """
    arguments = [str(argument) for argument in (corpus, target, dim, epochs, threads)]
    command = [sys.executable, "-m", "hyplink.encoders.training", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, env=os.environ | _MAP_LARGE_BLOCKS) as process:
        try:
            errors = process.stderr.read() if process.stderr else ""
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        reason = errors.strip().splitlines()[-1] if errors.strip() else f"exit status {process.returncode}"
        raise HyplinkError(f"fastText cannot train word vectors: {reason}")
    try:
        return read_fasttext(target)
    except InputError as error:  # fastText does not report a full disk
        raise HyplinkError(f"{target}: the word vectors were not written completely; is the disk full?") from error


def _main(corpus: str, target: str, dim: int, epochs: int, threads: int) -> None:
    """The main function of the subprocess."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    model = fasttext.train_unsupervised(
        corpus,
        model="skipgram",
        dim=dim,
        epoch=epochs,
        minCount=1 if Path(corpus).stat().st_size < LARGE_CORPUS else 3,
        minn=3,
        maxn=5,
        bucket=BUCKETS,
        thread=threads,
        verbose=0,
    )
    model.save_model(target)


def _end_with_parent() -> None:
    """Ends the subprocess when its parent has ended, which closes standard input."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    try:
        _main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(str(error))
