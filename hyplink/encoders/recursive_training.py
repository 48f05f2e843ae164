"""Training of the recursive autoencoder on text."""

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.merging import Composer, Merge, MergeError, merge_greedily
from hyplink.run import Progress

MAX_SEGMENTS = 60_000
"""Maximum number of text segments to train on; if there are more, they are sampled."""

WORDS_PER_SEGMENT = 12
"""Lines are split into segments of at most this many words."""

BATCH_SIZE = 64
LR = 1e-3

Segment = Sequence[str]


def sample_segments(words: FastTextEncoder, lines: Iterable[str]) -> list[Segment]:
    """A uniform sample of at most `MAX_SEGMENTS` segments of the lines, each of at least two words with vectors.

    Reservoir sampling (Vitter 1985, Random Sampling with a Reservoir, algorithm R), with a fixed seed.

    Args:
        words: gives the words of a line and their vectors.
        lines: the text.
    """
    generator, sample = random.Random(0), []
    for number, segment in enumerate(_segments(words, lines)):
        if number < MAX_SEGMENTS:
            sample.append(segment)
        elif (position := generator.randrange(number + 1)) < MAX_SEGMENTS:
            sample[position] = segment
    return sample


def train_composer(
    words: FastTextEncoder,
    segments: Iterable[Segment],
    merge: Merge,
    progress: Progress,
    merge_error: MergeError = "weighted",
) -> Composer:
    """An autoencoder trained for one epoch on text segments; deterministic.

    A step merges a batch of segments of equal length greedily, as in encoding, and minimises the mean reconstruction
    error of the merges with Adam, whose learning rate decays linearly to 0.

    Args:
        words: gives the word vectors.
        segments: of at least two words each.
        merge: which pairs may be merged; see `merge_greedily`.
        progress: is advanced by each segment.
        merge_error: how the errors of the two vectors of a pair are added; see `Composer`.
    """
    composer = Composer(words.blocks[0], merge_error)
    batches = _batches(segments)
    optimiser = torch.optim.Adam(composer.parameters(), lr=LR)
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.0, max(1, len(batches)))
    for batch in batches:
        loss = merge_greedily(composer, _vectors(words, batch), merge).errors.mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        progress.advance(len(batch), note=f"error {loss.item():.3f}")
    return composer


def _segments(words: FastTextEncoder, lines: Iterable[str]) -> Iterator[Segment]:
    for line in lines:
        with_vectors = [word for word in words.words(line) if words.unit_vector(word).any()]
        for start in range(0, len(with_vectors) - 1, WORDS_PER_SEGMENT):
            yield with_vectors[start : start + WORDS_PER_SEGMENT]


def _batches(segments: Iterable[Segment]) -> list[list[Segment]]:
    """Batches of segments of equal length, in random order with a fixed seed."""
    by_length = defaultdict(list)
    for segment in segments:
        by_length[len(segment)].append(segment)
    generator, batches = random.Random(0), []
    for of_length in by_length.values():
        generator.shuffle(of_length)
        batches += [of_length[start : start + BATCH_SIZE] for start in range(0, len(of_length), BATCH_SIZE)]
    generator.shuffle(batches)
    return batches


def _vectors(words: FastTextEncoder, batch: Sequence[Segment]) -> Tensor:
    """The word vectors, float32 (B, n, d), of B segments of n words."""
    units = np.stack([words.unit_vector(word) for segment in batch for word in segment])
    return torch.from_numpy(units).reshape(len(batch), -1, units.shape[1])
