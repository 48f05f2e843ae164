"""Candidate parents: what proposes them, and what is ignored."""

import numpy as np
import pytest

from hyplink.encoders import Passage
from hyplink.placement.features import (
    FEATURES,
    HAS_DEFINITION,
    PlacementFeatures,
    Query,
    proposed_by_name,
    without_definition,
)
from tests.linking.hand_made import LetterEncoder, calibration_of, linker_of


@pytest.fixture(scope="module")
def features():
    """Those of the hand-made linker."""
    linker = linker_of(calibration_of("names"), annotated=[])
    return PlacementFeatures(linker.ontology, linker.generator.names, linker.generator.regressor)


def found(features, *queries):
    """By query, the features by name of each candidate, by its label."""
    vectors = LetterEncoder().encode([Passage(query.text) for query in queries])
    candidates = features.candidates(queries, vectors)
    tables = [{} for _ in queries]
    for name, concept, row in zip(*(each.tolist() for each in candidates), strict=True):
        tables[name][label_of(features, concept)] = dict(zip(FEATURES, row, strict=True))
    return tables


def label_of(features, concept):
    return features.ontology.concepts[features.ontology.concept_ids[concept]].label


def test_a_name_within_the_name_proposes_its_concept_with_its_share_of_the_words(features):
    (table,) = found(features, Query("large blue cone cell"))
    assert table["blue cone cell"]["suffix"] == 0.75
    assert table["cell"]["suffix"] == 0.25
    assert table["blue cone cell"]["longest_suffix"] == 1
    assert table["cell"]["longest_suffix"] == table["cell"]["longest_contained"] == 0
    assert table["blue cone cell"]["prefix"] == 0
    assert table["photoreceptor"]["contained_below"] == 0.75


def test_a_name_at_the_beginning_is_a_prefix(features):
    (table,) = found(features, Query("glial cell of the eye"))
    assert table["glial cell"]["prefix"] == 2 / 5
    assert table["glial cell"]["suffix"] == 0


def test_similar_concepts_propose_their_parents_and_grandparents(features):
    (table,) = found(features, Query("blue cone cell"))
    assert table["cone cell"]["tfidf_child"] == pytest.approx(table["blue cone cell"]["tfidf_self"])
    assert table["cone cell"]["tfidf_child_rank"] == 1
    assert table["photoreceptor"]["tfidf_votes_above"] > 0


def test_votes_are_shares_of_the_similarity_of_the_most_similar_concepts(features):
    (table,) = found(features, Query("blue cone cell"))
    similar = {label: row["tfidf_self"] for label, row in table.items() if row["tfidf_self"] > 0}
    children = ["rod cell", "cone cell"]
    expected = sum(similar.get(child, 0) for child in children) / sum(similar.values())
    assert table["photoreceptor"]["tfidf_votes"] == pytest.approx(expected)


def test_the_ignored_concept_is_no_candidate_and_its_children_are_those_of_its_parents(features):
    cone = features.ontology.index_of["X:3"]
    (table,) = found(features, Query("cone cell", ignored=cone))
    assert "cone cell" not in table
    assert table["photoreceptor"]["tfidf_child"] == pytest.approx(table["blue cone cell"]["tfidf_self"])


def test_the_ignored_concept_is_not_counted_among_the_children(features):
    cone = features.ontology.index_of["X:3"]
    everything, without_cone = found(features, Query("large rod cell"), Query("large rod cell", ignored=cone))
    assert everything["photoreceptor"]["n_children"] == pytest.approx(np.log(3))
    assert everything["photoreceptor"]["head_of_children"] == pytest.approx(2 / 3)
    assert without_cone["photoreceptor"]["n_children"] == pytest.approx(np.log(2))
    assert without_cone["photoreceptor"]["head_of_children"] == pytest.approx(1 / 2)
    assert (everything["cone cell"]["no_children"], everything["rod cell"]["no_children"]) == (False, True)


def test_a_query_does_not_depend_on_the_others_of_its_batch(features):
    queries = [Query("large rod cell"), Query("cone cell", "A photoreceptor of daylight.", 3), Query("müller glia")]
    together = found(features, *queries)
    assert together == [found(features, query)[0] for query in queries]


def test_a_definition_proposes_the_concepts_that_it_names_earlier_ones_first(features):
    (table,) = found(features, Query("xylem", "A photoreceptor next to a glial cell."))
    assert table["photoreceptor"]["defined"] == 1 / 2
    assert table["glial cell"]["defined"] == 1 / 6
    assert table["cell"]["defined"] == 0  # it is named within a longer name


def test_without_its_definition_a_name_has_the_candidates_of_the_name_alone(features):
    texts = [Query("rod cells", "A pine cone."), Query("rod cells")]
    vectors = LetterEncoder().encode([Passage(each.text) for each in texts])
    defined, plain = (features.candidates([query], vectors[:1]) for query in texts)
    left = without_definition(defined)
    order, other = np.argsort(left.concepts), np.argsort(plain.concepts)
    assert left.concepts[order].tolist() == plain.concepts[other].tolist()
    assert left.features[order] == pytest.approx(plain.features[other])
    assert defined.features[:, HAS_DEFINITION].all()
    assert proposed_by_name(plain).all()
