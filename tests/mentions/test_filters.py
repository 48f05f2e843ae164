"""Mentions by names where no annotated text has taught what one is."""

import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.filters import MANY, NameOnlyDetector, near_universal_concepts
from hyplink.ontology import Concept, Ontology

CELLS = [Concept("cell", "cell"), Concept("native", "native cell", parents=("cell",))]
KINDS = [Concept(str(n), f"kind {n}", parents=("native",)) for n in range(MANY)]
ONTOLOGY = Ontology(
    [*CELLS, *KINDS, Concept("report", "Report"), Concept("left", "Left"), Concept("cold", "Common cold")]
)
NAMES = NameOnlyDetector(ONTOLOGY, DictionaryDetector.from_names(ONTOLOGY.names()))


def found(text):
    return [mention.text for mention in NAMES.mentions(text)]


def test_the_name_of_what_everything_is_a_kind_of_is_no_mention():
    assert found("Cells, native cells and a cell of kind 7.") == ["kind 7"]


def test_in_a_handful_of_concepts_the_root_is_a_mention_too():
    small = Ontology([*CELLS, *KINDS[:5]])
    assert not list(near_universal_concepts(small))
    assert [
        each.text for each in NameOnlyDetector(small, DictionaryDetector.from_names(small.names())).mentions("a cell")
    ] == ["cell"]


@pytest.mark.parametrize(
    "text", ["He left the house.", "Here we report on it.", "I left", "It was easy to report the case.", "who left?"]
)
def test_a_verb_is_no_mention(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("The report came.", "report"),
        ("according to report 3", "report"),
        ("the left leg", "left"),
        ("type I report", "report"),
        ("the WHO report", "report"),
        ("Would common colds do?", "common colds"),
    ],
)
def test_a_noun_is_one_in_the_same_words(text, mention):
    assert found(text) == [mention]
