"""Candidates of words of a lexicon beside those of names, on six senses of three words made by hand."""

from dataclasses import replace

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES, NameCandidates
from hyplink.candidates.name_sources import NameSources
from hyplink.mentions.lexicon import SENSE_FEATURES, Lexicon, WordUse
from hyplink.ontology import Concept, Ontology, Sense
from hyplink.run.mode import Mode
from hyplink.senses.candidates import CandidateGenerator
from hyplink.senses.features import SenseFeatures
from tests.batches import DOCUMENTS, batch_of
from tests.hand_made import OWN, TEMPERATURE, flat_regressor, identity_regressor, surface_forms_of, vectors_of

MODE = Mode("documents", is_lexicon=True)
BANK, TO_BANK, CONE = ("bank", "n"), ("bank", "v"), ("cone", "n")
RADII = [0.0, 0.2, 0.5, 1.0, 1.4, 2.0, 4.0]
GROUPS = [3, 0, 3, 1, 5, 2, 4]
ONTOLOGY = Ontology(
    [
        Concept("S:0", "thing", senses=(Sense("t1", "thing", 1),), part_of_speech="n"),
        Concept("S:1", "waterside", senses=(Sense("b2", "bank", 2),), parents=("S:0",), part_of_speech="n"),
        Concept("S:2", "cone", senses=(Sense("c1", "cone", 1),), parents=("S:0",), part_of_speech="n"),
        Concept("S:3", "money house", senses=(Sense("b1", "bank", 1),), parents=("S:0",), part_of_speech="n"),
        Concept("S:4", "lean", senses=(Sense("v1", "bank", 1),), part_of_speech="v"),
        Concept("S:5", "eye cell", senses=(Sense("c2", "cone", 2),), parents=("S:0",), part_of_speech="n"),
        Concept("S:6", "far bank", senses=(Sense("b3", "bank", 3),), parents=("S:0",), part_of_speech="n"),
    ]
)
NAMES = [
    ("thing", 0, [1, 0, 0], "", True),
    ("waterside", 1, [0, 1, 0], "", True),
    ("cone", 2, [0, 0, 1], "", True),
    ("money house", 3, [1, 1, 0], "", True),
    ("lean", 4, [0, 1, 1], "", True),
    ("eye cell", 5, [1, 0, 1], "", True),
    ("bank", 3, [1, 1, 1], "x", False),
]


LEXICON_OF_FIVE = Lexicon({"n": {"bank": [3, 1]}}, {"n": {"bank": 0}})


def use(word, doc="", after=""):
    return WordUse(word, doc, (word[0], "the", "on the", after))


KNOWN = [use(BANK, "x", "of"), use(BANK, "y", "loan"), use(CONE, "y", "of"), use(TO_BANK, "x", "left")]


@pytest.fixture(scope="module")
def senses():
    glosses = np.zeros((7, 5), np.float32)
    glosses[:, OWN:] = [[1, 1], [1, 0], [0, 1], [-1, 0], [0, -1], [-1, 1], [1, -1]]
    vectors = np.zeros((4, 5), np.float32)
    vectors[:, OWN:] = [[0.5, 0.1], [-0.4, 0.2], [-0.1, 0.6], [0.3, -0.5]]
    return SenseFeatures.from_uses(ONTOLOGY, glosses, KNOWN, np.array([1, 3, 5, 4]), vectors, (OWN, 2))


@pytest.fixture(scope="module")
def generator(senses):
    names = NameSources.from_surface_forms(surface_forms_of(NAMES, GROUPS))
    return CandidateGenerator(names, identity_regressor(RADII), senses, MODE)


MIXED = [  # text, word, document, radius, own further candidates, whether no others are searched
    ("bank", BANK, "a", 0.6, [], False),
    ("eye cells", None, "a", 1.1, [], False),
    ("banks", BANK, "b", -0.8, [0], False),  # further candidates of a word of the lexicon do not count
    ("money house", None, "a", 0.1, [3], True),
    ("bank", TO_BANK, "a", 1.7, [], False),
    ("money", None, "b", 2.1, [6], False),
    ("river", ("river", "n"), "b", 0.4, [], False),  # no word of the lexicon
    ("cone", CONE, "a", -0.3, [2], True),
    ("thing", None, "", 0.9, [0], True),
    ("cones", CONE, "b", 1.2, [], False),
]


def batch_and_vectors(rows):
    chosen = [MIXED[row] for row in rows]
    vectors = vectors_of([[len(text), 1, text.count("e")] for text, *_ in chosen], [each[3] for each in chosen])
    vectors[:, -1] = [0.1 + 0.02 * len(text) for text, *_ in chosen]
    batch = batch_of(
        [text for text, *_ in chosen],
        [each[2] for each in chosen],
        [(row, concept) for row, each in enumerate(chosen) for concept in each[4]],
        [row for row, each in enumerate(chosen) if each[5]],
        [use(each[1], each[2], "of") if each[1] else None for each in chosen],
    )
    return batch, vectors


def candidates_of(generator, rows):
    return generator.candidates(*batch_and_vectors(rows))


def of_mention(found, row):
    rows = found.mentions == row
    distances = None if found.distances is None else found.distances[rows]
    return found.concepts[rows].tolist(), found.features[rows], distances, found.gold_groups[rows].tolist()


def assert_same(one, other):
    assert one[0] == other[0]
    np.testing.assert_allclose(one[1], other[1], atol=1e-6)
    np.testing.assert_allclose(one[2], other[2], atol=1e-9)
    assert one[3] == other[3]


def test_a_word_of_the_lexicon_has_its_senses_alone_and_other_mentions_have_candidates_by_name(generator):
    found = candidates_of(generator, range(len(MIXED)))
    concepts = {row: of_mention(found, row)[0] for row in range(len(MIXED))}
    everything = list(range(7))  # the ball proposes all
    assert concepts == {
        0: [1, 3, 6],
        1: everything,
        2: [1, 3, 6],
        3: [3],
        4: [4],
        5: everything,
        6: everything,
        7: [2, 5],
        8: [0],
        9: [2, 5],
    }
    pairs = list(zip(found.mentions.tolist(), found.concepts.tolist(), strict=True))
    assert pairs == sorted(set(pairs))


def test_distances_and_gold_groups_are_aligned_with_their_candidates(generator):
    batch, vectors = batch_and_vectors(range(len(MIXED)))
    vectors[:, -1] = 0  # points on the axis
    found = generator.candidates(batch, vectors)
    radii = np.array([each[3] for each in MIXED])
    expected = np.abs(radii[found.mentions] - np.array(RADII)[found.concepts])
    np.testing.assert_allclose(found.distances, expected, atol=1e-5)
    assert found.gold_groups.tolist() == [GROUPS[concept] for concept in found.concepts]


def test_names_propose_no_candidates_for_words_of_the_lexicon_and_senses_none_for_names(generator):
    found = candidates_of(generator, range(len(MIXED)))
    is_word = np.isin(found.mentions, [0, 2, 4, 7, 9])
    senses, ball = slice(len(FEATURES) - len(SENSE_FEATURES), None), FEATURES.index("ball")
    names = [column for column in range(len(FEATURES) - len(SENSE_FEATURES)) if column != ball]
    assert not found.features[is_word][:, names].any()
    assert not found.features[~is_word][:, senses].any()
    assert found.features[is_word][:, senses].any(axis=1).all()
    assert found.features[~is_word][:, names].any()


def test_the_features_of_senses_are_those_of_the_words_in_the_order_of_the_batch(generator, senses):
    batch, vectors = batch_and_vectors(range(len(MIXED)))
    found = candidates_of(generator, range(len(MIXED)))
    rows = [0, 2, 4, 7, 9]
    words = [batch.uses[row] for row in rows]
    places, concepts = senses.candidates(words)
    expected = senses.features(words, vectors[rows], places, concepts)
    is_word = np.isin(found.mentions, rows)
    assert found.concepts[is_word].tolist() == concepts.tolist()
    assert found.mentions[is_word].tolist() == [rows[place] for place in places]
    np.testing.assert_allclose(found.features[is_word, len(FEATURES) - len(SENSE_FEATURES) :], expected, atol=1e-6)
    assert np.unique(expected, axis=0).shape == expected.shape  # no two are alike


def test_hyperbolic_scores_are_log_probabilities_over_the_senses_of_each_word(generator):
    batch, vectors = batch_and_vectors([0, 1, 7])
    vectors[:, -1] = 0
    found = generator.candidates(batch, vectors)
    for row, radius, concepts in ((0, 0.6, [1, 3, 6]), (2, -0.3, [2, 5])):
        scores = -TEMPERATURE * np.abs(np.array(RADII)[concepts] - radius)
        expected = np.maximum(scores - np.log(np.exp(scores).sum()), -12)
        _, features, *_ = of_mention(found, row)
        np.testing.assert_allclose(features[:, FEATURES.index("ball")], expected, atol=1e-4)
    assert of_mention(found, 0)[1][2, FEATURES.index("ball")] == -12  # the farthest sense


@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_documents_in_a_mixed_batch_are_weighed_as_they_are_alone(generator, seed):
    rows = np.arange(len(MIXED)) if seed is None else np.random.default_rng(seed).permutation(len(MIXED))
    found = candidates_of(generator, rows)
    assert set(found.mentions.tolist()) == set(range(len(MIXED)))
    for document in ("a", "b", ""):
        places = [place for place, row in enumerate(rows.tolist()) if MIXED[row][2] == document]
        alone = candidates_of(generator, [rows[place] for place in places])
        for row, place in enumerate(places):
            assert_same(of_mention(found, place), of_mention(alone, row))


def test_mentions_of_documents_of_their_own_are_weighed_in_a_batch_as_they_are_alone(generator):
    batch, vectors = batch_and_vectors(range(len(MIXED)))
    documents = [str(row) for row in range(len(MIXED))]
    uses = [each and each._replace(doc=document) for each, document in zip(batch.uses, documents, strict=True)]
    apart = replace(batch, documents=documents, uses=uses)
    found = generator.candidates(apart, vectors)
    for row in range(len(MIXED)):
        alone = generator.candidates(apart.take([row]), vectors[[row]])
        assert_same(of_mention(found, row), of_mention(alone, 0))


def test_words_alone_are_not_compared_with_names(generator):
    found = candidates_of(generator, [9, 4, 0])
    assert found.mentions.tolist() == [0, 0, 1, 2, 2, 2]
    assert found.concepts.tolist() == [2, 5, 4, 1, 3, 6]
    assert_same(of_mention(found, 0), of_mention(candidates_of(generator, [9]), 0))


@pytest.mark.parametrize("rows", [[1, 3, 8], [5, 1, 6], [6]])
def test_mentions_without_a_word_of_the_lexicon_are_weighed_by_their_names(generator, rows):
    batch, vectors = batch_and_vectors(rows)
    expected = NameCandidates(generator.names, generator.regressor, MODE).candidates(batch, vectors)
    for given in (batch, replace(batch, uses=[None] * len(rows))):
        found = generator.candidates(given, vectors)
        assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


def test_where_there_is_no_lexicon_words_are_weighed_by_their_names(generator):
    without = CandidateGenerator(generator.names, generator.regressor, None, DOCUMENTS)
    batch, vectors = batch_and_vectors([0, 1, 7])
    expected = NameCandidates(generator.names, generator.regressor, DOCUMENTS).candidates(batch, vectors)
    found = without.candidates(batch, vectors)
    assert all(np.array_equal(one, other) for one, other in zip(found, expected, strict=True))


def test_without_points_a_mixed_batch_has_no_distances(generator, senses):
    names = NameSources.from_surface_forms(surface_forms_of(NAMES[:5], GROUPS[:5]))
    flat = CandidateGenerator(names, flat_regressor(5), replace(senses, inventory=LEXICON_OF_FIVE), MODE)
    found = flat.candidates(*batch_and_vectors([0, 1]))
    assert found.distances is None
    assert of_mention(found, 0)[0] == [1, 3]
    assert of_mention(found, 1)[0] == [0, 1, 2, 3, 4]
