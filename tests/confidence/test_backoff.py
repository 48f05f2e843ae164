import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.candidates.features import FEATURES, Candidates
from hyplink.confidence.backoff import Posterior, backed_off, posteriors_of
from hyplink.ontology import Concept, Ontology

# A root; a heart disease with two kinds, one of which is also a muscle disease.
PARENTS = {"D": (), "heart": ("D",), "muscle": ("D",), "valve": ("heart",), "myopathy": ("heart", "muscle")}
ONTOLOGY = Ontology([Concept(each, each, parents=parents) for each, parents in PARENTS.items()])


def posterior(**probabilities):
    told = zip(probabilities, probabilities.values(), range(len(probabilities)), strict=True)
    return Posterior.from_candidates(told, max(probabilities, key=probabilities.get), ONTOLOGY)


def test_the_probability_of_a_subtree_is_the_sum_over_it_each_concept_once():
    found = posterior(valve=0.4, myopathy=0.3, heart=0.1).subtrees
    assert found == pytest.approx({"valve": 0.4, "myopathy": 0.3, "heart": 0.8, "muscle": 0.3})


def test_concepts_of_one_gold_group_are_right_together_and_count_once():
    found = Posterior.from_candidates([("valve", 0.3, 1), ("muscle", 0.2, 1), ("myopathy", 0.4, 2)], "valve", ONTOLOGY)
    assert found.probability == pytest.approx(0.5)
    assert found.subtrees == pytest.approx({"valve": 0.5, "muscle": 0.9, "heart": 0.9, "myopathy": 0.4})


def test_the_best_candidate_has_the_probability_of_its_gold_group():
    told = [("valve", 0.3, 4), ("heart", 0.25, 0), ("muscle", 0.1, 4), ("myopathy", 0.2, 0)]
    assert Posterior.from_candidates(told, "heart", ONTOLOGY).probability == pytest.approx(0.45)
    assert Posterior.from_candidates(told, "muscle", ONTOLOGY).probability == pytest.approx(0.4)
    assert Posterior.from_candidates(iter(told), "valve", ONTOLOGY).best == "valve"


def test_a_gold_group_counts_once_in_the_subtree_of_each_ancestor():
    # One meaning of two kinds of heart disease: what is above both does not count it twice.
    found = Posterior.from_candidates([("valve", 0.3, 7), ("myopathy", 0.2, 7), ("D", 0.1, 8)], "valve", ONTOLOGY)
    assert found.subtrees == pytest.approx({"valve": 0.5, "myopathy": 0.5, "heart": 0.5, "muscle": 0.5, "D": 0.1})


def test_a_root_is_its_own_representative():
    assert posterior(D=0.2, valve=0.7).subtrees["D"] == 0.2


def test_the_best_candidate_stays_where_it_is_probable_enough():
    assert backed_off(posterior(valve=0.6, myopathy=0.3), 0.6, ONTOLOGY) == ("valve", 0.6, None)


def test_else_the_deepest_concept_that_is_answers_and_the_best_is_named_as_given_up():
    answer = backed_off(posterior(valve=0.5, myopathy=0.4), 0.8, ONTOLOGY)
    assert answer == ("heart", pytest.approx(0.9), "valve")


def test_where_nothing_below_a_root_is_probable_enough_the_answer_is_nil():
    assert backed_off(posterior(valve=0.5, muscle=0.4), 0.8, ONTOLOGY) == (None, 0.0, "valve")


def test_the_best_stays_though_another_is_deeper_or_likelier():
    found = Posterior("heart", 0.5, {"heart": 0.5, "valve": 0.5, "muscle": 0.9})
    assert backed_off(found, 0.5, ONTOLOGY) == ("heart", 0.5, None)
    assert backed_off(found, 0.0, ONTOLOGY) == ("heart", 0.5, None)


def test_the_probability_that_is_demanded_is_enough():
    found = Posterior("valve", 0.5, {"valve": 0.5, "heart": 0.75, "muscle": 0.25})
    assert backed_off(found, 0.75, ONTOLOGY) == ("heart", 0.75, "valve")
    assert backed_off(found, 0.7501, ONTOLOGY) == (None, 0.0, "valve")


def test_of_equally_deep_and_likely_ones_the_least_id_is_taken():
    found = Posterior("D", 0.1, {"D": 0.1, "muscle": 0.5, "heart": 0.5})
    assert backed_off(found, 0.3, ONTOLOGY) == ("heart", 0.5, "D")


def test_a_deeper_one_is_taken_before_a_likelier_one():
    found = Posterior("myopathy", 0.2, {"myopathy": 0.2, "valve": 0.6, "heart": 0.8, "D": 0.9})
    assert backed_off(found, 0.5, ONTOLOGY) == ("valve", 0.6, "myopathy")


def test_of_equally_deep_ones_the_likelier_is_taken():
    answer = backed_off(posterior(D=0.35, valve=0.2, muscle=0.34), 0.36, ONTOLOGY)
    assert answer.concept is None
    answer = backed_off(posterior(D=0.4, heart=0.25, muscle=0.3), 0.2, ONTOLOGY)
    assert answer == ("D", 0.4, None)
    answer = backed_off(Posterior("D", 0.1, {"D": 0.1, "heart": 0.4, "muscle": 0.5}), 0.3, ONTOLOGY)
    assert answer == ("muscle", 0.5, "D")


@given(st.lists(st.floats(0.01, 1), min_size=5, max_size=5), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_threshold_never_gives_a_less_probable_answer(weights, first, second):
    total = sum(weights) * 1.1
    found = posterior(**{name: weight / total for name, weight in zip(PARENTS, weights, strict=True)})
    low, high = (backed_off(found, least, ONTOLOGY) for least in sorted((first, second)))
    assert high.concept is None or high.probability >= min(low.probability, max(first, second))
    for answer, least in ((low, min(first, second)), (high, max(first, second))):
        assert answer.concept is None or answer.probability >= least


def test_the_posterior_of_each_mention_of_a_batch_depends_on_its_own_candidates():
    ids = ONTOLOGY.concept_ids
    concepts = np.array([ids.index("valve"), ids.index("myopathy"), ids.index("muscle")])
    candidates = Candidates(np.array([0, 0, 1]), concepts, np.zeros((3, len(FEATURES))), None, concepts)
    found = posteriors_of(candidates, np.log([0.3, 0.7, 1.0]), np.array([0.2, 0.6, 0.9]), ONTOLOGY)
    assert [(each.best, each.probability) for each in found] == [("myopathy", 0.6), ("muscle", 0.9)]
    assert found[0].subtrees["heart"] == pytest.approx(0.8)


def test_the_first_of_equal_candidates_is_best_and_gold_groups_belong_to_one_mention():
    ids = ONTOLOGY.concept_ids
    concepts = np.array([ids.index(each) for each in ("heart", "valve", "myopathy", "muscle", "D")])
    mentions, gold_groups = np.array([1, 1, 1, 4, 4]), np.array([5, 6, 5, 5, 6])
    candidates = Candidates(mentions, concepts, np.zeros((5, len(FEATURES))), None, gold_groups)
    scores, probabilities = np.array([-1.0, -1.0, -2.0, -3.0, -0.5]), np.array([0.1, 0.2, 0.3, 0.4, 0.5])
    first, second = posteriors_of(candidates, scores, probabilities, ONTOLOGY)
    assert (first.best, first.probability) == ("heart", pytest.approx(0.4))
    assert first.subtrees == pytest.approx({"heart": 0.6, "valve": 0.2, "myopathy": 0.4, "muscle": 0.4})
    assert (second.best, second.probability, second.subtrees) == ("D", 0.5, {"muscle": 0.4, "D": 0.5})


def test_without_mentions_there_are_no_posteriors():
    none = np.zeros(0, dtype=np.int64)
    assert posteriors_of(Candidates(none, none, np.zeros((0, len(FEATURES))), None, none), none, none, ONTOLOGY) == []
