"""Which use, sense and document each feature of a sense is computed from."""

from math import log

import numpy as np
import pytest

from hyplink.candidates.examples import Example
from hyplink.mentions.lexicon import SENSE_FEATURES, WordUse
from hyplink.ontology import Concept, Ontology, Sense
from hyplink.senses.features import SenseFeatures, sense_features_from_examples

BANK, CONE = ("bank", "n"), ("cone", "n")
ONTOLOGY = Ontology(
    [
        Concept("S:0", "thing", senses=(Sense("t1", "thing", 1),), part_of_speech="n"),
        Concept("S:1", "shore", senses=(Sense("b2", "bank", 2),), parents=("S:0",), part_of_speech="n"),
        Concept("S:2", "cone", senses=(Sense("c1", "cone", 1),), parents=("S:0",), part_of_speech="n"),
        Concept("S:3", "money house", senses=(Sense("b1", "bank", 1),), parents=("S:0",), part_of_speech="n"),
        Concept("S:4", "eye cell", senses=(Sense("c2", "cone", 2),), parents=("S:2",), part_of_speech="n"),
    ]
)
GLOSSES = np.array([[9, 1, 1], [9, 1, 0], [9, 0, 1], [9, -1, 0.5], [9, 0.2, -1]], np.float32)
BLOCKS = (1, 2)


def use(word, doc="", form="x", before="x", two="x x", after="x"):
    return WordUse(word, doc, (form, before, two, after))


USES = [
    use(BANK, "a", before="steep"),
    use(BANK, "b", after="account"),
    use(CONE, "a", form="cones"),
    use(CONE, "c", two="of the"),
    use(BANK, "c", form="Banks^"),
]
CONCEPTS = np.array([1, 3, 2, 4, 3])
VECTORS = np.array([[5, 1, 0.1], [5, -1, 0.3], [5, 0.4, 1], [5, -0.2, -1], [5, -0.9, -0.4]], np.float32)


@pytest.fixture(scope="module")
def learned():
    return SenseFeatures.from_uses(ONTOLOGY, GLOSSES, USES, CONCEPTS, VECTORS, BLOCKS)


def features_of(learned, uses, contexts):
    """{(use, concept): {feature: value}}."""
    rows, concepts = learned.candidates(uses)
    vectors = np.column_stack([np.zeros(len(uses)), contexts]).astype(np.float32)
    values = learned.features(uses, vectors, rows, concepts)
    pairs = zip(rows.tolist(), concepts.tolist(), strict=True)
    return {pair: dict(zip(SENSE_FEATURES, row, strict=True)) for pair, row in zip(pairs, values.tolist(), strict=True)}


def test_senses_of_several_words_are_ordered_by_use_and_then_by_concept(learned):
    rows, concepts = learned.candidates([use(CONE), use(("river", "n")), use(BANK), use(CONE)])
    assert rows.tolist() == [0, 0, 2, 2, 3, 3]
    assert concepts.tolist() == [2, 4, 1, 3, 2, 4]
    assert rows.dtype == concepts.dtype == np.int64


def test_the_commonest_sense_comes_first_and_equal_ones_as_the_lexicon_has_them(learned):
    assert learned.senses(BANK) == [3, 1]
    assert learned.senses(CONE) == [2, 4]  # each once
    more = SenseFeatures.from_uses(ONTOLOGY, GLOSSES, [use(CONE), use(BANK)], np.array([4, 1]), VECTORS[:2], BLOCKS)
    assert (more.senses(BANK), more.senses(CONE)) == ([1, 3], [4, 2])


def test_each_word_has_its_own_prior_and_unseen_senses(learned):
    found = features_of(learned, [use(CONE), use(BANK), use(("thing", "n"))], np.ones((3, 2)))
    # Eight mentions are shared out by 1 / order: two thirds to the first sense, where there are two.
    assert found[0, 2]["sense_prior"] == pytest.approx(log((1 + 16 / 3) / 10))
    assert found[0, 4]["sense_prior"] == pytest.approx(log((1 + 8 / 3) / 10))
    assert found[1, 3]["sense_prior"] == pytest.approx(log((2 + 16 / 3) / 11))
    assert found[1, 1]["sense_prior"] == pytest.approx(log((1 + 8 / 3) / 11))
    assert found[2, 0]["sense_prior"] == pytest.approx(0)
    assert {pair: each["sense_unseen"] for pair, each in found.items()} == {
        (0, 2): 0, (0, 4): 0, (1, 1): 0, (1, 3): 0, (2, 0): 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("feature", "clue", "concept"),
    [
        ("form", {"form": "Banks^"}, 3),
        ("word_before", {"before": "steep"}, 1),
        ("two_before", {"two": "of the"}, None),
        ("word_after", {"after": "account"}, 3),
    ],
)
def test_each_clue_has_its_own_feature(learned, feature, clue, concept):
    word, senses = (CONE, (2, 4)) if concept is None else (BANK, (1, 3))
    plain, changed = (features_of(learned, [use(word, **each)], [[1, 1]]) for each in ({}, clue))
    for sense in senses:
        differing = {name for name in SENSE_FEATURES if plain[0, sense][name] != changed[0, sense][name]}
        assert differing == {feature}
    shown = 4 if concept is None else concept
    (other,) = set(senses) - {shown}
    assert changed[0, shown][feature] > changed[0, other][feature]


def test_clues_are_those_of_the_use_of_each_candidate(learned):
    found = features_of(learned, [use(BANK, before="steep"), use(CONE), use(BANK)], np.ones((3, 2)))
    alone = features_of(learned, [use(BANK, before="steep")], np.ones((1, 2)))
    assert found[0, 1]["word_before"] == pytest.approx(alone[0, 1]["word_before"])
    assert found[0, 1]["word_before"] > found[2, 1]["word_before"]


def test_contexts_are_compared_with_those_of_the_sense_and_documents_with_its_documents(learned):
    uses = [use(BANK, "p"), use(BANK, "q"), use(CONE, "p")]
    contexts = np.array([[1, 0.2], [-1, 0], [0.3, 1]])
    found = features_of(learned, uses, contexts)
    around = learned.space.of_uses(np.column_stack([np.zeros(3), contexts]).astype(np.float32))
    document = around[0] + around[2]
    document /= np.linalg.norm(document)
    for (row, concept), each in found.items():
        in_document = document if uses[row].doc == "p" else around[row]
        assert each["context"] == pytest.approx(around[row] @ learned.contexts[concept], abs=1e-6)
        assert each["contexts_below"] == pytest.approx(around[row] @ learned.below[concept], abs=1e-6)
        assert each["gloss"] == pytest.approx(around[row] @ learned.glosses[concept], abs=1e-6)
        assert each["document"] == pytest.approx(in_document @ learned.documents[concept], abs=1e-6)
        assert each["gloss_document"] == pytest.approx(in_document @ learned.glosses[concept], abs=1e-6)
    names = ("context", "contexts_below", "document", "gloss", "gloss_document")
    assert len({round(each[name], 6) for each in found.values() for name in names}) > 20  # hardly any two are alike


def test_contexts_and_documents_of_a_sense_are_where_it_stood(learned):
    seen = learned.space.of_uses(VECTORS)
    unit = seen[1] + seen[4]
    np.testing.assert_allclose(learned.contexts[3], unit / np.linalg.norm(unit), atol=1e-6)
    np.testing.assert_allclose(learned.contexts[1], seen[0], atol=1e-6)
    assert not learned.contexts[0].any()
    first = seen[0] + seen[2]  # document a
    np.testing.assert_allclose(learned.documents[1], first / np.linalg.norm(first), atol=1e-6)
    np.testing.assert_allclose(learned.documents[2], learned.documents[1], atol=1e-6)
    below = learned.contexts[2] + learned.contexts[4]  # the eye cell lies below the cone
    np.testing.assert_allclose(learned.below[2], below / np.linalg.norm(below), atol=1e-6)
    np.testing.assert_allclose(learned.below[4], learned.contexts[4], atol=1e-6)


def test_the_gloss_of_a_concept_is_its_own_and_in_equal_part_those_at_and_below_it(learned):
    glosses = learned.space.of_glosses(GLOSSES)
    np.testing.assert_allclose(learned.glosses[4], glosses[4], atol=1e-6)
    at_and_below = glosses[2] + glosses[4]
    joined = glosses[2] + at_and_below / np.linalg.norm(at_and_below)
    np.testing.assert_allclose(learned.glosses[2], joined / np.linalg.norm(joined), atol=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_documents_of_a_batch_do_not_influence_one_another(learned, seed):
    uses = [use(BANK, "p"), use(CONE, "q", form="cones"), use(BANK, "q"), use(CONE, ""), use(BANK, "p"), use(BANK, "")]
    contexts = np.random.default_rng(7).normal(size=(6, 2))
    order = np.random.default_rng(seed).permutation(6)
    together = features_of(learned, [uses[row] for row in order], contexts[order])
    for doc in ("p", "q", None):
        rows = (
            [row for row in order if uses[row].doc == doc] if doc else [row for row in order if not uses[row].doc][:1]
        )
        alone = features_of(learned, [uses[row] for row in rows], contexts[rows])
        for (place, concept), each in alone.items():
            row = order.tolist().index(rows[place])
            assert each == pytest.approx(together[row, concept], abs=1e-6)


def test_a_use_without_a_document_has_no_document(learned):
    found = features_of(learned, [use(BANK, ""), use(BANK, "")], np.ones((2, 2)))
    assert {each[name] for each in found.values() for name in ("document", "gloss_document")} == {0}


def example(text, word, *gold, doc="a"):
    return Example(text, text, gold, doc, use=word and use(word, doc))


def test_examples_with_a_word_and_a_single_resolved_part_are_learned_with_their_own_vectors():
    examples = [
        example("bank", None, ("S:1",)),
        example("bank", BANK, ("S:3",), doc="b"),
        example("bank and cone", BANK, ("S:1",), ("S:2",)),
        example("bank", BANK, ()),
        example("bank", BANK),
        example("cone", CONE, ("S:4", "S:2"), doc="c"),  # of several the first
    ]
    vectors = np.arange(18, dtype=np.float32).reshape(6, 3) ** 2
    found = sense_features_from_examples(ONTOLOGY, GLOSSES, examples, vectors, BLOCKS)
    uses = [use(BANK, "b"), use(CONE, "c")]
    expected = SenseFeatures.from_uses(ONTOLOGY, GLOSSES, uses, np.array([3, 4]), vectors[[1, 5]], BLOCKS)
    assert (found.words, found.clues) == (expected.words, expected.clues)
    assert found.concepts_of_uses.tolist() == [3, 4]
    np.testing.assert_array_equal(found.contexts, expected.contexts)
    np.testing.assert_array_equal(found.documents, expected.documents)


def test_an_ontology_without_words_has_no_sense_features():
    assert sense_features_from_examples(Ontology([Concept("A", "a")]), GLOSSES[:1], [], VECTORS[:0], BLOCKS) is None
