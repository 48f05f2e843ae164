"""Training of fastText vectors, in a process of its own.

fastText fills a tenth of its input matrix for each thread and takes the rest, the subwords, from memory as it finds
it. In a new process, with large blocks always mapped afresh, that is zeros, a good start; in a process that has worked
for a while it is anything, NaN too. And such a process can be ended at once, which fastText in this one could not be.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

import fasttext

from hyplink.encoders.word_vectors import FastTextModel
from hyplink.errors import HyplinkError

BUCKETS = 200_000
"""Hash buckets for the subwords of vectors trained here: fastText's own 2,000,000 would make a file of 800 MB."""

LARGE_CORPUS = 20_000_000
"""Bytes from which on words that stand only once or twice get no vector of their own."""

WORDS_READ = 5_000_000
"""Words that fastText reads in all, where the configuration leaves the number of epochs open."""

MOST_EPOCHS = 1000

_MAP_LARGE_BLOCKS = {"MALLOC_MMAP_THRESHOLD_": "131072"}


def usual_epochs(n_words: int) -> int:
    """How often fastText reads so many words.

    Vectors begin as chance makes those of their subwords, which tells like spellings apart. The first million words
    that are read draw all vectors together, and only the next ones part them by meaning. From a few thousand words
    nothing of that is to be learned, and they stay about as they begin.
    """
    epochs = round(WORDS_READ / max(1, n_words))
    return 1 if epochs > MOST_EPOCHS else max(2, epochs)


def train_vectors(corpus: Path, target: Path, dim: int, epochs: int, threads: int) -> FastTextModel:
    """Trains fastText skipgram vectors with subwords of 3 to 5 characters on a file of tokenised lines.

    With one thread the same file gives the same vectors.

    Args:
        corpus: the lines.
        target: the `.bin` file to write.
        dim: length of a vector.
        epochs: passes over the lines.
        threads: of fastText.

    Raises:
        HyplinkError: fastText fails, or the disk is full.
    """
    words = [str(word) for word in (corpus, target, dim, epochs, threads)]
    command = [sys.executable, "-m", "hyplink.encoders.training", *words]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stderr=pipe, text=True, env=os.environ | _MAP_LARGE_BLOCKS) as program:
        try:
            said = program.stderr.read() if program.stderr else ""
        except BaseException:
            program.kill()
            raise
    if program.returncode:
        reason = said.strip().splitlines()[-1] if said.strip() else f"it ended with status {program.returncode}"
        raise HyplinkError(f"fastText cannot train word vectors: {reason}")
    return FastTextModel.open(target)


def _main(corpus: str, target: str, dim: int, epochs: int, threads: int) -> None:
    """What the process of its own does."""
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
    FastTextModel(model).save(Path(target))


def _end_with_parent() -> None:
    """Ends this process when the one that started it is gone: its end of standard input is then closed."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    try:
        _main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
    except (HyplinkError, OSError, RuntimeError, ValueError) as error:
        sys.exit(str(error))
