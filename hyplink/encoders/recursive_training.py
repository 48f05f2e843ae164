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


def train_composer(words: FastTextEncoder, lines: Iterable[str], merge: Merge, progress: Progress) -> Composer:
    """A composer that has learned from lines of text, each piece of them read once.

    A step merges some pieces of as many words greedily, as they are encoded, and makes the mean error of the merges
    smaller with Adam, whose rate falls in a line. The same lines give the same composer.

    Args:
        words: gives the word vectors.
        lines: of text.
        merge: which pairs may be merged.
        progress: told of each piece; there are `TEXTS` of them, or fewer.
    """
    composer = Composer(words.blocks[0])
    batches = _batches(_drawn(_pieces(words, lines)))
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


def _pieces(words: FastTextEncoder, lines: Iterable[str]) -> Iterator[list[str]]:
    """The words with vectors of lines, in pieces of two and more."""
    for line in lines:
        known = [word for word in words.words(line) if words.unit(word).any()]
        for at in range(0, len(known) - 1, WORDS_A_TEXT):
            yield known[at : at + WORDS_A_TEXT]


def _drawn(pieces: Iterable[list[str]]) -> list[list[str]]:
    """`TEXTS` of the pieces, each as likely as any other, however many there are (Vitter's algorithm R)."""
    generator, drawn = random.Random(0), []
    for number, piece in enumerate(pieces):
        if number < TEXTS:
            drawn.append(piece)
        elif (place := generator.randrange(number + 1)) < TEXTS:
            drawn[place] = piece
    return drawn


def _batches(pieces: Sequence[list[str]]) -> list[list[list[str]]]:
    """The pieces of two and more words in batches of as many words each, in random order."""
    of_length = defaultdict(list)
    for piece in pieces:
        of_length[len(piece)].append(piece)
    generator, batches = random.Random(0), []
    for length, alike in sorted(of_length.items()):
        if length > 1:
            generator.shuffle(alike)
            batches += [alike[at : at + BATCH] for at in range(0, len(alike), BATCH)]
    generator.shuffle(batches)
    return batches


def _vectors(words: FastTextEncoder, batch: Sequence[Sequence[str]]) -> Tensor:
    units = np.stack([words.unit(word) for piece in batch for word in piece])
    return torch.from_numpy(units).reshape(len(batch), -1, units.shape[1])
