import numpy as np
import pytest

from hyplink.candidates.examples import Example
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.ontology import Concept, Ontology, Synonym

ONTOLOGY = Ontology(
    [
        Concept("X:0", "photoreceptor cell", (Synonym("PRC"), Synonym("light cell", "RELATED"))),
        Concept("X:1", "rod", (Synonym("rod cell"), Synonym("stick", "NARROW"))),
        Concept("X:2", "light cell"),
    ]
)
EXAMPLES = [
    Example("PRC", "PRC", (("X:0",),)),
    Example("light cell", "light cell", (("X:0",),)),
    Example("light cell", "light cell", (("X:2",),)),
    Example("rods and cones", "rods and cones", (("X:1",), ("X:0",)), "d"),  # composite
    Example("RC", "rod cell", (("X:1",),), "d"),
    Example("rod cell", "rod cell", ((),), "d"),  # resolves to no concept
    Example("RC", "rod", (("X:0", "X:1"),), "e"),  # bears the name of one of two
    Example("eye cell", "eye cell", (("X:2", "X:0"),), "e"),  # bears the name of neither
    Example("rod cell", "rod cell", (("X:1",),), "e"),
]


@pytest.fixture(scope="module")
def surface_forms():
    return SurfaceForms.from_examples(ONTOLOGY, EXAMPLES, np.arange(18, dtype=np.float32).reshape(9, 2))


def test_each_surface_form_keeps_its_text_concept_vector_and_document(surface_forms):
    rows = zip(
        surface_forms.texts,
        surface_forms.concepts.tolist(),
        surface_forms.vectors[:, 0].tolist(),
        surface_forms.docs,
        strict=True,
    )
    assert list(rows) == [
        ("PRC", 0, 0, ""),
        ("light cell", 0, 2, ""),
        ("light cell", 2, 4, ""),
        ("rod cell", 1, 8, "d"),  # abbreviations written out
        ("rod", 1, 12, "e"),
        ("eye cell", 2, 14, "e"),
        ("eye cell", 0, 14, "e"),
        ("rod cell", 1, 16, "e"),
    ]
    assert surface_forms.concepts.dtype == np.int64
    assert surface_forms.vectors.shape == (8, 2)


def test_own_names_are_labels_and_exact_synonyms_of_the_concept_unchanged(surface_forms):
    # A related synonym is not; `RC` is read as `rod cell`, but stands there as `RC`.
    assert surface_forms.own.tolist() == [True, False, True, False, False, False, False, True]


def test_concepts_that_are_right_together_share_a_gold_group(surface_forms):
    assert surface_forms.gold_groups.tolist() == [0, 0, 0]
    apart = SurfaceForms.from_examples(ONTOLOGY, EXAMPLES[:6], np.zeros((6, 2), np.float32))
    assert apart.gold_groups.tolist() == [0, 1, 2]


def test_chosen_rows_keep_their_columns_together_and_all_gold_groups(surface_forms):
    chosen = surface_forms.chosen(np.array([7, 2, 3]))
    assert chosen.texts == ("rod cell", "light cell", "rod cell")
    assert chosen.concepts.tolist() == [1, 2, 1]
    assert chosen.vectors[:, 0].tolist() == [16, 4, 8]
    assert chosen.docs == ("e", "", "d")
    assert chosen.own.tolist() == [True, True, False]
    assert chosen.gold_groups is surface_forms.gold_groups


def test_nothing_known_gives_no_surface_forms():
    none = SurfaceForms.from_examples(ONTOLOGY, [], np.zeros((0, 2), np.float32))
    assert (none.texts, none.docs, none.concepts.tolist(), none.own.tolist()) == ((), (), [], [])
    assert none.own.dtype == bool
    assert none.gold_groups.tolist() == [0, 1, 2]
