import pytest

from hyplink.ontology import Concept, Ontology, Synonym
from hyplink.ontology.changes import OntologyChanges, previous_ids, unmoved_ids

OLD = Ontology(
    [
        Concept("A:0", "cell"),
        Concept("A:1", "neuron", parents=("A:0",)),
        Concept("A:2", "receptor", parents=("A:1",)),
        Concept("A:3", "rod", parents=("A:2",)),
        Concept("A:4", "cone", parents=("A:2",)),
        Concept("A:5", "glia", parents=("A:0",)),
        Concept("A:6", "astroglia", parents=("A:5",)),
        Concept("A:7", "astrocyte", parents=("A:5",)),
        Concept("A:8", "odd cell", parents=("A:0",)),
        Concept("A:9", "doubtful cell", parents=("A:0",)),
    ]
)
NEW = Ontology(
    [
        Concept("A:0", "cell"),
        Concept("A:1", "nerve cell", (Synonym("neuron"),), parents=("A:0",)),
        Concept("A:10", "photoreceptor", parents=("A:1",)),  # new, instead of the receptor
        Concept("A:3", "rod", (Synonym("rod cell"),), parents=("A:10",)),
        Concept("A:40", "cone", parents=("A:1",), alternative_ids=("A:4",)),  # another id, higher up
        Concept("A:5", "glia", parents=("A:0",)),
        Concept("A:7", "astrocyte", parents=("A:5",)),
        Concept("A:6", "astroglia", obsolete=True, replaced_by=("A:60",)),
        Concept("A:60", "astroglia", obsolete=True, replaced_by=("A:7",)),
        Concept("A:9", "doubtful cell", obsolete=True),
    ]
)


@pytest.fixture
def changes():
    return OntologyChanges.between(OLD, NEW)


def test_each_changed_concept_is_listed_by_kind_of_change(changes):
    assert changes.added == ("A:10",)
    assert changes.removed == ("A:2", "A:8")
    assert changes.obsoleted == ("A:9",)
    assert changes.merged == {"A:4": ("A:40",), "A:6": ("A:7",)}
    assert changes.relabelled == ("A:1",)
    assert changes.renamed == ("A:1", "A:3")
    assert changes.reparented == ("A:3",)


def test_concepts_are_matched_by_id_alternative_id_or_replacement():
    assert previous_ids(OLD, NEW) == {
        "A:0": "A:0", "A:1": "A:1", "A:3": "A:3", "A:40": "A:4", "A:5": "A:5", "A:7": "A:7",
    }  # fmt: skip


def test_concepts_below_a_former_ancestor_are_unmoved():
    assert unmoved_ids(OLD, NEW, previous_ids(OLD, NEW)) == {"A:0", "A:1", "A:40", "A:5", "A:7"}


def test_a_release_compared_with_itself_has_no_changes(changes):
    same = OntologyChanges.between(OLD, OLD)
    assert list(same.lines()) == ["concepts: 10 → 10"]
    assert previous_ids(OLD, OLD) == {i: i for i in OLD.concepts}
    assert unmoved_ids(OLD, OLD, previous_ids(OLD, OLD)) == set(OLD.concepts)


def test_the_lines_show_labels_and_examples(changes):
    assert list(changes.lines()) == [
        "concepts: 10 → 7",
        "added: 1: A:10 (photoreceptor)",
        "removed: 2: A:2 (receptor); A:8 (odd cell)",
        "made obsolete: 1: A:9 (doubtful cell)",
        "merged: 2: A:4 (cone) into A:40; A:6 (astroglia) into A:7",
        "with another label: 1: A:1 (neuron → nerve cell)",
        "with other names: 2: A:1 (+nerve cell); A:3 (+rod cell)",
        "with other parents: 1: A:3 (−A:2, +A:10)",
    ]


def test_many_changes_of_a_kind_are_counted_and_a_few_are_shown():
    more = Ontology([*OLD.concepts.values(), *(Concept(f"B:{i}", f"b{i}") for i in range(1000))])
    added = list(OntologyChanges.between(OLD, more).lines())[1]
    assert added == "added: 1,000: B:0 (b0); B:1 (b1); B:2 (b2); B:3 (b3); B:4 (b4); …"


@pytest.mark.parametrize(
    ("concept_id", "current"),
    [("A:7", {"A:7"}), ("A:4", {"A:40"}), ("A:6", {"A:7"}), ("A:9", set()), ("A:8", set())],
)
def test_the_current_ids_follow_merges_and_replacements(concept_id, current):
    assert NEW.current_ids(concept_id) == current
