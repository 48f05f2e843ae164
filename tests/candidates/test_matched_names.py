"""The name of a candidate that is most similar to its mention, and what that name is."""

import pickle

import numpy as np
import pytest

from hyplink.candidates.examples import Example
from hyplink.candidates.matched_names import LazyName, MatchedName, MatchedNames
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.ontology import Concept, Ontology, Synonym

ONTOLOGY = Ontology(
    [
        Concept(
            "X:1",
            "breast carcinoma",
            (
                Synonym("mammary cancer", "RELATED"),
                Synonym("breast cancer", "BROAD"),
                Synonym("cancer of the breast", "EXACT"),
                Synonym("breast cancer in situ", "NARROW"),
            ),
        ),
        Concept("X:2", "Cancer"),
    ]
)
ANNOTATED = [Example("lump here", "lump here", (("X:1",),), "d"), Example("a growth", "a growth", (("X:2",),), "d")]


@pytest.fixture(scope="module")
def names():
    examples = [*(Example(name, name, ((each,),)) for name, each in ONTOLOGY.names()), *ANNOTATED]
    vectors = np.ones((len(examples), 2), np.float32)
    return MatchedNames(
        ONTOLOGY, NameSources.from_surface_forms(SurfaceForms.from_examples(ONTOLOGY, examples, vectors))
    )


@pytest.mark.parametrize(
    ("words", "name", "scope"),
    [
        ("Breast  Carcinoma", "breast carcinoma", "LABEL"),
        ("breast cancer", "breast cancer", "BROAD"),
        ("breast cancers", "breast cancer", "BROAD"),  # equal in normal form, before equal in another order
        ("breast, cancer of", "cancer of the breast", "EXACT"),  # of names equal in any order, the exact synonym
        ("mammary cancers of old", "mammary cancer", "RELATED"),
        ("the breast cancer in situ", "breast cancer in situ", "NARROW"),
        ("lumps here", "lump here", "ANNOTATED"),
    ],
)
def test_the_most_similar_name_is_given_with_its_scope(names, words, name, scope):
    assert names.best(words, "X:1") == MatchedName(name, scope)


def test_a_wording_is_matched_only_for_the_concept_that_it_was_annotated_with(names):
    assert names.best("growth", "X:2").scope == "ANNOTATED"
    assert names.best("growth", "X:1") is None


def test_words_without_three_letters_in_common_match_no_name(names):
    assert names.best("??", "X:2") is None
    assert names.best("", "X:2") is None


def test_nothing_is_looked_for_until_the_name_is_read_and_then_once():
    class Counting:
        calls = 0

        def best(self, words, concept_id):
            self.calls += 1
            return MatchedName(words, "LABEL")

    counting = Counting()
    name = LazyName(counting, "skin", "X:2")
    assert counting.calls == 0
    assert name.get() == name.get() == ("skin", "LABEL")
    assert counting.calls == 1


def test_a_pickled_name_is_its_result_without_the_ontology(names):
    content = pickle.dumps(LazyName(names, "cancer", "X:2"))
    assert pickle.loads(content).get() == ("Cancer", "LABEL")
    assert b"mammary" not in content
