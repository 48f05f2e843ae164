"""Names and annotated mentions with their vectors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hyplink.arrays import Indices
from hyplink.candidates.examples import Example
from hyplink.candidates.surface_forms import Vectors


@dataclass(frozen=True)
class Encoded:
    """Names and annotated mentions with their vectors, which may be gigabytes and are copied only on demand.

    Attributes:
        examples: names first, then mentions.
        names: vectors of the names, which have no context, float32 (n_names, blocks[0]).
        texts: vectors of the mentions in context, and after them of the concepts' glosses, float32 (·, dim).
        blocks: the lengths of a vector's blocks: the mention's own, then those of its context.
        topics: the topic vector of each document of the mentions, float32 (t,), by id.
    """

    examples: Sequence[Example]
    names: Vectors
    texts: Vectors
    blocks: tuple[int, ...]
    topics: Mapping[str, Vectors] = field(default_factory=dict)

    @property
    def glosses(self) -> Vectors:
        """The vectors of the concepts' glosses, (n_concepts, dim); none if the ontology is no lexicon."""
        return self.texts[len(self.examples) - len(self.names) :]

    def vectors(self, rows: Indices) -> Vectors:
        """The whole vectors of some examples, (n, dim)."""
        vectors = np.zeros((len(rows), sum(self.blocks)), np.float32)
        is_name = rows < len(self.names)
        vectors[is_name, : self.blocks[0]] = self.names[rows[is_name]]
        vectors[~is_name] = self.texts[rows[~is_name] - len(self.names)]
        return vectors

    def words(self, rows: Indices) -> Vectors:
        """The mention's own block of the vectors of some examples, (n, blocks[0])."""
        vectors = np.empty((len(rows), self.blocks[0]), np.float32)
        is_name = rows < len(self.names)
        vectors[is_name] = self.names[rows[is_name]]
        vectors[~is_name] = self.texts[rows[~is_name] - len(self.names), : self.blocks[0]]
        return vectors
