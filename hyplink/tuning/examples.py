"""Training examples of a transformer: names and mentions as token sequences, labelled with concepts.

A text without context is encoded once, however many concepts have it as a name; the mentions of a sentence share one
sequence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from hyplink.encoders.passage import Passage
from hyplink.encoders.sequences import PassageTokenizer, TokenSequence


@dataclass(frozen=True)
class TuningExamples:
    """Distinct passages with their concepts.

    Attributes:
        passages: texts without context first, then mentions in context.
        concepts: the concept indices of each passage, at least one each.
        n_names: number of passages without context.
        held_out: whether each passage belongs to the data that the ranker is trained on, bool (n,).
    """

    passages: Sequence[Passage]
    concepts: Sequence[tuple[int, ...]]
    n_names: int
    held_out: Tensor

    @classmethod
    def from_labelled(cls, labelled: Sequence[tuple[Passage, Sequence[int], bool]]) -> "TuningExamples":
        """The examples of labelled passages, equal ones joined.

        A passage is held out unless one of the passages equal to it is not.

        Args:
            labelled: passage, concept indices, and whether it is held out; those without concepts are left out.
        """
        joined: dict[Passage, tuple[set[int], list[bool]]] = {}
        for passage, concepts, held_out in labelled:
            if concepts:
                known, held = joined.setdefault(passage, (set(), []))
                known.update(concepts)
                held.append(held_out)
        names = [passage for passage in joined if not (passage.left or passage.right)]
        passages = [*names, *(passage for passage in joined if passage.left or passage.right)]
        return cls(
            passages,
            [tuple(sorted(joined[passage][0])) for passage in passages],
            len(names),
            torch.tensor([all(joined[passage][1]) for passage in passages], dtype=torch.bool),
        )

    def __len__(self) -> int:
        """The number of passages."""
        return len(self.passages)

    @cached_property
    def pairs(self) -> tuple[Tensor, Tensor]:
        """The (row, concept) pairs of all names, two int64 tensors (p,), by row."""
        pairs = [(row, concept) for row in range(self.n_names) for concept in self.concepts[row]]
        rows, concepts = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).T.contiguous()
        return rows, concepts

    def sequences(self, tokenizer: PassageTokenizer) -> list[TokenSequence]:
        """The token sequences of all passages, those of names first and in their order."""
        names = tokenizer.sequences(self.passages[: self.n_names])
        in_context = tokenizer.sequences(self.passages[self.n_names :])
        moved = (
            TokenSequence(each.tokens, [(row + self.n_names, start, end) for row, start, end in each.mentions])
            for each in in_context
        )
        return [*names, *moved]

    def draw_concepts(self, rows: Sequence[int], generator: torch.Generator) -> Tensor:
        """A random concept of each of some passages, int64 (n,)."""
        draws = torch.rand(len(rows), generator=generator).tolist()
        return torch.tensor(
            [self.concepts[row][int(draw * len(self.concepts[row]))] for row, draw in zip(rows, draws, strict=True)]
        )
