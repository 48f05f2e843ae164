"""Training of the recursive encoder's composer: parents shall keep what is needed to rebuild their parts."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.merging import Composer, Merge, merged
from hyplink.run import Progress

TEXTS = 60_000
"""Texts that are learned from at most, drawn at random from all."""

WORDS_A_TEXT = 12
"""Longer lines are cut into pieces of so many words."""

BATCH = 64
LR = 1e-3


Piece = Sequence[str]


def drawn_pieces(words: FastTextEncoder, lines: Iterable[str]) -> list[Piece]:
    """Pieces of text to learn from: two words or more that have vectors, `TEXTS` of them at most.

    Each piece of the lines is as likely to be drawn as any other, however many there are (Vitter 1985, algorithm R).
    The same lines give the same pieces.
    """
    generator, drawn = random.Random(0), []
    for number, piece in enumerate(_pieces(words, lines)):
        if number < TEXTS:
            drawn.append(piece)
        elif (place := generator.randrange(number + 1)) < TEXTS:
            drawn[place] = piece
    return drawn


def train_composer(words: FastTextEncoder, pieces: Iterable[Piece], merge: Merge, progress: Progress) -> Composer:
    """A composer that has learned from pieces of text, each read once.

    A step merges some pieces of as many words greedily, as they are encoded, and makes the mean error of the merges
    smaller with Adam, whose rate falls in a line. The same pieces give the same composer.

    Args:
        words: gives the word vectors.
        pieces: of two words or more.
        merge: which pairs may be merged.
        progress: told of each piece.
    """
    composer = Composer(words.blocks[0])
    batches = _batches(pieces)
    optimiser = torch.optim.Adam(composer.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, max(1, len(batches)))
    for batch in batches:
        loss = merged(composer, _vectors(words, batch), merge).errors.mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        progress.advance(len(batch), note=f"error {loss.item():.3f}")
    return composer


def _pieces(words: FastTextEncoder, lines: Iterable[str]) -> Iterator[Piece]:
    for line in lines:
        known = [word for word in words.words(line) if words.unit(word).any()]
        for at in range(0, len(known) - 1, WORDS_A_TEXT):
            yield known[at : at + WORDS_A_TEXT]


def _batches(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """The pieces in batches of as many words each, in random order."""
    of_length = defaultdict(list)
    for piece in pieces:
        of_length[len(piece)].append(piece)
    generator, batches = random.Random(0), []
    for alike in of_length.values():
        generator.shuffle(alike)
        batches += [alike[at : at + BATCH] for at in range(0, len(alike), BATCH)]
    generator.shuffle(batches)
    return batches


def _vectors(words: FastTextEncoder, batch: Sequence[Piece]) -> Tensor:
    units = np.stack([words.unit(word) for piece in batch for word in piece])
    return torch.from_numpy(units).reshape(len(batch), -1, units.shape[1])
