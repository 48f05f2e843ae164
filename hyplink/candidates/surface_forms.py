"""Surface forms labelled with concepts: names of the ontology, and mentions of annotated text."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.candidates.examples import Example
from hyplink.candidates.gold_groups import gold_groups_of, target_concepts
from hyplink.ontology import Concept, Ontology

Vectors = NDArray[np.float32]


@dataclass(frozen=True)
class SurfaceForms:
    """Surface forms labelled with concepts, a row each.

    Attributes:
        texts: the words of each.
        concepts: the concept index of each, int64 (n,).
        vectors: the vector of each without its context, float32 (n, mention_dim).
        docs: the document of each; empty for a name.
        own: whether it is a label or an exact synonym of its concept, bool (n,).
        labels: whether it is the label of its concept, bool (n,).
        gold_groups: the gold-equivalence group of each concept, int64 (n_concepts,).
    """

    texts: tuple[str, ...]
    concepts: Indices
    vectors: Vectors
    docs: tuple[str, ...]
    own: NDArray[np.bool_]
    labels: NDArray[np.bool_]
    gold_groups: Indices

    def chosen(self, rows: Indices) -> "SurfaceForms":
        """The surface forms at some rows."""
        return SurfaceForms(
            tuple(self.texts[row] for row in rows),
            self.concepts[rows],
            self.vectors[rows],
            tuple(self.docs[row] for row in rows),
            self.own[rows],
            self.labels[rows],
            self.gold_groups,
        )

    @classmethod
    def from_examples(cls, ontology: Ontology, examples: Sequence[Example], vectors: Vectors) -> "SurfaceForms":
        """The surface forms of names and mentions, without composite mentions and those without a concept.

        Args:
            ontology: the concepts.
            examples: names and mentions.
            vectors: of the examples without their context, float32 (n_examples, mention_dim).
        """
        pairs = [
            (row, concept) for row, example in enumerate(examples) for concept in target_concepts(example, ontology)
        ]
        rows = [row for row, _ in pairs]
        labels = [ontology.concepts[concept_id].label for concept_id in ontology.concept_ids]
        own_names = [_own_names(ontology.concepts[concept_id]) for concept_id in ontology.concept_ids]
        return cls(
            tuple(examples[row].read_as for row in rows),
            np.array([concept for _, concept in pairs], dtype=np.int64),
            vectors if rows == list(range(len(vectors))) else vectors[rows],  # they may take gigabytes
            tuple(examples[row].doc for row in rows),
            np.array([examples[row].text in own_names[concept] for row, concept in pairs], dtype=bool),
            np.array([not examples[row].doc and examples[row].text == labels[concept] for row, concept in pairs], bool),
            gold_groups_of(examples, ontology),
        )


def _own_names(concept: Concept) -> set[str]:
    return {concept.label, *(synonym.text for synonym in concept.synonyms if synonym.scope == "EXACT")}
