"""Concepts and names held out of training, from which placement and relations are learned without annotation.

A concept that is held out is unknown to the models that are asked about its names: the right relation of these names is
`broader`, and the right parents are those of the concept. Names of kept concepts are held out too: their right relation
is `exact`.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.candidates.examples import Example
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Ontology

CONCEPT_SHARE = 0.2
"""The share of the concepts that is held out."""

MAX_CONCEPTS = 1000
"""The most concepts that are held out."""

NAME_SHARE = 0.3
"""The share of the other names, or of the documents, that is held out."""


class ConceptSplit(NamedTuple):
    """Concepts and examples that models are trained without.

    Attributes:
        concepts: the indices of the held-out concepts, ascending.
        kept: which examples models are trained on, bool (n_examples,).
        unknown: rows of the examples of held-out concepts, one for each of their surface forms.
        renamed: rows of the held-out examples of kept concepts.
    """

    concepts: Indices
    kept: NDArray[np.bool_]
    unknown: Indices
    renamed: Indices


def concept_split(ontology: Ontology, examples: Sequence[Example], generator: np.random.Generator) -> ConceptSplit:
    """A random split of concepts and examples. Roots, and concepts that share a name with another, are kept.

    Args:
        ontology: the concepts.
        examples: names and annotated mentions; composite mentions are in no part.
        generator: of the draw.
    """
    owners = defaultdict[str, set[str]](set)
    for name, concept_id in ontology.names():
        owners[normal_text(name)].add(concept_id)
    suitable = [
        row
        for row, concept in enumerate(ontology.concepts.values())
        if concept.parents and all(len(owners[normal_text(name)]) == 1 for name in concept.names())
    ]
    n_held = min(MAX_CONCEPTS, int(CONCEPT_SHARE * len(ontology)), len(suitable))
    concepts = np.sort(generator.permutation(suitable)[:n_held]).astype(np.int64)
    held_ids = {ontology.concept_ids[concept] for concept in concepts.tolist()}
    single = [example.gold[0] if len(example.gold) == 1 else () for example in examples]
    is_unknown = np.array([bool(gold) and held_ids.issuperset(gold) for gold in single], dtype=bool)
    touched = np.array([not held_ids.isdisjoint(c for part in each.gold for c in part) for each in examples], bool)
    is_renamed = _renamed(ontology, examples, generator) & ~touched
    renamed = is_renamed & np.array([bool(gold) for gold in single], dtype=bool)
    return ConceptSplit(
        concepts,
        ~touched & ~is_renamed,
        _one_each(examples, np.flatnonzero(is_unknown)),
        _one_each(examples, np.flatnonzero(renamed)),
    )


def _renamed(ontology: Ontology, examples: Sequence[Example], generator: np.random.Generator) -> NDArray[np.bool_]:
    """Examples to hold out: those of a share of the documents, and a share of the names, but not all of a concept's."""
    documents = sorted({example.doc for example in examples if example.doc})
    held_documents = set(generator.permutation(documents)[: int(NAME_SHARE * len(documents))].tolist())
    keys = sorted({_key(example) for example in examples if not example.doc})
    drawn = {keys[i] for i in generator.permutation(len(keys))[: int(NAME_SHARE * len(keys))].tolist()}
    with_a_name = {gold for words, gold in keys if (words, gold) not in drawn}
    labels = ((normal_text(concept.label), ((concept_id,),)) for concept_id, concept in ontology.concepts.items())
    held_names = drawn - {(words, gold) for words, gold in labels if gold not in with_a_name}
    return np.array(
        [each.doc in held_documents if each.doc else _key(each) in held_names for each in examples], dtype=bool
    )


def _one_each(examples: Sequence[Example], rows: Indices) -> Indices:
    """The first row of each pair of a surface form, in normal form, and its concepts."""
    first = {_key(examples[row]): row for row in reversed(rows.tolist())}
    return np.array(sorted(first.values()), dtype=np.int64)


def _key(example: Example) -> tuple[str, tuple[tuple[str, ...], ...]]:
    return normal_text(example.read_as), example.gold
