"""The features of spans of tokens, each in the column that is named after it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit, logit

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.mention_prior import Counts, MentionPrior
from hyplink.mentions.learned.span_features import (
    BEYOND,
    LEAST_PROBABILITY,
    SPAN_FEATURES,
    proposed_spans,
    span_features,
)
from hyplink.mentions.learned.tokenised_text import read
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention

TEXT = "Inner hair cells, rod/cone (IHC) or IHCs. Cell"
LOG_ODDS = np.array(  # opens, covers, closes
    [
        [1.0, 2.0, -1.0],  # Inner
        [-2.0, 3.0, 0.5],  # hair
        [0.25, 1.5, 2.5],  # cells
        [-1.5, -0.5, -2.0],  # rod
        [0.75, -1.0, 1.25],  # cone
        [3.5, 0.5, 1.75],  # IHC
        [-3.0, -3.5, -4.0],  # or
        [2.25, 4.0, 3.25],  # IHCs
        [1.125, 0.125, -0.25],  # Cell
    ]
)
NAMES = {
    (0, 2): Match.REWORDED,
    (1, 3): Match.NORMALISED,
    (2, 3): Match.EXACT,
    (5, 6): Match.DERIVED,
    (6, 8): Match.REORDERED,
    (8, 9): Match.EXACT,
}
PRIOR = MentionPrior({"inner hair cell": Counts(4, 3), "cell": Counts(9, 0)})


@pytest.fixture(scope="module")
def tokenised():
    names = {span: DetectedMention(0, 1, "", ("x",), match, "") for span, match in NAMES.items()}
    return replace(read(TEXT, DictionaryDetector.from_names([])), names=names, long_forms={"IHC": (0, 3)})


def features_of(tokenised, *spans):
    """The features of spans as dictionaries, without those that are 0."""
    rows = span_features(tokenised, spans, LOG_ODDS, PRIOR)
    assert rows.shape == (len(spans), len(SPAN_FEATURES))
    assert rows.dtype == np.float64
    return [{name: value for name, value in zip(SPAN_FEATURES, row, strict=True) if value} for row in rows.tolist()]


def test_the_columns_have_one_name_each():
    assert len(set(SPAN_FEATURES)) == len(SPAN_FEATURES) == 33
    assert SPAN_FEATURES[15:20] == ("exact", "normalised", "derived", "reordered", "reworded")
    assert (BEYOND, LEAST_PROBABILITY) == (-6.0, 0.02)


def test_a_span_at_the_start_that_holds_names_and_was_marked_before(tokenised):
    (found,) = features_of(tokenised, (0, 3))
    assert found == pytest.approx(
        {
            "opens": 1.0,
            "closes": 2.5,
            "least_covered": 1.5,
            "mean_covered": 6.5 / 3,
            "covered_before": -6.0,
            "covered_after": -0.5,
            "opens_within": 0.25,
            "closes_within": 0.5,
            "closes_before": -6.0,
            "opens_after": -1.5,
            "words": 3,
            "holds_name": 1,
            "ends_with_name": 1,
            "share_of_name": 2 / 3,
            "marked": np.log(4),
            "unmarked": np.log(2),
            "share_marked": 3.5 / 5,
            "same_words": expit(1.0),
            "same_words_best": expit(1.0),
            "long_form": 0.5,
        }
    )


def test_a_span_that_is_a_name_holds_one_and_crosses_one(tokenised):
    (found,) = features_of(tokenised, (1, 3))
    assert found == pytest.approx(
        {
            "opens": -2.0,
            "closes": 2.5,
            "least_covered": 1.5,
            "mean_covered": 2.25,
            "covered_before": 2.0,
            "covered_after": -0.5,
            "opens_within": 0.25,
            "closes_within": 0.5,
            "closes_before": -1.0,
            "opens_after": -1.5,
            "words": 2,
            "normalised": 1,
            "holds_name": 1,
            "ends_with_name": 1,
            "share_of_name": 1 / 2,
            "crosses_name": 1,
            "same_words": expit(-2.0),
            "same_words_best": expit(-2.0),
            "long_form": 0.5,
        }
    )


def test_a_span_of_one_word_within_a_name_and_one_at_the_end_of_the_text(tokenised):
    within, last = features_of(tokenised, (2, 3), (8, 9))
    assert within == pytest.approx(
        {
            "opens": 0.25,
            "closes": 2.5,
            "least_covered": 1.5,
            "mean_covered": 1.5,
            "covered_before": 3.0,
            "covered_after": -0.5,
            "opens_within": -6.0,
            "closes_within": -6.0,
            "closes_before": 0.5,
            "opens_after": -1.5,
            "words": 1,
            "one_word": 1,
            "exact": 1,
            "within_name": 1,
            "unmarked": np.log(10),
            "share_marked": 0.5 / 10,
            "same_words": 0.5,  # expit(0.25) and expit(-0.25)
            "same_words_best": expit(0.25),
            "long_form": 0.5,
        }
    )
    assert last == pytest.approx(
        {
            "opens": 1.125,
            "closes": -0.25,
            "least_covered": 0.125,
            "mean_covered": 0.125,
            "covered_before": 4.0,
            "covered_after": -6.0,
            "opens_within": -6.0,
            "closes_within": -6.0,
            "closes_before": 3.25,
            "opens_after": -6.0,
            "words": 1,
            "one_word": 1,
            "exact": 1,
            "unmarked": np.log(10),
            "share_marked": 0.5 / 10,
            "same_words": 0.5,
            "same_words_best": expit(0.25),
            "long_form": 0.5,
        }
    )


def test_an_abbreviation_has_the_probability_of_its_long_form(tokenised):
    singular, plural, neither, two = features_of(tokenised, (5, 6), (7, 8), (4, 5), (5, 7))
    keys = ("abbreviation", "long_form", "capital", "derived", "one_word")
    assert [singular.get(key, 0) for key in keys] == pytest.approx([1, expit(1.0), 1, 1, 1])
    assert [plural.get(key, 0) for key in keys] == pytest.approx([1, expit(1.0), 0, 0, 1])
    assert [neither.get(key, 0) for key in keys] == pytest.approx([0, 0.5, 0, 0, 1])
    assert [two.get(key, 0) for key in keys] == pytest.approx([0, 0.5, 0, 0, 0])


@pytest.mark.parametrize(
    ("span", "marks"),
    [
        ((0, 3), []),
        ((3, 5), ["slash"]),
        ((2, 4), ["comma"]),
        ((2, 5), ["comma"]),
        ((4, 6), ["bracket"]),
        ((2, 6), ["bracket"]),
        ((3, 4), []),  # what stands before a span is not in it
        ((6, 8), []),
    ],
)
def test_the_widest_gap_in_a_span_counts(tokenised, span, marks):
    (found,) = features_of(tokenised, span)
    assert [mark for mark in ("slash", "comma", "bracket") if mark in found] == marks


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0, 2), {"reworded": 1, "crosses_name": 1}),
        ((6, 8), {"reordered": 1}),
        ((2, 4), {"holds_name": 1, "share_of_name": 1 / 2, "crosses_name": 1}),
        ((2, 5), {"holds_name": 1, "share_of_name": 1 / 3, "crosses_name": 1}),
        ((1, 4), {"holds_name": 1, "share_of_name": 2 / 3, "crosses_name": 1}),
        ((0, 1), {"within_name": 1}),
        ((1, 2), {"within_name": 1}),
        ((5, 8), {"holds_name": 1, "ends_with_name": 1, "share_of_name": 2 / 3}),
        ((5, 7), {"holds_name": 1, "share_of_name": 1 / 2, "crosses_name": 1}),
        ((3, 5), {}),
        ((7, 9), {"holds_name": 1, "ends_with_name": 1, "share_of_name": 1 / 2, "crosses_name": 1}),
    ],
)
def test_a_span_has_features_of_its_overlap_with_names(tokenised, span, expected):
    first, last = SPAN_FEATURES.index("exact"), SPAN_FEATURES.index("crosses_name")
    (found,) = features_of(tokenised, span)
    assert {key: value for key, value in found.items() if key in SPAN_FEATURES[first : last + 1]} == pytest.approx(
        expected
    )


def test_the_features_of_several_spans_are_those_of_each_in_order(tokenised):
    spans = [(4, 6), (0, 3), (6, 7)]
    together = span_features(tokenised, spans, LOG_ODDS, PRIOR)
    alone = [span_features(tokenised, [span], LOG_ODDS, PRIOR)[0] for span in spans]
    np.testing.assert_array_equal(together, alone)


def test_no_spans_have_no_features(tokenised):
    assert features_of(tokenised) == []


def test_in_a_text_without_names_the_name_features_are_zero(tokenised):
    (found,) = features_of(replace(tokenised, names={}), (0, 3))
    assert "holds_name" not in found


def proposed(tokenised, opens=(), closes=(), value=-3.0):
    log_odds = np.full((len(tokenised.tokens), 3), -10.0)
    log_odds[:, 1] = 10.0
    log_odds[list(opens), 0] = value
    log_odds[list(closes), 2] = value
    return proposed_spans(tokenised, log_odds, MentionPrior({"or": Counts(1, 1), "cone": Counts(3, 0)}))


def test_names_and_words_that_were_marked_before_are_proposed_in_order(tokenised):
    assert proposed(tokenised) == [(0, 2), (1, 3), (2, 3), (5, 6), (6, 7), (6, 8), (8, 9)]


def test_spans_that_may_open_and_close_are_proposed_within_their_clause(tokenised):
    bare = replace(tokenised, names={})
    assert proposed(bare, opens=[3, 7], closes=[2, 4, 8, 7]) == [(3, 5), (3, 8), (6, 7), (7, 8)]
    assert proposed(bare, opens=[4], closes=[4]) == [(4, 5), (6, 7)]


@pytest.mark.parametrize(("value", "n_proposed"), [(-3.88, 1), (logit(0.02), 0), (-3.9, 0)])
def test_boundaries_have_a_probability_above_a_fiftieth(tokenised, value, n_proposed):
    bare = replace(tokenised, names={})
    assert proposed(bare, opens=[0], closes=[1], value=value).count((0, 2)) == n_proposed
