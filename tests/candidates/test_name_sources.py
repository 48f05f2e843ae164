import numpy as np
import pytest

from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.word_overlap import WordOverlap
from tests.hand_made import surface_forms_of

# (text, concept, own vector, document, whether it is a label or an exact synonym)
ROWS = [
    ("Renal cysts", 2, [0, 0, 1], "", True),
    ("kidney bleb", 2, [0, 1, 1], "", False),
    ("cyst", 0, [0, 2, 0], "", True),
    ("cysts", 1, [1, 0, 0], "", True),
    ("cyst of the kidney", 2, [3, 0, 4], "a", False),
    ("Cyst", 0, [0, 1, 0], "a", True),
    ("renal cyst", 2, [0, 0, 2], "b", False),
    ("renal cyst", 2, [0, 0, 2], "b", False),
    ("renal cyst", 0, [0, 0, 2], "c", False),
]


@pytest.fixture(scope="module")
def names():
    return NameSources.from_surface_forms(surface_forms_of(ROWS, gold_groups=[5, 5, 9]))


def test_own_names_are_found_by_normal_form(names):
    assert names.own.get("renal cyst") == [2]
    assert names.own.get("cyst") == [0, 1]
    assert names.own.get("kidney bleb") == names.own.get("Cyst") == []


def test_annotated_text_alone_is_counted(names):
    assert list(names.annotated) == ["cyst of the kidney", "cyst", "renal cyst", "renal cyst", "renal cyst"]
    assert names.meant.tolist() == [2, 0, 2, 2, 0]
    assert names.times.tolist() == [2, 0, 3]
    assert names.surface_form_counts == {"cyst of the kidney": {2: 1}, "cyst": {0: 1}, "renal cyst": {2: 2, 0: 1}}


def test_every_source_indexes_every_surface_form(names):
    assert names.exact.rank(["renal cyst"], 3).concepts.tolist() == [[0, 2, -1]]
    assert names.exact.rank(["kidney bleb", "Cyst", "cyst of the kidney"], 3).concepts[:, 0].tolist() == [2, 0, 2]
    assert names.tfidf.rank(["kidney blebs"], 1).concepts.tolist() == [[2]]
    assert names.nearest.concepts.tolist() == [0, 0, 0, 1, 2, 2, 2, 2, 2]
    nearest = names.nearest.rank(np.array([[3, 0, 4], [1, 0, 0]], np.float32), 1)
    assert nearest.concepts.tolist() == [[2], [1]]
    np.testing.assert_allclose(nearest.scores, 1, atol=1e-6)
    assert names.mention_dim == 3


def test_word_weights_are_estimated_from_annotated_text_only(names):
    texts, concepts, _, docs, _ = zip(*ROWS, strict=True)
    expected = WordOverlap.from_surface_forms(texts, np.array(concepts), [bool(doc) for doc in docs])
    swapped = WordOverlap.from_surface_forms(texts, np.array(concepts), [not doc for doc in docs])
    assert names.overlap.in_name.tolist() == expected.in_name.tolist() != swapped.in_name.tolist()
    assert names.overlap.in_mention.tolist() == expected.in_mention.tolist() != swapped.in_mention.tolist()
    assert names.overlap.concepts.tolist() == sorted(concepts)


def test_gold_groups_are_passed_on(names):
    assert names.gold_groups.tolist() == [5, 5, 9]


def test_without_annotated_text_nothing_is_counted():
    alone = NameSources.from_surface_forms(surface_forms_of(ROWS[:4], gold_groups=[0, 1, 2]))
    assert len(alone.annotated) == len(alone.meant) == len(alone.surface_form_counts) == 0
    assert alone.times.tolist() == [0, 0, 0]
