"""Training examples of a transformer: names and mentions as token sequences, labelled with concepts.

A name is encoded once, however many concepts have it; the mentions of a sentence share one sequence. The names of a
lexicon are no examples, because the context decides between the senses of a word: the glosses of its concepts take
their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from hyplink.encoders.passage import Passage
from hyplink.encoders.sequences import PassageTokenizer, TokenSequence

Labelled = tuple[Passage, Sequence[int], bool]
"""A passage, its concept indices, and whether it is held out."""


@dataclass(frozen=True)
class TuningExamples:
    """Distinct passages with their concepts.

    Attributes:
        passages: names or glosses first, then mentions in context.
        concepts: the concept indices of each passage, at least one each.
        n_names: number of names or glosses.
        held_out: whether each passage belongs to the data that the ranker is trained on, bool (n,).
    """

    passages: Sequence[Passage]
    concepts: Sequence[tuple[int, ...]]
    n_names: int
    held_out: Tensor

    @classmethod
    def from_labelled(cls, names: Sequence[Labelled], in_context: Sequence[Labelled]) -> "TuningExamples":
        """The examples of labelled passages, equal ones joined.

        Passages without concepts are left out. A passage is held out unless one of those equal to it is not.

        Args:
            names: names without context, or glosses.
            in_context: mentions in context.
        """
        distinct_names = _joined(names)
        joined = [*distinct_names, *_joined(in_context)]
        return cls(
            [passage for passage, _, _ in joined],
            [concepts for _, concepts, _ in joined],
            len(distinct_names),
            torch.tensor([held_out for _, _, held_out in joined], dtype=torch.bool),
        )

    def __len__(self) -> int:
        """The number of passages."""
        return len(self.passages)

    @cached_property
    def pairs(self) -> tuple[Tensor, Tensor]:
        """The (row, concept) pairs of all names or glosses, two int64 tensors (p,), by row."""
        pairs = [(row, concept) for row in range(self.n_names) for concept in self.concepts[row]]
        rows, concepts = torch.tensor(pairs, dtype=torch.int64).reshape(-1, 2).T.contiguous()
        return rows, concepts

    def sequences(self, tokenizer: PassageTokenizer) -> list[TokenSequence]:
        """The token sequences of all passages, those of names first."""
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


def _joined(labelled: Sequence[Labelled]) -> list[tuple[Passage, tuple[int, ...], bool]]:
    """The distinct passages that have concepts, in order, with all their concepts."""
    joined: dict[Passage, tuple[set[int], list[bool]]] = {}
    for passage, concepts, held_out in labelled:
        if concepts:
            known, held = joined.setdefault(passage, (set(), []))
            known.update(concepts)
            held.append(held_out)
    return [(passage, tuple(sorted(known)), all(held)) for passage, (known, held) in joined.items()]
