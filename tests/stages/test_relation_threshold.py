from types import SimpleNamespace

import numpy as np
import pytest

from hyplink.errors import HyplinkError, InputError
from hyplink.linking.link import Candidate, Link
from hyplink.metrics.guarantee import binomial_p_value
from hyplink.ontology import Concept, Ontology
from hyplink.stages import relation_threshold
from hyplink.stages.relation_threshold import find_relation_threshold, is_right, losses_of
from hyplink.stages.relations import RelationAnswer

PARENTS = {"D": (), "heart": ("D",), "valve": ("heart",), "mitral": ("valve",), "lung": ("D",)}
ONTOLOGY = Ontology([Concept(each, each, parents=parents) for each, parents in PARENTS.items()])


def candidate(concept, score=0.0):
    return Candidate(concept, concept, score, None)


def link(relation, concept="lung", probability=0.9, doc="doc"):
    """A link whose concept is certain, so that its `relation_confidence` is the probability of its relation."""
    broader = candidate(concept) if relation == "broader" else None
    rest = (1 - probability) / 2
    probabilities = tuple(probability if each == relation else rest for each in ("exact", "broader", "none"))
    return Link(
        doc=doc,
        start=0,
        end=1,
        spans=None,
        text="x",
        negated=False,
        uncertain=False,
        answer=candidate(concept),
        depth=1,
        confidence=1.0,
        confidence_basis="names",
        back_off_of=None,
        candidates=(candidate(concept),),
        relation=relation,
        relation_probabilities=probabilities,
        broader=broader,
    )


def answered(relation, concept, right, *gold, **more):
    return RelationAnswer(link(relation, concept, **more), right, frozenset(gold))


@pytest.mark.parametrize(
    ("relation", "concept", "right", "gold", "expected"),
    [
        ("exact", "valve", "exact", ["valve"], True),
        ("exact", "valve", "exact", ["lung", "valve"], True),
        ("exact", "heart", "exact", ["valve"], False),
        ("exact", "valve", "broader", ["valve"], False),  # the parent is not what is meant
        ("exact", "valve", "none", [], False),
        ("broader", "valve", "broader", ["valve"], True),
        ("broader", "heart", "broader", ["valve"], True),
        ("broader", "D", "broader", ["valve"], False),  # a root says nothing
        ("broader", "D", "broader", ["D"], True),
        ("broader", "mitral", "broader", ["valve"], False),
        ("broader", "lung", "broader", ["valve"], False),
        ("broader", "heart", "exact", ["valve"], True),  # true of it, though less than could be said
        ("broader", "valve", "exact", ["valve"], False),
        ("broader", "heart", "none", [], False),
        ("none", "valve", "none", [], True),
        ("none", "valve", "exact", ["valve"], False),
        ("none", "valve", "broader", ["valve"], False),
    ],
)
def test_an_answer_is_right_if_its_relation_holds_between_the_concept_and_what_is_meant(
    relation, concept, right, gold, expected
):
    assert is_right(answered(relation, concept, right, *gold), ONTOLOGY) is expected


def test_the_loss_of_a_document_is_the_share_of_its_confident_answers_that_is_wrong():
    rows = [
        answered("none", "lung", "none", doc="a", probability=0.9),
        answered("none", "lung", "none", doc="b", probability=0.7),
        answered("none", "lung", "none", doc="a", probability=0.8),
        answered("none", "lung", "none", doc="c", probability=0.6),
    ]
    right = [True, False, False, True]
    assert losses_of(rows, right, 0.7, "documents").tolist() == [0.5, 1.0]
    assert losses_of(rows, right, 0.7, "mentions").tolist() == [0, 1, 1]
    assert losses_of(rows, right, 0.0, "mentions").tolist() == [0, 1, 1, 0]


def test_the_confidence_of_an_answer_is_that_of_its_relation_and_its_concept():
    exact = link("exact", probability=0.8)
    assert exact.relation_confidence == pytest.approx(0.8)
    broader = link("broader", probability=0.6)
    broader = broader._replace(broader=candidate("heart", np.log(0.5)))
    assert broader.relation_confidence == pytest.approx(0.3)
    assert link("none", probability=0.7).relation_confidence == pytest.approx(0.7)
    exact = exact._replace(confidence=None)
    assert exact.relation_confidence is None
    broader = broader._replace(relation_probabilities=None)
    assert broader.relation_confidence is None


class Fixed:
    """A linker of which the search for a threshold asks no more than its ontology."""

    ontology = ONTOLOGY


FIXED_RUN = SimpleNamespace(config=SimpleNamespace(data=SimpleNamespace(dev=(), input_format="auto")))
"""A run of which it asks no more than its dev data, which are given elsewhere."""


def searched(monkeypatch, rows, accuracy=0.8, delta=0.1, unit="mentions"):
    monkeypatch.setattr(relation_threshold.Linker, "from_run", lambda run: Fixed())
    monkeypatch.setattr(relation_threshold, "read_documents", lambda *_: [])
    monkeypatch.setattr(relation_threshold, "relation_answers", lambda *_: rows)
    return find_relation_threshold(FIXED_RUN, accuracy, delta, unit)


def test_the_threshold_is_the_lowest_of_a_sequence_of_thresholds_that_all_suffice(monkeypatch):
    sure = [answered("exact", "valve", "exact", "valve", probability=0.95)] * 40
    unsure = [answered("broader", "heart", "none", probability=0.6)] * 40
    found = searched(monkeypatch, [*sure, *unsure])
    assert found.found.least == pytest.approx(0.61)
    assert (found.found.n_units, found.n_mentions) == (40, 80)
    assert found.found.p_value == pytest.approx(binomial_p_value(np.zeros(40), 0.2))
    assert found.n_answered == {"exact": 40, "broader": 0, "none": 0}
    assert found.n_right == found.n_answered


def test_a_sequence_that_starts_lower_goes_on_where_none_is_sure_enough_to_be_tested(monkeypatch):
    # No answer reaches .9, so nothing is shown there; the sequence from .7 goes down to where the errors begin.
    rows = [answered("none", "lung", "none", probability=0.75)] * 40
    rows += [answered("none", "lung", "exact", "lung", probability=0.4)] * 60
    assert searched(monkeypatch, rows).found.least == pytest.approx(0.41)


def test_the_level_of_a_sequence_is_a_third(monkeypatch):
    # Without an error, 15 answers show .8 at .0352, which is above a third of .1; 16 show it at .0281.
    rows = [answered("none", "lung", "none", probability=0.95)] * 16
    assert searched(monkeypatch, rows).found.least == 0
    with pytest.raises(HyplinkError, match=r"no threshold: on 15 dev mentions .* accuracy of 0\.8 cannot be shown"):
        searched(monkeypatch, rows[1:])


def test_dev_data_without_relations_are_refused(monkeypatch):
    with pytest.raises(InputError, match="a column `relation`"):
        searched(monkeypatch, [])
