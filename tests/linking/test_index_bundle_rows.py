"""What a linker knows of words, made from a few names and mentions: which row of which split each vector is."""

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.linking.index_bundle import IndexBundle
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.lexicon import WordUse
from hyplink.ontology import Concept, Ontology, Sense

BLOCKS = (2, 3)
BANK = ("bank", "n")


def lexicon():
    senses = {"shore": Sense("b2", "bank", 2), "money house": Sense("b1", "bank", 1)}
    concepts = [Concept(label, label, senses=(sense,), part_of_speech="n") for label, sense in senses.items()]
    return Ontology([*concepts, Concept("cyst", "cyst")])


class FiveNumbers:
    blocks = BLOCKS

    def topics(self, texts):
        return np.array([[len(text), text.count("e")] for text in texts], np.float32).reshape(-1, 2)


def bundle_of(ontology):
    examples = {
        "names": [Example(name, name, ((concept,),)) for name, concept in ontology.names()],
        "train": [
            Example("bank", "river bank", (("shore",),), "d", use=WordUse(BANK, "d", ("bank", "a", "b", "c"))),
            Example("both", "both", (("shore",), ("cyst",)), "d"),
            Example("lump", "lump", (("cyst",),), "e"),
            Example("bank", "bank", (("money house",),), "e", use=WordUse(BANK, "e", ("bank", "x", "y", "z"))),
        ],
        "dev": [Example("never seen", "never seen", (("cyst",),), "f")],
    }
    vectors = {
        "names": np.array([[1, 0], [0, 1], [-1, 0]], np.float32),
        "train": np.array([[3, 4, 1, 0, 0], [9, 9, 9, 9, 9], [0, -2, 0, 1, 0], [5, 0, 0, 0, 1]], np.float32),
        "glosses": np.eye(3, 5, 2, dtype=np.float32),
    }
    detector = DictionaryDetector.from_names(ontology.names())
    return detector.index, IndexBundle.from_examples(ontology, detector, examples, vectors, FiveNumbers())


def test_surface_forms_are_the_names_and_the_single_mentions_of_training_documents_with_their_own_vectors():
    index, bundle = bundle_of(lexicon())
    assert bundle.index is index
    assert bundle.names.nearest.concepts.tolist() == [0, 0, 1, 1, 2, 2]
    expected = [[1, 0], [0.6, 0.8], [0, 1], [1, 0], [-1, 0], [0, -1]]
    np.testing.assert_allclose(bundle.names.nearest.vectors, expected, atol=1e-6)
    assert list(bundle.names.annotated) == ["river bank", "lump", "bank"]
    assert bundle.names.meant.tolist() == [0, 2, 1]
    assert bundle.names.exact.rank(["river bank", "never seen", "both"], 1).concepts.tolist() == [[0], [-1], [-1]]


def test_sense_features_are_estimated_from_training_documents_with_their_own_contexts():
    _, bundle = bundle_of(lexicon())
    assert bundle.senses.words == [BANK, BANK]
    assert [clues[1] for clues in bundle.senses.clues] == ["a", "x"]
    assert bundle.senses.concepts_of_uses.tolist() == [0, 1]
    contexts = np.array([[0, 0, 1, 0, 0], [0, 0, 0, 0, 1]], np.float32)
    np.testing.assert_allclose(bundle.senses.contexts[:2], bundle.senses.space.of_uses(contexts), atol=1e-6)
    assert not bundle.senses.contexts[2].any()
    assert bundle.senses.glosses.shape == (3, 3)


def test_an_ontology_that_is_no_lexicon_has_no_senses():
    ontology = Ontology([Concept(each, each) for each in ("shore", "money house", "cyst")])
    assert bundle_of(ontology)[1].senses is None
