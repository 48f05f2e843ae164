"""Topics: what a document is about, compared with the definitions of concepts.

A topic vector is the encoder's vector of a whole text, in which rare words weigh more (Arora et al. 2017, "A simple but
tough-to-beat baseline for sentence embeddings"). All definitions of an ontology share a direction, which is subtracted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from hyplink.arrays import Indices, Scores
from hyplink.candidates.surface_forms import Vectors
from hyplink.encoders import Encoder
from hyplink.ontology import Concept, Ontology

TopicOf = Callable[[str], Vectors]
"""The topic vector, float32 (t,), of the document with a key."""


@dataclass(frozen=True)
class ConceptTopics:
    """The topics of concepts that have a definition.

    Attributes:
        vectors: of length 1, float32 (n_concepts, t); zeros for a concept without a definition.
        centre: the mean topic vector of definitions, float32 (t,), which has been subtracted.
    """

    vectors: Vectors
    centre: Vectors

    @classmethod
    def from_ontology(cls, ontology: Ontology, encoder: Encoder) -> "ConceptTopics":
        """The topics of the names and definitions of concepts."""
        concepts = [ontology.concepts[concept_id] for concept_id in ontology.concept_ids]
        rows = [row for row, concept in enumerate(concepts) if concept.definition]
        topics = encoder.topics([_text_of(concepts[row]) for row in rows])
        centre = topics.mean(axis=0) if rows else np.zeros(topics.shape[1], np.float32)
        vectors = np.zeros((len(concepts), topics.shape[1]), np.float32)
        vectors[rows] = _unit(topics - centre)
        return cls(vectors, centre)

    def cosine(self, topic: Vectors, concepts: Indices) -> Scores:
        """The cosine of a document's topic vector (t,) and the topics of concepts (c,); 0 where either is missing."""
        if not topic.any():
            return np.zeros(len(concepts))
        similarity: Scores = (self.vectors[concepts] @ _unit(topic - self.centre)).astype(np.float64)
        return similarity


def topics_of_texts(encoder: Encoder, texts: Mapping[str, str]) -> TopicOf:
    """Looks up the topic vectors of documents, given their texts by key; each is encoded when it is first asked for."""
    known: dict[str, Vectors] = {}

    def topic_of(document: str) -> Vectors:
        if document not in known:
            known[document] = encoder.topics([texts[document]])[0]
        return known[document]

    return topic_of


def _text_of(concept: Concept) -> str:
    return "; ".join([*concept.names(), concept.definition or ""])


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return unit
