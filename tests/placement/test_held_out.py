"""Concepts and names are held out so that nothing of them is left in training."""

import numpy as np
import pytest

from hyplink.candidates.examples import Example, examples_of_names
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Concept, Ontology, Synonym
from hyplink.placement.held_out import concept_split

ONTOLOGY = Ontology(
    [Concept("R", "root"), Concept("S", "twin", parents=("R",)), Concept("T", "twins", parents=("R",))]
    + [
        Concept(f"C{i}", f"thing number{i}", (Synonym(f"object number{i}"), Synonym(f"item number{i}")), parents=("R",))
        for i in range(60)
    ]
)
MENTIONS = [Example(f"stuff {i}", f"stuff {i}", ((f"C{i}",),), f"doc{i % 10}") for i in range(60)]
EXAMPLES = [*examples_of_names(ONTOLOGY), *MENTIONS, Example("both", "both", (("C1",), ("C2",)), "doc1")]


@pytest.fixture(scope="module", params=range(3))
def split(request):
    """A split, by seed."""
    return concept_split(ONTOLOGY, EXAMPLES, np.random.default_rng(request.param))


def ids(split):
    return {ONTOLOGY.concept_ids[each] for each in split.concepts}


def test_a_fifth_of_the_concepts_is_held_out_but_no_root_and_none_with_a_shared_name(split):
    assert len(split.concepts) == int(0.2 * len(ONTOLOGY))
    assert ids(split).isdisjoint({"R", "S", "T"})


def test_no_kept_example_is_one_of_a_held_out_concept(split):
    for row in np.flatnonzero(split.kept).tolist():
        assert ids(split).isdisjoint(concept for part in EXAMPLES[row].gold for concept in part)


def test_no_form_of_a_held_out_name_is_kept(split):
    kept = {(normal_text(EXAMPLES[row].text), EXAMPLES[row].gold) for row in np.flatnonzero(split.kept)}
    held = {(normal_text(EXAMPLES[row].text), EXAMPLES[row].gold) for row in (*split.unknown, *split.renamed)}
    assert held.isdisjoint(kept)
    assert len(held) == len(split.unknown) + len(split.renamed)  # one for each surface form


def test_unknown_examples_are_of_held_out_concepts_and_renamed_ones_of_concepts_that_keep_a_name(split):
    assert {EXAMPLES[row].gold[0][0] for row in split.unknown} == ids(split)
    kept = {EXAMPLES[row].gold[0] for row in np.flatnonzero(split.kept) if not EXAMPLES[row].doc}
    assert len(split.renamed)
    assert {EXAMPLES[row].gold[0] for row in split.renamed} <= kept


def test_documents_are_kept_or_held_out_as_a_whole(split):
    known = [row for row, each in enumerate(EXAMPLES) if each.doc and len(each.gold) == 1]
    known = [row for row in known if ids(split).isdisjoint(EXAMPLES[row].gold[0])]
    held = {EXAMPLES[row].doc for row in known if not split.kept[row]}
    assert len(held) == 3
    assert held.isdisjoint(EXAMPLES[row].doc for row in known if split.kept[row])


def test_composite_mentions_are_no_examples():
    split = concept_split(ONTOLOGY, EXAMPLES, np.random.default_rng(0))
    assert len(EXAMPLES) - 1 not in {*split.unknown, *split.renamed}
