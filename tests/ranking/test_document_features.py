"""The features of documents, computed on paper: concepts lie on an axis, and paths run together on either side."""

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES, Candidates
from hyplink.candidates.topics import ConceptTopics
from hyplink.ranking.document_features import MAX_LINKS, DocumentFeatures
from hyplink.ranking.ranker import single_feature_ranker
from tests.batches import batch_of
from tests.hand_made import flat_regressor, identity_regressor

RADII = [0.0, 1.0, 2.0, 3.0, -1.0, -2.0, -3.0]
LINKS, TOPIC = FEATURES.index("document_links"), FEATURES.index("document_topic")
TOPICS = ConceptTopics(np.eye(7, 2, dtype=np.float32), np.zeros(2, np.float32))  # concepts 0 and 1 have a definition
FEATURES_OF = DocumentFeatures(single_feature_ranker("ball"), identity_regressor(RADII), TOPICS)


def candidates_of(*mentions):
    """The candidates of mentions, each with its score in the first ranking."""
    rows = [(row, concept, score) for row, each in enumerate(mentions) for concept, score in each.items()]
    features = np.zeros((len(rows), len(FEATURES)))
    features[:, FEATURES.index("ball")] = [score for *_, score in rows]
    mentions, concepts = (np.array([each[column] for each in rows], dtype=np.int64) for column in (0, 1))
    return Candidates(mentions, concepts, features, None, concepts)


def no_topic(document):
    return np.zeros(2, np.float32)


def nearness(texts, documents, *mentions, named=None, features=FEATURES_OF):
    added = features.added(candidates_of(*mentions), batch_of(texts, documents), no_topic, named)
    return added.features[:, LINKS].round(9).tolist()


def test_a_candidate_is_near_the_links_on_its_side_of_the_origin():
    found = nearness(["a", "b", "pc"], "ddd", {2: 9, 5: 0}, {3: 9, 6: 0}, {1: 0, 3: 0, 4: 0})
    # The links of the others are concepts 2 and 3, at radius 2 and 3, with a probability of 1/(1 + e^-9) each.
    assert found[4:] == [1.0, 2.5, 0.0]


def test_the_links_of_the_same_surface_form_do_not_count():
    assert nearness(["PCs", "pc", "b"], "ddd", {2: 9, 5: 0}, {2: 9, 5: 0}, {6: 9, 3: 0})[:4] == [0, 2, 0, 2]


def test_a_link_counts_from_a_probability_of_seven_tenths_by_its_probability():
    unsure, sure, surer = np.log(0.69 / 0.31), np.log(0.71 / 0.29), np.log(0.9 / 0.1)
    for score, expected in ((unsure, 0.0), (sure, 2.0)):
        assert nearness(["a", "pc"], "dd", {2: score, 5: 0}, {3: 0, 6: 0})[2:] == [expected, 0]
    found = nearness(["a", "b", "pc"], "ddd", {2: sure, 5: 0}, {6: surer, 3: 0}, {3: 0, 6: 0})
    assert found[4:] == pytest.approx([2 * 0.71 / 1.61, 3 * 0.9 / 1.61])


def test_mentions_of_other_documents_and_without_a_document_do_not_count():
    first, other = {2: 9, 5: 0}, {3: 0, 6: 0}
    assert nearness(["a", "pc", "pc", "pc"], ["d", "d", "e", ""], first, other, other, other)[2:] == [2, 0, 0, 0, 0, 0]
    assert nearness(["a", "pc"], ["", ""], first, other) == [0, 0, 0, 0]


def test_documents_are_told_apart_however_their_mentions_are_mixed():
    texts, documents = ["a", "b", "pc", "pc"], ["d", "e", "d", "e"]
    mentions = [{2: 9, 5: 0}, {6: 9, 3: 0}, {3: 0, 6: 0}, {3: 0, 6: 0}]
    whole = nearness(texts, documents, *mentions)
    assert whole[4:] == [2, 0, 0, 3]
    for order in ([1, 0, 3, 2], [3, 2, 1, 0], [0, 2, 1, 3]):
        mixed = nearness([texts[i] for i in order], [documents[i] for i in order], *(mentions[i] for i in order))
        assert mixed == [value for i in order for value in whole[2 * i : 2 * i + 2]]


def test_a_mention_with_a_single_candidate_keeps_its_zeros_and_is_a_link_of_the_others():
    assert nearness(["a", "b", "pc"], "ddd", {2: 0}, {}, {3: 0, 6: 0}) == [0, 2, 0]


def test_a_named_candidate_is_the_link_of_its_mention():
    mentions = ({2: 9, 5: 0}, {3: 0, 6: 0})
    assert nearness(["a", "pc"], "dd", *mentions)[2:] == [2, 0]
    assert nearness(["a", "pc"], "dd", *mentions, named=np.array([False, True, False, False]))[2:] == [0, 2]


def test_candidates_are_compared_with_the_most_frequent_links():
    forms = [f"form {i}" for i in range(MAX_LINKS + 1)]
    seldom = [{6: 9, 3: 0}] + [{2: 9, 5: 0}] * MAX_LINKS
    frequent = seldom + [{2: 9, 5: 0}] * MAX_LINKS
    found = nearness([*forms, *forms[1:], "pc"], ["d"] * (2 * MAX_LINKS + 2), *frequent, {3: 0, 6: 0})
    assert found[-2:] == [2, 0]  # the first form is the only one that occurs once


def test_in_the_flat_space_no_concept_is_near_another():
    features = DocumentFeatures(single_feature_ranker("ball"), flat_regressor(5), TOPICS)
    assert nearness(["a", "pc"], "dd", {2: 9, 4: 0}, {3: 0, 1: 0}, features=features) == [0, 0, 0, 0]


def test_the_topic_of_each_document_is_compared_with_the_definitions_of_its_candidates():
    candidates = candidates_of({0: 0, 1: 0, 2: 0}, {1: 0}, {0: 0, 1: 0})
    topics = {"d": np.array([3, 4], np.float32), "e": np.array([0, 2], np.float32)}
    found = FEATURES_OF.added(candidates, batch_of(["a", "b", "a"], ["d", "d", "e"]), topics.__getitem__)
    np.testing.assert_allclose(found.features[:, TOPIC], [0.6, 0.8, 0, 0, 0, 1], rtol=1e-6)


def test_a_topic_is_asked_for_only_where_a_mention_has_several_candidates():
    asked = []

    def topic_of(document):
        asked.append(document)
        return no_topic(document)

    candidates = candidates_of({0: 0}, {0: 0, 1: 0}, {0: 0, 1: 0}, {0: 0, 1: 0})
    FEATURES_OF.added(candidates, batch_of("abcd", ["d", "e", "e", ""]), topic_of)
    assert asked == ["e"]


def test_the_other_features_and_the_candidates_themselves_stay():
    candidates = candidates_of({2: 9, 5: 0}, {3: 0, 6: 0})
    before = candidates.features.copy()
    found = FEATURES_OF.added(candidates, batch_of("ab", "dd"), no_topic)
    assert (candidates.features == before).all()
    others = np.setdiff1d(np.arange(len(FEATURES)), [LINKS, TOPIC])
    assert (found.features[:, others] == before[:, others]).all()
    assert found.concepts is candidates.concepts


def test_a_lexicon_has_no_features_of_documents():
    features = DocumentFeatures(single_feature_ranker("ball"), identity_regressor(RADII), None)
    assert nearness(["a", "pc"], "dd", {2: 9, 5: 0}, {3: 0, 6: 0}, features=features) == [0, 0, 0, 0]
