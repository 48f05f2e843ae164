"""Mention detection by names alone, without annotated text."""

import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.filters import MANY, NameOnlyDetector, near_universal_concepts
from hyplink.ontology import Concept, Ontology, Synonym

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


def ontology_of(n_below, n_beside):
    """A root with concepts below its only child, and other roots beside it."""
    below = [Concept(f"b{n}", f"below {n}", parents=("child",)) for n in range(n_below)]
    beside = [Concept(f"o{n}", f"beside {n}") for n in range(n_beside)]
    return Ontology([Concept("root", "root"), Concept("child", "child", parents=("root",)), *below, *beside])


@pytest.mark.parametrize(
    ("n_below", "n_beside", "expected"),
    [
        (98, 0, ["root", "child"]),
        (97, 0, []),  # 99 concepts are too few
        (88, 10, ["root"]),  # 90 of 100 concepts with itself, and its child 89
        (87, 11, []),
        (89, 9, ["root", "child"]),
        (179, 19, ["root", "child"]),
        (178, 20, ["root"]),
    ],
)
def test_names_of_a_concept_above_nine_in_ten_of_a_hundred_concepts_are_no_mentions(n_below, n_beside, expected):
    assert list(near_universal_concepts(ontology_of(n_below, n_beside))) == expected


def test_names_of_near_universal_concepts_and_their_abbreviations_are_no_mentions():
    root = Concept("cell", "cell", synonyms=(Synonym("living unit"),))
    ontology = Ontology([root, *CELLS[1:], *KINDS])
    names = NameOnlyDetector(ontology, DictionaryDetector.from_names(ontology.names()))
    assert names.mentions("Living units and native cells (NC). An NC") == []


def test_nested_mentions_come_on_request():
    ontology = Ontology([*CELLS, Concept("kind", "kind of cell")])
    names = NameOnlyDetector(ontology, DictionaryDetector.from_names(ontology.names()))
    assert [each.text for each in names.mentions("a kind of cell")] == ["kind of cell"]
    assert [each.text for each in names.mentions("a kind of cell", nested=True)] == ["kind of cell", "cell"]


SUBJECTS = ["he", "she", "we", "they", "you", "who", "He", "She", "We", "They", "You", "Who"]
AUXILIARIES = ["cannot", "could", "should", "would", "shall", "will", "must", "might", "did", "does"]


@pytest.mark.parametrize("before", [*SUBJECTS, *AUXILIARIES, "I", "x. I", "x: I", "x; I", "x? I", "x! I", "“I", '"I'])
def test_a_word_behind_a_subject_or_an_auxiliary_is_a_verb(before):
    assert found(f"{before} report") == []
    assert found(f"{before}  \nreport") == []
    assert found(f"{before}, report") == ["report"]


@pytest.mark.parametrize(
    "before", ["HE", "WHO", "the", "type I", "BCI", "ache", "x, I", "i", "Cannot", "hewe", "you x"]
)
def test_a_word_behind_another_word_is_no_verb(before):
    assert found(f"{before} report") == ["report"]


OBJECTS = ["the", "a", "an", "this", "that", "these", "those", "all", "any", "each"]
OBJECTS += ["his", "her", "its", "our", "your", "their", "it", "them", "us"]


@pytest.mark.parametrize("thing", OBJECTS)
def test_an_infinitive_before_an_object_is_a_verb(thing):
    for text in (f"to report {thing} x", f"To report {thing}", f"to  report  {thing}."):
        assert found(text) == []
    for text in (f"to report, {thing} x", f"onto report {thing}", f"to report {thing}xx"):
        assert found(text) == ["report"]


@pytest.mark.parametrize("text", ["to report", "to report x", "to report on the x", "to report The", "TO report the"])
def test_a_word_behind_to_is_a_verb_before_an_object_alone(text):
    assert found(text) == ["report"]


def test_the_sixteen_characters_before_a_name_are_read():
    assert found("cannot" + 10 * " " + "report") == []
    assert found("cannot" + 11 * " " + "report") == ["report"]


def test_several_words_are_no_verb():
    assert found("they common cold") == ["common cold"]
    assert found("we have a common cold (CC); we CC") == ["common cold", "CC", "CC"]
