"""How often surface forms occur in annotated texts and are marked there."""

import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.mention_prior import NO_COUNTS, Counts, MentionPrior
from hyplink.mentions.learned.tokenised_text import read

DETECTOR = DictionaryDetector.from_names([("hair cell", "a"), ("cell", "b")])


def texts_of(*marked):
    """Texts with the spans that are marked in each."""
    return [(read(text, DETECTOR), frozenset(spans)) for text, spans in marked]


def test_marked_surface_forms_and_names_are_counted_wherever_they_occur():
    prior = MentionPrior.from_texts(
        texts_of(
            ("Rod, a hair cell; cells. Rods", {(0, 1), (2, 4)}),
            ("the cell of a rod on a rod cell", {(4, 5)}),
            ("rod cells", set()),
        )
    )
    assert prior.times == {"cell": Counts(5, 0, 1), "hair cell": Counts(1, 1), "rod": Counts(5, 2)}
    assert list(prior.times) == ["cell", "hair cell", "rod"]


@pytest.mark.parametrize(
    ("marked", "counts"),
    [
        ({(0, 3)}, {"cell": (1, 0, 1), "hair cell": (1, 0, 1), "hair cell line": (1, 1, 0)}),
        ({(1, 3)}, {"cell": (1, 0, 1), "cell line": (1, 1, 0), "hair cell": (1, 0, 0)}),  # it crosses the mention
        ({(0, 1)}, {"cell": (1, 0, 0), "hair": (1, 1, 0), "hair cell": (1, 0, 0)}),  # it contains the mention
        ({(0, 3), (1, 2)}, {"cell": (1, 1, 0), "hair cell": (1, 0, 1), "hair cell line": (1, 1, 0)}),
        ({(0, 2), (2, 3)}, {"cell": (1, 0, 1), "hair cell": (1, 1, 0), "line": (1, 1, 0)}),
    ],
)
def test_occurrences_inside_longer_mentions_are_counted_apart(marked, counts):
    prior = MentionPrior.from_texts(texts_of(("hair cell line", marked)))
    assert prior.times == counts
    assert prior.times["cell"].n_outside == 1 - counts["cell"][2]


def test_a_surface_form_is_inside_where_it_is_and_outside_elsewhere():
    prior = MentionPrior.from_texts(texts_of(("cell, hair cell; cell", {(1, 3)}), ("hair cell", set())))
    assert prior.times == {"cell": (4, 0, 1), "hair cell": (2, 1, 0)}


def test_a_marked_span_is_counted_where_its_words_are_adjacent_in_one_clause():
    prior = MentionPrior.from_texts(
        texts_of(("big rods", {(0, 2)}), ("Big. Rods", set()), ("a big rod (big rod)", set()))
    )
    assert prior.times == {"big rod": Counts(3, 1)}


def test_a_span_that_is_marked_over_the_end_of_a_clause_is_an_occurrence_too():
    prior = MentionPrior.from_texts(texts_of(("big. Rod", {(0, 2)}), ("Big: rods", {(0, 2)}), ("a big rod", set())))
    assert prior.times == {"big rod": Counts(3, 2)}


def test_texts_are_read_once_and_may_come_one_by_one():
    assert MentionPrior.from_texts(iter(texts_of(("rod rod", {(1, 2)})))).times == {"rod": Counts(2, 1)}
    assert MentionPrior.from_texts([]).times == {}


PRIOR = MentionPrior({"rod": Counts(3, 1), "rod cell": Counts(4, 0), "big rod": Counts(1, 1), "cell": Counts(9, 0)})


@pytest.mark.parametrize(
    ("span", "counts"), [((0, 1), (1, 0)), ((1, 2), (3, 1)), ((0, 2), (1, 1)), ((1, 3), (4, 0)), ((2, 3), (9, 0))]
)
def test_the_counts_of_a_span_are_those_of_its_words(span, counts):
    assert NO_COUNTS == (0, 0, 0)
    expected = NO_COUNTS if span == (0, 1) else Counts(*counts)
    assert PRIOR.counts_of(read("Big rods cells", DETECTOR), span) == expected


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a big rod cell, rods", [(1, 3), (2, 3), (4, 5)]),
        ("big cells", []),
        ("rod cells", [(0, 1)]),  # `rod cell` was never marked
        ("big. rod", [(1, 2)]),
        ("", []),
    ],
)
def test_spans_whose_surface_form_was_marked_elsewhere_are_found(text, spans):
    assert list(PRIOR.previously_marked(read(text, DETECTOR))) == spans
