"""The batches of an epoch: each sequence once, two names of a concept side by side, and similar lengths together.

Two names of a concept in one batch give the contrastive loss a pair whose vectors are both trained. A batch is encoded
in parts of similar length, so that little of it is padding.
"""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from hyplink.encoders.sequences import TokenSequence
from hyplink.tuning.examples import TuningExamples


class EpochBatches:
    """Draws the batches of each epoch.

    Args:
        examples: the passages with their concepts.
        sequences: the token sequences of the passages.
        batch_size: least number of passages of a batch, the last one of an epoch aside.
    """

    def __init__(self, examples: TuningExamples, sequences: Sequence[TokenSequence], batch_size: int) -> None:
        self._examples = examples
        self._sequences = sequences
        self._batch_size = batch_size

    def draw(self, chosen: Tensor, generator: torch.Generator) -> list[list[TokenSequence]]:
        """The batches of an epoch over some passages.

        Args:
            chosen: whether each passage is trained on, bool (n_examples,); a sequence with several mentions keeps
                those.
            generator: of the random order.
        """
        batches: list[list[TokenSequence]] = [[]]
        size = 0
        for group in self._groups(chosen.tolist(), generator):
            if size >= self._batch_size:
                batches.append([])
                size = 0
            batches[-1] += group
            size += sum(len(each.mentions) for each in group)
        return [batch for batch in batches if batch]

    def _groups(self, chosen: Sequence[bool], generator: torch.Generator) -> Iterator[list[TokenSequence]]:
        """Pairs of names of one concept, single names, and sequences in context, in random order."""
        groups: list[list[TokenSequence]] = []
        unpaired: dict[int, TokenSequence] = {}
        for number in torch.randperm(len(self._sequences), generator=generator).tolist():
            sequence = self._sequences[number]
            mentions = [mention for mention in sequence.mentions if chosen[mention[0]]]
            if not mentions:
                continue
            row = mentions[0][0]
            kept = TokenSequence(sequence.tokens, mentions)
            if row >= self._examples.n_names:
                groups.append([kept])
                continue
            concept = self._examples.concepts[row][0]
            if concept in unpaired:
                groups.append([unpaired.pop(concept), kept])
            else:
                unpaired[concept] = kept
        groups += ([each] for each in unpaired.values())
        for number in torch.randperm(len(groups), generator=generator).tolist():
            yield groups[number]


def parts_of_similar_length(batch: Sequence[TokenSequence], size: int) -> list[list[TokenSequence]]:
    """The sequences of a batch in parts of at most `size`, by ascending length."""
    ordered = sorted(batch, key=lambda each: len(each.tokens))
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]
