"""Mentions of several documents as columns of equal length: each row keeps what belongs to its mention."""

import numpy as np
import pytest

from hyplink.encoders import Passage
from hyplink.mentions.batch import MentionBatch
from hyplink.mentions.lexicon import WordUse
from hyplink.mentions.spans import MentionSpan
from hyplink.ontology import Concept, Ontology

ONTOLOGY = Ontology([Concept(concept, concept) for concept in ("a", "b", "c")])
USE = WordUse(("tic", "n"), "doc 7", ("tic", "", "", ""))


def span_of(text, *named, use=None):
    return MentionSpan("doc 7", 0, 1, None, "as written", Passage(text, "left", "right"), named, None, use=use)


SPANS = [[span_of("one", "b"), span_of("two", "c", "a")], [], [span_of("three", use=USE)], [span_of("four", "c")]]


@pytest.mark.parametrize(
    ("search_all", "named_only"), [(False, [True, True, False, True]), (True, [False, False, False, False])]
)
def test_the_mentions_of_documents_follow_one_another(search_all, named_only):
    batch = MentionBatch.from_spans(SPANS, ONTOLOGY, search_all=search_all)
    assert len(batch) == 4
    assert batch.passages == [Passage(text, "left", "right") for text in ("one", "two", "three", "four")]
    assert batch.texts == ["one", "two", "three", "four"]
    assert batch.documents == ["0", "0", "2", "3"]  # a document is identified by its number
    assert batch.named == [(1,), (2, 0), (), (2,)]
    assert batch.named_only == named_only
    assert batch.uses == [None, None, USE._replace(doc="2"), None]


def test_rows_and_pairs_are_those_of_the_columns():
    batch = MentionBatch.from_spans(SPANS, ONTOLOGY, search_all=False)
    assert batch.unambiguous_rows.tolist() == [0, 3]
    assert batch.named_pairs == {(0, 1), (1, 2), (1, 0), (3, 2)}
    empty = MentionBatch.from_spans([], ONTOLOGY, search_all=False)
    assert (len(empty), empty.unambiguous_rows.tolist(), empty.named_pairs, empty.texts) == (0, [], set(), [])
    assert empty.unambiguous_rows.dtype == np.int64


def test_some_rows_are_taken_in_their_order_with_all_columns():
    batch = MentionBatch.from_spans(SPANS, ONTOLOGY, search_all=False)
    taken = batch.take(iter([3, 2, 0]))
    assert taken == MentionBatch(
        [batch.passages[3], batch.passages[2], batch.passages[0]],
        ["3", "2", "0"],
        [(2,), (), (1,)],
        [True, False, True],
        [None, USE._replace(doc="2"), None],
    )


def test_given_mentions_have_no_context_and_no_names():
    batch = MentionBatch.from_given(["one", "two"], ["x", ""], [USE, None])
    assert batch == MentionBatch([Passage("one"), Passage("two")], ["x", ""], [(), ()], [False, False], [USE, None])
    assert MentionBatch.from_given(["one", "two"], ["x", ""]).uses == [None, None]


@pytest.mark.parametrize("column", range(5))
def test_columns_of_unequal_length_are_refused(column):
    columns = [[Passage("x")], ["d"], [()], [False], [None]]
    columns[column] = columns[column] * 2
    with pytest.raises(ValueError, match=r"columns of \[1, 2\] rows"):
        MentionBatch(*columns)
