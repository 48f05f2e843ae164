"""Candidates without the concepts that annotators rejected."""

import numpy as np

from hyplink.candidates.lexical import Ranked
from hyplink.candidates.rejected import NOTHING_REJECTED, RejectedConcepts, without
from hyplink.names.corrections import Corrections
from hyplink.ontology import Concept, Ontology

ONTOLOGY = Ontology([Concept("A:1", "skin"), Concept("A:2", "hair"), Concept("A:3", "nail")])
RANKED = Ranked(np.array([[2, 0, 1], [1, -1, -1]]), np.array([[0.9, 0.5, 0.4], [1.0, -np.inf, -np.inf]]))


def rejected(**by_key):
    return RejectedConcepts.from_corrections(Corrections([], {}, by_key, frozenset()), ONTOLOGY)


def test_the_pairs_of_texts_whose_surface_form_was_corrected():
    pairs = rejected(hair=["A:1", "A:3"]).pairs(["nails", "Hairs", "hair"], 3)
    assert sorted(pairs) == [(1, 0), (1, 2), (2, 0), (2, 2)]


def test_a_surface_form_keeps_its_candidates_if_as_many_are_rejected_as_there_are():
    assert rejected(hair=["A:1", "A:2", "A:3"]).pairs(["hair"], 3) == []


def test_the_candidates_behind_a_rejected_one_move_up():
    left = without(RANKED, [(0, 0), (1, 0)])
    assert left.concepts.tolist() == [[2, 1, -1], [1, -1, -1]]
    assert left.scores.tolist() == [[0.9, 0.4, -np.inf], [1.0, -np.inf, -np.inf]]
    assert RANKED.concepts.tolist() == [[2, 0, 1], [1, -1, -1]]


def test_nothing_is_rejected_without_corrections():
    assert NOTHING_REJECTED.pairs(["hair"], 3) == []
    assert without(RANKED, []) is RANKED
