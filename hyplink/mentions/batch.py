"""A batch of mentions as candidate generation reads them: equal-length columns, built in one place and passed whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hyplink.arrays import Indices
from hyplink.encoders import Passage
from hyplink.mentions.lexicon import WordUse
from hyplink.mentions.spans import MentionSpan
from hyplink.ontology import Ontology


@dataclass(frozen=True)
class MentionBatch:
    """Mentions of one or several documents, a row each.

    Attributes:
        passages: what the encoder reads: the mention with abbreviations expanded, and its context.
        documents: a key of the mention's document; empty for a mention without one.
        named: indices of the concepts by whose names the mention was found.
        named_only: whether the concepts in `named` are the only candidates, so that no other is searched: a single one
            always is, several if the mention is a name of each in normal form.
        uses: the word of a lexicon that the mention uses; None for none.
    """

    passages: Sequence[Passage]
    documents: Sequence[str]
    named: Sequence[tuple[int, ...]]
    named_only: Sequence[bool]
    uses: Sequence[WordUse | None]

    def __post_init__(self) -> None:
        lengths = set(map(len, (self.passages, self.documents, self.named, self.named_only, self.uses)))
        if len(lengths) != 1:
            raise ValueError(f"columns of {sorted(lengths)} rows; all need as many")

    def __len__(self) -> int:
        return len(self.passages)

    @classmethod
    def from_spans(
        cls, spans: Sequence[Sequence[MentionSpan]], ontology: Ontology, *, search_all: bool
    ) -> "MentionBatch":
        """The mentions of documents, those of one document after those of the one before.

        Args:
            spans: the mentions of each document. A document is identified by its number, because ids may repeat.
            ontology: the concepts.
            search_all: search candidates for mentions that are names of concepts too.
        """
        flat = [span for each in spans for span in each]
        documents = [str(number) for number, each in enumerate(spans) for _ in each]
        index_of = ontology.index_of.__getitem__
        return cls(
            [span.passage for span in flat],
            documents,
            [tuple(map(index_of, span.named)) for span in flat],
            [not search_all and bool(span.named) for span in flat],
            [span.use and span.use._replace(doc=doc) for doc, span in zip(documents, flat, strict=True)],
        )

    @classmethod
    def from_given(
        cls, texts: Sequence[str], documents: Sequence[str], uses: Sequence[WordUse | None] | None = None
    ) -> "MentionBatch":
        """Mentions whose spans are given and whose vectors are known: their passages have no context.

        Args:
            texts: the words of each, abbreviations expanded.
            documents: the document of each; empty for none.
            uses: the word of a lexicon that each uses; None where the ontology is none.
        """
        n = len(texts)
        passages = [Passage(text) for text in texts]
        return cls(passages, documents, [()] * n, [False] * n, uses if uses is not None else [None] * n)

    @property
    def texts(self) -> list[str]:
        """The words of each mention, abbreviations expanded."""
        return [passage.mention for passage in self.passages]

    @property
    def unambiguous_rows(self) -> Indices:
        """The rows of the mentions that have a single candidate, without a search."""
        pairs = zip(self.named, self.named_only, strict=True)
        return np.flatnonzero(np.array([only and len(named) == 1 for named, only in pairs], dtype=bool))

    @property
    def named_pairs(self) -> set[tuple[int, int]]:
        """Row and concept index of each concept by whose name a mention was found."""
        return {(row, concept) for row, concepts in enumerate(self.named) for concept in concepts}

    def take(self, rows: Iterable[int]) -> "MentionBatch":
        """The mentions at some rows, in their order."""
        rows = list(rows)
        return MentionBatch(
            [self.passages[row] for row in rows],
            [self.documents[row] for row in rows],
            [self.named[row] for row in rows],
            [self.named_only[row] for row in rows],
            [self.uses[row] for row in rows],
        )
