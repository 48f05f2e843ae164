"""Hypernym classes predicted from contexts, on a hierarchy of places and animals."""

import numpy as np
import pytest

from hyplink.ontology import Concept, Ontology
from hyplink.senses.hypernym_classes import LEAST_USES, HypernymClasses, is_a_matrix

THING, PLACE, TOWN, HUT, ANIMAL, DOG, CAT = range(7)
NATURE, CITY = [1.0, 0.0], [0.0, 1.0]


@pytest.fixture(scope="module")
def hierarchy():
    parents = {"place": "thing", "town": "place", "hut": "place", "animal": "thing", "dog": "animal", "cat": "animal"}
    names = ["thing", "place", "town", "hut", "animal", "dog", "cat"]
    return Ontology([Concept(name, name, parents=(parents[name],) if name in parents else ()) for name in names])


def hypernym_classes(hierarchy, times=LEAST_USES):
    """Learned from towns in the city and dogs outside, each word so many times."""
    contexts = np.array([CITY] * times + [NATURE] * times, np.float32)
    concepts = np.repeat([TOWN, DOG], times)
    return HypernymClasses.from_uses(contexts, concepts, np.arange(2 * times), is_a_matrix(hierarchy))


def leads(learned, context):
    candidates = np.arange(7)
    return learned.leads(np.array([context], np.float32), np.zeros(7, np.int64), candidates)


def test_a_concept_is_of_its_own_kind_and_of_all_above_it(hierarchy):
    expected = np.zeros((7, 7))
    for concept, above in {TOWN: [PLACE], HUT: [PLACE], DOG: [ANIMAL], CAT: [ANIMAL]}.items():
        expected[concept, [concept, *above, THING]] = 1
    for concept in (THING, PLACE, ANIMAL):
        expected[concept, [concept, THING]] = 1
    assert (is_a_matrix(hierarchy).toarray() == expected).all()


def test_the_context_of_one_concept_is_evidence_for_others_with_the_same_hypernyms(hierarchy):
    city, nature = leads(hypernym_classes(hierarchy), CITY), leads(hypernym_classes(hierarchy), NATURE)
    assert city[HUT] > 0 > city[CAT]
    assert nature[CAT] > 0 > nature[HUT]
    assert city[TOWN] > city[HUT]


def test_a_hypernym_of_all_annotated_words_is_not_a_class(hierarchy):
    assert leads(hypernym_classes(hierarchy), CITY)[THING] == 0


def test_a_hypernym_with_few_uses_is_not_a_class(hierarchy):
    assert not leads(hypernym_classes(hierarchy, LEAST_USES - 1), CITY).any()


def test_the_regression_is_that_of_its_normal_equations(hierarchy):
    times, ridge = 40, 10.0
    learned = hypernym_classes(hierarchy, times)
    # Of the city the kind "place" (share ½) stands `times` times: (times + ridge)·b = times·(1 − ½), by hand.
    leaning = times * 0.5 / (times + ridge)
    assert leads(learned, CITY)[HUT] == pytest.approx(leaning / 0.5, rel=1e-5)
